# merlon::doors: the third-party libraries that the core links. Static archives where Debian has them: a shared
# library costs 0.1 to 0.9 ms at each start (docs/adr), and `scan` is one short process. What only some subcommands
# need (libgit2) is not here but in MerlonPlugins.cmake.
include_guard(GLOBAL)
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

function(merlon_static_library target pkg archive)
  pkg_check_modules(${target} REQUIRED ${pkg})
  find_library(${target}_ARCHIVE NAMES ${archive} ${pkg} HINTS ${${target}_LIBRARY_DIRS} REQUIRED)
  add_library(${target} INTERFACE)
  target_include_directories(${target} SYSTEM INTERFACE ${${target}_INCLUDE_DIRS})
  target_link_libraries(${target} INTERFACE ${${target}_ARCHIVE})
endfunction()

merlon_static_library(pcre2 libpcre2-8 libpcre2-8.a)
merlon_static_library(utf8proc libutf8proc libutf8proc.a)
merlon_static_library(yaml yaml-0.1 libyaml.a)
merlon_static_library(crypto libcrypto libcrypto.a)
merlon_static_library(zlib zlib libz.a)
find_package(tomlplusplus REQUIRED)

add_library(merlon_doors INTERFACE)
target_link_libraries(merlon_doors INTERFACE pcre2 utf8proc yaml crypto zlib Threads::Threads ${CMAKE_DL_LIBS})
target_compile_definitions(merlon_doors INTERFACE UTF8PROC_STATIC YAML_DECLARE_STATIC)
add_library(merlon::doors ALIAS merlon_doors)
