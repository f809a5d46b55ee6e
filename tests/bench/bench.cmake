# Benchmarks, built with -DMERLON_BENCH=ON: each tests/bench/<name>_bench.cpp is one program. They read the corpora from
# the folder that MERLON_CORPORA names (default: ../shared/corpora beside the repository) and print what they read.
find_package(benchmark REQUIRED)
file(GLOB bench_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/bench/*_bench.cpp)
foreach(source IN LISTS bench_sources)
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE merlon_warnings merlon_rules merlon_manifest benchmark::benchmark)
  target_compile_definitions(${name} PRIVATE MERLON_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
endforeach()
