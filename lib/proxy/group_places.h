#pragma once
/// Where a group's file, lock and socket are, and how they are opened without trusting the names.
///
///   STATE/groups/NAME.json   what has been touched; 0600
///   STATE/groups/NAME.lock   held by the broker (flock) as long as it lives; holds the folder of
///                            its socket; never removed
///   RUN/merlon/group-NAME.sock
///
/// STATE is `$XDG_STATE_HOME/merlon`, else `~/.local/state/merlon`. RUN is `$XDG_RUNTIME_DIR`, else
/// `/run/user/UID`, when it is the user's own; without one the socket is in `STATE/groups`. Who
/// looks for the socket asks the lock file, since MCP hosts rarely pass XDG_RUNTIME_DIR on: two
/// proxies with different environments find the same broker.
///
/// NAME is the group's name when it is plain, else `h.` and a digest of it. Folders are 0700 and
/// the user's own, else they are not used. Sockets are reached through `/proc/self/fd/N/...`, so a
/// long path is no problem, and the folder that was checked is the folder that is used.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/process/environment.h"
#include "base/process/private_folder.h"
#include "base/process/unique_fd.h"
#include "base/result.h"
#include "proxy/group_state.h"

namespace merlon {

struct GroupPlaces {
  std::string state_folder;    ///< STATE
  std::string runtime_folder;  ///< RUN; empty: none
};

/// By the environment. `kIo` when neither XDG_STATE_HOME nor HOME is an absolute path.
[[nodiscard]] Result<GroupPlaces> find_group_places(const VariableLookup& variable);

/// Letters, digits, `-`, `_`, at most 64, as they are; other names as `h.` and 32 hex digits.
[[nodiscard]] std::string safe_group_name(std::string_view name);

/// The lock of a group: whoever has it may change the group's file. Let go by closing it, also by
/// the end of the process.
class GroupLock {
 public:
  /// `kUsage` when somebody else has it.
  [[nodiscard]] static Result<GroupLock> take(const std::string& state_folder,
                                              std::string_view group);
  /// Where the broker's socket is, for those who look for it; empty: nowhere.
  [[nodiscard]] Status tell_socket_folder(const std::string& folder);
  /// Whether the lock's file is still the one that others would open.
  [[nodiscard]] bool holds() const;
  [[nodiscard]] int folder() const { return folder_.get(); }

 private:
  GroupLock(UniqueFd folder, UniqueFd file, std::string name)
      : folder_(std::move(folder)), file_(std::move(file)), name_(std::move(name)) {}

  UniqueFd folder_;  ///< STATE/groups
  UniqueFd file_;
  std::string name_;
};

/// What the group's file says: a fresh group when there is none or its time is over; one in doubt
/// when the file cannot be read, is not the user's own, or can be written by others. `kIo` when the
/// folder cannot be looked into.
[[nodiscard]] Result<GroupState> load_group(const std::string& state_folder, std::string_view group,
                                            std::int64_t now_ms);
/// Writes the file whole, 0600.
[[nodiscard]] Status keep_group(const std::string& state_folder, const GroupState& state);

/// Removes the file, whatever it is; none is fine.
[[nodiscard]] Status forget_group(const std::string& state_folder, std::string_view group);

/// A listening socket in RUN, or in STATE/groups; whatever had its name is gone. Only for who holds
/// the lock. `folder` is where it is.
struct GroupListener {
  UniqueFd socket;
  std::string folder;
  std::uint64_t inode{0};  ///< of the socket's name
};
[[nodiscard]] Result<GroupListener> listen_for_group(const GroupPlaces& places,
                                                     std::string_view group);
/// Whether who looks for the socket finds this one: its folder may be cleaned at a logout.
[[nodiscard]] bool can_be_found(const GroupListener& listener, std::string_view group);
/// A connected socket that does not block. `kNotFound` when no broker listens; `kIo` when something
/// is there that is not ours.
[[nodiscard]] Result<UniqueFd> connect_to_group(const std::string& state_folder,
                                                std::string_view group);
/// Removes the socket's name; for the broker that ends.
void remove_group_socket(const std::string& folder, std::string_view group);

}  // namespace merlon
