# Plug-ins: shared objects with a C interface (base/plugin.h), loaded from lib/merlon beside the program when first used.
# Their sources are called *_plugin.cpp, use nothing of ours but their interface header, and let no exception out.
include_guard(GLOBAL)
include(GNUInstallDirs)
find_package(PkgConfig REQUIRED)

# merlon_plugin(NAME SOURCES ... [PACKAGES ...] [LIBRARIES ...]): lib/merlon/merlon_plugin_NAME.so over pkg-config packages
# (shared) and over targets (static archives, whose symbols stay inside).
function(merlon_plugin name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PACKAGES;LIBRARIES" ${ARGN})
  set(target merlon_plugin_${name})
  list(TRANSFORM ARG_SOURCES PREPEND ${CMAKE_SOURCE_DIR}/)
  add_library(${target} MODULE ${ARG_SOURCES})
  set_target_properties(${target} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/merlon)
  target_link_libraries(${target} PRIVATE merlon_warnings)
  if(NOT MERLON_SANITIZE)
    target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc -Wl,--as-needed)
  endif()
  target_link_libraries(${target} PRIVATE ${ARG_LIBRARIES})
  if(ARG_LIBRARIES)
    target_link_options(${target} PRIVATE -Wl,--exclude-libs,ALL)
  endif()
  foreach(package IN LISTS ARG_PACKAGES)
    string(MAKE_C_IDENTIFIER plugin_${package} prefix)
    pkg_check_modules(${prefix} REQUIRED IMPORTED_TARGET ${package})
    target_link_libraries(${target} PRIVATE PkgConfig::${prefix})
  endforeach()
  # Whoever builds something over base can load the plug-ins; they link nothing of it, so there is no cycle.
  add_dependencies(merlon_base ${target})
  install(TARGETS ${target} LIBRARY DESTINATION lib/merlon)
endfunction()

merlon_plugin(git SOURCES lib/base/git/git_plugin.cpp PACKAGES libgit2)
# EVP with its providers: 16,600 relocations that a start without signatures need not pay for.
merlon_plugin(signature SOURCES lib/base/signature/signature_plugin.cpp LIBRARIES crypto Threads::Threads ${CMAKE_DL_LIBS})
# Certificates, time stamps and CMS: what `attest verify-bundle`, `verify-npm` and `verify-mcpb` load.
merlon_plugin(x509 SOURCES lib/base/x509/x509_plugin.cpp lib/base/x509/certificate_plugin.cpp lib/base/x509/key_plugin.cpp
              lib/base/x509/timestamp_plugin.cpp lib/base/x509/cms_plugin.cpp LIBRARIES crypto Threads::Threads ${CMAKE_DL_LIBS})
