#pragma once
/// A policy that can decide: its guards made, ordered and shared. Immutable; one for all sessions.
///
///   Checked<std::shared_ptr<const CompiledPolicy>> compiled = compile_policy(std::move(policy),
///   world);
///
/// Compiling is the only step that can fail on a well-formed policy; evaluating cannot fail.
#include <memory>
#include <span>
#include <vector>

#include "approval/approval_terms.h"
#include "base/result.h"
#include "guard/guard.h"
#include "guard/rule_of_two_section.h"
#include "model/policy.h"
#include "policy/approval_section.h"

namespace merlon {

/// A guard of the pipeline, ready to run.
struct CompiledGuard {
  GuardEntry entry;
  PhaseSet phases{0};  ///< what it runs on
  std::unique_ptr<const Guard> guard;
  std::size_t layer{0};  ///< index into CompiledPolicy::layers(): whose guard it is
};

/// One of the policies that decide together.
struct PolicyLayer {
  const Policy* policy{nullptr};
  RuleOfTwoSection rule_of_two;  ///< which legs its tracker counts
};

class CompiledPolicy {
 public:
  CompiledPolicy(Policy policy, std::vector<CompiledGuard> guards)
      : policy_(std::move(policy)),
        guards_(std::move(guards)),
        approval_(approval_terms_of(policy_)) {
    if (policy_.minimum != nullptr) {
      add_layer(*policy_.minimum);
    }
    add_layer(policy_);
  }
  CompiledPolicy(const CompiledPolicy&) = delete;
  CompiledPolicy& operator=(const CompiledPolicy&) = delete;
  ~CompiledPolicy() = default;

  [[nodiscard]] const Policy& policy() const { return policy_; }
  /// Enabled ones: those of the system's minimum first; within a layer by priority, then in the
  /// order of the file.
  [[nodiscard]] std::span<const CompiledGuard> guards() const { return guards_; }
  /// The policies that decide, the system's minimum (where there is one) before the policy itself.
  [[nodiscard]] std::span<const PolicyLayer> layers() const { return layers_; }
  /// How a person is asked; of all layers together.
  [[nodiscard]] const ApprovalTerms& approval() const { return approval_; }

 private:
  void add_layer(const Policy& policy) {
    layers_.push_back({.policy = &policy, .rule_of_two = RuleOfTwoSection::read(policy, nullptr)});
  }

  Policy policy_;
  std::vector<CompiledGuard> guards_;
  ApprovalTerms approval_;
  std::vector<PolicyLayer> layers_;
};

/// All problems at once, each with its place: unknown guard types, wrong configurations, a guard
/// that is to run on a phase that its kind cannot judge.
[[nodiscard]] Checked<std::shared_ptr<const CompiledPolicy>> compile_policy(
    Policy policy, const GuardWorld& world);

}  // namespace merlon
