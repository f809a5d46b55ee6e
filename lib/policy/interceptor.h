#pragma once
/// From a decision to what happens on the wire: one message in; forward, rewrite, ask, answer or
/// drop out. No I/O; proxy, replay and hook do what this says.
///
///   Interceptor interceptor(policy, std::move(state));
///   Received received = interceptor.receive(line, Direction::kToServer, now_ms);
///   if (!received.event) { ... send received.refusal ... }
///   ... while received.evaluation.needs: find the facts, interceptor.judge(received) ...
///   ... when received.evaluation.decision asks: ask a person, add a grant to the facts, judge
///   again ... const Interception what = interceptor.finish(received);
///
/// Events happen in the order of `finish`: a message that waits for facts or for a person holds up
/// nobody, and is judged anew on the state that it meets then. docs/spec/decision.md has the
/// answers' bytes.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "mcp/message_codec.h"
#include "policy/evaluator.h"

namespace merlon {

enum class Action : std::uint8_t {
  kForward,  ///< the bytes as they came go on
  kRewrite,  ///< `bytes` go on in their place
  kAnswer,   ///< nothing goes on; `bytes` go to who waits for an answer, `to`
  kDrop,     ///< nothing goes on and nobody waits: notifications, unknown answers
};

struct Interception {
  Action action{Action::kDrop};
  Direction to{Direction::kToServer};  ///< where `bytes` go
  std::string bytes;                   ///< one line, without the line feed
  friend bool operator==(const Interception&, const Interception&) = default;
};

/// What a decision means for the message of `event`. An `ask` that nobody has granted is refused.
/// `before` is the state on which it was decided.
[[nodiscard]] Interception enforce(const SessionState& before, const Event& event,
                                   const Decision& decision);

/// The code of JSON-RPC errors for a denial: outside of the range that JSON-RPC and MCP keep for
/// themselves (-32768 to -32000).
[[nodiscard]] int json_rpc_code(DenialCode code);

/// A message on its way.
struct Received {
  std::optional<Event> event;  ///< nothing: the bytes are no message, see `refusal`
  Evaluation evaluation;       ///< of the event
  Interception refusal;
  Error problem;            ///< why they are none
  std::string unreadable;   ///< the bytes, when they are none and were kept
  std::string lost_answer;  ///< id key of what such bytes of a server answer; empty: nothing
  std::uint64_t basis{0};   ///< what it was decided on: Interceptor::still_holds()

  /// Of what is a message, as everything is that is on its way.
  [[nodiscard]] Event& message_event() {
    return *event;  // NOLINT(bugprone-unchecked-optional-access): who has none asks for `refusal`
  }
};

/// A session under a policy. One thread at a time.
class Interceptor {
 public:
  Interceptor(std::shared_ptr<const CompiledPolicy> policy, SessionState state,
              MessageLimits limits = {})
      : policy_(std::move(policy)), state_(std::move(state)), limits_(limits) {}

  [[nodiscard]] const SessionState& state() const { return state_; }
  [[nodiscard]] const CompiledPolicy& policy() const { return *policy_; }
  [[nodiscard]] const MessageLimits& limits() const { return limits_; }
  /// Whatever finishes from now on is judged by this policy, messages that wait included; the
  /// session goes on.
  void use(std::shared_ptr<const CompiledPolicy> policy) {
    policy_ = std::move(policy);
    ++changes_;
  }

  /// Without a decision yet: for who finds facts first, or decides on its own
  /// (deadline_watch.h) after place(). Of bytes that are no message a client is told with the id
  /// that they have, or `null`; a server's go nowhere, but where they were the answer to an open
  /// request, who asked gets an error in their place.
  [[nodiscard]] Received read(std::string line, Direction direction, std::int64_t time_ms,
                              EventOrigin origin = EventOrigin::kPeer) const;
  /// The same of a line that was not kept, because it is too long: `line` is how it begins.
  [[nodiscard]] Received refuse(Direction direction, std::string_view line, Error problem) const;
  /// Makes the event the next one of the session. Needed before it is decided on.
  void place(Received& received) const {
    received.message_event().sequence = state_.sequence + 1;
    received.basis = changes_;
  }
  /// Whether nothing has happened since place() that could change the decision.
  [[nodiscard]] bool still_holds(const Received& received) const {
    return received.event && received.event->sequence == state_.sequence + 1 &&
           received.basis == changes_;
  }
  /// Bytes that are no message pass where no policy that decides enforces anything.
  [[nodiscard]] bool only_watches() const;

  /// read() and judge().
  [[nodiscard]] Received receive(std::string line, Direction direction, std::int64_t time_ms,
                                 EventOrigin origin = EventOrigin::kPeer);
  /// An event that is known already, with its facts: of a recording. Its sequence is set anew.
  [[nodiscard]] Received receive(Event event) const;
  /// Decides (again), on the state as it is now and with the facts that the event has now. To be
  /// called whenever the facts have changed.
  void judge(Received& received) const;
  /// The event happens: decided anew when others have happened since, or the policy is another. Of
  /// bytes that are no message: their refusal, and the request that it answers is closed.
  [[nodiscard]] Interception finish(Received& received);
  /// Closes the request to the server with this id key: it was answered with an error of ours.
  /// False when none is open.
  bool close_request(const std::string& id_key);

 private:
  std::shared_ptr<const CompiledPolicy> policy_;
  SessionState state_;
  MessageLimits limits_;
  std::uint64_t changes_{0};  ///< of what decides, other than by events
};

}  // namespace merlon
