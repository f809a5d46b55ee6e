# Reports against published schemas and other programs' readers; fetches those once into a cache outside the tree.
add_test(NAME conformance_reports COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/conformance/test_reports.py
         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(conformance_reports PROPERTIES LABELS conformance TIMEOUT 900 ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1")
# What scripts/new.py starts: compiled and registered in a copy of the tree.
add_test(NAME conformance_new COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/conformance/test_new.py
         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(conformance_new PROPERTIES LABELS conformance TIMEOUT 600 ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1")
# Odd messages and bypasses through `merlon proxy`: tests/conformance/proxy_messages/README.md.
add_test(NAME conformance_proxy_messages
         COMMAND python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/conformance/proxy_messages/run.py WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(conformance_proxy_messages PROPERTIES LABELS conformance TIMEOUT 1200
                     ENVIRONMENT "MERLON_BINARY=$<TARGET_FILE:merlon>;MERLON_SANITIZED=${MERLON_SANITIZE}")
# Other people's programs judge our audit logs, and ours judges theirs; a script that knows only the specification breaks logs.
add_test(NAME conformance_audit COMMAND python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/conformance/audit/run.py WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(conformance_audit PROPERTIES LABELS conformance TIMEOUT 1200 ENVIRONMENT "MERLON_BINARY=$<TARGET_FILE:merlon>")
# Sigstore bundles, npm attestations and .mcpb signatures: own cases, the public suite where it is, a real package, no socket.
add_test(NAME conformance_sigstore COMMAND python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/conformance/sigstore/run.py WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(conformance_sigstore PROPERTIES LABELS conformance TIMEOUT 1200 ENVIRONMENT "MERLON_BINARY=$<TARGET_FILE:merlon>")
