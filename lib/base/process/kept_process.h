#pragma once
/// A started process with pipes, below a keeper (keeper.h): after end_all(), the destructor, or the
/// death of this program, nothing of it is left, whatever it forked and whatever session it moved
/// to. No shell, an explicit environment, nothing inherited.
///
///   MERLON_TRY(KeptProcess process, KeptProcess::start(launch));
///   ... poll process.streams() and process.control_fd(); hear() when the latter is readable ...
///
/// The streams are non-blocking. Writing to a process that is gone raises SIGPIPE unless the caller
/// ignores it. child_process.h is the same with the polling done. One thread at a time. Needs Linux
/// with /proc.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/process/environment.h"
#include "base/process/family_watch.h"
#include "base/process/unique_fd.h"
#include "base/result.h"

namespace merlon {

struct KeeperPacket;
class ReadyContainment;

struct Launch {
  std::vector<std::string> argv;  ///< program first; looked up on the PATH of `environment`
  std::vector<EnvironmentVariable> environment;  ///< all that the child gets
  std::string folder;                            ///< working directory; empty: ours
  /// What it may not do; null: all that we may.
  std::shared_ptr<const ReadyContainment> containment = nullptr;
};

/// How a process ended: an exit code or a signal.
struct ExitStatus {
  int code{0};  ///< when `signal` is 0
  int signal{0};
  friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
};
[[nodiscard]] std::string to_string(const ExitStatus& status);

/// What was met when all was ended.
struct KeptEnding {
  /// Processes of its making that were still there and were killed, without the process itself.
  std::uint32_t outlived{0};
  /// Something could not be killed (another user's, or stuck in the kernel), or the keeper itself
  /// was killed and nobody knows.
  bool stubborn{false};
};

class KeptProcess {
 public:
  /// Our ends.
  struct Streams {
    UniqueFd input;   ///< of the process: we write
    UniqueFd output;  ///< of the process: we read
    UniqueFd errors;
  };

  /// `kProcess` when the program is not there or cannot be executed; `kUsage` for an argv that
  /// cannot be one.
  [[nodiscard]] static Result<KeptProcess> start(const Launch& launch);
  KeptProcess(const KeptProcess&) = delete;
  KeptProcess& operator=(const KeptProcess&) = delete;
  KeptProcess(KeptProcess&& other) noexcept;
  KeptProcess& operator=(KeptProcess&& other) noexcept;
  ~KeptProcess();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] Streams& streams() { return streams_; }
  [[nodiscard]] const Streams& streams() const { return streams_; }

  /// Readable when the keeper has said something; -1 when it is gone.
  [[nodiscard]] int control_fd() const { return control_.get(); }
  /// Takes what the keeper has said. Does not block.
  void hear();
  /// The keeper is gone: there will be no more news.
  [[nodiscard]] bool keeper_gone() const { return !control_.open(); }
  /// How the process itself ended; nothing while it runs.
  [[nodiscard]] const std::optional<ExitStatus>& status() const { return status_; }

  /// Why all of it was killed.
  [[nodiscard]] FamilyExcess excess() const { return excess_; }

  /// SIGTERM to the process, its group and everything that lost its parent.
  void terminate() const;
  /// Any signal to the process's group.
  void signal(int number) const;
  /// SIGKILL to all that is left, the streams closed. Blocks until it is gone, 10 s at most. Safe
  /// to call twice.
  KeptEnding end_all();

 private:
  KeptProcess() = default;
  [[nodiscard]] Status await_start(const Launch& launch);
  void take(const KeeperPacket& packet);
  void tell(const KeeperPacket& packet) const;

  pid_t keeper_{-1};
  pid_t pid_{-1};
  UniqueFd control_;
  Streams streams_;
  std::optional<ExitStatus> status_;
  FamilyExcess excess_{FamilyExcess::kNone};
  KeptEnding ending_;
  bool keeper_done_{false};
};

/// Where `program` is: itself when it holds a slash, else the first executable file of that name on
/// `path` (as of PATH).
[[nodiscard]] Result<std::string> find_program(std::string_view program, std::string_view path);

}  // namespace merlon
