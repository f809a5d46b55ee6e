#include "replay/call_sessions.h"

#include <utility>

#include "base/json/json_writer.h"

namespace merlon {
namespace {

struct AgentToolName {
  std::string server;
  std::string tool;
};

AgentToolName split_tool_name(std::string_view name, const std::string& others) {
  constexpr std::string_view kPrefix = "mcp__";
  const bool marked = name.starts_with(kPrefix);
  const std::string_view rest = marked ? name.substr(kPrefix.size()) : name;
  const std::size_t between = rest.find("__");
  if (between == std::string_view::npos || between == 0) {
    return {.server = others, .tool = std::string(name)};
  }
  return {.server = std::string(rest.substr(0, between)),
          .tool = std::string(rest.substr(between + 2))};
}

}  // namespace

void CallSessions::begin(std::string name) {
  name_ = std::move(name);
  by_server_.clear();
  open_.clear();
}

void CallSessions::call(const TranscriptPlace& place, std::string_view id,
                        std::string_view full_name, std::string_view arguments) {
  AgentToolName name = split_tool_name(full_name, others_);
  const auto [found, fresh] = by_server_.try_emplace(name.server, sessions_.size());
  if (fresh) {
    sessions_.push_back({.name = name_, .server = std::move(name.server), .messages = {}});
  }
  open_.insert_or_assign(std::string(id), found->second);
  std::string json = R"({"jsonrpc":"2.0","id":)";
  append_json_string(json, id);
  json += R"(,"method":"tools/call","params":{"name":)";
  append_json_string(json, name.tool);
  json.append(",\"arguments\":").append(arguments).append("}}");
  sessions_[found->second].messages.push_back({.direction = Direction::kToServer,
                                               .time_ms = place.time_ms,
                                               .json = std::move(json),
                                               .line = place.line,
                                               .offset = place.offset});
}

Status CallSessions::answer(const TranscriptPlace& place, const std::string& id,
                            std::string_view text, bool failed) {
  const auto found = open_.find(id);
  if (found == open_.end()) {
    return fail(ErrorCode::kFormat, "an answer to `", id, "`, which was not called");
  }
  std::string json = R"({"jsonrpc":"2.0","id":)";
  append_json_string(json, id);
  json += R"(,"result":{"content":[{"type":"text","text":)";
  append_json_string(json, text);
  json += failed ? R"(}],"isError":true}})" : "}]}}";
  sessions_[found->second].messages.push_back({.direction = Direction::kToClient,
                                               .time_ms = place.time_ms,
                                               .json = std::move(json),
                                               .line = place.line,
                                               .offset = place.offset});
  open_.erase(found);
  return {};
}

std::string text_of_content(const Document& json, std::optional<NodeId> content) {
  if (!content || !json.is(*content, NodeKind::kArray)) {
    return json.string_or(content, "");
  }
  std::string out;
  for (const NodeId block : json.elements(*content)) {
    if (json.find(block, "text", NodeKind::kString)) {
      out += (out.empty() ? "" : "\n") + json.string_or(json.find(block, "text"), "");
    }
  }
  return out;
}

}  // namespace merlon
