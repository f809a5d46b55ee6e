#include "proxy/group_places.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest/digest.h"
#include "base/files.h"
#include "base/process/state_folder.h"
#include "proxy/group_socket.h"
#include "proxy/unix_address.h"

namespace merlon {
namespace {

constexpr std::size_t kMostPlainName = 64;
constexpr std::size_t kMostFolderBytes = 4096;
constexpr int kGroupBacklog = 64;

std::string group_reason(int error) {
  return std::generic_category().message(error);
}

std::string groups_folder(const std::string& state_folder) {
  return state_folder + "/groups";
}

std::string socket_name(std::string_view group) {
  return "group-" + safe_group_name(group) + ".sock";
}

/// `/run/user/UID` when the system keeps one for us.
std::optional<std::string> default_runtime_folder() {
  const std::string path = "/run/user/" + std::to_string(::geteuid());
  struct stat status{};
  const bool ours = ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
                    status.st_uid == ::geteuid() && (status.st_mode & 077U) == 0;
  return ours ? std::optional(path) : std::nullopt;
}

const sockaddr* generic_address(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);  // as the system's interface wants it
}

Result<UniqueFd> make_group_socket() {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.open()) {
    return fail(ErrorCode::kIo, "cannot make a socket: ", group_reason(errno));
  }
  return fd;
}

/// The bytes of the group's file, or why there are none.
Result<std::string> read_group_file(int folder, std::string_view group) {
  MERLON_TRY(const UniqueFd fd, open_own_file(folder, safe_group_name(group) + ".json", O_RDONLY));
  return read_small(fd.get(), kMostGroupFileBytes);
}

}  // namespace

Result<GroupPlaces> find_group_places(const VariableLookup& variable) {
  GroupPlaces out;
  out.state_folder = user_state_folder(variable);
  if (out.state_folder.empty()) {
    return fail(ErrorCode::kIo, "neither XDG_STATE_HOME nor HOME says where state is kept");
  }
  const auto runtime = variable("XDG_RUNTIME_DIR");
  if (runtime && runtime->starts_with('/')) {
    out.runtime_folder = *runtime;
  } else {
    out.runtime_folder = default_runtime_folder().value_or("");
  }
  return out;
}

std::string safe_group_name(std::string_view name) {
  const bool plain = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
  if (plain && !name.empty() && name.size() <= kMostPlainName) {
    return std::string(name);
  }
  return "h." + sha256_hex(name).substr(0, 32);
}

Result<GroupLock> GroupLock::take(const std::string& state_folder, std::string_view group) {
  MERLON_TRY(UniqueFd folder, open_private_folder(groups_folder(state_folder)));
  std::string name = safe_group_name(group) + ".lock";
  auto file = open_own_file(folder.get(), name, O_RDWR | O_CREAT);
  if (!file) {
    return fail(ErrorCode::kIo, "cannot open the lock `", groups_folder(state_folder), "/", name,
                "`: ", file.error().message);
  }
  if (::flock(file->get(), LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    return error == EWOULDBLOCK
               ? fail(ErrorCode::kUsage, "the group has a broker already")
               : fail(ErrorCode::kIo, "cannot lock `", name, "`: ", group_reason(error));
  }
  GroupLock lock(std::move(folder), *std::move(file), std::move(name));
  if (!lock.holds()) {
    return fail(ErrorCode::kUsage, "the group's lock was replaced just now");
  }
  return lock;
}

bool GroupLock::holds() const {
  struct stat mine{};
  struct stat named{};
  return ::fstat(file_.get(), &mine) == 0 &&
         ::fstatat(folder_.get(), name_.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         mine.st_ino == named.st_ino && mine.st_dev == named.st_dev;
}

Status GroupLock::tell_socket_folder(const std::string& folder) {
  const std::string line = folder.empty() ? std::string() : folder + "\n";
  if (::ftruncate(file_.get(), 0) != 0 ||
      ::pwrite(file_.get(), line.data(), line.size(), 0) != static_cast<ssize_t>(line.size())) {
    return fail(ErrorCode::kIo, "cannot write `", name_, "`: ", group_reason(errno));
  }
  return {};
}

Result<GroupState> load_group(const std::string& state_folder, std::string_view group,
                              std::int64_t now_ms) {
  MERLON_CHECK(check_group_name(group));
  GroupState fresh{.name = std::string(group), .used_ms = now_ms};
  if (::access(groups_folder(state_folder).c_str(), F_OK) != 0 && errno == ENOENT) {
    return fresh;  // who only looks leaves no traces
  }
  MERLON_TRY(const UniqueFd folder, open_private_folder(groups_folder(state_folder)));
  const auto bytes = read_group_file(folder.get(), group);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
    return fresh;
  }
  auto state =
      bytes ? parse_group(*bytes, group) : Result<GroupState>(std::unexpected(bytes.error()));
  if (!state) {
    fresh.doubt = "the group's file `" + groups_folder(state_folder) + "/" +
                  safe_group_name(group) + ".json` cannot be read: " + state.error().message;
    return fresh;
  }
  if (is_over(*state, now_ms)) {
    fresh.version = state->version + 1;
    fresh.time_to_live_ms = state->time_to_live_ms;
    return fresh;
  }
  return state;
}

Status keep_group(const std::string& state_folder, const GroupState& state) {
  MERLON_TRY(const UniqueFd folder, open_private_folder(groups_folder(state_folder)));
  const std::string path =
      groups_folder(state_folder) + "/" + safe_group_name(state.name) + ".json";
  struct stat status{};
  if (::fstatat(folder.get(), (safe_group_name(state.name) + ".json").c_str(), &status,
                AT_SYMLINK_NOFOLLOW) == 0 &&
      !S_ISREG(status.st_mode)) {
    return fail(ErrorCode::kIo, "`", path, "` is no regular file");
  }
  return write_file_atomically(path, group_json(state), 0600);
}

Status forget_group(const std::string& state_folder, std::string_view group) {
  MERLON_TRY(const UniqueFd folder, open_private_folder(groups_folder(state_folder)));
  const std::string name = safe_group_name(group) + ".json";
  if (::unlinkat(folder.get(), name.c_str(), 0) != 0 && errno != ENOENT) {
    return fail(ErrorCode::kIo, "cannot remove `", groups_folder(state_folder), "/", name,
                "`: ", group_reason(errno));
  }
  return {};
}

Result<GroupListener> listen_for_group(const GroupPlaces& places, std::string_view group) {
  GroupListener out;
  std::error_code ignored;
  out.folder = places.runtime_folder + "/merlon";
  auto folder = std::filesystem::is_directory(places.runtime_folder, ignored)
                    ? open_private_folder(out.folder)
                    : Result<UniqueFd>(fail(ErrorCode::kNotFound, "there is no such folder"));
  if (!folder) {
    out.folder = groups_folder(places.state_folder);
    folder = open_private_folder(out.folder);
  }
  if (!folder) {
    return std::unexpected(folder.error());
  }
  MERLON_TRY(out.socket, make_group_socket());
  const auto address = address_in(*folder, socket_name(group));
  if (!address) {
    return fail(ErrorCode::kInternal, "the name of the group's socket is too long");
  }
  ::unlinkat(folder->get(), socket_name(group).c_str(), 0);
  // The folder keeps others out; the mode of the socket is the umask's business.
  if (::bind(out.socket.get(), generic_address(*address), sizeof *address) != 0 ||
      ::listen(out.socket.get(), kGroupBacklog) != 0) {
    return fail(ErrorCode::kIo, "cannot listen in `", out.folder, "`: ", group_reason(errno));
  }
  struct stat status{};
  if (::fstatat(folder->get(), socket_name(group).c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return fail(ErrorCode::kIo, "cannot listen in `", out.folder, "`: ", group_reason(errno));
  }
  out.inode = status.st_ino;
  return out;
}

bool can_be_found(const GroupListener& listener, std::string_view group) {
  struct stat status{};
  return ::lstat((listener.folder + "/" + socket_name(group)).c_str(), &status) == 0 &&
         S_ISSOCK(status.st_mode) && status.st_ino == listener.inode;
}

Result<UniqueFd> connect_to_group(const std::string& state_folder, std::string_view group) {
  // Nothing is made here: who only looks leaves no traces.
  const UniqueFd groups(
      ::open(groups_folder(state_folder).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!groups.open()) {
    return fail(ErrorCode::kNotFound, "there is no broker yet");
  }
  MERLON_TRY(const UniqueFd lock,
             open_own_file(groups.get(), safe_group_name(group) + ".lock", O_RDONLY));
  MERLON_TRY(std::string folder, read_small(lock.get(), kMostFolderBytes));
  if (!folder.starts_with('/') || !folder.ends_with('\n')) {
    return fail(ErrorCode::kNotFound, "there is no broker yet");
  }
  folder.pop_back();
  const UniqueFd place(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status{};
  if (!place.open() || ::fstat(place.get(), &status) != 0) {
    return fail(ErrorCode::kNotFound, "the broker is gone");
  }
  if (status.st_uid != ::geteuid() || (status.st_mode & 022U) != 0) {
    return fail(ErrorCode::kIo, "`", folder, "` is not the user's own");
  }
  MERLON_TRY(UniqueFd socket, make_group_socket());
  const auto address = address_in(place, socket_name(group));
  if (!address || ::connect(socket.get(), generic_address(*address), sizeof *address) != 0) {
    return fail(ErrorCode::kNotFound, "no broker answers: ", group_reason(errno));
  }
  if (!is_same_user(socket.get())) {
    return fail(ErrorCode::kIo, "the broker belongs to another user");
  }
  return socket;
}

void remove_group_socket(const std::string& folder, std::string_view group) {
  ::unlink((folder + "/" + socket_name(group)).c_str());
}

}  // namespace merlon
