/// Whole outputs against testdata/reports; scripts/check_reports.py holds the same files against
/// published schemas and other programs' readers. MERLON_UPDATE_GOLDEN=1 rewrites them.
#include <cstdlib>

#include <doctest/doctest.h>

#include "base/files.h"
#include "report/writer.h"
#include "support/memory_files.h"
#include "support/sample_report.h"

namespace merlon {
namespace {

std::string_view extension_of(std::string_view format) {
  if (format == "text") {
    return "txt";
  }
  if (format == "markdown") {
    return "md";
  }
  return format == "junit" ? "xml" : format;
}

void check_file(const std::string& name, const ScanReport& report, const WriterOptions& options) {
  for (const WriterKind& kind : writer_kinds()) {
    const std::string path =
        "testdata/reports/" + name + "." + std::string(extension_of(kind.name));
    CAPTURE(path);
    const std::string text = kind.write(report, options);
    if (std::getenv("MERLON_UPDATE_GOLDEN") !=
        nullptr) {  // NOLINT(concurrency-mt-unsafe): one thread
      CHECK(write_file_atomically(std::string(MERLON_SOURCE_DIR) + "/" + path, text));
    } else {
      CHECK(text == test::read_repository_file(path));
    }
  }
}

TEST_CASE("report files: an ordinary report") {
  check_file("sample", test::sample_report(), {});
}
TEST_CASE("report files: explained") {
  check_file("explained", test::sample_report(), {.color = true, .explain = true});
}
TEST_CASE("report files: findings only") {
  check_file("quiet", test::sample_report(), {.quiet = true});
}
TEST_CASE("report files: nothing found") {
  check_file("clean", test::clean_report(), {});
}
TEST_CASE("report files: every text is hostile") {
  check_file("hostile", test::hostile_report(), {.explain = true});
}

}  // namespace
}  // namespace merlon
