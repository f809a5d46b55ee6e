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

#include <sys/types.h>

#include "base/clock.h"
#include "base/process/kept_process.h"
#include "base/process/output_tail.h"
#include "base/result.h"

namespace merlon {

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

  [[nodiscard]] pid_t pid() const { return process_.pid(); }
  [[nodiscard]] const OutputTail& error_output() const { return error_output_; }

 private:
  ChildProcess(const Clock& clock, KeptProcess process);

  enum class Drain : std::uint8_t { kKeep, kThrowAway };
  void turn(TimePoint deadline, Drain drain, std::string& bytes);
  [[nodiscard]] int poll_timeout(TimePoint deadline) const;
  void write_input();
  void read_output(Drain drain, std::string& bytes);
  void read_errors();
  void hear_keeper();
  bool wait_for_end(TimePoint deadline);

  const Clock& clock_;
  KeptProcess process_;
  std::string pending_input_;
  std::size_t written_{0};
  OutputTail error_output_;
  std::optional<TimePoint> ended_at_;
  std::optional<Ending> ending_;
};

}  // namespace merlon
