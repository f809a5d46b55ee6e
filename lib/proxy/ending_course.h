#pragma once
/// How a proxy comes to its end: which step is due, from the first sign that a side goes until
/// nobody is waited for any more. Knows no descriptors; whoever asks does what it says.
///
///   course.client_went(now, graces.answer);
///   switch (course.step(signs)) { case EndingCourse::Step::kCloseInput: ... }
///   ... sleep until course.due() ...
///
/// The course: serve; wait for open answers; close the server's input; SIGTERM; the server is gone
/// and the client gets what is left. It leaves out what is not needed and never goes back.
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace merlon {

struct ProxyGraces {
  std::chrono::milliseconds answer{700};
  std::chrono::milliseconds input_end{600};
  std::chrono::milliseconds sigterm{300};
  /// For a client that does not read, once there is nobody else to wait for.
  std::chrono::milliseconds last_words{500};
  /// After a signal that ends us: the server has got it, too.
  std::chrono::milliseconds signalled{250};
  /// Between the exit of a server and the end of its output, in either order: another process may
  /// hold the pipe for ever, and a server may close it and live on.
  std::chrono::milliseconds other_sign{200};
};

class EndingCourse {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// What is to be done now. Each but kNothing and kOver is said once.
  enum class Step : std::uint8_t {
    kNothing,
    kCloseInput,  ///< of the server
    kTerminate,   ///< SIGTERM to the server
    kServerGone,  ///< nobody answers any more
    kOver,
  };

  /// How things are.
  struct Signs {
    bool server_ended{false};
    bool output_ended{false};  ///< the server's
    bool nothing_open{false};  ///< nobody waits for an answer, and all has been forwarded
    bool all_told{false};      ///< nothing waits for the client
  };

  EndingCourse(const ProxyGraces& graces, const Clock& clock) : graces_(graces), clock_(clock) {}

  /// The client closed its side.
  void client_went();
  /// The client does not read any more.
  void client_is_deaf();
  /// A signal ends us. A server that is ending by it, too, must not be hurried by the end of its
  /// input as well.
  void signalled();

  [[nodiscard]] Step step(const Signs& signs);
  /// When step() is wanted at the latest; nothing: when a sign changes.
  [[nodiscard]] std::optional<TimePoint> due() const;

  /// Nothing has begun to end.
  [[nodiscard]] bool serves() const { return phase_ == Phase::kServing; }
  /// The server still gets what the client said.
  [[nodiscard]] bool has_input() const { return phase_ < Phase::kInputEnded; }

 private:
  enum class Phase : std::uint8_t {
    kServing,
    kAnswering,   ///< the client is gone; open requests may still be answered
    kInputEnded,  ///< the server's input is closed
    kTerminated,  ///< it got SIGTERM
    kServerGone,  ///< last words to the client
    kOver,
  };

  void enter(Phase phase, std::chrono::milliseconds length);
  [[nodiscard]] bool server_is_over(const Signs& signs, TimePoint now);

  ProxyGraces graces_;
  const Clock& clock_;
  Phase phase_{Phase::kServing};
  std::optional<TimePoint> phase_ends_;
  bool by_signal_{false};
  std::optional<TimePoint> server_ended_;
  std::optional<TimePoint> output_ended_;
};

}  // namespace merlon
