#include "base/json/json_reader.h"
#include "base/timestamp.h"
#include "replay/call_sessions.h"
#include "replay/importer.h"

namespace merlon {
namespace {

/// `~/.codex/sessions/<day>/rollout-*.jsonl`: a line for each item.
class CodexImporter final : public SessionImporter {
 public:
  Status take(const ImportedValue& value) override {
    const Document& json = value.json;
    const NodeId root = json.root();
    const std::string type = json.string_or(json.find(root, "type"), "");
    const auto payload = json.find(root, "payload");
    if (type == "session_meta") {
      calls_.begin(json.string_or(json.find(payload, "id"), ""));
      return {};
    }
    if (type != "response_item") {
      return {};
    }
    const TranscriptPlace place{
        .line = value.line,
        .offset = value.offset,
        .time_ms =
            parse_timestamp_ms(json.string_or(json.find(root, "timestamp"), "")).value_or(0)};
    const std::string item = json.string_or(json.find(payload, "type"), "");
    const std::string id = json.string_or(json.find(payload, "call_id"), "");
    if (item == "function_call") {
      const std::string arguments = json.string_or(json.find(payload, "arguments"), "{}");
      const auto parsed =
          parse_json(SourceText::copy_of("arguments", arguments), JsonDialect::kStrict, Limits());
      if (!parsed || !parsed->is(parsed->root(), NodeKind::kObject)) {
        return fail(ErrorCode::kFormat, "the `arguments` of a call are no JSON object");
      }
      calls_.call(place, id, json.string_or(json.find(payload, "name"), ""), arguments);
    }
    if (item == "function_call_output") {
      const auto output = json.find(payload, "output");
      const auto content = output ? json.find(*output, "content") : std::nullopt;
      return calls_.answer(place, id, text_of_content(json, content ? content : output), false);
    }
    return {};
  }

  std::vector<ImportedSession> finish() override { return calls_.take(); }

 private:
  CallSessions calls_{"codex"};
};

}  // namespace

bool looks_like_codex(const Document& first) {
  const NodeId root = first.root();
  return first.find(root, "payload", NodeKind::kObject) &&
         first.find(root, "type", NodeKind::kString) &&
         first.find(root, "timestamp", NodeKind::kString);
}

std::unique_ptr<SessionImporter> make_codex_importer() {
  return std::make_unique<CodexImporter>();
}

}  // namespace merlon
