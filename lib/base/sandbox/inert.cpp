#include "base/sandbox/inert.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>

// Calls that an architecture or an older <sys/syscall.h> does not have. Numbers above 424 are the
// same everywhere.
#ifndef SYS_open
#define SYS_open -1
#endif
#ifndef SYS_creat
#define SYS_creat -1
#endif
#ifndef SYS_fork
#define SYS_fork -1
#endif
#ifndef SYS_vfork
#define SYS_vfork -1
#endif
#ifndef SYS_rename
#define SYS_rename -1
#endif
#ifndef SYS_renameat
#define SYS_renameat -1
#endif
#ifndef SYS_unlink
#define SYS_unlink -1
#endif
#ifndef SYS_rmdir
#define SYS_rmdir -1
#endif
#ifndef SYS_mkdir
#define SYS_mkdir -1
#endif
#ifndef SYS_mknod
#define SYS_mknod -1
#endif
#ifndef SYS_link
#define SYS_link -1
#endif
#ifndef SYS_symlink
#define SYS_symlink -1
#endif
#ifndef SYS_chmod
#define SYS_chmod -1
#endif
#ifndef SYS_chown
#define SYS_chown -1
#endif
#ifndef SYS_lchown
#define SYS_lchown -1
#endif
#ifndef SYS_utime
#define SYS_utime -1
#endif
#ifndef SYS_utimes
#define SYS_utimes -1
#endif
#ifndef SYS_futimesat
#define SYS_futimesat -1
#endif

namespace merlon {
namespace {

constexpr long kFchmodat2 = 452;  // newer than the headers of Debian 12

// Programs and processes, and ways around a filter.
constexpr std::array<long, 12> kProcesses{
    SYS_execveat,          SYS_fork,           SYS_vfork,          SYS_ptrace, SYS_process_vm_readv,
    SYS_process_vm_writev, SYS_io_uring_setup, SYS_io_uring_enter, SYS_bpf,    SYS_setns,
    SYS_unshare,           SYS_pidfd_getfd};
constexpr std::array<long, 12> kNetwork{SYS_socket,  SYS_socketpair, SYS_connect,  SYS_bind,
                                        SYS_listen,  SYS_accept,     SYS_accept4,  SYS_sendto,
                                        SYS_sendmsg, SYS_sendmmsg,   SYS_recvfrom, SYS_recvmsg};
constexpr std::array<long, 40> kFileChanges{
    SYS_creat,       SYS_openat2,      SYS_truncate,     SYS_ftruncate, SYS_fallocate,
    SYS_rename,      SYS_renameat,     SYS_renameat2,    SYS_unlink,    SYS_unlinkat,
    SYS_rmdir,       SYS_mkdir,        SYS_mkdirat,      SYS_mknod,     SYS_mknodat,
    SYS_link,        SYS_linkat,       SYS_symlink,      SYS_symlinkat, SYS_chmod,
    SYS_fchmod,      SYS_fchmodat,     kFchmodat2,       SYS_chown,     SYS_lchown,
    SYS_fchown,      SYS_fchownat,     SYS_setxattr,     SYS_lsetxattr, SYS_fsetxattr,
    SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr, SYS_utime,     SYS_utimes,
    SYS_futimesat,   SYS_utimensat,    SYS_mount,        SYS_umount2,   SYS_pivot_root};

constexpr std::uint32_t kWriteFlags = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND;

}  // namespace

SyscallFilter make_inert_filter(const InertRules& rules) {
  SyscallFilter filter;
  if (rules.only_program == nullptr) {
    filter.kill(SYS_execve);
  } else {
    filter.kill_unless_equal(SYS_execve, 0, reinterpret_cast<std::uintptr_t>(rules.only_program));
  }
  for (const long call : kProcesses) {
    filter.kill(call);
  }
  for (const long call : kNetwork) {
    filter.kill(call);
  }
  filter.kill_unless_bits(SYS_clone, 0, CLONE_THREAD);
  // Its flags are in memory, where a filter cannot look. The C library then takes clone.
  filter.refuse(SYS_clone3, ENOSYS);
  if (rules.changes == FileChanges::kKill) {
    filter.kill_when_bits(SYS_open, 1, kWriteFlags);
    filter.kill_when_bits(SYS_openat, 2, kWriteFlags);
    for (const long call : kFileChanges) {
      filter.kill(call);
    }
  }
  return filter;
}

}  // namespace merlon
