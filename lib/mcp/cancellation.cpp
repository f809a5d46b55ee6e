#include "mcp/cancellation.h"

namespace merlon {

std::string cancelled_id_key(const Message& message) {
  const Document& document = message.document;
  const auto id = document.find(message.params, "requestId");
  if (message.method != "notifications/cancelled" || !id) {
    return {};
  }
  return document.is(*id, NodeKind::kString) ? '"' + document.text(*id)
                                             : std::string(document.raw(*id));
}

}  // namespace merlon
