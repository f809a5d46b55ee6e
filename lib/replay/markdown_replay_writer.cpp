#include <string>
#include <utility>

#include "base/text.h"
#include "replay/replay_writer.h"
#include "replay/score_rows.h"

namespace merlon {
namespace {

/// A cell or a piece of prose: nothing in it is markup.
std::string markdown_text(std::string_view text) {
  std::string out;
  for (const char c : escape_for_display(shorten(text, 200))) {
    if (std::string_view("\\`*_{}[]<>()#+-!|~&").find(c) != std::string_view::npos) {
      out.push_back('\\');
    }
    out.push_back(c);
  }
  return out;
}

std::string ruling_cell(const std::optional<Ruling>& ruling) {
  if (!ruling) {
    return "";
  }
  return markdown_text(std::string(to_string(ruling->would_be)) +
                       (ruling->rules.empty() ? "" : " (" + join(ruling->rules, ", ") + ")"));
}

class MarkdownReplayWriter final : public ReplayWriter {
 public:
  std::string begin() override { return "## Replay\n\n"; }

  std::string session(const SessionReplay& session) override {
    std::string out;
    for (const ReplayedMessage& message : session.shown) {
      if (message.same && !message.change) {
        continue;
      }
      if (!std::exchange(titled_, true)) {
        out += "| session | message | before | after | |\n| --- | --- | --- | --- | --- |\n";
      }
      const bool two = message.against.has_value();
      const bool sure = message.path == SessionPath::kTaken &&
                        (!two || message.against_path == SessionPath::kTaken);
      out += "| " + markdown_text(session.file) + " | \\#" + std::to_string(message.sequence) +
             ' ' + markdown_text(message.tool.empty() ? message.method : message.tool) + " | " +
             ruling_cell(two ? message.decided : message.recorded) + " | " +
             ruling_cell(two ? message.against : message.decided) + " | " +
             (message.same ? (sure ? "" : "counterfactual")
                           : (message.masked ? "masked" : "not reproducible")) +
             " |\n";
    }
    return out;
  }

  std::string end(const ReplaySummary& summary) override {
    std::string out = titled_ ? "\n" : "";
    out += counted(summary.sessions, "session") + ", " + counted(summary.messages, "message");
    if (summary.reproduction.compared() > 0) {
      out += "; " + std::to_string(summary.reproduction.same) + " of " +
             counted(summary.reproduction.compared(), "decision") + " as recorded";
    }
    out += ".\n";
    add_changes(out, summary);
    add_scores(out, "policy", summary.scores.clusters, summary.seed);
    if (summary.two_policies) {
      add_scores(out, "other policy", summary.scores.against, summary.seed);
      for (const PairedRow& row : paired_rows(summary.scores)) {
        out += "\n- " + paired_words(row);
      }
      out += summary.labelled > 0 ? "\n" : "";
    }
    if (summary.expectations > 0) {
      out += "\n" + counted(summary.expectations, "expectation") + ", " +
             std::to_string(summary.unexpected) + " failed, " + std::to_string(summary.todo) +
             " todo.\n";
    }
    return out;
  }

 private:
  static void add_changes(std::string& out, const ReplaySummary& summary) {
    if (summary.changes.total() == 0) {
      return;
    }
    out += "\n| newly | for certain | with counterfactual ones |\n| --- | --: | --: |\n";
    for (std::size_t i = 0; i < kRulingChanges; ++i) {
      const std::uint64_t sure = summary.changes.taken[i];
      out += "| " + std::string(to_string(static_cast<RulingChange>(i))) + " | " +
             std::to_string(sure) + " | " +
             std::to_string(sure + summary.changes.counterfactual[i]) + " |\n";
    }
  }

  static void add_scores(std::string& out, std::string_view title,
                         const std::map<std::string, ScoreCounts>& clusters, std::uint64_t seed) {
    const std::vector<ScoreRow> rows = score_rows(clusters, seed);
    if (rows.empty()) {
      return;
    }
    out.append("\n").append(title).append(", intervals of 95 %, bootstrap seed ");
    out += std::to_string(seed) + ":\n\n";
    for (const ScoreRow& row : rows) {
      out += "- " + score_words(row) + '\n';
    }
  }

  bool titled_{false};
};

}  // namespace

std::unique_ptr<ReplayWriter> make_markdown_replay_writer(const ReplayDemands& /*demands*/) {
  return std::make_unique<MarkdownReplayWriter>();
}

}  // namespace merlon
