#pragma once
/// What a guarded session needs of the world: where lines go, who finds facts, who is told. The
/// proxy's loop is one, tests have another. No call may block or come back into the session.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/event.h"
#include "policy/evaluator.h"
#include "policy/interceptor.h"

namespace merlon {

/// A leg of the Rule of Two that a message is about to touch.
struct LegClaim {
  std::uint8_t legs{0};  ///< RuleOfTwoLeg bits
  std::string name;      ///< the tool, or method
  std::uint64_t sequence{0};
};

/// A message that only a person can let pass.
struct AskedMessageView {
  std::uint64_t ticket{0};  ///< as of find(); not the number that people see
  const Event& event;
  const Decision& decision;
  const SessionState& state;
  const CompiledPolicy& policy;
};

/// What a person says to it, as far as is known now.
struct PersonsAnswer {
  enum class Kind : std::uint8_t {
    kNobody,   ///< nobody can be asked
    kGranted,  ///< `grant` goes into the event's facts
    kWaits,    ///< GuardedSession::on_person() is called when it is to be asked again
    kRefused,  ///< `fact` says why; it is for who asked
  };
  Kind kind{Kind::kNobody};
  std::optional<Grant> grant;
  std::optional<Fact> fact;
};

class SessionDoor {
 public:
  SessionDoor() = default;
  SessionDoor(const SessionDoor&) = delete;
  SessionDoor& operator=(const SessionDoor&) = delete;
  virtual ~SessionDoor() = default;

  /// Since 1970-01-01T00:00:00Z.
  [[nodiscard]] virtual std::int64_t now_ms() = 0;
  /// One line to a peer, without its line feed.
  virtual void send(Direction to, std::string line) = 0;
  /// Starts to find out a kPath or kHost; the answer comes to GuardedSession::on_fact().
  virtual void find(std::uint64_t ticket, const Need& need) = 0;

  /// What the other servers of the group have touched and this session does not know yet.
  [[nodiscard]] virtual std::vector<GroupFact> group_news() = 0;
  /// An event with these facts has happened.
  virtual void group_told(const std::vector<GroupFact>& facts) = 0;
  /// True when a message with these legs may only happen after the group has granted it. The
  /// message is judged on what group_news() said last.
  [[nodiscard]] virtual bool must_reserve(std::uint8_t legs) = 0;
  /// Asks the group; the answer comes to GuardedSession::on_reserved().
  virtual void reserve(std::uint64_t ticket, const LegClaim& claim) = 0;

  /// Asks whether a person lets this pass.
  [[nodiscard]] virtual PersonsAnswer ask_person(const AskedMessageView& /*asked*/) { return {}; }
  /// The message that was asked about does not wait any more.
  virtual void forget_person(std::uint64_t /*ticket*/) {}
  /// Takes an answer of the client to a question of the door's own, which goes no further.
  [[nodiscard]] virtual bool takes_reply(const Message& /*message*/) { return false; }

  /// An event has happened, before anything is sent because of it. False: it could not be kept
  /// where it must be kept, and nothing may be sent.
  [[nodiscard]] virtual bool happened(const Event& event, const Decision& decision,
                                      const Interception& what) = 0;
  /// The same for a line that is no message. `bytes`: nothing when it was too long to be kept.
  [[nodiscard]] virtual bool unreadable(Direction direction, const std::string* bytes,
                                        std::uint64_t size, const Error& problem,
                                        const Interception& what) = 0;
};

}  // namespace merlon
