#include "policy/evaluator.h"

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "guard/long_texts.h"
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

/// That a person let it pass, and how far that can be believed: for who reads the decision.
GuardOutcome approved_outcome(const Grant& grant) {
  GuardOutcome outcome;
  outcome.guard = "approval";
  outcome.verdict = Verdict::kWarn;
  Reason reason;
  reason.rule_id = "approved-" + std::string(to_string(grant.assurance));
  reason.severity = Severity::kLow;
  reason.message = "approved by " + shorten(escape_for_display(grant.approver), 80) + " (ticket " +
                   shorten(escape_for_display(grant.ticket), 40) + ")";
  outcome.reasons.push_back(std::move(reason));
  return outcome;
}

/// A policy of the pipeline, for one event.
struct Layer {
  const ToolEntry* entry{nullptr};  ///< what it says about the tool
  bool shadow{false};               ///< only watches
};

/// The minimum and the policy itself.
constexpr std::size_t kMostLayers = 2;

NodeId arguments_of(const Message& message, Phase phase) {
  return phase == Phase::kToolInvoke
             ? message.document.find(message.params, "arguments").value_or(kNoNode)
             : kNoNode;
}

/// One event on its way through the pipeline.
class Pipeline {
 public:
  Pipeline(const CompiledPolicy& policy, const SessionState& state, const Event& event)
      : policy_(policy), state_(state), event_(event), context_(context_of(state, event.message)) {
    // Room for all: votes point into the list.
    outcomes_.reserve(policy.guards().size() + (2 * kMostLayers));
    votes_.reserve(policy.guards().size() + kMostLayers);
    arguments_ = context_.arguments;
    for (std::size_t i = 0; i < policy.layers().size(); ++i) {
      const Policy& layer = *policy.layers()[i].policy;
      layers_[i] = {.entry = tool_entry_of(layer, state, context_),
                    .shadow = runs_in_shadow(layer, state.session)};
      watched_ = watched_ || layers_[i].shadow;
    }
  }

  Evaluation run(EvaluationProgress* progress) {
    bool denied = refuse_tenants();
    denied = refuse_ambiguous_id() || denied;
    std::size_t skipped = kMostLayers;
    const auto guards = policy_.guards();
    for (std::size_t i = 0; i < guards.size() && !denied; ++i) {
      const CompiledGuard& compiled = guards[i];
      if ((compiled.phases & phase_bit(context_.phase)) == 0 || compiled.layer == skipped) {
        continue;
      }
      if (progress != nullptr && !is_late(compiled) && !progress->guard_starts(i)) {
        break;
      }
      if (run_guard(compiled) == Verdict::kDeny && needs_.empty()) {
        // A layer that only watches ends itself, not the one after it.
        skipped = compiled.layer;
        denied = !layers_[compiled.layer].shadow;
      }
    }
    return finish();
  }

 private:
  [[nodiscard]] const Message& message() const {
    return rewritten_ != nullptr ? *rewritten_ : event_.message;
  }

  /// From here on guards see `message`; null: as it came.
  void see(std::shared_ptr<const Message> seen) {
    if (seen == rewritten_) {
      return;
    }
    rewritten_ = std::move(seen);
    called_.reset();
    texts_.clear();
    arguments_ = arguments_of(message(), context_.phase);
    if (context_.phase == Phase::kToolInvoke) {
      std::string name = item_of(message());
      if (name != context_.called.name) {
        called_ = CalledTool::in(state_.surface, std::move(name));
      }
    }
  }

  /// Denies where a layer wants a tenant of its own and the session is none's. Answers whether that
  /// ends it all.
  bool refuse_tenants() {
    bool denied = false;
    for (std::size_t i = 0; i < policy_.layers().size(); ++i) {
      const Policy& layer = *policy_.layers()[i].policy;
      if (!layer.tenant_required || (!layer.tenant.empty() && layer.tenant == state_.tenant)) {
        continue;
      }
      // The same words for no tenant and for one that is not known.
      denied = refuse(i, "tenant",
                      {.code = DenialCode::kTenantRequired,
                       .rule_id = "tenant-required",
                       .severity = Severity::kHigh,
                       .message = "the session has no tenant that the policy knows",
                       .remedy = "name the tenant with `--tenant`"}) ||
               denied;
    }
    return denied;
  }

  /// What an answer belongs to must be one thing for everybody: peers look ids up in ways of their
  /// own (some take `"5"` for 5), and an answer that we do not know as one to a list is judged as
  /// none. Answers whether that ends it all.
  bool refuse_ambiguous_id() {
    const Message& message = event_.message;
    const bool answer = message.kind == MessageKind::kResult ||
                        (message.kind == MessageKind::kError && !message.id_key().empty() &&
                         !message.document.is(message.id, NodeKind::kNull));
    const bool unknown = answer && context_.request == nullptr;
    const bool open = message.kind == MessageKind::kRequest && is_open_request(state_, message);
    if (event_.origin == EventOrigin::kProxy || (!unknown && !open)) {
      return false;
    }
    bool denied = false;
    for (std::size_t i = 0; i < policy_.layers().size(); ++i) {
      denied = refuse(i, "id",
                      {.code = DenialCode::kProtocolViolation,
                       .rule_id = unknown ? "answer-to-nothing" : "request-id-open",
                       .severity = Severity::kHigh,
                       .message = unknown ? "no open request has the id of this answer"
                                          : "a request with the same id has not been answered yet",
                       .remedy = unknown ? "" : "give each request an id of its own"}) ||
               denied;
    }
    return denied;
  }

  /// The engine's own denial in a layer's name. Answers whether that ends it all: a layer that only
  /// watches does not.
  bool refuse(std::size_t layer, std::string_view name, Reason reason) {
    GuardOutcome outcome;
    outcome.verdict = Verdict::kDeny;
    outcome.guard = layer + 1 < policy_.layers().size() ? "system:" : "";
    outcome.guard += name;
    outcome.reasons.push_back(std::move(reason));
    outcomes_.push_back(std::move(outcome));
    vote(OnError::kDeny, layer);
    return !layers_[layer].shadow;
  }

  void vote(OnError on_error, std::size_t layer) {
    votes_.push_back({.outcome = &outcomes_.back(), .on_error = on_error});
    if (watched_ && !layers_[layer].shadow) {
      enforced_votes_.push_back(votes_.back());
    }
  }

  /// What a guard says, made where it is kept: an outcome is large, and each message has many.
  struct Spoken {
    Pipeline& pipeline;
    const CompiledGuard& compiled;
    // NOLINTNEXTLINE(google-explicit-constructor,hicpp-explicit-conversions): emplace_back asks so
    operator GuardOutcome() const {
      return pipeline.is_late(compiled) ? failed_outcome(OutcomeState::kTimedOut, "guard-deadline",
                                                         "the guard's deadline passed")
                                        : pipeline.ask_guard(compiled);
    }
  };

  Verdict run_guard(const CompiledGuard& compiled) {
    if (compiled.layer != at_layer_) {
      // What a layer that only watches would have changed is not what the next one sees.
      at_layer_ = compiled.layer;
      see(enforced_);
    }
    GuardOutcome& outcome = outcomes_.emplace_back(Spoken{*this, compiled});
    outcome.guard = compiled.entry.id;
    outcome.shadow = compiled.entry.shadow;
    if (!outcome.needs.empty()) {
      needs_.insert(needs_.end(), outcome.needs.begin(), outcome.needs.end());
    }
    if (!outcome.shadow) {
      apply_edits(outcome);
    }
    vote(compiled.entry.on_error, compiled.layer);
    return verdict_of(votes_.back());
  }

  [[nodiscard]] bool is_late(const CompiledGuard& compiled) const {
    const auto& late = event_.facts.late_guards;
    return std::find(late.begin(), late.end(), compiled.entry.id) != late.end();
  }

  [[nodiscard]] GuardOutcome ask_guard(const CompiledGuard& compiled) {
    static const GuardMemory nothing;
    const auto memory =
        compiled.guard->remembers() ? state_.memory.find(compiled.entry.id) : state_.memory.end();
    const GuardInput input{.event = event_,
                           .message = message(),
                           .phase = context_.phase,
                           .state = state_,
                           .entry = layers_[compiled.layer].entry,
                           .tool = context_.tool(),
                           .called = called_ ? *called_ : context_.called,
                           .arguments = arguments_,
                           .request = context_.request,
                           .memory = memory == state_.memory.end() ? nothing : memory->second,
                           .texts = &texts_};
    try {
      return compiled.guard->evaluate(input);
    } catch (const std::exception& thrown) {
      return failed_outcome(OutcomeState::kErrored, "guard-error",
                            "the guard failed: " + escape_for_display(shorten(thrown.what(), 80)));
    } catch (...) {
      return failed_outcome(OutcomeState::kErrored, "guard-error", "the guard failed");
    }
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
      see(std::make_shared<const Message>(*std::move(edited)));
      if (!layers_[at_layer_].shadow) {
        enforced_ = rewritten_;
      }
      outcome.verdict = std::max(outcome.verdict, Verdict::kModify);
      return;
    }
    GuardOutcome failed = failed_outcome(OutcomeState::kErrored, "guard-edit",
                                         "the change cannot be applied: " + edited.error().message);
    failed.guard = outcome.guard;
    failed.reasons.insert(failed.reasons.end(), outcome.reasons.begin(), outcome.reasons.end());
    outcome = std::move(failed);
  }

  Evaluation finish() {
    Combined all = combine(votes_);
    Combined enforced = watched_ ? combine(enforced_votes_) : all;
    Evaluation out;
    out.needs = std::move(needs_);
    Decision& decision = out.decision;
    if (enforced_ != nullptr && enforced.verdict != Verdict::kDeny) {
      decision.rewritten = std::string(enforced_->bytes());
    }
    grant(all, enforced, decision);
    decision.would_be = all.verdict;
    decision.verdict = enforced.verdict;
    decision.outcomes = std::move(outcomes_);
    decision.determining = std::move(all.determining);
    decision.erroring = std::move(all.erroring);
    decision.request_id = state_.session + "-" + std::to_string(event_.sequence);
    decision.state = {.sequence = event_.sequence,
                      .legs = state_.leg_bits(),
                      .calls = state_.calls,
                      .denials = state_.denials};
    decision.policy_digest = policy_.policy().digest;
    return out;
  }

  /// A person's grant turns ask into what is left without the asking: modify or warn.
  void grant(Combined& all, Combined& enforced, const Decision& decision) {
    if (all.verdict != Verdict::kAsk && enforced.verdict != Verdict::kAsk) {
      return;
    }
    const std::string_view bytes =
        decision.rewritten ? std::string_view(*decision.rewritten) : event_.message.bytes();
    const Grant* const found = find_grant(event_.facts, bytes);
    if (found == nullptr ||
        found->assurance < policy_.approval().least(asked_categories(state_, event_, outcomes_))) {
      return;
    }
    outcomes_.push_back(approved_outcome(*found));
    for (Combined* const combined : {&all, &enforced}) {
      if (combined->verdict == Verdict::kAsk) {
        combined->verdict = decision.rewritten ? Verdict::kModify : Verdict::kWarn;
      }
    }
  }

  const CompiledPolicy& policy_;
  const SessionState& state_;
  const Event& event_;
  MessageContext context_;
  std::array<Layer, kMostLayers> layers_;
  std::optional<CalledTool> called_;  ///< when a guard changed the name
  NodeId arguments_{kNoNode};
  LongTexts texts_;  ///< of the message that guards see
  std::size_t at_layer_{0};
  std::shared_ptr<const Message> rewritten_;  ///< what the next guard sees; null: as it came
  std::shared_ptr<const Message> enforced_;   ///< what will be sent; null: as it came
  std::vector<GuardOutcome> outcomes_;
  std::vector<GuardVote> votes_;
  bool watched_{false};                    ///< a layer only watches
  std::vector<GuardVote> enforced_votes_;  ///< of the other layers; empty when all count
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
  std::array<const ToolEntry*, kMostLayers> entries{};
  for (std::size_t i = 0; i < policy.layers().size(); ++i) {
    entries[i] = tool_entry_of(*policy.layers()[i].policy, state, context);
  }
  for (const CompiledGuard& compiled : policy.guards()) {
    if ((compiled.phases & phase_bit(context.phase)) == 0 || !compiled.guard->remembers()) {
      continue;
    }
    GuardMemory& memory = state.memory[compiled.entry.id];
    const GuardInput input{.event = event,
                           .message = event.message,
                           .phase = context.phase,
                           .state = state,
                           .entry = entries[compiled.layer],
                           .tool = context.tool(),
                           .called = context.called,
                           .arguments = context.arguments,
                           .request = context.request,
                           .memory = memory};
    compiled.guard->settle(input, decision, memory);
  }
  track(state, event, context, decision, policy);
}

}  // namespace merlon
