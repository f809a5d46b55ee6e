# End-to-end tests: Python scripts (standard library only) that run the built program against real processes.
find_package(Python3 COMPONENTS Interpreter)
if(NOT Python3_FOUND)
  message(WARNING "no Python 3: the end-to-end tests are left out")
  return()
endif()
file(GLOB e2e_scripts CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/test_*.py)
foreach(script IN LISTS e2e_scripts)
  get_filename_component(name ${script} NAME_WE)
  string(REPLACE test_ e2e_ name ${name})
  add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} -B ${script} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS e2e TIMEOUT 600
                       ENVIRONMENT "MERLON_BINARY=$<TARGET_FILE:merlon>;MERLON_SANITIZED=${MERLON_SANITIZE}")
endforeach()
# A small soak; the long one is `tests/e2e/soak_proxy.py`.
add_test(NAME e2e_soak_proxy COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/soak_proxy.py --messages 20000 --longest 6000
         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(e2e_soak_proxy PROPERTIES LABELS e2e TIMEOUT 1200
                     ENVIRONMENT "MERLON_BINARY=$<TARGET_FILE:merlon>;MERLON_SANITIZED=${MERLON_SANITIZE}")
# They measure how long the proxy takes to end.
set_tests_properties(e2e_proxy_process e2e_proxy_group PROPERTIES RUN_SERIAL TRUE)

# tests/conformance/inert_test.cpp starts the program itself.
if(TARGET test_conformance)
  add_dependencies(test_conformance merlon)
endif()
