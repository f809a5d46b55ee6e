# Reports against published schemas and other programs' readers; fetches those once into a cache outside the tree.
add_test(NAME conformance_reports COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/conformance/test_reports.py
         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(conformance_reports PROPERTIES LABELS conformance TIMEOUT 900 ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1")

# The examples of docs/ci.md, the GitHub action and the pre-commit hooks, with the program as built.
add_test(NAME ci_examples COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/e2e/test_ci_examples.py
         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(ci_examples PROPERTIES LABELS e2e TIMEOUT 900
                     ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1;MERLON_BINARY=${CMAKE_BINARY_DIR}/merlon")
