#include "base/sandbox/containment.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/sandbox/path_rules.h"
#include "base/text.h"

namespace merlon {
namespace {

/// What a program may commit above its memory limit: stacks and heaps that it reserves and hardly
/// touches. What it takes in truth is watched.
constexpr std::uint64_t kDataSlack = 512ULL << 20U;
/// Of root: to look into processes, whatever Landlock says, and to change the kernel or its mounts.
constexpr std::array kGivenUp{CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_SYS_PTRACE,
                              CAP_SYS_ADMIN,  CAP_PERFMON,   CAP_BPF};
constexpr const char* kCoverOptions = "size=4k,nr_inodes=1,mode=0";

std::string contain_reason(int error) {
  return std::generic_category().message(error);
}

/// One write, as the kernel wants it there.
bool write_once(const char* path, const std::string& text) {
  const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) {
    return false;
  }
  const ssize_t put = ::write(fd, text.data(), text.size());
  const int error = errno;
  ::close(fd);
  errno = error;
  return put == static_cast<ssize_t>(text.size());
}

bool set_limit(int what, std::uint64_t most) {
  rlimit limit{};
  if (most == 0 || ::getrlimit(static_cast<__rlimit_resource>(what), &limit) != 0) {
    return most == 0;
  }
  // Never more than there was.
  limit.rlim_max = std::min<rlim_t>(limit.rlim_max, most);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_cur, limit.rlim_max);
  return ::setrlimit(static_cast<__rlimit_resource>(what), &limit) == 0;
}

/// Root's ways around what follows. Who has none of them, or may not give them up, has no use for
/// them here either.
void give_up_powers() {
  for (const int power : kGivenUp) {
    static_cast<void>(::prctl(PR_CAPBSET_DROP, power, 0, 0, 0));
  }
}

std::string current_folder() {
  std::string path(4096, '\0');
  if (::getcwd(path.data(), path.size()) == nullptr) {
    return "/";
  }
  path.resize(std::strlen(path.c_str()));
  return path;
}

bool is_below(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

bool is_folder(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// Sockets of other families than unix ones, or all. io_uring would make them behind the filter.
std::vector<char> network_filter(NetworkAccess network) {
  SyscallFilter filter;
  if (network == NetworkAccess::kNone) {
    filter.refuse(SYS_socket, EACCES);
  } else {
    filter.refuse_unless_equal(SYS_socket, 0, AF_UNIX, EACCES);
  }
  filter.refuse(SYS_io_uring_setup, ENOSYS);
  const std::vector<sock_filter> code = filter.compile();
  std::vector<char> bytes(code.size() * sizeof(sock_filter));
  std::memcpy(bytes.data(), code.data(), bytes.size());
  return bytes;
}

}  // namespace

Status ReadyContainment::lack(std::string what, bool may_be) {
  if (!may_be) {
    Error error = make_error(ErrorCode::kUnsupported, "cannot contain the server: ", what);
    error.hints.emplace_back(
        "`missing = \"allow\"` in `[containment]` starts it without what this kernel cannot do");
    return std::unexpected(std::move(error));
  }
  lacking_.push_back(std::move(what));
  return {};
}

Result<ReadyContainment> ReadyContainment::prepare(const Containment& wanted) {
  ReadyContainment out;
  out.prepare_limits(wanted);
  MERLON_CHECK(out.prepare_network(wanted));
  MERLON_CHECK(out.prepare_hidden(wanted));
  MERLON_CHECK(out.prepare_paths(wanted));
  if (const int error = out.trial(); error != 0) {
    return fail(ErrorCode::kUnsupported, "cannot contain the server: ", contain_reason(error));
  }
  return out;
}

void ReadyContainment::prepare_limits(const Containment& wanted) {
  family_ = {.processes = wanted.processes, .bytes = wanted.memory_bytes};
  data_bytes_ = wanted.memory_bytes == 0 ? 0 : wanted.memory_bytes + kDataSlack;
  open_files_ = wanted.open_files;
}

Status ReadyContainment::prepare_network(const Containment& wanted) {
  if (wanted.network == NetworkAccess::kOpen) {
    return {};
  }
  if (!has_seccomp()) {
    return lack("this kernel filters no system calls, so the network cannot be closed",
                wanted.may_lack);
  }
  filter_ = network_filter(wanted.network);
  return {};
}

Status ReadyContainment::prepare_paths(const Containment& wanted) {
  const bool asked = std::any_of(
      wanted.layers.begin(), wanted.layers.end(),
      [](const PathLayer& layer) { return layer.read.has_value() || layer.write.has_value(); });
  constexpr int kNeededVersion = 2;
  if (landlock_version() < kNeededVersion) {
    return lack(asked ? "this kernel has no Landlock, so paths cannot be closed"
                      : "this kernel has no Landlock, so the server can look into other processes "
                        "of its user",
                wanted.may_lack || !asked);
  }
  std::vector<PathLayer> layers = wanted.layers;
  if (layers.empty()) {
    layers.emplace_back();
  }
  if (layers.size() > kMostLayers) {
    return fail(ErrorCode::kUsage, "more than ", std::to_string(kMostLayers), " layers of paths");
  }
  for (const PathLayer& layer : layers) {
    MERLON_TRY(UniqueFd rules, make_path_rules(layer.read, layer.write));
    descriptors_.push_back(rules.get());
    rulesets_.push_back(std::move(rules));
  }
  return {};
}

Status ReadyContainment::prepare_hidden(const Containment& wanted) {
  std::copy_if(wanted.hidden.begin(), wanted.hidden.end(), std::back_inserter(covers_), is_folder);
  own_network_ = wanted.network == NetworkAccess::kNone;
  if (covers_.empty() && !own_network_) {
    return {};
  }
  const std::string here = current_folder();
  if (std::any_of(covers_.begin(), covers_.end(),
                  [&here](const std::string& cover) { return is_below(here, cover); })) {
    folder_ = here;
  }
  const std::string user = std::to_string(::geteuid());
  const std::string group = std::to_string(::getegid());
  user_map_ = user + " " + user + " 1\n";
  group_map_ = group + " " + group + " 1\n";
  int error = 0;
  for (const Spaces way : {Spaces::kOwn, Spaces::kAsUser}) {
    spaces_ = way;
    error = trial();
    if (error == 0) {
      // Counted for these processes alone in a space of users of their own.
      own_processes_ = way == Spaces::kAsUser ? wanted.processes : 0;
      if (own_processes_ != 0 && trial() != 0) {
        own_processes_ = 0;
      }
      return {};
    }
  }
  const bool hides = !covers_.empty();
  spaces_ = Spaces::kNone;
  covers_.clear();
  folder_.clear();
  own_network_ = false;
  // The filter closes the network as well.
  return hides ? lack("this kernel lets us make no mount namespace (" + contain_reason(error) +
                          "), so Merlon's own state is not hidden from the server",
                      wanted.may_lack || !wanted.must_hide)
               : Status();
}

bool ReadyContainment::enter_spaces() const {
  if (spaces_ == Spaces::kNone) {
    return true;
  }
  const int more = own_network_ ? CLONE_NEWNET : 0;
  if (spaces_ == Spaces::kAsUser) {
    // Who may not be looked into cannot write its own maps.
    ::prctl(PR_SET_DUMPABLE, 1);
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS | more) != 0 ||
        !write_once("/proc/self/setgroups", "deny") ||
        !write_once("/proc/self/uid_map", user_map_) ||
        !write_once("/proc/self/gid_map", group_map_)) {
      return false;
    }
  } else if (::unshare(CLONE_NEWNS | more) != 0) {
    return false;
  }
  // What is mounted outside later is still seen.
  if (::mount("none", "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) {
    return false;
  }
  for (const std::string& cover : covers_) {
    if (::mount("none", cover.c_str(), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY,
                kCoverOptions) != 0) {
      return false;
    }
  }
  // The folder that we are in is still the one below the cover.
  return folder_.empty() || ::chdir(folder_.c_str()) == 0 || ::chdir("/") == 0;
}

bool ReadyContainment::limit() const {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};  // a core file would hold its credentials
  return ::setrlimit(RLIMIT_CORE, &none) == 0 && set_limit(RLIMIT_DATA, data_bytes_) &&
         set_limit(RLIMIT_NPROC, own_processes_) && set_limit(RLIMIT_NOFILE, open_files_);
}

bool ReadyContainment::apply() const {
  if (!enter_spaces()) {
    return false;
  }
  give_up_powers();
  if (!limit() || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return false;
  }
  for (const int rules : descriptors_) {
    if (::syscall(SYS_landlock_restrict_self, rules, 0) != 0) {
      return false;
    }
  }
  if (filter_.empty()) {
    return true;
  }
  const sock_fprog program{
      .len = static_cast<unsigned short>(filter_.size() / sizeof(sock_filter)),
      .filter = const_cast<sock_filter*>(reinterpret_cast<const sock_filter*>(filter_.data()))};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

int ReadyContainment::trial() const {
  const pid_t child = ::fork();
  if (child < 0) {
    return errno;
  }
  if (child == 0) {
    if (!apply()) {
      ::_exit(errno > 0 && errno < 256 ? errno : EINVAL);
    }
    if (own_processes_ > 1) {
      const pid_t grandchild = ::fork();
      if (grandchild == 0) {
        ::_exit(0);
      }
      ::_exit(grandchild < 0 ? EAGAIN : 0);
    }
    ::_exit(0);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      return errno;
    }
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}

}  // namespace merlon
