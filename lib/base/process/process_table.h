#pragma once
/// The processes of the machine, read from /proc without allocation: for the keeper, which may call
/// only what is safe after fork(2).
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

namespace merlon {

struct ProcessEntry {
  pid_t pid{0};
  pid_t parent{0};         ///< 0: it is gone, or the kernel's own
  bool alive{false};       ///< not a zombie
  std::uint64_t pages{0};  ///< resident
};

/// What /proc/PID/stat says.
[[nodiscard]] ProcessEntry read_process(pid_t pid);

/// A name of /proc as a number; -1 for what is none.
[[nodiscard]] pid_t process_number(const char* name);

/// One entry of getdents64(2).
struct FolderEntry {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t length;
  std::uint8_t type;
  char name[1];
};

/// Calls `take(pid)` for each process, in the order of /proc.
template <class Take>
void each_process(Take&& take) {
  const int folder = ::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) {
    return;
  }
  alignas(FolderEntry) std::array<char, 8192> buffer{};
  for (;;) {
    const long got = ::syscall(SYS_getdents64, folder, buffer.data(), buffer.size());
    if (got <= 0) {
      break;
    }
    for (long at = 0; at < got;) {
      const char* raw = buffer.data() + at;
      std::uint16_t length = 0;
      std::memcpy(&length, raw + offsetof(FolderEntry, length), sizeof length);
      at += length;
      const pid_t pid = process_number(raw + offsetof(FolderEntry, name));
      if (pid > 0) {
        take(pid);
      }
    }
  }
  ::close(folder);
}

}  // namespace merlon
