#pragma once
/// What a verification looked at, in order: each step with its answer and the reason. Every command
/// that verifies prints the steps, and nothing counts as verified unless every step is ok.
///
///   Verification verification;
///   verification.pass("certificate", "issued by sigstore-intermediate");
///   verification.refuse("identity", "the certificate names someone else");
///   verification.ok();  // false
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace merlon {

struct VerificationStep {
  std::string name;  ///< one lower-case word or two: `signature`, `log entry`
  bool ok{false};
  std::string text;  ///< what was found; of a step that failed, why
  std::string hint;  ///< of a step that failed: what to do; may be empty
};

struct Verification {
  std::vector<VerificationStep> steps;

  void pass(std::string_view name, std::string text) {
    steps.push_back({.name = std::string(name), .ok = true, .text = std::move(text), .hint = {}});
  }
  void refuse(std::string_view name, std::string text, std::string_view hint = {}) {
    steps.push_back({.name = std::string(name),
                     .ok = false,
                     .text = std::move(text),
                     .hint = std::string(hint)});
  }
  /// True when there are steps and each is ok.
  [[nodiscard]] bool ok() const {
    return !steps.empty() && std::ranges::all_of(steps, &VerificationStep::ok);
  }
};

}  // namespace merlon
