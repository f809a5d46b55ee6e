#pragma once
/// One client, one server, one policy: lines in, lines out, through a SessionDoor. Knows nothing of
/// descriptors, threads or time, so every order of events can be tested.
///
///   GuardedSession session(door, watch, policy, state, limits);
///   session.on_line(Direction::kToServer, line);      // any number of times
///   session.on_fact(ticket, fact); session.on_reserved(ticket, granted); session.on_time();
///
/// A message whose decision needs facts, the server's own tool list, the group's grant or a person
/// waits ("parked"); messages after it pass. A cancellation of a parked request takes it away
/// unsent.
///
/// Every on_... answers with kGone when a guard was late and the session was given to another
/// thread while this one was in it (policy/deadline_watch.h): the caller must touch nothing and end
/// its thread. The other thread calls resume() with what the watch said, and serves on.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/deadline_watch.h"
#include "policy/interceptor.h"
#include "proxy/own_questions.h"
#include "proxy/session_door.h"
#include "proxy/session_metrics.h"

namespace merlon {

enum class Served : std::uint8_t {
  kOn,
  kGone,  ///< another thread serves the session: touch nothing
};

class GuardedSession {
 public:
  /// `door` and `watch` must outlive the session. `own_ids` makes the ids of our own questions
  /// such that no peer can guess them.
  GuardedSession(SessionDoor& door, DeadlineWatch& watch,
                 std::shared_ptr<const CompiledPolicy> policy, SessionState state,
                 MessageLimits limits, std::string own_ids);
  GuardedSession(const GuardedSession&) = delete;
  GuardedSession& operator=(const GuardedSession&) = delete;
  ~GuardedSession() = default;

  /// A line of a peer without its line feed. Blank ones are nothing.
  [[nodiscard]] Served on_line(Direction direction, std::string line);
  /// A line above the limit, as far as it has come.
  [[nodiscard]] Served on_long_line(Direction direction, std::string_view line);
  [[nodiscard]] Served on_fact(std::uint64_t ticket, Fact fact);
  [[nodiscard]] Served on_reserved(std::uint64_t ticket, bool granted);
  /// A person's word on a message may be there, or the time for it is over: it is judged again in
  /// full, and the door is asked again.
  [[nodiscard]] Served on_person(std::uint64_t ticket);
  /// Gives up on our own questions that are not answered in time.
  [[nodiscard]] Served on_time();
  /// When on_time() is wanted next, in time of the door; nothing: never.
  [[nodiscard]] std::optional<std::int64_t> wanted_at_ms() const;

  /// Goes on with the message whose guard (an index into the policy's guards) was late.
  [[nodiscard]] Served resume(std::size_t late_guard, bool too_many_left);

  /// The next messages are judged by this policy. Parked ones too.
  void use(std::shared_ptr<const CompiledPolicy> policy);
  /// The server is gone: everybody who waits for it is answered, parked requests too. `why` is one
  /// line for people.
  void end_open_requests(std::string_view why);

  [[nodiscard]] const SessionState& state() const { return interceptor_->state(); }
  [[nodiscard]] const CompiledPolicy& policy() const { return interceptor_->policy(); }
  [[nodiscard]] std::size_t max_line() const { return interceptor_->limits().bytes; }
  [[nodiscard]] bool only_watches() const { return interceptor_->only_watches(); }
  [[nodiscard]] std::size_t parked() const { return parked_.size(); }
  /// False while so many requests of the client wait that no more of them should be read: what a
  /// session keeps is bounded, and an answer to a request that was forgotten is none.
  [[nodiscard]] bool takes_requests() const {
    return unanswered_ < kMostUnanswered && parked_.size() < kMostParked / 4;
  }
  /// Counts what the server has answered.
  [[nodiscard]] std::uint64_t answers() const { return answers_; }
  [[nodiscard]] const SessionMetrics& metrics() const { return metrics_; }

  /// Above this, a message that would wait is decided as it is: denied, for its facts are missing.
  static constexpr std::size_t kMostParked = 1024;
  /// So many, and all that one read can hold, are less than SessionState::kMostPending.
  static constexpr std::size_t kMostUnanswered = SessionState::kMostPending / 2;

 private:
  /// A message on its way. Shared, because a thread that is late may look at it still.
  struct Passage {
    /// `read` makes the Received in place: it is too large to be moved for each message.
    template <class Read>
    Passage(std::uint64_t number, Read read) : ticket(number), received(read()) {}

    std::uint64_t ticket;
    Received received;
    std::set<std::pair<NeedKind, std::string>> waits_for;
    bool reserving{false};
    bool asking{false};    ///< waits for a person
    bool answered{false};  ///< the door has said its last word
  };
  using Shared = std::shared_ptr<Passage>;
  enum class Needs : std::uint8_t { kAllThere, kJudgeAgain, kWaiting };

  [[nodiscard]] Served drain();
  [[nodiscard]] Served on_message(Direction direction, std::string line);
  [[nodiscard]] bool is_batch(std::string_view line) const;
  void open_batch(Direction direction, std::string line);
  [[nodiscard]] Served refuse(Direction direction, Received& received, std::uint64_t size);
  /// True when the message cancels a parked one: both are gone then.
  [[nodiscard]] bool cancels_parked(const Message& message);

  /// Judges, and lets happen what may; else parks.
  [[nodiscard]] Served advance(const Shared& passage);
  [[nodiscard]] Served judge(const Shared& passage);
  /// Asks for what guards want to know.
  [[nodiscard]] Needs look_for_facts(Passage& passage);
  /// Lets a person decide where the decision asks, then reserves or happens.
  [[nodiscard]] Served ask_or_happen(const Shared& passage);
  [[nodiscard]] Served reserve_or_happen(const Shared& passage);
  [[nodiscard]] Served happen(const Shared& passage);
  void count_open(const Message& message, Action action);
  [[nodiscard]] Served happen_to_us(const Message& message, bool passed);

  [[nodiscard]] Served ask_tool_list(std::string question);
  [[nodiscard]] Served answer_tool_list(FactState state);

  SessionDoor& door_;
  DeadlineWatch& watch_;
  std::shared_ptr<Interceptor> interceptor_;
  OwnQuestions questions_;
  SessionMetrics metrics_;
  std::uint64_t last_ticket_{0};
  std::size_t unanswered_{0};  ///< requests that went to the server, about
  std::uint64_t answers_{0};
  std::map<std::uint64_t, Shared> parked_;
  Shared current_;                                         ///< what is judged just now
  std::deque<std::pair<Direction, std::string>> backlog_;  ///< lines that came and wait for it
  std::set<std::string, std::less<>> late_before_;
  bool too_many_left_{false};
};

}  // namespace merlon
