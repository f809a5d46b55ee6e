#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "replay/importer.h"

namespace merlon {
namespace {

/// What only servers say. All else is the client's.
constexpr std::array<std::string_view, 11> kServerMethods{"sampling/createMessage",
                                                          "elicitation/create",
                                                          "roots/list",
                                                          "notifications/message",
                                                          "notifications/progress",
                                                          "notifications/tools/list_changed",
                                                          "notifications/prompts/list_changed",
                                                          "notifications/resources/list_changed",
                                                          "notifications/resources/updated",
                                                          "notifications/elicitation/complete",
                                                          "notifications/tasks/status"};

class JsonRpcImporter final : public SessionImporter {
 public:
  Status take(const ImportedValue& value) override {
    const Document& json = value.json;
    const NodeId root = json.root();
    if (!json.is(root, NodeKind::kObject)) {
      return fail(ErrorCode::kFormat, "a line that is no message");
    }
    session_.messages.push_back({.direction = direction_of(json),
                                 .json = std::string(json.raw(root)),
                                 .line = value.line,
                                 .offset = value.offset});
    return {};
  }

  std::vector<ImportedSession> finish() override {
    session_.has_tool_list = true;
    std::vector<ImportedSession> out;
    out.push_back(std::move(session_));
    return out;
  }

 private:
  Direction direction_of(const Document& json) {
    const NodeId root = json.root();
    const auto id = json.find(root, "id");
    const std::string key = id ? std::string(json.raw(*id)) : std::string();
    const auto method = json.find(root, "method", NodeKind::kString);
    if (!method) {
      // An answer goes back where its request came from.
      return servers_requests_.erase(key) > 0 ? Direction::kToServer : Direction::kToClient;
    }
    const bool servers = std::find(kServerMethods.begin(), kServerMethods.end(),
                                   json.text(*method)) != kServerMethods.end();
    if (servers && id) {
      servers_requests_.insert(key);
    }
    return servers ? Direction::kToClient : Direction::kToServer;
  }

  std::set<std::string> servers_requests_;
  ImportedSession session_;
};

}  // namespace

bool looks_like_json_rpc(const Document& first) {
  const NodeId root = first.root();
  // A recorder's own member makes it that recorder's.
  return first.find(root, "jsonrpc") && !looks_like_mcporter(first) &&
         (first.find(root, "method") || first.find(root, "id"));
}

std::unique_ptr<SessionImporter> make_json_rpc_importer() {
  return std::make_unique<JsonRpcImporter>();
}

}  // namespace merlon
