#include "base/timestamp.h"
#include "replay/call_sessions.h"
#include "replay/importer.h"

namespace merlon {
namespace {

/// `~/.claude/projects/<path>/<id>.jsonl`: a line for each turn; calls stand in what the assistant
/// says, answers in what the user says. The format is not documented; what is not known is skipped.
class ClaudeCodeImporter final : public SessionImporter {
 public:
  Status take(const ImportedValue& value) override {
    const Document& json = value.json;
    const NodeId root = json.root();
    const std::string session = json.string_or(json.find(root, "sessionId"), "");
    if (!session.empty() && session != session_) {
      session_ = session;
      calls_.begin(session);
    }
    const TranscriptPlace place{
        .line = value.line,
        .offset = value.offset,
        .time_ms =
            parse_timestamp_ms(json.string_or(json.find(root, "timestamp"), "")).value_or(0)};
    const auto message = json.find(root, "message");
    const auto content = json.find(message, "content");
    if (!content || !json.is(*content, NodeKind::kArray)) {
      return {};
    }
    for (const NodeId block : json.elements(*content)) {
      MERLON_CHECK(take_block(json, block, place));
    }
    return {};
  }

  std::vector<ImportedSession> finish() override { return calls_.take(); }

 private:
  Status take_block(const Document& json, NodeId block, const TranscriptPlace& place) {
    const std::string type = json.string_or(json.find(block, "type"), "");
    if (type == "tool_use") {
      const auto input = json.find(block, "input", NodeKind::kObject);
      const std::string name = json.string_or(json.find(block, "name"), "");
      if (!input || name.empty()) {
        return fail(ErrorCode::kFormat, "a `tool_use` without `name` or `input`");
      }
      calls_.call(place, json.string_or(json.find(block, "id"), ""), name, json.raw(*input));
    }
    if (type == "tool_result") {
      return calls_.answer(place, json.string_or(json.find(block, "tool_use_id"), ""),
                           text_of_content(json, json.find(block, "content")),
                           json.is_true(json.find(block, "is_error")));
    }
    return {};
  }

  std::string session_;
  CallSessions calls_{"claude-code"};
};

}  // namespace

bool looks_like_claude_code(const Document& first) {
  const NodeId root = first.root();
  // The first line may be a summary or a snapshot of files.
  return first.find(root, "type", NodeKind::kString) &&
         (first.find(root, "sessionId") || first.find(root, "leafUuid") ||
          first.find(root, "messageId"));
}

std::unique_ptr<SessionImporter> make_claude_code_importer() {
  return std::make_unique<ClaudeCodeImporter>();
}

}  // namespace merlon
