#include "policy/evaluator.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "guard/tool_entries.h"
#include "mcp/message_codec.h"
#include "mcp/message_edit.h"
#include "mcp/method.h"
#include "policy/approval.h"
#include "policy/combine.h"
#include "policy/session_tracker.h"

namespace merlon {
namespace {

constexpr std::uint64_t kRewrittenMost = 64ULL << 20;

GuardOutcome failed_outcome(OutcomeState state, std::string_view rule, std::string message) {
  GuardOutcome outcome;
  outcome.state = state;
  outcome.verdict = Verdict::kDeny;
  Reason reason;
  reason.code = DenialCode::kGuardFailed;
  reason.rule_id = rule;
  reason.severity = Severity::kHigh;
  reason.message = std::move(message);
  outcome.reasons.push_back(std::move(reason));
  return outcome;
}

/// One event on its way through the pipeline.
class Pipeline {
 public:
  Pipeline(const CompiledPolicy& policy, const SessionState& state, const Event& event)
      : policy_(policy), state_(state), event_(event), context_(context_of(state, event.message)) {}

  Evaluation run(EvaluationProgress* progress) {
    const auto guards = policy_.guards();
    // Room for all: votes point into the list.
    outcomes_.reserve(guards.size());
    for (std::size_t i = 0; i < guards.size(); ++i) {
      if ((guards[i].phases & phase_bit(context_.phase)) == 0) {
        continue;
      }
      if (progress != nullptr) {
        progress->guard.store(static_cast<std::uint32_t>(i), std::memory_order_relaxed);
        progress->started.fetch_add(1, std::memory_order_release);
      }
      if (run_guard(guards[i]) == Verdict::kDeny && needs_.empty()) {
        break;
      }
    }
    return finish();
  }

 private:
  [[nodiscard]] const Message& message() const { return rewritten_ ? *rewritten_ : event_.message; }

  Verdict run_guard(const CompiledGuard& compiled) {
    GuardOutcome outcome = is_late(compiled)
                               ? failed_outcome(OutcomeState::kTimedOut, "guard-deadline",
                                                "the guard's deadline passed")
                               : ask_guard(compiled);
    outcome.guard = compiled.entry.id;
    outcome.shadow = compiled.entry.shadow;
    needs_.insert(needs_.end(), outcome.needs.begin(), outcome.needs.end());
    if (!outcome.shadow) {
      apply_edits(outcome);
    }
    outcomes_.push_back(std::move(outcome));
    votes_.push_back({.outcome = &outcomes_.back(), .on_error = compiled.entry.on_error});
    return verdict_of(votes_.back());
  }

  [[nodiscard]] bool is_late(const CompiledGuard& compiled) const {
    const auto& late = event_.facts.late_guards;
    return std::find(late.begin(), late.end(), compiled.entry.id) != late.end();
  }

  [[nodiscard]] GuardOutcome ask_guard(const CompiledGuard& compiled) const {
    static const GuardMemory kNothing;
    const auto memory = state_.memory.find(compiled.entry.id);
    const GuardInput input{.event = event_,
                           .message = message(),
                           .phase = context_.phase,
                           .state = state_,
                           .entry = entry_of(policy_.policy(), state_, context_),
                           .tool = context_.tool,
                           .request = context_.request,
                           .memory = memory == state_.memory.end() ? kNothing : memory->second};
    try {
      return compiled.guard->evaluate(input);
    } catch (const std::exception& thrown) {
      return failed_outcome(OutcomeState::kErrored, "guard-error",
                            "the guard failed: " + escape_for_display(shorten(thrown.what(), 80)));
    }
  }

  static const ToolEntry* entry_of(const Policy& policy, const SessionState& state,
                                   const MessageContext& context) {
    return context.tool_name.empty()
               ? nullptr
               : find_tool_entry(policy.tools, state.server, context.tool_name);
  }

  /// The message that the guards after this one see. An edit that cannot be applied is an error of
  /// the guard that wanted it: the message without it must not pass.
  void apply_edits(GuardOutcome& outcome) {
    if (outcome.edits.empty() || outcome.state != OutcomeState::kDecided) {
      return;
    }
    const MessageLimits limits{.bytes = kRewrittenMost};
    auto bytes = edit_message(message().document, outcome.edits);
    auto edited = bytes ? parse_message(*std::move(bytes), event_.message.direction, limits)
                        : Result<Message>(std::unexpected(bytes.error()));
    if (edited) {
      rewritten_ = *std::move(edited);
      outcome.verdict = std::max(outcome.verdict, Verdict::kModify);
      return;
    }
    GuardOutcome failed = failed_outcome(OutcomeState::kErrored, "guard-edit",
                                         "the change cannot be applied: " + edited.error().message);
    failed.reasons.insert(failed.reasons.end(), outcome.reasons.begin(), outcome.reasons.end());
    outcome = std::move(failed);
  }

  Evaluation finish() {
    Combined combined = combine(votes_);
    Evaluation out;
    out.needs = std::move(needs_);
    Decision& decision = out.decision;
    if (rewritten_ && combined.verdict != Verdict::kDeny) {
      decision.rewritten = std::string(rewritten_->bytes());
    }
    if (combined.verdict == Verdict::kAsk) {
      grant(combined, decision);
    }
    decision.would_be = combined.verdict;
    decision.verdict = is_shadow() ? Verdict::kAllow : combined.verdict;
    if (is_shadow()) {
      decision.rewritten.reset();
    }
    decision.outcomes = std::move(outcomes_);
    decision.determining = std::move(combined.determining);
    decision.erroring = std::move(combined.erroring);
    decision.request_id = state_.session + "-" + std::to_string(event_.sequence);
    decision.state = {.sequence = event_.sequence,
                      .legs = state_.leg_bits(),
                      .calls = state_.calls,
                      .denials = state_.denials};
    decision.policy_digest = policy_.policy().digest;
    return out;
  }

  /// A person's grant turns ask into what is left without the asking: modify or allow.
  void grant(Combined& combined, const Decision& decision) const {
    const std::string_view bytes =
        decision.rewritten ? std::string_view(*decision.rewritten) : event_.message.bytes();
    if (find_grant(event_.facts, bytes) != nullptr) {
      combined.verdict = decision.rewritten ? Verdict::kModify : Verdict::kWarn;
    }
  }

  [[nodiscard]] bool is_shadow() const { return runs_in_shadow(policy_.policy(), state_.session); }

  const CompiledPolicy& policy_;
  const SessionState& state_;
  const Event& event_;
  MessageContext context_;
  std::optional<Message> rewritten_;
  std::vector<GuardOutcome> outcomes_;
  std::vector<GuardVote> votes_;
  std::vector<Need> needs_;
};

}  // namespace

Evaluation decide(const CompiledPolicy& policy, const SessionState& state, const Event& event,
                  EvaluationProgress* progress) {
  return Pipeline(policy, state, event).run(progress);
}

void settle(const CompiledPolicy& policy, SessionState& state, const Event& event,
            const Decision& decision) {
  const MessageContext context = context_of(state, event.message);
  const ToolEntry* const entry =
      context.tool_name.empty()
          ? nullptr
          : find_tool_entry(policy.policy().tools, state.server, context.tool_name);
  for (const CompiledGuard& compiled : policy.guards()) {
    if ((compiled.phases & phase_bit(context.phase)) == 0) {
      continue;
    }
    GuardMemory& memory = state.memory[compiled.entry.id];
    const GuardInput input{.event = event,
                           .message = event.message,
                           .phase = context.phase,
                           .state = state,
                           .entry = entry,
                           .tool = context.tool,
                           .request = context.request,
                           .memory = memory};
    compiled.guard->settle(input, decision, memory);
  }
  track(state, event, decision, policy.policy());
}

}  // namespace merlon
