#include "mcp/lost_id.h"

#include "base/json/json_reader.h"
#include "mcp/message_codec.h"
#include "mcp/message_id.h"

namespace merlon {
namespace {

constexpr std::string_view kNoId = "null";
/// More than any message may have: nobody waits for the answer to it.
constexpr std::size_t kMostBytes = 64U << 20U;

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
  return std::string(id != kNoNode && id_form(*document, id) == IdForm::kPlain ? document->raw(id)
                                                                               : kNoId);
}

}  // namespace merlon
