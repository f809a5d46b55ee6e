#pragma once
/// What the proxies of one client have touched together, as a plain value, and the few things that
/// can happen to it. docs/spec/group.md has the bytes.
///
///   GroupState group = make_group("work");
///   reserve_legs(group, {.base = group.version, .legs = ...});
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "model/session_state.h"

namespace merlon {

/// Who first showed a leg to the group.
struct GroupWitness {
  std::string server;     ///< configured name
  std::string tool;       ///< or method
  std::string reference;  ///< `session/sequence` of the event
  std::int64_t time_ms{0};
  friend bool operator==(const GroupWitness&, const GroupWitness&) = default;
};

/// A proxy that is connected now; not kept on disk.
struct GroupMember {
  std::string server;
  std::string session;
  friend bool operator==(const GroupMember&, const GroupMember&) = default;
};

using GroupLegs = std::array<std::optional<GroupWitness>, 3>;  ///< untrusted, sensitive, outside

struct GroupState {
  static constexpr std::int64_t kDefaultTimeToLiveMs = 24LL * 60 * 60 * 1000;

  std::string name;
  std::uint64_t version{1};  ///< rises with every change of the legs, never falls
  GroupLegs legs;
  std::int64_t used_ms{0};  ///< when a member was last there
  std::int64_t time_to_live_ms{kDefaultTimeToLiveMs};
  /// Not empty: what was before is not known, and why. Everything must be assumed. Not kept on
  /// disk: the file that could not be read stays as it is until a person resets the group.
  std::string doubt;
  std::vector<GroupMember> members;
  friend bool operator==(const GroupState&, const GroupState&) = default;
};

[[nodiscard]] std::uint8_t leg_bits(const GroupLegs& legs);
/// "untrusted", "sensitive", "outside".
[[nodiscard]] std::string_view leg_word(std::size_t leg);

/// Nobody has been there for the time to live.
[[nodiscard]] bool is_over(const GroupState& state, std::int64_t now_ms);

/// Adds legs that have been touched already (a member says so when it comes back). True when the
/// group has changed.
bool add_legs(GroupState& state, const GroupLegs& legs);

/// Legs that a call is about to touch.
struct LegReservation {
  std::uint64_t base{0};  ///< the version that the call was judged on
  GroupLegs legs;         ///< those that the group lacks are added
};
/// False, and nothing changes, when the group is not at `base` any more. A group in doubt grants
/// everything: the worst has been assumed.
[[nodiscard]] bool reserve_legs(GroupState& state, const LegReservation& reservation);

/// The file's bytes, the same for equal values but for members and doubt, which are not kept.
[[nodiscard]] std::string group_json(const GroupState& state);
/// `kSyntax`, `kFormat`, `kLimit`: whoever reads takes the worst case then. `kFormat` also when the
/// file is of another group than `name`.
[[nodiscard]] Result<GroupState> parse_group(std::string_view bytes, std::string_view name);

/// The member `legs` of file and messages: what each leg's witness is, by leg_word.
void write_group_legs(JsonWriter& json, const GroupLegs& legs);
[[nodiscard]] Result<GroupLegs> read_group_legs(const Document& document, NodeId object);

/// Bounds, of file and messages alike.
inline constexpr std::size_t kMostGroupNameBytes = 256;
inline constexpr std::size_t kMostGroupWordBytes = 256;  ///< server, tool, reference, session
inline constexpr std::size_t kMostGroupFileBytes = 16384;

/// `kUsage` for what cannot be the name of a group: empty, too long, not UTF-8, control characters.
[[nodiscard]] Status check_group_name(std::string_view name);

}  // namespace merlon
