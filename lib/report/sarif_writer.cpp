/// SARIF 2.1.0. docs/spec/sarif.md says which property comes from where, and what GitHub does with
/// it.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "report/sarif_rules.h"
#include "report/secret_mask.h"
#include "report/source_uri.h"
#include "report/summary.h"
#include "report/writers.h"

namespace merlon {
namespace {

constexpr std::size_t kSarifTextBytes = 2000;

struct NotificationKind {
  std::string_view id;
  std::string_view name;
  std::string_view summary;
  std::string_view help;
};

constexpr std::array kNotifications = {
    NotificationKind{"coverage-failed", "CoverageFailed",
                     "an input could not be read or understood",
                     "the message says why; until it is mended, the scan says nothing about it"},
    NotificationKind{"coverage-partial", "CoveragePartial", "a part of an input was not looked at",
                     "the message says which part; limits can be raised with --limit"},
    NotificationKind{"coverage-skipped", "CoverageSkipped", "an input is of no known format",
                     "nothing was expected of it; name the format if it is a manifest"},
    NotificationKind{"baseline-unused", "BaselineUnused",
                     "an entry of the baseline accepts nothing",
                     "take the entry out, or renew it when it is only expired"},
};

class SarifReport {
 public:
  explicit SarifReport(const ScanReport& report) : report_(report), mask_(report), rules_(report) {
    collect_files();
  }

  std::string write() {
    json_.begin_object();
    json_.field("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_.field("version", "2.1.0").key("runs").begin_array().begin_object();
    write_tool();
    json_.key("taxonomies");
    rules_.write_taxonomies(json_);
    write_invocation();
    json_.field("columnKind", "unicodeCodePoints");
    json_.key("originalUriBaseIds").begin_object().key("SRCROOT").begin_object();
    write_message("description", "the folder that merlon was started in");
    json_.end_object().end_object();
    write_artifacts();
    json_.key("results").begin_array();
    for (const Finding& finding : report_.findings) {
      write_result(finding);
    }
    json_.end_array();
    write_run_properties();
    json_.end_object().end_array().end_object();
    return std::move(json_).take() + "\n";
  }

 private:
  void collect_files();
  void write_tool();
  void write_invocation();
  void write_notification(std::string_view id, std::string_view level, std::string_view text,
                          std::string_view file);
  void write_artifacts();
  void write_artifact_location(std::string_view file);
  void write_region(const Location& where, std::string_view snippet);
  void write_physical_location(const Location& where, std::string_view snippet);
  void write_result(const Finding& finding);
  void write_message_text(const Finding& finding);
  void write_locations(const Finding& finding);
  void write_related(const Finding& finding);
  void write_suppressions(const Finding& finding);
  void write_properties(const Finding& finding);
  void write_run_properties();

  void write_message(std::string_view name, std::string_view text) {
    json_.key(name).begin_object().field("text", sarif_message(text)).end_object();
  }
  [[nodiscard]] std::string safe(std::string_view text) const {
    return shorten(mask_.text(text), kSarifTextBytes);
  }

  const ScanReport& report_;
  SecretMask mask_;
  SarifRules rules_;
  std::vector<std::string_view> files_;  ///< sorted: position is the artifact's index
  JsonWriter json_{JsonStyle::kPretty};
};

void SarifReport::collect_files() {
  const auto add = [&](const std::string& file) {
    if (!file.empty()) {
      files_.push_back(file);
    }
  };
  for (const CoverageEntry& entry : report_.coverage) {
    add(entry.file);
  }
  for (const Finding& finding : report_.findings) {
    add(finding.where.file);
    for (const RelatedPlace& related : finding.related) {
      add(related.where.file);
    }
  }
  std::sort(files_.begin(), files_.end());
  files_.erase(std::unique(files_.begin(), files_.end()), files_.end());
}

void SarifReport::write_tool() {
  json_.key("tool").begin_object().key("driver").begin_object();
  json_.field("name", "merlon").field("semanticVersion", report_.tool_version);
  json_.field("version", report_.tool_version);
  json_.key("rules");
  rules_.write_rules(json_);
  json_.key("notifications").begin_array();
  for (const NotificationKind& kind : kNotifications) {
    json_.begin_object().field("id", kind.id).field("name", kind.name);
    write_message("shortDescription", kind.summary);
    write_message("fullDescription", kind.summary);
    write_message("help", kind.help);
    json_.end_object();
  }
  json_.end_array().key("supportedTaxonomies");
  rules_.write_supported(json_);
  json_.end_object();
  json_.key("extensions").begin_array().begin_object();
  json_.field("name", report_.pack.name.empty() ? "rules" : report_.pack.name);
  if (!report_.pack.version.empty()) {
    json_.field("version", report_.pack.version);
  }
  json_.key("properties").begin_object().field("digest", report_.pack.digest);
  json_.field("rules", report_.pack.rules).end_object();
  json_.end_object().end_array().end_object();
}

void SarifReport::write_notification(std::string_view id, std::string_view level,
                                     std::string_view text, std::string_view file) {
  json_.begin_object();
  json_.key("descriptor").begin_object().field("id", id).end_object();
  json_.field("level", level);
  write_message("message", text);
  if (!file.empty()) {
    json_.key("locations").begin_array().begin_object().key("physicalLocation").begin_object();
    json_.key("artifactLocation");
    write_artifact_location(file);
    json_.end_object().end_object().end_array();
  }
  json_.end_object();
}

void SarifReport::write_invocation() {
  json_.key("invocations").begin_array().begin_object();
  json_.field("executionSuccessful", !report_.incomplete());
  json_.key("toolExecutionNotifications").begin_array();
  for (const CoverageEntry& entry : report_.coverage) {
    if (entry.state == CoverageState::kScanned) {
      continue;
    }
    const std::string_view level = entry.state == CoverageState::kFailed    ? "error"
                                   : entry.state == CoverageState::kPartial ? "warning"
                                                                            : "note";
    const std::string reason = entry.reason.empty() ? "" : ": " + safe(entry.reason);
    write_notification("coverage-" + std::string(to_string(entry.state)), level,
                       std::string(to_string(entry.state)) + reason, entry.file);
  }
  for (const std::string& entry : report_.unused_baseline) {
    write_notification("baseline-unused", "note", safe(entry), "");
  }
  json_.end_array().end_object().end_array();
}

void SarifReport::write_artifact_location(std::string_view file) {
  const SourceUri uri = make_source_uri(file);
  json_.begin_object().field("uri", uri.text);
  if (uri.relative) {
    json_.field("uriBaseId", "SRCROOT");
  }
  const auto found = std::lower_bound(files_.begin(), files_.end(), file);
  if (found != files_.end() && *found == file) {
    json_.field("index", static_cast<std::uint64_t>(found - files_.begin()));
  }
  json_.end_object();
}

void SarifReport::write_artifacts() {
  json_.key("artifacts").begin_array();
  for (const std::string_view file : files_) {
    json_.begin_object().key("location");
    write_artifact_location(file);
    const auto entry = std::lower_bound(
        report_.coverage.begin(), report_.coverage.end(), file,
        [](const CoverageEntry& e, std::string_view wanted) { return e.file < wanted; });
    json_.key("roles").begin_array().string("analysisTarget").end_array();
    if (entry != report_.coverage.end() && entry->file == file) {
      json_.field("length", entry->bytes).key("properties").begin_object();
      json_.field("format", entry->format).field("coverage", to_string(entry->state));
      json_.end_object();
    }
    json_.end_object();
  }
  json_.end_array();
}

void SarifReport::write_region(const Location& where, std::string_view snippet) {
  json_.key("region").begin_object();
  json_.field("startLine", where.line).field("startColumn", where.column);
  json_.field("endLine", where.end_line).field("endColumn", where.end_column);
  json_.field("byteOffset", where.offset).field("byteLength", where.length);
  if (!snippet.empty()) {
    json_.key("snippet").begin_object().field("text", snippet).end_object();
  }
  json_.end_object();
}

void SarifReport::write_physical_location(const Location& where, std::string_view snippet) {
  json_.key("physicalLocation").begin_object().key("artifactLocation");
  write_artifact_location(where.file);
  if (where.line != 0) {
    write_region(where, snippet);
  } else {
    // GitHub refuses a location without a region: a finding about a file as a whole stands at its
    // first line.
    json_.key("region").begin_object().field("startLine", 1).end_object();
  }
  json_.end_object();
}

void SarifReport::write_message_text(const Finding& finding) {
  std::string text = safe(finding.message);
  const std::string item = item_phrase(finding);
  if (!item.empty()) {
    text += " (" + mask_.text(item) + ")";
  }
  // The message's first sentence is its title; the rest is shown where there is room.
  if (!finding.evidence.decoded_by.empty()) {
    text += ". Seen after decoding " + join(finding.evidence.decoded_by, ", then ");
  }
  if (!finding.remedy.empty()) {
    text += ". What to do: " + safe(finding.remedy);
  }
  write_message("message", text);
}

void SarifReport::write_locations(const Finding& finding) {
  json_.key("locations").begin_array();
  if (!finding.where.file.empty()) {
    const Excerpt excerpt = mask_.excerpt(finding.where, finding.secret);
    // A snippet is the text of the region; of a longer or masked one there is no such text.
    const bool whole = !finding.secret && excerpt.marked == finding.where.excerpt.marked &&
                       excerpt.marked.size() == finding.where.length;
    json_.begin_object();
    write_physical_location(finding.where, whole ? std::string_view(excerpt.marked) : "");
    if (!finding.pointer.empty()) {
      json_.key("logicalLocations").begin_array().begin_object();
      if (!finding.item.empty()) {
        json_.field("name", safe(finding.item));
      }
      json_.field("fullyQualifiedName", safe(finding.pointer)).field("kind", "value");
      json_.end_object().end_array();
    }
    json_.end_object();
  }
  json_.end_array();
}

void SarifReport::write_related(const Finding& finding) {
  if (finding.related.empty()) {
    return;
  }
  json_.key("relatedLocations").begin_array();
  std::uint64_t id = 0;
  for (const RelatedPlace& related : finding.related) {
    json_.begin_object().field("id", id++);
    if (!related.where.file.empty()) {
      write_physical_location(related.where, "");
    }
    write_message("message", safe(related.message));
    json_.end_object();
  }
  json_.end_array();
}

void SarifReport::write_suppressions(const Finding& finding) {
  // An empty list says "not suppressed"; leaving it out would say "unknown".
  json_.key("suppressions").begin_array();
  if (finding.suppression) {
    const Suppression& suppression = *finding.suppression;
    json_.begin_object().field("kind", "external").field("status", "accepted");
    json_.field("justification", safe(suppression.reason));
    json_.key("properties").begin_object().field("by", suppression.by);
    json_.field("owner", safe(suppression.owner)).field("expires", suppression.expires);
    json_.end_object().end_object();
  }
  json_.end_array();
}

void SarifReport::write_properties(const Finding& finding) {
  json_.key("properties").begin_object();
  json_.field("severity", to_string(finding.severity)).field("tier", to_string(finding.tier));
  json_.field("score", finding.score).field("surface", finding.surface);
  json_.field("pointer", safe(finding.pointer));
  if (!finding.server.empty()) {
    json_.field("server", safe(finding.server));
  }
  if (!finding.item.empty()) {
    json_.field("item", safe(finding.item));
  }
  if (!finding.evidence.text.empty()) {
    json_.field("evidence", safe(finding.evidence.text));
  }
  if (!finding.evidence.decoded_by.empty()) {
    json_.key("decodedBy").begin_array();
    for (const std::string& layer : finding.evidence.decoded_by) {
      json_.string(layer);
    }
    json_.end_array();
  }
  if (!finding.signals.empty()) {
    json_.key("signals").begin_array();
    for (const ScoreSignal& signal : finding.signals) {
      json_.begin_object().field("rule", signal.rule_id).field("score", signal.score);
      json_.field("evidence", safe(signal.evidence)).end_object();
    }
    json_.end_array();
  }
  json_.end_object();
}

void SarifReport::write_result(const Finding& finding) {
  json_.begin_object().field("ruleId", finding.rule_id);
  json_.field("ruleIndex", std::uint64_t{rules_.index_of(finding.rule_id)});
  json_.field("level", sarif_level(finding.severity, finding.tier));
  write_message_text(finding);
  write_locations(finding);
  write_related(finding);
  if (!finding.fingerprint.empty()) {
    json_.key("partialFingerprints").begin_object();
    json_.field("merlonFingerprint/v1", finding.fingerprint);
    // The only one that GitHub looks at. Its own is a hash of the line, which is the whole file for
    // a minified manifest.
    json_.field("primaryLocationLineHash", finding.fingerprint + ":1").end_object();
  }
  write_suppressions(finding);
  write_properties(finding);
  json_.end_object();
}

void SarifReport::write_run_properties() {
  const ReportSummary summary = summarise(report_);
  json_.key("properties").begin_object();
  json_.field("verdict", to_string(summary.verdict));
  json_.field("failOn", to_string(report_.fail_on));
  json_.field("estimatedTokens", report_.estimated_tokens).end_object();
}

}  // namespace

std::string write_sarif(const ScanReport& report, const WriterOptions& /*options*/) {
  return SarifReport(report).write();
}

}  // namespace merlon
