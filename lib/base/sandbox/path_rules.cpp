#include "base/sandbox/path_rules.h"

#include <cerrno>
#include <cstdint>
#include <system_error>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/process/unique_fd.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::uint64_t kChanges = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                   LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                   LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                   LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                                   LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
// Newer than the headers of Debian 12; bits of the kernel's interface.
constexpr std::uint64_t kRefer = 1ULL << 13U;     // version 2
constexpr std::uint64_t kTruncate = 1ULL << 14U;  // version 3

constexpr std::uint64_t kIoctlDevice = 1ULL << 15U;  // version 5
constexpr std::uint64_t kScopeSignal = 1ULL << 1U;   // version 6
constexpr std::uint64_t kReads =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
/// Rights that a rule for something that is no folder can name.
constexpr std::uint64_t kOfFiles = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                   LANDLOCK_ACCESS_FS_READ_FILE | kTruncate | kIoctlDevice;

/// linux/landlock.h of version 6.
struct RulesetAttributes {
  std::uint64_t handled_access_fs{0};
  std::uint64_t handled_access_net{0};
  std::uint64_t scoped{0};
};

std::string landlock_reason() {
  return std::generic_category().message(errno);
}

Status allow_below(int rules, const std::string& path, std::uint64_t rights) {
  const UniqueFd fd(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat status{};
  if (!fd.open() || ::fstat(fd.get(), &status) != 0) {
    return fail(ErrorCode::kIo, "cannot open `", escape_for_display(path),
                "`: ", landlock_reason());
  }
  const landlock_path_beneath_attr beneath{
      .allowed_access = S_ISDIR(status.st_mode) ? rights : rights & kOfFiles,
      .parent_fd = fd.get()};
  if (beneath.allowed_access != 0 &&
      ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0) {
    return fail(ErrorCode::kUnsupported, "cannot add a Landlock rule: ", landlock_reason());
  }
  return {};
}

Status allow_below(int rules, const std::vector<std::string>& paths, std::uint64_t rights) {
  for (const std::string& path : paths) {
    MERLON_CHECK(allow_below(rules, path, rights));
  }
  return {};
}

}  // namespace

Result<UniqueFd> make_path_rules(const std::optional<std::vector<std::string>>& read,
                                 const std::optional<std::vector<std::string>>& write) {
  const int version = landlock_version();
  if (version < 2) {
    return fail(ErrorCode::kUnsupported, "this kernel has no Landlock of version 2");
  }
  // To move files between folders is denied by every set of rules that does not allow it.
  const std::uint64_t changes = ((kChanges & ~LANDLOCK_ACCESS_FS_MAKE_BLOCK) | kRefer) |
                                (version >= 3 ? kTruncate : 0U) |
                                (version >= 5 ? kIoctlDevice : 0U);
  RulesetAttributes all{.handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_BLOCK | kRefer,
                        .handled_access_net = 0,
                        .scoped = version >= 6 ? kScopeSignal : 0};
  all.handled_access_fs |= read ? kReads : 0U;
  all.handled_access_fs |= write ? changes : 0U;
  const std::size_t size = version >= 6 ? sizeof all : sizeof all.handled_access_fs;
  UniqueFd rules(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &all, size, 0)));
  if (!rules.open()) {
    return fail(ErrorCode::kUnsupported, "cannot make Landlock rules: ", landlock_reason());
  }
  if (read) {
    MERLON_CHECK(allow_below(rules.get(), *read, kReads));
  }
  if (write) {
    MERLON_CHECK(allow_below(rules.get(), *write, read ? changes | kReads : changes));
  } else {
    MERLON_CHECK(allow_below(rules.get(), "/", kRefer));
  }
  return rules;
}

int landlock_version() {
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version > 0 ? static_cast<int>(version) : 0;
}

Status allow_changes_only_below(std::span<const std::string> folders) {
  const int version = landlock_version();
  if (version == 0) {
    return fail(ErrorCode::kUnsupported, "this kernel has no Landlock");
  }
  const std::uint64_t rights =
      kChanges | (version >= 2 ? kRefer : 0U) | (version >= 3 ? kTruncate : 0U);
  const landlock_ruleset_attr all{.handled_access_fs = rights};
  const UniqueFd rules(static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, &all, sizeof all.handled_access_fs, 0)));
  if (!rules.open()) {
    return fail(ErrorCode::kUnsupported, "cannot make Landlock rules: ", landlock_reason());
  }
  for (const std::string& folder : folders) {
    const UniqueFd fd(::open(folder.c_str(), O_PATH | O_CLOEXEC));
    if (!fd.open()) {
      return fail(ErrorCode::kIo, "cannot open `", folder, "`: ", landlock_reason());
    }
    const landlock_path_beneath_attr beneath{.allowed_access = rights, .parent_fd = fd.get()};
    if (::syscall(SYS_landlock_add_rule, rules.get(), LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) !=
        0) {
      return fail(ErrorCode::kUnsupported, "cannot add a Landlock rule: ", landlock_reason());
    }
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::syscall(SYS_landlock_restrict_self, rules.get(), 0) != 0) {
    return fail(ErrorCode::kUnsupported, "cannot apply Landlock rules: ", landlock_reason());
  }
  return {};
}

}  // namespace merlon
