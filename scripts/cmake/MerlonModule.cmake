# merlon_module(NAME DEPS ...): the static library merlon_NAME from lib/NAME/**/*.cpp, without plug-in sources.
include_guard(GLOBAL)

add_library(merlon_warnings INTERFACE)
target_compile_options(merlon_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wnull-dereference -Wimplicit-fallthrough -Wswitch-enum)
# Designated initialisers that leave members at their defaults are our style; g++ counts them as missing.
target_compile_options(merlon_warnings INTERFACE -Wno-missing-field-initializers)
if(MERLON_WERROR)
  target_compile_options(merlon_warnings INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports null dereferences, stringop overflows, overlaps (`"x" + string`) and strings of braced lists
  # that "may be used uninitialized" inside its own library headers.
  target_compile_options(merlon_warnings INTERFACE -Wno-null-dereference -Wno-stringop-overflow -Wno-restrict
                         -Wno-maybe-uninitialized)
  if(CMAKE_UNITY_BUILD)
    # In a unity build a source file counts as a header, whose private types g++ thinks other units could see.
    target_compile_options(merlon_warnings INTERFACE -Wno-subobject-linkage)
  endif()
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12's stable_sort calls its own deprecated get_temporary_buffer; g++ still reports our deprecated calls.
  target_compile_options(merlon_warnings INTERFACE -Wno-deprecated-declarations)
endif()

if(MERLON_SANITIZE)
  add_compile_options(-fsanitize=${MERLON_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${MERLON_SANITIZE})
  if(MERLON_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
  endif()
endif()
add_compile_definitions($<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)

function(merlon_module name)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/lib/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_plugin\\.cpp$")
  if(NOT sources)
    add_library(merlon_${name} INTERFACE)
    set(scope INTERFACE)
  else()
    add_library(merlon_${name} STATIC ${sources})
    target_link_libraries(merlon_${name} PRIVATE merlon_warnings)
    set(scope PUBLIC)
  endif()
  foreach(dep IN LISTS ARG_DEPS)
    if(dep MATCHES "::")
      target_link_libraries(merlon_${name} ${scope} ${dep})
    else()
      target_link_libraries(merlon_${name} ${scope} merlon_${dep})
    endif()
  endforeach()
  add_library(merlon::${name} ALIAS merlon_${name})
endfunction()
