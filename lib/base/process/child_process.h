#pragma once
/// A child process with pipes, for asking a server questions. No shell, an explicit environment,
/// nothing inherited.
///
///   MERLON_TRY(auto child, ChildProcess::start(launch, clock));
///   child->queue_input("{...}\n");
///   std::string bytes;
///   switch (child->wait_output(deadline, bytes)) { ... }
///   Ending ending = child->end(Grace{});
///
/// The child and everything it starts lives below a keeper (keeper.h): after `end`, or the
/// destructor, or the death of this program, none of it is left, whatever it forked and whatever
/// session it moved to. Its standard error is drained all the time into a bounded tail. Writing to
/// a dead child is no error and no signal.
///
/// One thread at a time. Needs Linux with /proc.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/clock.h"
#include "base/process/environment.h"
#include "base/process/output_tail.h"
#include "base/process/unique_fd.h"
#include "base/result.h"

namespace merlon {

struct KeeperPacket;

struct Launch {
  std::vector<std::string> argv;  ///< program first; looked up on the PATH of `environment`
  std::vector<EnvironmentVariable> environment;  ///< all that the child gets
  std::string folder;                            ///< working directory; empty: ours
};

/// How a process ended: an exit code or a signal.
struct ExitStatus {
  int code{0};  ///< when `signal` is 0
  int signal{0};
  friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
};
[[nodiscard]] std::string to_string(const ExitStatus& status);

/// How long each step of the end may take. The child is asked by the end of its input, then by
/// SIGTERM, then killed.
struct Grace {
  std::chrono::milliseconds after_input_end{2000};
  std::chrono::milliseconds after_sigterm{2000};
};

/// The step that ended the child.
enum class EndedBy : std::uint8_t { kItself, kInputEnd, kSigterm, kSigkill };

struct Ending {
  EndedBy by{EndedBy::kItself};
  std::optional<ExitStatus> status;  ///< nothing when it had to be killed
  std::uint32_t outlived{
      0};                ///< other processes of its making that were still there and were killed
  bool stubborn{false};  ///< something could not be killed (another user's, or stuck in the kernel)
};

class ChildProcess {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  enum class Event : std::uint8_t {
    kOutput,     ///< bytes were added
    kOutputEnd,  ///< there will be no more output: it closed it, or ended
    kDeadline,
  };

  /// `kProcess` when the program is not there or cannot be executed; `kUsage` for an argv that
  /// cannot be one. `clock` must outlive the child.
  [[nodiscard]] static Result<std::unique_ptr<ChildProcess>> start(const Launch& launch,
                                                                   const Clock& clock);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  /// Ends what `end` did not, without grace.
  ~ChildProcess();

  /// Bytes for the standard input, written while waiting. False when more than `kInputLimit` bytes
  /// would be waiting (the child does not read) or the child has closed its input; then nothing was
  /// queued.
  [[nodiscard]] bool queue_input(std::string_view bytes);
  static constexpr std::size_t kInputLimit = 4U << 20U;

  /// Waits for output, adding at most 64 KiB to `bytes`. Input is written and standard error
  /// drained meanwhile.
  [[nodiscard]] Event wait_output(TimePoint deadline, std::string& bytes);

  /// Everything goes, as described at Grace. Output that still comes is thrown away. Safe to call
  /// twice.
  Ending end(const Grace& grace);

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const OutputTail& error_output() const { return error_output_; }

 private:
  ChildProcess(const Clock& clock, UniqueFd control, pid_t keeper);

  enum class Drain : std::uint8_t { kKeep, kThrowAway };
  void turn(TimePoint deadline, Drain drain, std::string& bytes);
  [[nodiscard]] int poll_timeout(TimePoint deadline) const;
  void write_input();
  void read_output(Drain drain, std::string& bytes);
  void read_errors();
  void hear_keeper();
  void tell_keeper(const KeeperPacket& packet) const;
  void take(const KeeperPacket& packet);
  bool wait_for_end(TimePoint deadline);
  void finish_keeper();

  const Clock& clock_;
  UniqueFd control_;
  pid_t keeper_;
  pid_t pid_{-1};
  UniqueFd input_;
  UniqueFd output_;
  UniqueFd errors_;
  std::string pending_input_;
  std::size_t written_{0};
  OutputTail error_output_;
  std::optional<ExitStatus> status_;
  std::optional<TimePoint> ended_at_;
  std::optional<Ending> ending_;
  std::uint32_t outlived_{0};
  bool stubborn_{false};
  bool keeper_done_{false};
};

/// Where `program` is: itself when it holds a slash, else the first executable file of that name on
/// `path` (as of PATH).
[[nodiscard]] Result<std::string> find_program(std::string_view program, std::string_view path);

}  // namespace merlon
