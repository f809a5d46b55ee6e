#pragma once
/// What the engine is given: one thing that happened, with its time and with everything that the
/// world had to be asked about it. A Decision is a function of (compiled policy, session state,
/// event) and of nothing else, so a recording that keeps the events can be replayed to the same
/// bytes.
#include <cstdint>
#include <string>
#include <vector>

#include "model/message.h"

namespace merlon {

/// Something that a guard has to know and cannot find out itself, because it does no I/O. The front
/// end finds it out, puts the answer into the event's facts, and asks the engine again.
enum class NeedKind : std::uint8_t {
  /// Where a path really leads; `what` is the path as the message has it. The answer is absolute,
  /// as
  /// the server's machine and working directory see it: links resolved first, then `..`; `~` at the
  /// front is the home of the server's user. Of a path that does not exist the nearest parent that
  /// does is resolved, and the rest is appended with `.` and `..` folded: the state is kKnown too.
  /// What cannot be a path (a NUL byte) is kAbsent.
  kPath,
  kHost,      ///< the addresses of a host name, all of them
  kHook,      ///< the answer of an external guard; `what` is the guard's id
  kToolList,  ///< the server's own list, for a tool that the session has not seen
};
struct Need {
  NeedKind kind{NeedKind::kPath};
  std::string what;
  friend bool operator==(const Need&, const Need&) = default;
};

enum class FactState : std::uint8_t {
  kKnown,
  kAbsent,   ///< does not exist: no such file, no such host
  kFailed,   ///< could not be found out; guards treat it as an error
  kTimeout,  ///< not in time
};

/// The answer to a Need. `values`: the one real path; the addresses, as text; the hook's answer as
/// JSON.
struct Fact {
  Need need;
  FactState state{FactState::kKnown};
  std::vector<std::string> values;
  friend bool operator==(const Fact&, const Fact&) = default;
};

/// How far an approval can be believed, weakest first. docs/spec/approvals.md.
enum class Assurance : std::uint8_t { kElicited, kSameUser, kOtherUser, kRemoteSigned, kHardware };

/// A person's permission for exactly this message, as it will be sent. Turns ask into allow, never
/// a deny.
struct Grant {
  std::string ticket;
  std::string message_digest;  ///< hex sha256 of what will be forwarded
  Assurance assurance{Assurance::kElicited};
  std::string approver;
  friend bool operator==(const Grant&, const Grant&) = default;
};

/// A leg of the Rule of Two that another proxy of the group has seen, or the worst case.
struct GroupFact {
  std::string server;  ///< configured name of the other proxy's server
  std::string tool;
  std::uint8_t legs{0};   ///< RuleOfTwoLeg bits of model/session_state.h
  bool lost{false};       ///< the broker cannot be reached: everything must be assumed
  std::string reference;  ///< `session/sequence` of the other proxy's event
  friend bool operator==(const GroupFact&, const GroupFact&) = default;
};

struct Facts {
  std::vector<Fact> answers;
  std::vector<std::string> late_guards;  ///< ids of guards that ran past their deadline
  std::vector<Grant> grants;
  std::vector<GroupFact> group;

  /// The answer to a need, or null.
  [[nodiscard]] const Fact* find(NeedKind kind, std::string_view what) const {
    for (const Fact& fact : answers) {
      if (fact.need.kind == kind && fact.need.what == what) {
        return &fact;
      }
    }
    return nullptr;
  }
};

enum class EventOrigin : std::uint8_t {
  kPeer,   ///< a message of client or server, to be forwarded or not
  kProxy,  ///< an answer to a question of the proxy itself: changes what is known, goes nowhere
};

struct Event {
  std::uint64_t sequence{0};  ///< gap-free within a session, from 1
  std::int64_t time_ms{0};    ///< since 1970-01-01T00:00:00Z
  EventOrigin origin{EventOrigin::kPeer};
  Message message;
  Facts facts;
};

}  // namespace merlon
