#include "base/timestamp.h"
#include "replay/importer.h"

namespace merlon {
namespace {

/// `{version, metadata, interactions}`: requests with their responses. What a server streamed
/// between the two is not told apart.
class McpRecorderImporter final : public SessionImporter {
 public:
  Status take(const ImportedValue& value) override {
    const Document& json = value.json;
    const auto interactions = json.find(json.root(), "interactions", NodeKind::kArray);
    if (!interactions) {
      return fail(ErrorCode::kFormat, "a cassette has no `interactions`");
    }
    const auto metadata = json.find(json.root(), "metadata");
    ImportedSession session;
    session.has_tool_list = true;
    session.server = json.string_or(json.find(json.find(metadata, "server_info"), "name"), "");
    const std::int64_t time_ms =
        parse_timestamp_ms(json.string_or(json.find(metadata, "recorded_at"), "")).value_or(0);
    for (const NodeId one : json.elements(*interactions)) {
      for (const auto& [member, direction] : {std::pair("request", Direction::kToServer),
                                              std::pair("response", Direction::kToClient)}) {
        const auto message = json.find(one, member, NodeKind::kObject);
        if (message) {
          session.messages.push_back({.direction = direction,
                                      .time_ms = time_ms,
                                      .json = std::string(json.raw(*message)),
                                      .line = json.locate(*message).line,
                                      .offset = json.node(*message).begin});
        }
      }
    }
    sessions_.push_back(std::move(session));
    return {};
  }

  std::vector<ImportedSession> finish() override { return std::move(sessions_); }

 private:
  std::vector<ImportedSession> sessions_;
};

}  // namespace

bool looks_like_mcp_recorder(const Document& first) {
  return first.find(first.root(), "interactions", NodeKind::kArray) &&
         first.find(first.root(), "metadata", NodeKind::kObject);
}

std::unique_ptr<SessionImporter> make_mcp_recorder_importer() {
  return std::make_unique<McpRecorderImporter>();
}

}  // namespace merlon
