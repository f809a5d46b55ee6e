# Benchmarks, built with -DMERLON_BENCH=ON: each tests/bench/<name>_bench.cpp is one program over Google Benchmark. They read the corpora from
# the folder that MERLON_CORPORA names (default: ../shared/corpora beside the repository) and print what they read.
find_package(benchmark REQUIRED)
file(GLOB bench_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/bench/*_bench.cpp)
foreach(source IN LISTS bench_sources)
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE merlon_warnings merlon_policy merlon_rules merlon_manifest
                        benchmark::benchmark)
  target_compile_definitions(${name} PRIVATE MERLON_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
endforeach()

# The floors that bench_scan.py prints; it looks for the program beside merlon.
add_executable(bench_scan_floor ${CMAKE_SOURCE_DIR}/tests/bench/scan_floor.cpp)
set_target_properties(bench_scan_floor PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
target_link_libraries(bench_scan_floor PRIVATE merlon_warnings merlon_manifest)
if(NOT MERLON_SANITIZE)
  target_link_options(bench_scan_floor PRIVATE -static-libstdc++ -static-libgcc)
endif()
