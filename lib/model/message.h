#pragma once
/// One JSON-RPC message of MCP, as it stands on the wire. lib/mcp/message_codec.h makes them.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/document.h"

namespace merlon {

enum class Direction : std::uint8_t { kToServer, kToClient };
[[nodiscard]] constexpr std::string_view to_string(Direction direction) {
  return direction == Direction::kToServer ? "to-server" : "to-client";
}
[[nodiscard]] constexpr Direction opposite(Direction direction) {
  return direction == Direction::kToServer ? Direction::kToClient : Direction::kToServer;
}

enum class MessageKind : std::uint8_t { kRequest, kNotification, kResult, kError };

/// The bytes are those of `document.source()`: what is judged is what is forwarded. Absent parts
/// are kNoNode. Move-only in spirit: a copy copies the node array.
struct Message {
  Direction direction{Direction::kToServer};
  MessageKind kind{MessageKind::kNotification};
  Document document;
  std::string method;  ///< decoded; empty for results and errors
  NodeId id{kNoNode};
  NodeId params{kNoNode};
  NodeId result{kNoNode};
  NodeId error{kNoNode};

  [[nodiscard]] std::string_view bytes() const { return document.source().bytes(); }
  /// The id as a key that tells `5` from `"5"`: the source bytes of a number, `"` and the decoded
  /// text of a string. Empty without an id.
  [[nodiscard]] std::string id_key() const {
    if (id == kNoNode) {
      return {};
    }
    return document.is(id, NodeKind::kString) ? '"' + document.text(id)
                                              : std::string(document.raw(id));
  }
};

/// Where in the life of a session a message stands; what guards choose by (`runs_on`). Every
/// message has exactly one phase: lib/mcp/method.h.
enum class Phase : std::uint8_t {
  kConnection,    ///< initialize and server/discover, requests and results
  kToolsList,     ///< a result that offers definitions: tools, prompts, resources, templates
  kToolInvoke,    ///< a tools/call request
  kRequest,       ///< any other request, in either direction
  kResponse,      ///< any other result, and every error
  kNotification,  ///< a notification, in either direction
};
inline constexpr std::size_t kPhaseCount = 6;
using PhaseSet = std::uint8_t;
[[nodiscard]] constexpr PhaseSet phase_bit(Phase phase) {
  return static_cast<PhaseSet>(1U << static_cast<unsigned>(phase));
}
inline constexpr PhaseSet kAnyPhase = 0x3F;

}  // namespace merlon
