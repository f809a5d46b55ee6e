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

#include "base/result.h"
#include "guard/guard.h"
#include "model/policy.h"

namespace merlon {

/// A guard of the pipeline, ready to run.
struct CompiledGuard {
  GuardEntry entry;
  PhaseSet phases{0};  ///< what it runs on
  std::unique_ptr<const Guard> guard;
};

class CompiledPolicy {
 public:
  CompiledPolicy(Policy policy, std::vector<CompiledGuard> guards)
      : policy_(std::move(policy)), guards_(std::move(guards)) {}

  [[nodiscard]] const Policy& policy() const { return policy_; }
  /// Enabled ones by priority, then in the order of the file.
  [[nodiscard]] std::span<const CompiledGuard> guards() const { return guards_; }

 private:
  Policy policy_;
  std::vector<CompiledGuard> guards_;
};

/// All problems at once, each with its place: unknown guard types, wrong configurations, a guard
/// that is to run on a phase that its kind cannot judge.
[[nodiscard]] Checked<std::shared_ptr<const CompiledPolicy>> compile_policy(
    Policy policy, const GuardWorld& world);

}  // namespace merlon
