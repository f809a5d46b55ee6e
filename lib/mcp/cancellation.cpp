#include "mcp/cancellation.h"

#include "mcp/message_id.h"

namespace merlon {

std::string cancelled_id_key(const Message& message) {
  const Document& document = message.document;
  const auto id = document.find(message.params, "requestId");
  if (message.method != "notifications/cancelled" || !id) {
    return {};
  }
  return id_key_of(document, *id);
}

}  // namespace merlon
