#include "base/sandbox/syscall_filter.h"

#include <cerrno>
#include <cstddef>
#include <system_error>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace merlon {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
constexpr std::uint32_t kFirstForeign = 0x40000000U;  // x32
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t kFirstForeign = 0xFFFFFFFFU;
#else
#error "seccomp filters: the audit number of this architecture is missing"
#endif

constexpr auto kCallOffset = static_cast<std::uint32_t>(offsetof(seccomp_data, nr));
constexpr auto kArchOffset = static_cast<std::uint32_t>(offsetof(seccomp_data, arch));

// Both architectures are little endian: the low half of an argument comes first.
constexpr std::uint32_t low_half(unsigned argument) {
  return static_cast<std::uint32_t>(offsetof(seccomp_data, args)) + (argument * 8U);
}

sock_filter load(std::uint32_t offset) {
  return {.code = BPF_LD | BPF_W | BPF_ABS, .jt = 0, .jf = 0, .k = offset};
}
sock_filter answer(std::uint32_t action) {
  return {.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = action};
}
/// Goes on with the next instruction when the test holds, else skips `skip` of them.
sock_filter test(std::uint16_t operation, std::uint32_t value, std::uint8_t skip) {
  return {.code = static_cast<std::uint16_t>(BPF_JMP | operation | BPF_K),
          .jt = 0,
          .jf = skip,
          .k = value};
}
sock_filter skip_when(std::uint16_t operation, std::uint32_t value, std::uint8_t skip) {
  return {.code = static_cast<std::uint16_t>(BPF_JMP | operation | BPF_K),
          .jt = skip,
          .jf = 0,
          .k = value};
}

}  // namespace

void SyscallFilter::add(long call, When when, unsigned argument, std::uint64_t value) {
  if (call < 0) {
    return;
  }
  rules_.push_back({.call = static_cast<std::uint32_t>(call),
                    .when = when,
                    .argument = argument,
                    .value = value,
                    .action = SECCOMP_RET_KILL_PROCESS});
}

void SyscallFilter::kill(long call) {
  add(call, When::kAlways, 0, 0);
}

void SyscallFilter::kill_when_bits(long call, unsigned argument, std::uint32_t any_of) {
  add(call, When::kAnyBit, argument, any_of);
}

void SyscallFilter::kill_unless_bits(long call, unsigned argument, std::uint32_t all_of) {
  add(call, When::kNotAllBits, argument, all_of);
}

void SyscallFilter::kill_unless_equal(long call, unsigned argument, std::uint64_t value) {
  add(call, When::kNotEqual, argument, value);
}

void SyscallFilter::refuse(long call, int error) {
  add(call, When::kAlways, 0, 0);
  if (call >= 0) {
    rules_.back().action =
        SECCOMP_RET_ERRNO | (static_cast<std::uint32_t>(error) & SECCOMP_RET_DATA);
  }
}

void SyscallFilter::refuse_unless_equal(long call, unsigned argument, std::uint64_t value,
                                        int error) {
  add(call, When::kNotEqual, argument, value);
  if (call >= 0) {
    rules_.back().action =
        SECCOMP_RET_ERRNO | (static_cast<std::uint32_t>(error) & SECCOMP_RET_DATA);
  }
}

std::vector<sock_filter> SyscallFilter::compile() const {
  std::vector<sock_filter> code{
      load(kArchOffset), skip_when(BPF_JEQ, kArchitecture, 1), answer(SECCOMP_RET_KILL_PROCESS),
      load(kCallOffset), test(BPF_JGE, kFirstForeign, 1),      answer(SECCOMP_RET_KILL_PROCESS)};
  for (const Rule& rule : rules_) {
    std::vector<sock_filter> body;
    const auto low = static_cast<std::uint32_t>(rule.value);
    const auto high = static_cast<std::uint32_t>(rule.value >> 32U);
    switch (rule.when) {
      case When::kAlways: break;
      case When::kAnyBit: body = {load(low_half(rule.argument)), test(BPF_JSET, low, 1)}; break;
      case When::kNotAllBits:
        body = {load(low_half(rule.argument)),
                {.code = BPF_ALU | BPF_AND | BPF_K, .jt = 0, .jf = 0, .k = low},
                skip_when(BPF_JEQ, low, 1)};
        break;
      case When::kNotEqual:
        body = {load(low_half(rule.argument)), test(BPF_JEQ, low, 2),
                load(low_half(rule.argument) + 4U), skip_when(BPF_JEQ, high, 1)};
        break;
    }
    body.push_back(answer(rule.action));
    body.push_back(load(kCallOffset));  // for the rules after this one
    code.push_back(test(BPF_JEQ, rule.call, static_cast<std::uint8_t>(body.size())));
    code.insert(code.end(), body.begin(), body.end());
  }
  code.push_back(answer(SECCOMP_RET_ALLOW));
  return code;
}

Status SyscallFilter::install() const {
  std::vector<sock_filter> code = compile();
  if (code.size() > BPF_MAXINSNS) {
    return fail(ErrorCode::kInternal, "the filter of system calls is too long");
  }
  const sock_fprog program{.len = static_cast<unsigned short>(code.size()), .filter = code.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
    return fail(ErrorCode::kUnsupported, "this kernel installs no filter of system calls: ",
                std::generic_category().message(errno));
  }
  return {};
}

bool has_seccomp() {
  const std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

}  // namespace merlon
