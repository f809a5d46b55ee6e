#include "policy/decision_codec.h"

#include <array>

#include "base/json/json_writer.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 4> kStateWords{"decided", "errored", "timed-out", "waiting"};
constexpr std::array<std::string_view, 4> kNeedWords{"path", "host", "hook", "tool-list"};

void write_optional(JsonWriter& json, std::string_view name, std::string_view value) {
  if (!value.empty()) {
    json.field(name, value);
  }
}

void write_reason(JsonWriter& json, const Reason& reason) {
  json.begin_object();
  json.field("code", to_string(reason.code)).field("rule", reason.rule_id);
  json.field("severity", to_string(reason.severity)).field("message", reason.message);
  write_optional(json, "pointer", reason.pointer);
  write_optional(json, "evidence", reason.evidence);
  write_optional(json, "remedy", reason.remedy);
  if (reason.retry_after_seconds) {
    json.field("retry_after_seconds", *reason.retry_after_seconds);
  }
  if (!reason.led_by.empty()) {
    json.key("led_by").begin_array();
    for (const std::uint64_t sequence : reason.led_by) {
      json.number(sequence);
    }
    json.end_array();
  }
  json.end_object();
}

void write_edits(JsonWriter& json, const GuardOutcome& outcome) {
  if (outcome.edits.empty()) {
    return;
  }
  // The new values may hold what the message held: places only.
  json.key("edits").begin_array();
  for (const Edit& edit : outcome.edits) {
    json.begin_object().field("pointer", edit.pointer).field("remove", edit.remove).end_object();
  }
  json.end_array();
}

void write_outcome(JsonWriter& json, const GuardOutcome& outcome) {
  json.begin_object();
  json.field("guard", outcome.guard).field("verdict", to_string(outcome.verdict));
  json.field("state", kStateWords[static_cast<std::size_t>(outcome.state)]);
  if (outcome.shadow) {
    json.field("shadow", true);
  }
  json.key("reasons").begin_array();
  for (const Reason& reason : outcome.reasons) {
    write_reason(json, reason);
  }
  json.end_array();
  write_edits(json, outcome);
  if (!outcome.needs.empty()) {
    json.key("needs").begin_array();
    for (const Need& need : outcome.needs) {
      json.begin_object().field("kind", kNeedWords[static_cast<std::size_t>(need.kind)]);
      json.field("what", need.what).end_object();
    }
    json.end_array();
  }
  json.end_object();
}

void write_names(JsonWriter& json, std::string_view key, const std::vector<std::string>& names) {
  json.key(key).begin_array();
  for (const std::string& name : names) {
    json.string(name);
  }
  json.end_array();
}

}  // namespace

std::string decision_json(const Decision& decision) {
  JsonWriter json;
  json.begin_object();
  json.field("verdict", to_string(decision.verdict));
  json.field("would_be", to_string(decision.would_be));
  json.field("request_id", decision.request_id);
  write_names(json, "determining", decision.determining);
  write_names(json, "erroring", decision.erroring);
  json.key("outcomes").begin_array();
  for (const GuardOutcome& outcome : decision.outcomes) {
    write_outcome(json, outcome);
  }
  json.end_array();
  json.field("modified", decision.rewritten.has_value());
  json.key("state").begin_object();
  json.field("sequence", decision.state.sequence);
  json.field("legs", std::uint32_t{decision.state.legs});
  json.field("calls", decision.state.calls).field("denials", decision.state.denials);
  json.end_object();
  json.field("policy", decision.policy_digest);
  json.end_object();
  return std::move(json).take();
}

}  // namespace merlon
