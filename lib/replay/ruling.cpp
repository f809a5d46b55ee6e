#include "replay/ruling.h"

#include <algorithm>

#include "base/json/json_reader.h"

namespace merlon {
namespace {

void sort_once(std::vector<std::string>& words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
}

bool is_determining(const std::vector<std::string>& determining, std::string_view guard) {
  return std::find(determining.begin(), determining.end(), guard) != determining.end();
}

std::vector<std::string> texts_of(const Document& json, std::optional<NodeId> array) {
  std::vector<std::string> out;
  if (array) {
    for (const NodeId element : json.elements(*array)) {
      out.push_back(json.string_or(element, ""));
    }
  }
  return out;
}

/// Rule ids of what the determining guards said; true when all of them waited for facts.
bool read_outcomes(const Document& json, Ruling& out) {
  bool waiting = !out.guards.empty();
  const auto outcomes = json.find(json.root(), "outcomes");
  for (const NodeId outcome : outcomes ? json.elements(*outcomes) : std::vector<NodeId>()) {
    if (!is_determining(out.guards, json.string_or(json.find(outcome, "guard"), ""))) {
      continue;
    }
    waiting = waiting && json.string_or(json.find(outcome, "state"), "") == "waiting";
    const auto reasons = json.find(outcome, "reasons");
    for (const NodeId reason : reasons ? json.elements(*reasons) : std::vector<NodeId>()) {
      out.rules.push_back(json.string_or(json.find(reason, "rule"), ""));
    }
  }
  sort_once(out.rules);
  return waiting;
}

}  // namespace

Ruling ruling_of(const Decision& decision, RecordedAction action) {
  Ruling out{.verdict = decision.verdict, .would_be = decision.would_be, .action = action};
  if (decision.would_be == Verdict::kAllow) {
    return out;
  }
  out.guards = decision.determining;
  bool waiting = !out.guards.empty();
  for (const GuardOutcome& outcome : decision.outcomes) {
    if (is_determining(out.guards, outcome.guard)) {
      waiting = waiting && outcome.state == OutcomeState::kWaiting;
      for (const Reason& reason : outcome.reasons) {
        out.rules.push_back(reason.rule_id);
      }
    }
  }
  sort_once(out.rules);
  out.undecided = waiting;
  return out;
}

std::optional<Ruling> parse_ruling(std::string_view decision, RecordedAction action) {
  // Most are.
  if (decision.starts_with(R"({"verdict":"allow","would_be":"allow",)")) {
    return Ruling{.action = action};
  }
  auto json = parse_json(SourceText::copy_of("decision", std::string(decision)),
                         JsonDialect::kStrict, Limits());
  if (!json) {
    return std::nullopt;
  }
  const auto verdict = parse_verdict(json->string_or(json->find(json->root(), "verdict"), ""));
  const auto would_be = parse_verdict(json->string_or(json->find(json->root(), "would_be"), ""));
  if (!verdict || !would_be) {
    return std::nullopt;
  }
  Ruling out{.verdict = *verdict, .would_be = *would_be, .action = action};
  out.guards = texts_of(*json, json->find(json->root(), "determining"));
  if (out.would_be == Verdict::kAllow) {
    out.guards.clear();
  }
  out.undecided = read_outcomes(*json, out);
  return out;
}

std::vector<Reason> reasons_of(const Decision& decision) {
  std::vector<Reason> out;
  if (decision.would_be != Verdict::kAllow) {
    for (const Reason* const reason : determining_reasons(decision)) {
      out.push_back(*reason);
    }
  }
  return out;
}

void count_fired(const Decision& decision, FiredCounts& fired) {
  for (const GuardOutcome& outcome : decision.outcomes) {
    if (outcome.verdict == Verdict::kAllow && outcome.state == OutcomeState::kDecided) {
      continue;
    }
    ++fired.guards[outcome.guard];
    for (const Reason& reason : outcome.reasons) {
      ++fired.rules[reason.rule_id];
    }
  }
}

}  // namespace merlon
