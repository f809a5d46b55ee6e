# Reports against published schemas and other programs' readers; fetches those once into a cache outside the tree.
add_test(NAME conformance_reports COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/conformance/test_reports.py
         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(conformance_reports PROPERTIES LABELS conformance TIMEOUT 900 ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1")
# What scripts/new.py starts: compiled and registered in a copy of the tree.
add_test(NAME conformance_new COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/conformance/test_new.py
         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(conformance_new PROPERTIES LABELS conformance TIMEOUT 600 ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1")
