#include "attest/scan_verdict.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "attest/utc_time.h"
#include "base/json/json_writer.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::string_view kSnapshotSubject = "snapshot";
constexpr std::string_view kCompleteProperty = "MERLON_SCAN_COMPLETE";
constexpr std::string_view kLevelProperty = "MERLON_SCAN_NOTHING_FROM_";

std::string level_property(Severity level) {
  std::string out(kLevelProperty);
  for (const char c : to_string(level)) {
    out.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return out;
}

std::vector<std::string> properties_of(const OpenedStatement& statement) {
  std::vector<std::string> out;
  const auto list = statement.document.find(statement.predicate, "properties", NodeKind::kArray);
  if (list) {
    for (const NodeId node : statement.document.elements(*list)) {
      out.push_back(statement.document.string_or(node, ""));
    }
  }
  return out;
}

/// Who scanned and by which rules, for people.
std::string scanned_with(const OpenedStatement& statement) {
  const Document& document = statement.document;
  const auto verifier = document.find(statement.predicate, "verifier");
  const auto policy = document.find(verifier, "policy");
  return document.string_or(document.find(verifier, "id"), "?") + " with " +
         document.string_or(document.find(policy, "uri"), "?");
}

}  // namespace

std::string scan_verdict_statement(const ScanVerdict& verdict, const StatementTimes& times) {
  const DigestedThing subject{.name = std::string(kSnapshotSubject), .sha256 = verdict.snapshot};
  JsonWriter json;
  json.begin_object();
  json.key("verifier").begin_object().field("id", "urn:merlon:scan:" + verdict.engine);
  json.key("policy").begin_object();
  json.field("uri", "urn:merlon:rules:" + verdict.rules_name + ":" + verdict.rules_version);
  json.key("digest").begin_object().field("sha256", verdict.rules_digest).end_object();
  json.end_object();
  json.end_object();
  json.field("timeCreated", utc_time_text(times.issued));
  json.field("expires", utc_time_text(times.expires));
  json.key("properties").begin_array().string(kCompleteProperty);
  for (const Severity level :
       {Severity::kInfo, Severity::kLow, Severity::kMedium, Severity::kHigh, Severity::kCritical}) {
    if (level >= verdict.level) {
      json.string(level_property(level));
    }
  }
  json.end_array();
  json.end_object();
  return statement_text(std::span(&subject, 1), kScanVerdictPredicate, json.text());
}

Result<Verification> verify_scan_verdict(const std::shared_ptr<const SourceText>& source,
                                         const WantedVerdict& wanted, const StatementTerms& terms,
                                         const Limits& limits) {
  Verification steps;
  MERLON_TRY(const auto opened,
             open_statement(source, kScanVerdictPredicate, terms.trusted, limits, steps));
  if (!opened) {
    return steps;
  }
  check_statement_time(*opened, terms.now_ms, steps);
  const std::vector<DigestedThing> subjects{
      {.name = std::string(kSnapshotSubject), .sha256 = wanted.snapshot}};
  if (opened->subjects == subjects) {
    steps.pass("snapshot", "sha256:" + wanted.snapshot);
  } else {
    steps.refuse("snapshot", "other bytes than these were scanned");
  }
  const std::vector<std::string> properties = properties_of(*opened);
  const auto has = [&](std::string_view property) {
    return std::ranges::find(properties, property) != properties.end();
  };
  if (has(kCompleteProperty) && has(level_property(wanted.level))) {
    steps.pass("level", "nothing from " + std::string(to_string(wanted.level)) + " up, by " +
                            scanned_with(*opened));
  } else {
    steps.refuse("level", "it does not say that there is nothing from " +
                              std::string(to_string(wanted.level)) + " up");
  }
  return steps;
}

}  // namespace merlon
