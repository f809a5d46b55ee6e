// Any bytes as one scanned file, through the whole scan and every registered writer: findings lie
// in the file, JSON formats are JSON, and no control byte of the input reaches a terminal.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/json/json_reader.h"
#include "base/text.h"
#include "fuzz/document_invariants.h"
#include "fuzz/hit_invariants.h"
#include "report/writer.h"
#include "scan/scanner.h"

namespace {

using merlon::test::broken;

const std::shared_ptr<const merlon::CompiledRules>& scan_rules() {
  static const auto rules = merlon::CompiledRules::built_in();
  if (!rules) {
    broken(rules.error().message);
  }
  return *rules;
}

merlon::ScanReport scan_bytes(const std::string& bytes) {
  merlon::ScanInputs inputs;
  merlon::add_source(inputs, merlon::SourceText::copy_of("fuzz", bytes));
  merlon::ScanSettings settings;
  settings.limits = merlon::test::fuzz_match_limits();
  settings.limits.yaml_nodes = 10'000;
  settings.limits.archive_total_bytes = 1U << 20U;
  settings.jobs = 1;
  return merlon::scan(std::move(inputs), settings, scan_rules());
}

void check_text(const std::string& name, const std::string& text) {
  if (const auto bad = merlon::find_invalid_utf8(text)) {
    broken(name + ": no UTF-8 at byte " + std::to_string(*bad));
  }
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0x7F || (byte < 0x20 && c != '\n' && c != '\t')) {
      broken(name + ": a control byte " + std::to_string(byte));
    }
  }
}

void check_report(const merlon::ScanReport& report, std::size_t size) {
  if (report.coverage.empty()) {
    broken("no coverage");
  }
  for (const merlon::Finding& finding : report.findings) {
    // Entries of an archive have offsets of their own.
    if (finding.where.file == "fuzz" && finding.where.offset + finding.where.length > size) {
      broken("a finding outside the file: " + finding.rule_id);
    }
    if (finding.message.find('\n') != std::string::npos) {
      broken("a message of several lines: " + finding.rule_id);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const merlon::ScanReport report =
      scan_bytes(std::string(reinterpret_cast<const char*>(data), size));
  check_report(report, size);
  for (const merlon::WriterKind& kind : merlon::writer_kinds()) {
    const std::string name(kind.name);
    const std::string text = kind.write(report, {.explain = size % 2 == 1});
    check_text(name, text);
    if (kind.media_type.find("json") == std::string_view::npos) {
      continue;
    }
    const auto again = merlon::parse_json(merlon::SourceText::copy_of(name, text),
                                          merlon::JsonDialect::kStrict, {});
    if (!again) {
      broken(name + ": no JSON: " + merlon::render(again.error()));
    }
  }
  return 0;
}
