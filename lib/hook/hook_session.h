#pragma once
/// A session of hook calls under a policy: the same interceptor as the proxy's, fed with the
/// messages that the calls would have been.
///
///   HookSession session(policy, state, {.resolve = resolve, .can_ask = true, .host = "claude"});
///   ... session.play(event) for what the store has ...
///   const HookRuling ruling = session.judge(event, now_ms, group);
///   ... session.take_happened() is appended to the store before the host is told ...
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hook/hook_event.h"
#include "mcp/recording.h"
#include "policy/interceptor.h"

namespace merlon {

struct HookWorld {
  std::function<Fact(const Need& need)> resolve;  ///< answers questions about paths and hosts
  bool can_ask{false};  ///< the host asks its user where the ruling is `ask`
  std::string host;     ///< who asks then
};

/// Something that became part of the session.
struct HappenedEvent {
  Event event;
  std::string decision;  ///< decision_json()
  Interception sending;
};

class HookSession {
 public:
  HookSession(std::shared_ptr<const CompiledPolicy> policy, SessionState state, HookWorld world)
      : interceptor_(std::move(policy), std::move(state)), world_(std::move(world)) {}

  [[nodiscard]] const SessionState& state() const { return interceptor_.state(); }
  /// What happened before, again.
  void play(Event event);
  /// Judges a call or its result. Never fails: what cannot be judged is denied.
  [[nodiscard]] HookRuling judge(const HookEvent& event, std::int64_t now_ms,
                                 const std::vector<GroupFact>& group);
  [[nodiscard]] std::vector<HappenedEvent> take_happened() { return std::move(happened_); }

 private:
  void offer(const HookEvent& event, std::int64_t now_ms);
  void exchange(std::string question, std::string answer, std::int64_t now_ms);
  [[nodiscard]] Interception settle(Received& received);
  void find_facts(Received& received) const;
  [[nodiscard]] HookRuling judge_message(std::string message, Direction direction,
                                         std::int64_t now_ms, const std::vector<GroupFact>& group);
  [[nodiscard]] std::string id_for(const HookEvent& event) const;

  Interceptor interceptor_;
  HookWorld world_;
  std::vector<HappenedEvent> happened_;
};

}  // namespace merlon
