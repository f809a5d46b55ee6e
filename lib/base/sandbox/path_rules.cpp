#include "base/sandbox/path_rules.h"

#include <cerrno>
#include <cstdint>
#include <system_error>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/process/unique_fd.h"

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

std::string landlock_reason() {
  return std::generic_category().message(errno);
}

}  // namespace

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
