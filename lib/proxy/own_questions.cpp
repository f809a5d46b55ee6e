#include "proxy/own_questions.h"

#include <array>

#include "base/json/json_writer.h"

namespace merlon {
namespace {

/// What the revision 2026-07-28 wants in every request (basic/index, "_meta").
constexpr std::array<std::string_view, 3> kRequestKeys{"io.modelcontextprotocol/protocolVersion",
                                                       "io.modelcontextprotocol/clientCapabilities",
                                                       "io.modelcontextprotocol/clientInfo"};

std::string meta_of(const Message& because) {
  const Document& document = because.document;
  const auto meta = document.find(because.params, "_meta");
  JsonWriter json;
  json.begin_object();
  bool any = false;
  for (const std::string_view key : kRequestKeys) {
    if (const auto value = document.find(meta, key)) {
      json.key(key).raw(document.raw(*value));
      any = true;
    }
  }
  json.end_object();
  return any ? std::move(json).take() : std::string();
}

}  // namespace

bool OwnQuestions::answers(const Message& message) const {
  if (!message.method.empty() || !message.document.is(message.id, NodeKind::kString)) {
    return false;
  }
  std::string scratch;
  return message.document.text(message.id, scratch).starts_with(prefix_);
}

bool OwnQuestions::answers_open(const Message& message) const {
  return message.method.empty() && has_open_key(message.id_key());
}

std::string OwnQuestions::ask_tools(const Message& because, std::string_view cursor,
                                    std::int64_t now_ms) {
  meta_ = meta_of(because);
  pages_ = 0;
  return question(cursor, now_ms);
}

std::optional<std::string> OwnQuestions::next_page(const Message& answer, std::int64_t now_ms) {
  close();
  const Document& document = answer.document;
  const auto cursor = document.find(answer.result, "nextCursor");
  if (answer.result == kNoNode || !cursor || !document.is(*cursor, NodeKind::kString) ||
      pages_ >= kMostPages) {
    return std::nullopt;
  }
  return question(document.text(*cursor), now_ms);
}

void OwnQuestions::close() {
  open_id_.clear();
}

std::string OwnQuestions::question(std::string_view cursor, std::int64_t now_ms) {
  open_id_ = prefix_ + std::to_string(++last_);
  deadline_ms_ = now_ms + kPatienceMs;
  ++pages_;
  JsonWriter json;
  json.begin_object().field("jsonrpc", "2.0").field("id", open_id_).field("method", "tools/list");
  if (!meta_.empty() || !cursor.empty()) {
    json.key("params").begin_object();
    if (!meta_.empty()) {
      json.key("_meta").raw(meta_);
    }
    if (!cursor.empty()) {
      json.field("cursor", cursor);
    }
    json.end_object();
  }
  json.end_object();
  return std::move(json).take();
}

}  // namespace merlon
