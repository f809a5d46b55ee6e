#pragma once
/// Everything about a session that decisions depend on, as plain data: copied, compared, written to
/// a recording and read back. Only lib/policy/session_tracker.h and the guards' `settle` change it.
/// Ordered containers, so that two equal states have the same bytes.
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "model/message.h"

namespace merlon {

/// The three legs of the Rule of Two, one bit each.
enum RuleOfTwoLeg : std::uint8_t { kLegUntrusted = 1, kLegSensitive = 2, kLegOutside = 4 };
inline constexpr std::uint8_t kAllLegs = 7;

/// Who first showed a leg.
struct LegWitness {
  std::uint64_t sequence{0};  ///< of the event; 0: another proxy's
  std::string server;
  std::string tool;
  std::string why;
  friend bool operator==(const LegWitness&, const LegWitness&) = default;
};

/// The lists that a server offers.
enum class SurfaceList : std::uint8_t {
  kTools,
  kPrompts,
  kResources,
  kResourceTemplates,
  kInstructions,  ///< one definition with the name ""
};

/// One definition as the server gave it. `document` and `definition` are the bytes; `digest` is
/// sha256 over their RFC 8785 form, empty when there is none (a duplicate key, a lone surrogate).
struct KnownDefinition {
  std::string name;
  std::string digest;
  std::shared_ptr<const Document> document;
  NodeId definition{kNoNode};
  std::uint8_t capabilities{0};  ///< CapabilitySet of capability/capability.h, of tools
  std::uint64_t sequence{0};     ///< of the event that brought it
};

/// What a server says that it offers. Both the newest word and the one that the client was last
/// sent are kept: a definition that changes between list and call is judged by both.
struct ServerSurface {
  using Key = std::pair<SurfaceList, std::string>;
  std::map<Key, KnownDefinition> newest;
  std::map<Key, KnownDefinition> sent;
  bool tools_complete{false};  ///< every page of tools/list has been seen
};

/// A request that has not been answered.
struct PendingRequest {
  Direction direction{Direction::kToServer};
  std::string method;
  std::string item;  ///< the tool, prompt or resource URI that it names
  std::uint64_t sequence{0};
  std::int64_t time_ms{0};
  std::uint8_t capabilities{0};  ///< of the tool
  bool own{false};               ///< the proxy's own question
  bool cancelled{false};         ///< by who asked
  bool first_page{false};        ///< a list request without a cursor
};

/// A guard's own memory, by the guard's id. Three kinds of plain values are enough for every guard
/// so far; each guard bounds what it keeps.
struct GuardMemory {
  std::map<std::string, std::vector<std::int64_t>> series;
  std::map<std::string, std::string> texts;
  std::map<std::string, std::uint64_t> counters;
  friend bool operator==(const GuardMemory&, const GuardMemory&) = default;
};

struct SessionState {
  // Who: set by the front end, never by what a peer says about itself.
  std::string session;  ///< id of the session
  std::string server;   ///< configured name
  std::string tenant;
  std::string identity;
  std::string user;
  std::string group;

  // What has been seen.
  std::string protocol_version;  ///< as agreed or claimed; empty: not yet known
  std::uint64_t sequence{0};     ///< of the last event
  std::uint64_t calls{0};        ///< tool calls let through
  std::uint64_t denials{0};
  ServerSurface surface;
  /// By direction of the request and Message::id_key(). At most kMostPending; the oldest go.
  std::map<std::pair<Direction, std::string>, PendingRequest> pending;
  std::array<std::optional<LegWitness>, 3> legs;  ///< untrusted, sensitive, outside
  bool group_lost{false};
  std::map<std::string, GuardMemory, std::less<>> memory;

  static constexpr std::size_t kMostPending = 4096;

  [[nodiscard]] std::uint8_t leg_bits() const {
    std::uint8_t bits = 0;
    for (std::size_t i = 0; i < legs.size(); ++i) {
      bits = static_cast<std::uint8_t>(bits | (legs[i] ? 1U << i : 0U));
    }
    return bits;
  }
};

}  // namespace merlon
