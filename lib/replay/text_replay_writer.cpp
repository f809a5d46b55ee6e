#include <string>
#include <utility>

#include "base/text.h"
#include "model/session_state.h"
#include "replay/coverage.h"
#include "replay/replay_writer.h"
#include "replay/score_rows.h"

namespace merlon {
namespace {

std::string shown_name(std::string_view text) {
  return escape_for_display(shorten(text, 120));
}

std::string ruling_words(const Ruling& ruling) {
  std::string out(to_string(ruling.would_be));
  if (ruling.undecided) {
    out += " (a fact is missing)";
  }
  if (ruling.verdict != ruling.would_be) {
    out += " (only watched)";
  }
  if (!ruling.guards.empty()) {
    out += " by " + shown_name(join(ruling.guards, ", "));
  }
  if (!ruling.rules.empty()) {
    out += " (" + shown_name(join(ruling.rules, ", ")) + ')';
  }
  return out;
}

std::string legs_words(std::uint8_t legs) {
  std::vector<std::string> words;
  if ((legs & kLegUntrusted) != 0) {
    words.emplace_back("untrusted");
  }
  if ((legs & kLegSensitive) != 0) {
    words.emplace_back("private");
  }
  if ((legs & kLegOutside) != 0) {
    words.emplace_back("outside");
  }
  return words.empty() ? "nothing" : join(words, ", ");
}

void add_reasons(std::string& out, const std::vector<Reason>& reasons) {
  for (const Reason& reason : reasons) {
    out += "      " + escape_for_display(shorten(reason.message, 400));
    if (!reason.pointer.empty()) {
      out += " at " + shown_name(reason.pointer);
    }
    out += '\n';
  }
}

std::string message_head(const ReplayedMessage& message) {
  if (message.sequence == 0) {
    return "line " + std::to_string(message.line) + ", " +
           std::string(to_string(message.direction)) + ": no message";
  }
  std::string out =
      "#" + std::to_string(message.sequence) + " " + std::string(to_string(message.direction));
  if (message.origin == EventOrigin::kProxy) {
    out += ", the proxy's own";
  }
  if (!message.method.empty()) {
    out += ' ' + shown_name(message.method);
  }
  if (!message.tool.empty()) {
    out += " `" + shown_name(message.tool) + '`';
  }
  return out;
}

std::string message_block(const ReplayedMessage& message, bool two_policies) {
  std::string out = "  " + message_head(message);
  out += message.decided ? ": " + ruling_words(*message.decided) : "";
  if (message.path == SessionPath::kUnreachable) {
    out += ": not decided, its request was refused";
  } else if (message.path == SessionPath::kCounterfactual) {
    out += " [counterfactual]";
  }
  out += '\n';
  add_reasons(out, message.reasons);
  if (message.decided && message.decided->would_be != Verdict::kAllow) {
    out += "      before it: " + counted(message.state.calls, "call") + ", " +
           counted(message.state.denials, "denial") + ", touched " +
           legs_words(message.state.legs) + '\n';
  }
  if (!message.same) {
    out += message.masked ? "      cannot be reproduced: something was masked or lost"
                          : "      not reproducible: the recording says ";
    if (!message.masked) {
      const bool other =
          message.recorded && message.decided && *message.recorded != *message.decided;
      out +=
          other ? ruling_words(*message.recorded) : std::string("the same verdict in other bytes");
    }
    out += '\n';
  } else if (!two_policies && message.change && message.recorded) {
    out += "      newly " + std::string(to_string(*message.change)) +
           "; recorded: " + ruling_words(*message.recorded) + '\n';
  }
  if (message.change && message.against) {
    out += "      newly " + std::string(to_string(*message.change)) + ": " +
           ruling_words(*message.against);
    if (message.against_path == SessionPath::kCounterfactual) {
      out += " [counterfactual]";
    }
    out += '\n';
    add_reasons(out, message.against_reasons);
  }
  return out;
}

std::string verdict_words(const VerdictCounts& counts) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < kVerdicts; ++i) {
    if (counts[i] > 0) {
      words.push_back(std::to_string(counts[i]) + ' ' +
                      std::string(to_string(static_cast<Verdict>(i))));
    }
  }
  return words.empty() ? "none" : join(words, ", ");
}

void add_reproduction(std::string& out, const Reproduction& counts, std::string_view indent) {
  if (counts.compared() == 0) {
    return;
  }
  out.append(indent).append("same policy as recorded: ");
  out += counted(counts.compared(), "decision") + " again, " + std::to_string(counts.same) +
         " the same";
  if (counts.different > 0) {
    out += ", " + std::to_string(counts.different) + " not reproducible";
  }
  if (counts.masked_different > 0) {
    out += ", " + std::to_string(counts.masked_different) +
           " different where something was masked or lost";
  }
  if (counts.other_rules > 0) {
    out += ", " + std::to_string(counts.other_rules) + " different under another rule pack";
  }
  out += '\n';
}

void add_changes(std::string& out, const ChangeCounts& changes) {
  if (changes.total() == 0) {
    return;
  }
  for (std::size_t i = 0; i < kRulingChanges; ++i) {
    const std::uint64_t all = changes.taken[i] + changes.counterfactual[i];
    if (all == 0) {
      continue;
    }
    const auto kind = static_cast<RulingChange>(i);
    out += "newly " + std::string(to_string(kind)) + ": " + std::to_string(changes.taken[i]);
    if (changes.counterfactual[i] > 0) {
      out += " to " + std::to_string(all) + " (" + std::to_string(changes.counterfactual[i]) +
             " counterfactual)";
    }
    out += '\n';
    for (const auto& [key, count] : changes.by_rule) {
      if (key.first == kind) {
        out += "  rule " + shown_name(key.second) + ": " + std::to_string(count) + '\n';
      }
    }
    for (const auto& [key, count] : changes.by_tool) {
      if (key.first == kind) {
        out += "  tool " + shown_name(key.second) + ": " + std::to_string(count) + '\n';
      }
    }
  }
}

class TextReplayWriter final : public ReplayWriter {
 public:
  std::string begin() override { return {}; }

  std::string session(const SessionReplay& session) override {
    const bool two = session.against_verdicts != VerdictCounts();
    std::string out = escape_for_display(session.file) + ": " +
                      (session.format.empty() ? std::string("no session") : session.format);
    if (!session.session.empty()) {
      out += ", session " + shown_name(session.session);
    }
    if (!session.server.empty()) {
      out += " of `" + shown_name(session.server) + '`';
    }
    if (session.audited) {
      return out + audited_block(session);
    }
    out += ", " + counted(session.messages, "message");
    if (session.unreadable > 0) {
      out += ", " + counted(session.unreadable, "unreadable line");
    }
    out += '\n';
    for (const std::string& what : session.cannot_tell) {
      out += "  the format does not tell " + what + '\n';
    }
    for (const ReplayedMessage& message : session.shown) {
      out += message_block(message, two);
    }
    out += "  decided: " + verdict_words(session.verdicts) + '\n';
    if (two) {
      out += "  by the other policy: " + verdict_words(session.against_verdicts) + '\n';
    }
    if (session.unreachable > 0) {
      out += "  not decided: " + counted(session.unreachable, "answer") + " to refused requests\n";
    }
    add_reproduction(out, session.reproduction, "  ");
    for (const ExpectationFailure& failure : session.expectations.failures) {
      out += "  failed: #" + std::to_string(failure.sequence) + ' ' +
             escape_for_display(shorten(failure.text, 400));
      if (!failure.where.file.empty()) {
        out += " (" + escape_for_display(failure.where.file) + ':' +
               std::to_string(failure.where.line) + ')';
      }
      out += '\n';
    }
    if (!session.complete) {
      out += session.cut_off ? "  the last line is cut off\n" : "  the session has no end\n";
    }
    return out;
  }

  std::string end(const ReplaySummary& summary) override {
    std::string out = counted(summary.sessions, "session") + ", " +
                      counted(summary.messages, "message") + ": " +
                      verdict_words(summary.verdicts) + '\n';
    if (summary.two_policies) {
      out += "by the other policy: " + verdict_words(summary.against_verdicts) + '\n';
    }
    add_reproduction(out, summary.reproduction, "");
    add_changes(out, summary.changes);
    if (summary.diverged > 0 || summary.against_diverged > 0) {
      out += "counterfactual from some message on: " + counted(summary.diverged, "session");
      if (summary.two_policies) {
        out += ", under the other policy " + std::to_string(summary.against_diverged);
      }
      out += '\n';
    }
    if (summary.expectations > 0) {
      out += counted(summary.expectations, "expectation") + ", " +
             std::to_string(summary.unexpected) + " failed, " + std::to_string(summary.todo) +
             " todo\n";
    }
    add_scores(out, summary);
    add_coverage(out, summary.fired);
    add_untold(out, summary);
    return out;
  }

 private:
  static std::string audited_block(const SessionReplay& session) {
    const AuditedDecisions& audited = *session.audited;
    std::string out = ", " + counted(audited.decisions, "decision") + " in an audit log (" +
                      audited.verdict + ", key: " + audited.key_source + ")\n";
    for (const std::string& what : session.cannot_tell) {
      out += "  the format does not tell " + what + '\n';
    }
    for (const ReplayedMessage& message : session.shown) {
      out += "  " + message_head(message) + ": recorded " +
             (message.recorded ? ruling_words(*message.recorded) : std::string("nothing")) + '\n';
      add_reasons(out, message.reasons);
    }
    return out + "  recorded: " + verdict_words(audited.verdicts) + "; none decided again\n";
  }

  static void add_scores(std::string& out, const ReplaySummary& summary) {
    if (summary.labelled == 0) {
      return;
    }
    out += counted(summary.labelled, "labelled session") + "; intervals of 95 %, bootstrap of " +
           std::to_string(BootstrapOptions().resamples) + " resamples with seed " +
           std::to_string(summary.seed) + '\n';
    for (const ScoreRow& row : score_rows(summary.scores.clusters, summary.seed)) {
      out += "  " + score_words(row) + '\n';
    }
    if (!summary.two_policies) {
      return;
    }
    out += "by the other policy\n";
    for (const ScoreRow& row : score_rows(summary.scores.against, summary.seed)) {
      out += "  " + score_words(row) + '\n';
    }
    for (const PairedRow& row : paired_rows(summary.scores)) {
      out += "  " + paired_words(row) + '\n';
    }
  }

  static void add_coverage(std::string& out, const FiredCounts& fired) {
    const PolicyCoverage coverage = coverage_of(fired);
    if (coverage.parts == 0) {
      return;
    }
    out += "spoke: " + std::to_string(coverage.fired) + " of " + std::to_string(coverage.parts) +
           " guards and tool entries, " + counted(coverage.rules, "rule") + '\n';
    for (const auto& [title, silent] : {std::pair("guards", &coverage.silent_guards),
                                        std::pair("tools", &coverage.silent_tools)}) {
      if (!silent->empty()) {
        out += "  never, " + std::string(title) + ": " + shown_list(*silent) + '\n';
      }
    }
  }

  static std::string shown_list(const std::vector<std::string>& names) {
    constexpr std::size_t kMostNames = 40;
    std::string out;
    for (std::size_t i = 0; i < names.size() && i < kMostNames; ++i) {
      out += (i == 0 ? "" : ", ") + shown_name(names[i]);
    }
    return names.size() > kMostNames
               ? out + " and " + std::to_string(names.size() - kMostNames) + " more"
               : out;
  }

  static void add_untold(std::string& out, const ReplaySummary& summary) {
    if (summary.undecided > 0) {
      out += counted(summary.undecided, "decision") +
             " could not be made: a guard wants a fact that is not in the file\n";
    }
    if (summary.audited > 0) {
      out += counted(summary.audited, "decision") +
             " of audit logs could not be made again: a log holds digests of messages\n";
    }
    if (summary.tampered > 0) {
      out += counted(summary.tampered, "audit log") +
             " not what was signed: `merlon audit-verify` says more\n";
    }
    if (summary.masked_changes > 0) {
      out += counted(summary.masked_changes, "change") +
             " cannot be told: something was masked or lost\n";
    }
    if (summary.broken > 0) {
      out += counted(summary.broken, "session") + " could not be read as a whole\n";
    }
  }
};

}  // namespace

std::unique_ptr<ReplayWriter> make_text_replay_writer(const ReplayDemands& /*demands*/) {
  return std::make_unique<TextReplayWriter>();
}

}  // namespace merlon
