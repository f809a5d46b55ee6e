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

/// A guard that let the message pass without a word, as nearly all do.
bool is_silent(const GuardOutcome& outcome) {
  return outcome.state == OutcomeState::kDecided && !outcome.shadow && outcome.reasons.empty() &&
         outcome.edits.empty() && outcome.needs.empty();
}

void append_outcome(std::string& out, const GuardOutcome& outcome) {
  if (!is_silent(outcome)) {
    JsonWriter json;
    write_outcome(json, outcome);
    out.append(json.text());
    return;
  }
  out.append(R"({"guard":)");
  append_json_string(out, outcome.guard);
  out.append(R"(,"verdict":")").append(to_string(outcome.verdict));
  out.append(R"(","state":"decided","reasons":[]})");
}

void append_names(std::string& out, const std::vector<std::string>& names) {
  out.push_back('[');
  for (const std::string& name : names) {
    if (out.back() != '[') {
      out.push_back(',');
    }
    append_json_string(out, name);
  }
  out.push_back(']');
}

void append_state(std::string& out, const StateSnapshot& state) {
  out.append(R"(,"state":{"sequence":)").append(std::to_string(state.sequence));
  out.append(R"(,"legs":)").append(std::to_string(state.legs));
  out.append(R"(,"calls":)").append(std::to_string(state.calls));
  out.append(R"(,"denials":)").append(std::to_string(state.denials)).push_back('}');
}

constexpr std::size_t kBytesOfDecision = 384;  // about, without its outcomes
constexpr std::size_t kBytesOfOutcome = 96;    // about

}  // namespace

// Written for every message of every session, recorded or replayed: pieces that are known are
// appended as they are.
std::string decision_json(const Decision& decision) {
  std::string out;
  out.reserve(kBytesOfDecision + (kBytesOfOutcome * decision.outcomes.size()));
  out.append(R"({"verdict":")").append(to_string(decision.verdict));
  out.append(R"(","would_be":")").append(to_string(decision.would_be));
  out.append(R"(","request_id":)");
  append_json_string(out, decision.request_id);
  out.append(R"(,"determining":)");
  append_names(out, decision.determining);
  out.append(R"(,"erroring":)");
  append_names(out, decision.erroring);
  out.append(R"(,"outcomes":[)");
  for (const GuardOutcome& outcome : decision.outcomes) {
    if (&outcome != &decision.outcomes.front()) {
      out.push_back(',');
    }
    append_outcome(out, outcome);
  }
  out.append(decision.rewritten ? R"(],"modified":true)" : R"(],"modified":false)");
  append_state(out, decision.state);
  out.append(R"(,"policy":)");
  append_json_string(out, decision.policy_digest);
  out.push_back('}');
  return out;
}

}  // namespace merlon
