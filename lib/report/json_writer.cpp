/// The whole report as one JSON object. docs/spec/report-json.md describes it,
/// docs/spec/report.schema.json is its schema; a change that a reader could notice raises
/// `format_version`.
#include "base/json/json_writer.h"

#include "report/secret_mask.h"
#include "report/summary.h"
#include "report/writers.h"

namespace merlon {
namespace {

constexpr int kFormatVersion = 1;

class JsonReport {
 public:
  JsonReport(const ScanReport& report, const WriterOptions& options)
      : report_(report), options_(options), mask_(report), summary_(summarise(report)) {}

  std::string write() {
    json_.begin_object();
    json_.field("format", "merlon-report").field("format_version", kFormatVersion);
    json_.key("tool").begin_object();
    json_.field("name", "merlon").field("version", report_.tool_version).end_object();
    write_pack();
    write_summary();
    write_coverage();
    json_.key("findings").begin_array();
    for (const Finding& finding : report_.findings) {
      write_finding(finding);
    }
    json_.end_array();
    write_strings("unused_baseline", report_.unused_baseline);
    if (options_.explain) {
      write_rules();
    }
    json_.end_object();
    return std::move(json_).take() + "\n";
  }

 private:
  void write_pack();
  void write_summary();
  void write_coverage();
  void write_coverage_entry(const CoverageEntry& entry);
  void write_finding(const Finding& finding);
  void write_rules();

  void write_strings(std::string_view name, const std::vector<std::string>& values) {
    json_.key(name).begin_array();
    for (const std::string& value : values) {
      json_.string(mask_.text(value));
    }
    json_.end_array();
  }
  void write_masked(std::string_view name, std::string_view value) {
    json_.field(name, mask_.text(value));
  }
  /// file, line, column, ...; null stands for "no place".
  void write_place(const Location& where) {
    json_.key("file");
    where.file.empty() ? json_.null() : json_.string(where.file);
    if (where.line == 0) {
      for (const std::string_view name : {"line", "column", "end_line", "end_column"}) {
        json_.key(name).null();
      }
    } else {
      json_.field("line", where.line).field("column", where.column);
      json_.field("end_line", where.end_line).field("end_column", where.end_column);
    }
    json_.field("byte_offset", where.offset).field("byte_length", where.length);
  }

  const ScanReport& report_;
  const WriterOptions& options_;
  SecretMask mask_;
  ReportSummary summary_;
  JsonWriter json_{JsonStyle::kPretty};
};

void JsonReport::write_pack() {
  json_.key("pack").begin_object();
  json_.field("name", report_.pack.name).field("version", report_.pack.version);
  json_.field("digest", report_.pack.digest).field("rules", report_.pack.rules);
  json_.end_object();
}

void JsonReport::write_summary() {
  json_.key("summary").begin_object();
  json_.field("verdict", to_string(summary_.verdict));
  json_.field("fail_on", to_string(report_.fail_on));
  json_.field("incomplete", report_.incomplete());
  json_.field("findings", std::uint64_t{summary_.findings});
  json_.field("failing", std::uint64_t{summary_.failing});
  json_.field("suppressed", std::uint64_t{summary_.suppressed});
  json_.key("by_severity").begin_object();
  for (const Severity severity : kSeveritiesFromWorst) {
    json_.field(to_string(severity), std::uint64_t{summary_.count(severity)});
  }
  json_.end_object();
  json_.field("estimated_tokens", report_.estimated_tokens);
  json_.end_object();
}

void JsonReport::write_coverage_entry(const CoverageEntry& entry) {
  json_.begin_object();
  json_.field("file", entry.file).field("state", to_string(entry.state));
  json_.field("format", entry.format);
  write_masked("reason", entry.reason);
  json_.field("bytes", entry.bytes).field("servers", entry.servers).field("tools", entry.tools);
  json_.field("items", entry.items).field("strings", entry.strings);
  json_.end_object();
}

void JsonReport::write_coverage() {
  json_.key("coverage").begin_object();
  json_.field("scanned", std::uint64_t{summary_.scanned});
  json_.field("partial", std::uint64_t{summary_.partial});
  json_.field("skipped", std::uint64_t{summary_.skipped});
  json_.field("failed", std::uint64_t{summary_.failed});
  json_.field("bytes", summary_.bytes).field("servers", summary_.servers);
  json_.field("tools", summary_.tools).field("items", summary_.items);
  json_.field("strings", summary_.strings);
  json_.key("files").begin_array();
  for (const CoverageEntry& entry : report_.coverage) {
    write_coverage_entry(entry);
  }
  json_.end_array().end_object();
}

void JsonReport::write_finding(const Finding& finding) {
  const Rule* rule = find_rule(report_, finding.rule_id);
  json_.begin_object();
  json_.field("rule", finding.rule_id);
  json_.field("title", rule != nullptr ? std::string_view(rule->title) : std::string_view());
  json_.field("severity", to_string(finding.severity)).field("tier", to_string(finding.tier));
  json_.field("score", finding.score);
  write_masked("message", finding.message);
  write_place(finding.where);
  write_masked("pointer", finding.pointer);
  json_.field("surface", finding.surface);
  write_masked("server", finding.server);
  write_masked("item", finding.item);
  json_.key("evidence").begin_object();
  write_masked("text", finding.evidence.text);
  write_strings("decoded_by", finding.evidence.decoded_by);
  json_.end_object();
  write_masked("remedy", finding.remedy);
  write_strings("taxonomies", finding.taxonomies);
  json_.key("signals").begin_array();
  for (const ScoreSignal& signal : finding.signals) {
    json_.begin_object().field("rule", signal.rule_id).field("score", signal.score);
    write_masked("evidence", signal.evidence);
    json_.end_object();
  }
  json_.end_array();
  json_.key("related").begin_array();
  for (const RelatedPlace& related : finding.related) {
    json_.begin_object();
    write_masked("message", related.message);
    write_place(related.where);
    json_.end_object();
  }
  json_.end_array();
  json_.field("fingerprint", finding.fingerprint);
  json_.key("suppressed");
  if (finding.suppression) {
    json_.begin_object().field("by", finding.suppression->by);
    json_.field("owner", finding.suppression->owner).field("reason", finding.suppression->reason);
    json_.field("expires", finding.suppression->expires).end_object();
  } else {
    json_.null();
  }
  json_.field("secret", finding.secret).end_object();
}

void JsonReport::write_rules() {
  json_.key("rules").begin_array();
  for (const Rule& rule : report_.rules) {
    json_.begin_object().field("id", rule.id).field("title", rule.title);
    json_.field("category", rule.category).field("severity", to_string(rule.severity));
    json_.field("tier", to_string(rule.tier)).field("description", rule.description);
    json_.field("remedy", rule.remedy);
    write_strings("taxonomies", rule.taxonomies);
    write_strings("references", rule.references);
    json_.end_object();
  }
  json_.end_array();
}

}  // namespace

std::string write_json(const ScanReport& report, const WriterOptions& options) {
  return JsonReport(report, options).write();
}

}  // namespace merlon
