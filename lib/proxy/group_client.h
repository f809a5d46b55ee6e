#pragma once
/// One proxy's end of its group: what the others have touched, and the reservation of what it is
/// about to touch itself. Never blocks; everything happens in `on_ready`.
///
///   GroupClient group(options, start_broker_program(...));
///   poll: group.fd() for POLLIN
///
/// How the proxy's loop uses it
///
/// 1. When `fd()` is readable, and in any case *after bytes of a peer were read and before the
///    messages in them are judged*: `on_ready()`. The broker tells the others of a leg before it
///    lets the call with this leg go on; whatever a peer did in answer to that call therefore
///    arrives after the news of it. One system call when there is nothing.
/// 2. Before an event is judged, each time: `event.facts.group = group.news()`, and `view =
///    group.view()` is kept with it. News are not taken by an event that is then parked: the next
///    event has them as well.
/// 3. A decision that passes, of a message with legs (`legs_of_event`, policy/session_tracker.h)
///    for which `must_reserve(legs)` is true, does not happen yet: `reserve({ticket, view, ...})`;
///    nothing is settled or forwarded. All other decisions go on at once: with no new leg there is
///    no round trip.
/// 4. For each of `take_reserved()`, *in this order*: kGranted: the event happens (finish, which
///    settles, then forward). kJudgeAgain: others were faster, or the broker went: go to 2. Until
///    then it is best that no other event happens: there are at most three such waits in a group's
///    life, each as long as a file takes to reach the disk, and the witness names the event by the
///    number that it was judged with. A loop that lets others happen meanwhile judges again before
///    it finishes, and reserves again if the message has other legs then.
/// 5. When an event has happened (its facts are part of the session now):
///    `told(event.facts.group)`.
///
/// Two proxies whose calls complete the three together cannot both get kGranted: a reservation
/// holds only for the version of the group that it was made on, and the broker, one process with
/// one thread, gives each version away once. At most three legs can be added, so a message is
/// judged again at most a few times.
///
/// The broker is lost: from the first moment (nobody knows the others before they have said
/// something), and when its end of the socket closes, `news()` has a fact with `lost = true`, which
/// is the worst case for the guards. Reservations that wait are answered kJudgeAgain; one that is
/// made on a view that knows of the loss is granted at once (the worst was assumed when it was
/// decided) and is told to the broker when it is back. The client goes on to look for the broker,
/// and starts one, after 5 ms, 10 ms, ... at most 5 s. When it is there again, `news()` has all
/// facts again, or one without a leg when there are none.
///
/// A broker that cannot say what was before (its file is unreadable) is as good as none:
/// `condition()` is kInDoubt, `why()` says it, `news()` has `lost`, until a person resets the
/// group.
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/event.h"
#include "proxy/group_state.h"

namespace merlon {

struct GroupClientOptions {
  std::string group;         ///< name
  std::string server;        ///< configured name of this proxy's server
  std::string session;       ///< id of this proxy's session; references are `session/sequence`
  std::string state_folder;  ///< `$XDG_STATE_HOME/merlon`
};

struct Reservation {
  std::uint64_t ticket{0};  ///< the caller's
  std::uint64_t view{0};    ///< on which the message was judged
  std::uint8_t legs{0};  ///< RuleOfTwoLeg bits of the message; those that the group lacks are added
  std::string tool;      ///< or method
  std::uint64_t sequence{0};  ///< of the event
};

enum class ReservedState : std::uint8_t {
  kGranted,     ///< the message may happen
  kJudgeAgain,  ///< what is known of the group has changed
};
struct Reserved {
  std::uint64_t ticket{0};
  ReservedState state{ReservedState::kJudgeAgain};
  friend bool operator==(const Reserved&, const Reserved&) = default;
};

enum class GroupCondition : std::uint8_t {
  kLost,     ///< no broker, or not yet
  kJoined,   ///< all is known
  kInDoubt,  ///< the broker does not know what was before
};

class GroupClient {
 public:
  /// Starts a broker for this group; must not block. Its error is shown by `why()`.
  using StartBroker = std::function<Status()>;

  /// Begins to look for the broker at once. `clock` must outlive the client.
  GroupClient(GroupClientOptions options, StartBroker start_broker,
              const Clock& clock = system_clock());
  GroupClient(const GroupClient&) = delete;
  GroupClient& operator=(const GroupClient&) = delete;
  ~GroupClient();

  /// Readable when `on_ready` has something to do. One descriptor for the client's whole life; -1
  /// when the system gave none (then the group stays lost).
  [[nodiscard]] int fd() const;
  /// Reads, writes, connects and starts what can be without waiting.
  void on_ready();

  [[nodiscard]] GroupCondition condition() const;
  /// Why the group is lost or in doubt, for people; empty when joined.
  [[nodiscard]] std::string why() const;

  /// What the session has not been told yet: at most three facts, often none.
  [[nodiscard]] std::vector<GroupFact> news() const;
  /// An event with these facts has happened.
  void told(std::span<const GroupFact> facts);
  /// Rises with everything that could change a decision.
  [[nodiscard]] std::uint64_t view() const;

  /// Whether these legs of a message are more than the group is known to have.
  [[nodiscard]] bool must_reserve(std::uint8_t legs) const;
  void reserve(const Reservation& reservation);
  /// In the order in which they were answered. May have something right after `reserve`.
  [[nodiscard]] std::vector<Reserved> take_reserved();

 private:
  class Link;
  std::unique_ptr<Link> link_;
};

}  // namespace merlon
