# bench_scan_floor, the floors that bench_scan.py prints, is always built: the script looks for it beside merlon. The other
# benchmarks are built with -DMERLON_BENCH=ON: each tests/bench/<name>_bench.cpp is one program over Google Benchmark. They read the
# corpora from the folder that MERLON_CORPORA names (default: ../shared/corpora beside the repository) and print what they read.
add_executable(bench_scan_floor ${CMAKE_SOURCE_DIR}/tests/bench/scan_floor.cpp)
set_target_properties(bench_scan_floor PROPERTIES UNITY_BUILD OFF RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
target_link_libraries(bench_scan_floor PRIVATE merlon_warnings merlon_manifest)
if(NOT MERLON_SANITIZE)
  target_link_options(bench_scan_floor PRIVATE -static-libstdc++ -static-libgcc)
endif()

if(NOT MERLON_BENCH)
  return()
endif()
find_package(benchmark REQUIRED)
file(GLOB bench_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/bench/*_bench.cpp)
foreach(source IN LISTS bench_sources)
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE merlon_warnings merlon_audit merlon_policy merlon_rules merlon_manifest
                        benchmark::benchmark)
  target_compile_definitions(${name} PRIVATE MERLON_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
endforeach()

# The cost of `merlon proxy`: bench_proxy starts the other two, which stand beside it.
foreach(name bare_relay echo_server proxy)
  set(source ${name})
  if(name STREQUAL proxy)
    set(source proxy_bench)
  endif()
  add_executable(bench_${name} ${CMAKE_SOURCE_DIR}/tests/bench/proxy/${source}.cpp)
  target_link_libraries(bench_${name} PRIVATE merlon_warnings)
  set_target_properties(bench_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
endforeach()
