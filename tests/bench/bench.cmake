# Floors that bench_scan.py prints beside its figures. Built with -DMERLON_BENCH=ON.
add_executable(bench_scan_floor bench/scan_floor.cpp)
set_target_properties(bench_scan_floor PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
target_link_libraries(bench_scan_floor PRIVATE merlon_warnings merlon_manifest merlon_base)
if(NOT MERLON_SANITIZE)
  target_link_options(bench_scan_floor PRIVATE -static-libstdc++ -static-libgcc)
endif()
