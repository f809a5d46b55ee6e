#include <algorithm>
#include <array>

#include "report/writer.h"
#include "report/writers.h"

namespace merlon {
namespace {

// Sorted by name; find_writer() and `--format` rely on it.
constexpr std::array kWriters = {
    WriterKind{"json", "one object with every detail, for programs", "application/json",
               write_json},
    WriterKind{"junit", "a failing test for each finding, for CI systems", "application/xml",
               write_junit},
    WriterKind{"markdown", "a comment for a pull request", "text/markdown", write_markdown},
    WriterKind{"sarif", "SARIF 2.1.0, for code scanning and editors", "application/sarif+json",
               write_sarif},
    WriterKind{"text", "for people: source lines, evidence, what to do", "text/plain", write_text},
};

}  // namespace

std::span<const WriterKind> writer_kinds() {
  return kWriters;
}

const WriterKind* find_writer(std::string_view name) {
  const auto* const found = std::find_if(kWriters.begin(), kWriters.end(),
                                         [&](const WriterKind& kind) { return kind.name == name; });
  return found == kWriters.end() ? nullptr : found;
}

}  // namespace merlon
