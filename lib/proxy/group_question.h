#pragma once
/// What a person asks of groups: which there are, what one has touched, and that it be forgotten.
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "proxy/group_state.h"

namespace merlon {

/// A group as its broker has it, else as its file says.
struct GroupView {
  GroupState state;
  bool served{false};  ///< by a broker now
};

/// The groups that have a file, by name. A file whose group cannot be told is in `unreadable`.
struct GroupList {
  std::vector<std::string> names;
  std::vector<Error> unreadable;
};
[[nodiscard]] Result<GroupList> list_groups(const std::string& state_folder);

/// Asks the broker if there is one, and waits at most `patience` for it. A broker that does not
/// answer is a `kIo`: what its file says may be old.
[[nodiscard]] Result<GroupView> look_at_group(const std::string& state_folder,
                                              std::string_view group, std::int64_t now_ms,
                                              std::chrono::milliseconds patience);

/// Everything that the group has touched is forgotten. `kUsage` while proxies are in it: what they
/// have touched is in their sessions as well, and no reset of the group takes it out of there.
[[nodiscard]] Status reset_group(const std::string& state_folder, std::string_view group,
                                 std::chrono::milliseconds patience);

}  // namespace merlon
