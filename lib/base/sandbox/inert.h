#pragma once
/// What a program gives up that only reads and prints: other programs, other processes, the
/// network, and changing files.
#include "base/sandbox/syscall_filter.h"

namespace merlon {

enum class FileChanges : std::uint8_t {
  kKill,   ///< opening a file for writing, creating, renaming, removing ... ends the process
  kAllow,  ///< left to PathRules
};

struct InertRules {
  FileChanges changes{FileChanges::kKill};
  /// One execve whose path argument is this very pointer is let through: a test installs the filter
  /// and then starts the program, whose own calls can hardly have a pointer of the old one.
  const char* only_program{nullptr};
};

/// Threads may be started; processes may not.
[[nodiscard]] SyscallFilter make_inert_filter(const InertRules& rules);

}  // namespace merlon
