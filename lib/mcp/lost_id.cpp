#include "mcp/lost_id.h"

#include <algorithm>

#include "base/json/json_reader.h"
#include "mcp/message_codec.h"

namespace merlon {
namespace {

constexpr std::string_view kNoId = "null";
/// More than any message may have: nobody waits for the answer to it.
constexpr std::size_t kMostBytes = 64U << 20U;

bool is_usable_id(const Document& document, NodeId id) {
  if (document.is(id, NodeKind::kString)) {
    return document.text(id).find("\xEF\xBF\xBD") == std::string::npos;
  }
  const std::string_view raw = document.raw(id);
  return document.is(id, NodeKind::kNumber) && raw.size() <= 20 &&
         raw.find_first_not_of("-0123456789") == std::string_view::npos;
}

}  // namespace

std::string lost_id(std::string_view line) {
  if (line.size() > kMostBytes) {
    return std::string(kNoId);
  }
  const MessageLimits bounds;
  Limits limits;
  limits.json_depth = bounds.depth;
  limits.json_nodes = bounds.nodes;
  const auto document =
      parse_json(SourceText::copy_of("line", std::string(line)), JsonDialect::kStrict, limits);
  if (!document || !document->is(document->root(), NodeKind::kObject)) {
    return std::string(kNoId);
  }
  NodeId id = kNoNode;
  for (const auto& [key, value] : document->members(document->root())) {
    if (document->text(key) != "id") {
      continue;
    }
    if (id != kNoNode) {
      return std::string(kNoId);
    }
    id = value;
  }
  return std::string(id != kNoNode && is_usable_id(*document, id) ? document->raw(id) : kNoId);
}

}  // namespace merlon
