#include <map>

#include "base/timestamp.h"
#include "replay/importer.h"

namespace merlon {
namespace {

/// The message without the recorder's own `_meta`; all other bytes stay.
std::string without_meta(const Document& json) {
  std::string out = "{";
  for (const auto& [key, value] : json.members(json.root())) {
    if (json.text(key) == "_meta") {
      continue;
    }
    out += out.size() > 1 ? "," : "";
    out.append(json.raw(key)).append(":").append(json.raw(value));
  }
  return out + "}";
}

/// JSON-RPC with `_meta` {dir, server, ts} in each line, of all servers of a client.
class McporterImporter final : public SessionImporter {
 public:
  Status take(const ImportedValue& value) override {
    const Document& json = value.json;
    const auto meta = json.find(json.root(), "_meta");
    const std::string direction = json.string_or(json.find(meta, "dir"), "");
    if (direction == "lifecycle") {
      return {};
    }
    if (direction != "send" && direction != "recv") {
      return fail(ErrorCode::kFormat, "a line without `_meta.dir`");
    }
    const std::string server = json.string_or(json.find(meta, "server"), "");
    const auto [found, fresh] = by_server_.try_emplace(server, sessions_.size());
    if (fresh) {
      sessions_.push_back({.name = {}, .server = server, .has_tool_list = true, .messages = {}});
    }
    sessions_[found->second].messages.push_back(
        {.direction = direction == "send" ? Direction::kToServer : Direction::kToClient,
         .time_ms = parse_timestamp_ms(json.string_or(json.find(meta, "ts"), "")).value_or(0),
         .json = without_meta(json),
         .line = value.line,
         .offset = value.offset});
    return {};
  }

  std::vector<ImportedSession> finish() override { return std::move(sessions_); }

 private:
  std::map<std::string, std::size_t> by_server_;
  std::vector<ImportedSession> sessions_;
};

}  // namespace

bool looks_like_mcporter(const Document& first) {
  const auto meta = first.find(first.root(), "_meta");
  return first.find(first.root(), "jsonrpc") && first.find(meta, "dir") &&
         first.find(meta, "server");
}

std::unique_ptr<SessionImporter> make_mcporter_importer() {
  return std::make_unique<McporterImporter>();
}

}  // namespace merlon
