#pragma once
/// What a decision is expected to be: the one engine behind the cases of `policy test` and the
/// expectations of `replay`.
#include <string>
#include <vector>

#include "model/decision.h"

namespace merlon {

struct Expectation {
  Verdict verdict{Verdict::kAllow};  ///< of `would_be`: in shadow mode everything passes
  std::vector<std::string> rules;    ///< rule ids of the determining guards, all of them, sorted
  std::string sent;                  ///< the message as it is to be sent; empty: not said
};

/// Rule ids of the guards that determined the decision, sorted, each once.
[[nodiscard]] std::vector<std::string> determining_rules(const Decision& decision);

/// What is not as expected, in words; empty when all is. One line each.
[[nodiscard]] std::vector<std::string> unmet(const Expectation& expected, const Decision& decision);

}  // namespace merlon
