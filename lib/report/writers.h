#pragma once
/// The functions behind the rows of writer_registry.cpp; everybody else asks find_writer().
#include <string>

#include "report/writer.h"

namespace merlon {

/// For a person at a terminal or in a build log. No promise about its shape.
[[nodiscard]] std::string write_text(const ScanReport& report, const WriterOptions& options);
/// docs/spec/report-json.md, docs/spec/report.schema.json.
[[nodiscard]] std::string write_json(const ScanReport& report, const WriterOptions& options);
/// SARIF 2.1.0; docs/spec/sarif.md.
[[nodiscard]] std::string write_sarif(const ScanReport& report, const WriterOptions& options);
/// JUnit XML, one suite per file.
[[nodiscard]] std::string write_junit(const ScanReport& report, const WriterOptions& options);
/// A comment for a pull or merge request, at most 60,000 bytes.
[[nodiscard]] std::string write_markdown(const ScanReport& report, const WriterOptions& options);

}  // namespace merlon
