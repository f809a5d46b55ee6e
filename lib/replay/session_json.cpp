#include "replay/session_json.h"

#include <span>

#include "replay/coverage.h"
#include "replay/score_rows.h"

namespace merlon {
namespace {

void write_words(JsonWriter& json, std::string_view name, std::span<const std::string> words) {
  json.key(name).begin_array();
  for (const std::string& word : words) {
    json.string(word);
  }
  json.end_array();
}

void write_verdicts(JsonWriter& json, std::string_view name, const VerdictCounts& counts) {
  json.key(name).begin_object();
  for (std::size_t i = 0; i < kVerdicts; ++i) {
    json.field(to_string(static_cast<Verdict>(i)), counts[i]);
  }
  json.end_object();
}

void write_counts(JsonWriter& json, std::string_view name,
                  const std::map<std::string, std::uint64_t>& counts) {
  json.key(name).begin_object();
  for (const auto& [key, count] : counts) {
    json.field(key, count);
  }
  json.end_object();
}

void write_reproduction(JsonWriter& json, const Reproduction& counts) {
  json.key("reproduction").begin_object();
  json.field("compared", counts.compared()).field("same", counts.same);
  json.field("different", counts.different);
  json.field("masked", counts.masked_different).field("other_rules", counts.other_rules);
  json.end_object();
}

void write_changed_names(JsonWriter& json, std::string_view name,
                         const std::map<ChangeCounts::Key, std::uint64_t>& counts) {
  json.key(name).begin_array();
  for (const auto& [key, count] : counts) {
    json.begin_object().field("change", to_string(key.first)).field("name", key.second);
    json.field("count", count).end_object();
  }
  json.end_array();
}

void write_change_counts(JsonWriter& json, const ChangeCounts& changes) {
  json.key("changes").begin_object();
  for (std::size_t i = 0; i < kRulingChanges; ++i) {
    json.key(to_string(static_cast<RulingChange>(i))).begin_object();
    json.field("taken", changes.taken[i]).field("counterfactual", changes.counterfactual[i]);
    json.end_object();
  }
  write_changed_names(json, "by_rule", changes.by_rule);
  write_changed_names(json, "by_tool", changes.by_tool);
  json.end_object();
}

void write_fired(JsonWriter& json, const FiredCounts& fired) {
  json.key("fired").begin_object();
  write_counts(json, "guards", fired.guards);
  write_counts(json, "rules", fired.rules);
  write_counts(json, "tools", fired.tools);
  json.end_object();
}

void write_ruling(JsonWriter& json, std::string_view name, const std::optional<Ruling>& ruling) {
  json.key(name);
  if (!ruling) {
    json.null();
    return;
  }
  json.begin_object().field("verdict", to_string(ruling->verdict));
  json.field("would_be", to_string(ruling->would_be));
  json.field("action", to_string(ruling->action));
  write_words(json, "guards", ruling->guards);
  write_words(json, "rules", ruling->rules);
  if (ruling->undecided) {
    json.field("undecided", true);
  }
  json.end_object();
}

void write_message(JsonWriter& json, const ReplayedMessage& message) {
  json.begin_object();
  json.field("sequence", message.sequence).field("line", message.line);
  json.key("time_ms").number(message.time_ms);
  json.field("direction", to_string(message.direction));
  if (message.origin == EventOrigin::kProxy) {
    json.field("origin", "proxy");
  }
  json.field("method", message.method).field("tool", message.tool);
  json.field("path", to_string(message.path)).field("same", message.same);
  if (message.masked) {
    json.field("masked", true);
  }
  write_ruling(json, "recorded", message.recorded);
  write_ruling(json, "decided", message.decided);
  if (message.against) {
    write_ruling(json, "against", message.against);
    json.field("against_path", to_string(message.against_path));
  }
  if (message.change) {
    json.field("change", to_string(*message.change));
  }
  if (!message.decision_json.empty()) {
    json.key("decision").raw(message.decision_json);
  }
  json.end_object();
}

void write_expectations(JsonWriter& json, const ExpectationResults& results) {
  json.key("expectations").begin_object();
  json.field("checked", results.checked).field("todo", results.todo);
  json.key("failures").begin_array();
  for (const ExpectationFailure& failure : results.failures) {
    json.begin_object().field("sequence", failure.sequence).field("text", failure.text);
    json.field("file", failure.where.file).field("line", failure.where.line).end_object();
  }
  json.end_array().end_object();
}

void write_score_counts(JsonWriter& json, std::string_view name,
                        const std::optional<ScoreCounts>& score) {
  if (!score) {
    return;
  }
  json.key(name).begin_object();
  for (std::size_t i = 0; i < kMeasures; ++i) {
    const ScoreCount& count = (*score)[i];
    if (count.cases > 0) {
      json.key(to_string(static_cast<Measure>(i))).begin_object();
      json.field("cases", count.cases).field("low", count.low).field("high", count.high);
      json.end_object();
    }
  }
  json.end_object();
}

void write_interval(JsonWriter& json, std::string_view name, const Interval& interval) {
  json.key(name).begin_array().number(interval.low).number(interval.high).end_array();
}

void write_score_rows(JsonWriter& json, std::string_view name, const std::vector<ScoreRow>& rows) {
  json.key(name).begin_array();
  for (const ScoreRow& row : rows) {
    json.begin_object().field("measure", to_string(row.measure));
    json.field("cases", row.count.cases).field("low", row.count.low).field("high", row.count.high);
    json.field("clusters", row.clusters);
    write_interval(json, "wilson", row.wilson);
    write_interval(json, "clopper_pearson", row.exact);
    write_interval(json, "bootstrap", row.bootstrap);
    json.end_object();
  }
  json.end_array();
}

void write_statistics(JsonWriter& json, const ReplaySummary& summary) {
  json.key("statistics").begin_object();
  json.field("unit", "session").field("labelled", summary.labelled).field("seed", summary.seed);
  write_score_rows(json, "policy", score_rows(summary.scores.clusters, summary.seed));
  if (summary.two_policies) {
    write_score_rows(json, "against", score_rows(summary.scores.against, summary.seed));
    json.key("paired").begin_array();
    for (const PairedRow& row : paired_rows(summary.scores)) {
      json.begin_object().field("measure", to_string(row.measure)).field("cases", row.cases);
      json.field("only_policy", row.discordant.only_first);
      json.field("only_against", row.discordant.only_second);
      json.key("difference").number(row.difference);
      write_interval(json, "newcombe", row.newcombe);
      json.key("mcnemar_p").number(row.p).key("holm_p").number(row.holm_p).end_object();
    }
    json.end_array();
  }
  json.end_object();
}

void write_coverage(JsonWriter& json, const FiredCounts& fired) {
  const PolicyCoverage coverage = coverage_of(fired);
  json.key("coverage").begin_object();
  json.field("parts", coverage.parts).field("fired", coverage.fired);
  json.field("rules_fired", coverage.rules);
  write_words(json, "silent_guards", coverage.silent_guards);
  write_words(json, "silent_tools", coverage.silent_tools);
  json.end_object();
}

void write_place(JsonWriter& json, std::string_view name, std::optional<std::uint64_t> at) {
  json.key(name);
  if (at) {
    json.number(*at);
  } else {
    json.null();
  }
}

void write_audited(JsonWriter& json, const std::optional<AuditedDecisions>& audited) {
  json.key("audited");
  if (!audited) {
    json.null();
    return;
  }
  json.begin_object().field("verdict", audited->verdict).field("key", audited->key_source);
  json.field("decisions", audited->decisions).field("unreadable", audited->unreadable);
  json.field("outcomes", audited->outcomes);
  write_verdicts(json, "verdicts", audited->verdicts);
  write_counts(json, "rules", audited->rules);
  write_counts(json, "tools", audited->tools);
  json.end_object();
}

void write_errors(JsonWriter& json, const std::vector<Error>& errors) {
  json.key("errors").begin_array();
  for (const Error& error : errors) {
    json.begin_object().field("code", to_string(error.code)).field("message", error.message);
    json.field("file", error.where.file).field("line", error.where.line);
    json.field("column", error.where.column).end_object();
  }
  json.end_array();
}

}  // namespace

void write_session(JsonWriter& json, const SessionReplay& session) {
  json.begin_object();
  json.field("file", session.file).field("format", session.format);
  write_words(json, "cannot_tell", session.cannot_tell);
  json.field("session", session.session).field("server", session.server);
  json.field("policy", session.policy_digest).field("recorded_policy", session.recorded_digest);
  json.field("full", session.full).field("complete", session.complete);
  json.field("cut_off", session.cut_off.has_value());
  json.field("messages", session.messages).field("unreadable", session.unreadable);
  json.field("reloads", session.reloads).field("unreachable", session.unreachable);
  json.field("undecided", session.undecided).field("masked_changes", session.masked_changes);
  write_verdicts(json, "verdicts", session.verdicts);
  write_verdicts(json, "against_verdicts", session.against_verdicts);
  write_reproduction(json, session.reproduction);
  write_place(json, "diverged_at", session.diverged_at);
  write_place(json, "against_diverged_at", session.against_diverged_at);
  write_change_counts(json, session.changes);
  write_fired(json, session.fired);
  write_expectations(json, session.expectations);
  if (session.score) {
    json.field("cluster", session.cluster);
  }
  write_score_counts(json, "score", session.score);
  write_score_counts(json, "against_score", session.against_score);
  write_audited(json, session.audited);
  json.key("shown").begin_array();
  for (const ReplayedMessage& message : session.shown) {
    write_message(json, message);
  }
  json.end_array();
  write_errors(json, session.errors);
  json.end_object();
}

void write_summary(JsonWriter& json, const ReplaySummary& summary) {
  json.begin_object();
  json.field("sessions", summary.sessions).field("broken", summary.broken);
  json.field("unfinished", summary.unfinished).field("diverged", summary.diverged);
  json.field("against_diverged", summary.against_diverged).field("changed", summary.changed);
  json.field("messages", summary.messages).field("unreadable", summary.unreadable);
  json.field("unreachable", summary.unreachable).field("undecided", summary.undecided);
  json.field("masked_changes", summary.masked_changes);
  json.field("audited", summary.audited).field("tampered", summary.tampered);
  write_verdicts(json, "verdicts", summary.verdicts);
  write_verdicts(json, "against_verdicts", summary.against_verdicts);
  write_reproduction(json, summary.reproduction);
  write_change_counts(json, summary.changes);
  write_fired(json, summary.fired);
  write_coverage(json, summary.fired);
  json.key("expectations").begin_object().field("checked", summary.expectations);
  json.field("todo", summary.todo).field("failed", summary.unexpected).end_object();
  write_statistics(json, summary);
  json.key("cannot_tell").begin_object();
  for (const auto& [format, words] : summary.cannot_tell) {
    write_words(json, format, words);
  }
  json.end_object();
  json.end_object();
}

}  // namespace merlon
