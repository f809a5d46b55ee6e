#include "base/process/family_watch.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/process/process_table.h"

namespace merlon {
namespace {

constexpr std::size_t kMostProcesses = 65'536;
constexpr int kMostKillRounds = 100;
/// Older parents have lower numbers, mostly: one pass finds nearly all.
constexpr int kMostPasses = 64;

struct Member {
  ProcessEntry entry;
  bool below{false};
};

/// Pages that are not touched cost nothing.
std::array<Member, kMostProcesses>& members() {
  static std::array<Member, kMostProcesses> table;
  return table;
}

Member* find_member(std::size_t count, pid_t pid) {
  Member* const begin = members().data();
  Member* const end = begin + count;
  Member* const found = std::lower_bound(begin, end, pid, [](const Member& member, pid_t wanted) {
    return member.entry.pid < wanted;
  });
  return found != end && found->entry.pid == pid ? found : nullptr;
}

/// Fills the table and marks what is below `top`. How many entries there are.
std::size_t read_family(pid_t top) {
  std::size_t count = 0;
  each_process([&count](pid_t pid) {
    const ProcessEntry entry = read_process(pid);
    // In order, so that they can be found; /proc lists them so.
    if (count < kMostProcesses && entry.alive &&
        (count == 0 || members()[count - 1].entry.pid < pid)) {
      members()[count++] = {.entry = entry, .below = false};
    }
  });
  bool found = true;
  for (int pass = 0; found && pass < kMostPasses; ++pass) {
    found = false;
    for (std::size_t i = 0; i < count; ++i) {
      Member& member = members()[i];
      if (member.below) {
        continue;
      }
      const Member* const parent = find_member(count, member.entry.parent);
      member.below = member.entry.parent == top || (parent != nullptr && parent->below);
      found = found || member.below;
    }
  }
  return count;
}

/// A number can be another process's by now: what is signalled is what still has that parent.
void kill_member(const ProcessEntry& entry) {
  const int fd = static_cast<int>(::syscall(SYS_pidfd_open, entry.pid, 0));
  if (fd < 0) {
    return;
  }
  if (read_process(entry.pid).parent == entry.parent) {
    ::syscall(SYS_pidfd_send_signal, fd, SIGKILL, nullptr, 0);
  }
  ::close(fd);
}

}  // namespace

FamilyUse measure_family(pid_t top) {
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  FamilyUse use;
  const std::size_t count = read_family(top);
  for (std::size_t i = 0; i < count; ++i) {
    const Member& member = members()[i];
    if (member.below) {
      ++use.processes;
      use.bytes += member.entry.pages * page;
    }
  }
  return use;
}

void kill_family(pid_t top) {
  for (int round = 0; round < kMostKillRounds; ++round) {
    const std::size_t count = read_family(top);
    bool any = false;
    for (std::size_t i = 0; i < count; ++i) {
      if (members()[i].below) {
        kill_member(members()[i].entry);
        any = true;
      }
    }
    if (!any) {
      return;
    }
  }
}

}  // namespace merlon
