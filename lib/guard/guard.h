#pragma once
/// Guards: the engines that judge a message. This header is the manual for writing one.
///
/// A guard is one file `<name>_guard.cpp`, one row in guard_registry.cpp, a page
/// docs/guards/<name>.md, an example policies/examples/<name>.toml, and a unit test.
/// `scripts/check_registries.py` demands them.
///
///   class SizeGuard final : public Guard {
///    public:
///     explicit SizeGuard(std::uint64_t limit) : limit_(limit) {}
///     GuardOutcome evaluate(const GuardInput& input) const override {
///       if (input.message.bytes().size() <= limit_) { return allow(); }
///       return deny(Reason{.code = DenialCode::kProtocolViolation, .rule_id = "message-size",
///       ...});
///     }
///   };
///
/// The contract:
/// - `evaluate` is pure: what it answers depends on its configuration and on the input only. No
/// clock,
///   file, network, random number, environment or global state. What the world must be asked is
///   returned as a Need; the front end answers it in `event.facts` and asks again, and the
///   recording keeps it.
/// - `evaluate` is const and may be called from any thread; it must not keep references to the
/// input.
/// - What a guard remembers is in `state.memory[id]`, which only `settle` changes. `settle` runs
/// once for
///   every event after the Decision is made, whatever the Decision; a call is counted when it is
///   decided
///   (`decision.verdict` below kAsk, or a granted ask), not when its result comes, so that
///   interleaved calls cannot both slip under a limit. In shadow mode it sees what really happens:
///   the message passes.
/// - Work and memory are bounded by the configuration and the message's size; reaching a bound is
/// an
///   outcome (`error`, or a denial that says so), never silence.
/// - Errors: a guard that cannot tell returns `error(...)`, which the policy's `on_error` turns
/// into a
///   verdict (deny, unless the policy says otherwise in writing). It does not throw; the evaluator
///   treats what is thrown as an error.
/// - Texts in a Reason never hold a secret and never more than a short excerpt of the message.
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "base/table_reader.h"
#include "capability/capability.h"
#include "capability/lock.h"
#include "model/decision.h"
#include "model/event.h"
#include "model/policy.h"
#include "model/session_state.h"
#include "rules/matcher.h"

namespace merlon {

/// The tool that a message calls, or that it answers a call of, in its session. Pointers are into
/// the state.
struct CalledTool {
  std::string name;                        ///< empty: none
  const KnownDefinition* sent{nullptr};    ///< as the client was last sent it
  const KnownDefinition* newest{nullptr};  ///< the server's newest word

  [[nodiscard]] static CalledTool in(const ServerSurface& surface, std::string name);
  /// What the client believes: the one that it was sent, else the newest one, or null.
  [[nodiscard]] const KnownDefinition* believed() const { return sent != nullptr ? sent : newest; }
};

class LongTexts;  // guard/long_texts.h

/// Everything that a guard may look at. References live for the call.
struct GuardInput {
  const Event& event;      ///< sequence, time and facts; its message is the original
  const Message& message;  ///< as the guards before this one left it
  Phase phase{Phase::kNotification};
  const SessionState& state;  ///< before this event
  /// The policy's `[[tool]]` entry of the tool that is called or whose result this is, or null.
  const ToolEntry* entry{nullptr};
  /// The definition of that tool as last sent to the client, else the newest one, or null.
  const KnownDefinition* tool{nullptr};
  /// That tool, by the name that `message` has: a guard before this one may have changed it.
  const CalledTool& called;
  /// The `arguments` of a tools/call, or kNoNode.
  NodeId arguments{kNoNode};
  /// Of a result or error: the request that it answers, or null.
  const PendingRequest* request{nullptr};
  /// This guard's own memory; empty at first.
  const GuardMemory& memory;
  /// Where guards share what reading the message's long texts costs; may be null.
  LongTexts* texts{nullptr};

  /// Name of the tool that is called, or whose result this is; empty for others.
  [[nodiscard]] const std::string& tool_name() const { return called.name; }
};

class Guard {
 public:
  Guard() = default;
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  virtual ~Guard() = default;

  [[nodiscard]] virtual GuardOutcome evaluate(const GuardInput& input) const = 0;
  /// Remembers what has to be remembered of an event that has been decided.
  virtual void settle(const GuardInput& input, const Decision& decision, GuardMemory& memory) const;
  /// False for guards without memory: they are not settled.
  [[nodiscard]] virtual bool remembers() const { return true; }

 protected:
  [[nodiscard]] static GuardOutcome allow() { return {}; }
  [[nodiscard]] static GuardOutcome warn(Reason reason) {
    return one(Verdict::kWarn, std::move(reason));
  }
  [[nodiscard]] static GuardOutcome ask(Reason reason) {
    return one(Verdict::kAsk, std::move(reason));
  }
  [[nodiscard]] static GuardOutcome deny(Reason reason) {
    return one(Verdict::kDeny, std::move(reason));
  }
  [[nodiscard]] static GuardOutcome error(Reason reason);
  [[nodiscard]] static GuardOutcome wait_for(std::vector<Need> needs);

 private:
  [[nodiscard]] static GuardOutcome one(Verdict verdict, Reason reason);
};

/// A guard that judges each message for itself.
class ForgetfulGuard : public Guard {
 public:
  void settle(const GuardInput& /*input*/, const Decision& /*decision*/,
              GuardMemory& /*memory*/) const final {}
  [[nodiscard]] bool remembers() const final { return false; }
};

/// What guards are made with beside their own table. Immutable, shared by all sessions.
struct GuardWorld {
  std::shared_ptr<const CompiledRules> rules;  ///< may be null in tests of guards that need none
  std::shared_ptr<const Lock> pins;            ///< approved definitions; null: nothing is pinned
  Limits limits;
  /// kOff in the test that holds guards with and without their prefilters against each other.
  Prefilter prefilter{Prefilter::kOn};
};

struct GuardConfig {
  const Policy& policy;
  const GuardEntry& entry;
  /// Reads `entry.config` (node `table`) and keeps complaints; of a guard without a table an empty
  /// one.
  TableReader& reader;
  NodeId table;
  const GuardWorld& world;
};

/// One row per guard engine; the only registration that a new engine needs.
struct GuardKind {
  std::string_view name;     ///< kebab-case, what policies say as `type`
  std::string_view summary;  ///< one line
  PhaseSet phases;           ///< what it can judge
  /// Null when the configuration is wrong; the reader has the complaints then.
  std::unique_ptr<Guard> (*make)(const GuardConfig& config);
};
/// Sorted by name.
[[nodiscard]] std::span<const GuardKind> guard_kinds();
[[nodiscard]] const GuardKind* find_guard_kind(std::string_view name);

/// True when the message of this event goes on to its receiver without waiting for a person: what
/// limits count.
[[nodiscard]] bool passes(const Decision& decision);

}  // namespace merlon
