#include "base/json/json_reader.h"
#include "replay/call_sessions.h"
#include "replay/importer.h"

namespace merlon {
namespace {

/// A list of messages, or an object with one under `messages`; one conversation, or one a line.
class OpenAiMessagesImporter final : public SessionImporter {
 public:
  Status take(const ImportedValue& value) override {
    const Document& json = value.json;
    const auto inside = json.find(json.root(), "messages", NodeKind::kArray);
    const NodeId messages = inside.value_or(json.root());
    if (!json.is(messages, NodeKind::kArray)) {
      return fail(ErrorCode::kFormat, "no list of messages");
    }
    calls_.begin("conversation-" + std::to_string(++conversations_));
    for (const NodeId message : json.elements(messages)) {
      MERLON_CHECK(take_message(json, message, value));
    }
    return {};
  }

  std::vector<ImportedSession> finish() override { return calls_.take(); }

 private:
  Status take_message(const Document& json, NodeId message, const ImportedValue& value) {
    const TranscriptPlace place{.line = value.line, .offset = value.offset};
    const std::string role = json.string_or(json.find(message, "role"), "");
    if (role == "tool") {
      return calls_.answer(place, json.string_or(json.find(message, "tool_call_id"), ""),
                           text_of_content(json, json.find(message, "content")), false);
    }
    const auto calls = json.find(message, "tool_calls", NodeKind::kArray);
    for (const NodeId call : calls ? json.elements(*calls) : std::vector<NodeId>()) {
      const auto function = json.find(call, "function");
      const std::string arguments = json.string_or(json.find(function, "arguments"), "{}");
      const auto parsed =
          parse_json(SourceText::copy_of("arguments", arguments), JsonDialect::kStrict, Limits());
      if (!parsed || !parsed->is(parsed->root(), NodeKind::kObject)) {
        return fail(ErrorCode::kFormat, "the `arguments` of a call are no JSON object");
      }
      calls_.call(place, json.string_or(json.find(call, "id"), ""),
                  json.string_or(json.find(function, "name"), ""), arguments);
    }
    return {};
  }

  CallSessions calls_{"tools"};
  std::uint64_t conversations_{0};
};

}  // namespace

bool looks_like_openai_messages(const Document& first) {
  const auto inside = first.find(first.root(), "messages", NodeKind::kArray);
  const NodeId messages = inside.value_or(first.root());
  if (!first.is(messages, NodeKind::kArray)) {
    return false;
  }
  const std::vector<NodeId> all = first.elements(messages);
  return !all.empty() && first.find(all.front(), "role", NodeKind::kString);
}

std::unique_ptr<SessionImporter> make_openai_messages_importer() {
  return std::make_unique<OpenAiMessagesImporter>();
}

}  // namespace merlon
