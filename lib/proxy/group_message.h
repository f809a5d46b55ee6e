#pragma once
/// What a broker and its members say to each other, one line of JSON each. docs/spec/group.md.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "proxy/group_state.h"

namespace merlon {

enum class GroupWord : std::uint8_t {
  // to the broker
  kHello,    ///< `group`, `server`, `session`, `legs`: what it knows to be touched
  kReserve,  ///< `ticket`, `version` (the base), `legs`
  kShow,     ///< `group`
  kReset,    ///< `group`
  // from the broker
  kState,    ///< `version`, `legs`, `why` (the doubt); in answer to `show` also `members`
  kGranted,  ///< `ticket`, `version`
  kStale,    ///< `ticket`: the group is not at that version any more; its state was said before
  kDone,     ///< the reset
  kRefused,  ///< `why`; the connection ends
};

struct GroupMessage {
  GroupWord word{GroupWord::kHello};
  std::string group;
  std::string server;
  std::string session;
  std::uint64_t ticket{0};
  std::uint64_t version{0};
  GroupLegs legs;
  std::vector<GroupMember> members;
  std::string why;
  friend bool operator==(const GroupMessage&, const GroupMessage&) = default;
};

inline constexpr std::size_t kMostGroupLineBytes = 262144;
inline constexpr std::size_t kMostGroupMembers = 64;

/// Without the line feed. Members that do not belong to the word are left out.
[[nodiscard]] std::string group_message_json(const GroupMessage& message);
[[nodiscard]] Result<GroupMessage> parse_group_message(std::string_view line);

}  // namespace merlon
