// The floors under a scan of one file: a pass of memchr, reading and parsing, reading as a
// manifest. Prints best-of-many milliseconds; bench_scan.py puts them beside the time of the whole
// process.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "base/files.h"
#include "base/json/json_reader.h"
#include "manifest/format.h"

namespace {

template <class Work>
double best_milliseconds(int runs, const Work& work) {
  double best = 1e9;
  for (int i = 0; i < runs; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    best = std::min(best, took.count());
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  const auto files = merlon::make_disk_files();
  const merlon::Limits limits;
  const auto source = files->read(argv[1], limits.file_bytes);
  if (!source) {
    return 3;
  }
  const std::string_view bytes = (*source)->bytes();
  const int runs = bytes.size() < (1U << 20U) ? 200 : 5;
  std::size_t lines = 0;
  const double pass = best_milliseconds(runs, [&] {
    for (const char* at = bytes.data(); at != nullptr;) {
      at = static_cast<const char*>(
          std::memchr(at, '\x01', bytes.size() - static_cast<std::size_t>(at - bytes.data())));
      ++lines;
    }
  });
  merlon::NodeId nodes = 0;
  const double parse = best_milliseconds(runs, [&] {
    const auto document = merlon::parse_json(*source, merlon::JsonDialect::kStrict, limits);
    nodes = document ? document->size() : 0;
  });
  if (nodes == 0) {
    std::fprintf(stderr, "%s is no JSON within the limits\n", argv[1]);
    return 3;
  }
  const double load = best_milliseconds(
      runs, [&] { (void)merlon::load_manifests(*source, {.format = "", .limits = limits}); });
  std::printf("  floor: memchr                  %8.3f ms\n", pass);
  std::printf("  floor: parse                   %8.3f ms, %u keys and values\n", parse, nodes);
  std::printf("  floor: read as a manifest      %8.3f ms\n", load);
  return lines == 0 ? 3 : 0;
}
