/// Threads only save time: with one and with eight, a scan of all manifests of this repository with
/// the built-in rules gives the same bytes in every output format. CI runs it under
/// ThreadSanitizer.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/files.h"
#include "report/writer.h"
#include "scan/folder_walk.h"
#include "scan/scanner.h"

namespace merlon {
namespace {

std::vector<std::string> outputs_with(unsigned jobs) {
  const auto files = make_disk_files();
  // Its own pack each time: patterns are compiled by whichever thread needs them first.
  const auto rules = CompiledRules::built_in();
  REQUIRE(rules);
  ScanInputs inputs;
  collect_path(inputs, *files, std::string(MERLON_SOURCE_DIR) + "/testdata/manifests", "m", {});
  ScanSettings settings;
  settings.jobs = jobs;
  const ScanReport report = scan(std::move(inputs), settings, *rules);
  CHECK(report.coverage.size() >= 100);
  CHECK(report.findings.size() >= 20);
  std::vector<std::string> out;
  for (const WriterKind& kind : writer_kinds()) {
    out.push_back(kind.write(report, {}));
  }
  return out;
}

}  // namespace

TEST_CASE(
    "scan threads: with the built-in rules one thread and eight give the same bytes in every "
    "output format") {
  const std::vector<std::string> one = outputs_with(1);
  const std::vector<std::string> eight = outputs_with(8);
  REQUIRE(one.size() == eight.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    CHECK_MESSAGE(one[i] == eight[i], writer_kinds()[i].name);
  }
}

}  // namespace merlon
