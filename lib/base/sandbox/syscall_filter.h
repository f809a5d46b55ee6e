#pragma once
/// A seccomp filter: system calls that a process gives up for good. Raw BPF, no library.
///
///   SyscallFilter filter;
///   filter.kill(SYS_socket);
///   filter.kill_when_bits(SYS_openat, 2, O_WRONLY | O_RDWR);
///   MERLON_CHECK(filter.install());
///
/// What is not named is allowed. Calls of another architecture than the program's own (32 bit on
/// x86-64, x32) are always killed: their numbers mean something else. The filter is inherited over
/// fork and exec and cannot be taken off.
#include <cstdint>
#include <vector>

#include "base/result.h"

struct sock_filter;  // NOLINT(readability-identifier-naming): the kernel's name

namespace merlon {

class SyscallFilter {
 public:
  /// Arguments are counted from 0. A call of -1 (one that this architecture does not have) adds
  /// nothing.
  void kill(long call);
  void kill_when_bits(long call, unsigned argument, std::uint32_t any_of);
  void kill_unless_bits(long call, unsigned argument, std::uint32_t all_of);
  /// Compares all 64 bits: for a pointer, its value and not what it points to.
  void kill_unless_equal(long call, unsigned argument, std::uint64_t value);
  /// The call fails with this errno.
  void refuse(long call, int error);
  /// The same unless the argument is this.
  void refuse_unless_equal(long call, unsigned argument, std::uint64_t value, int error);

  /// For this thread and all it will start. `kUnsupported` when the kernel has no seccomp or
  /// forbids it.
  [[nodiscard]] Status install() const;
  [[nodiscard]] std::vector<sock_filter> compile() const;

 private:
  enum class When : std::uint8_t { kAlways, kAnyBit, kNotAllBits, kNotEqual };
  struct Rule {
    std::uint32_t call;
    When when;
    unsigned argument;
    std::uint64_t value;
    std::uint32_t action;
  };
  void add(long call, When when, unsigned argument, std::uint64_t value);

  std::vector<Rule> rules_;
};

/// True when this kernel lets this process install filters that kill it.
[[nodiscard]] bool has_seccomp();

}  // namespace merlon
