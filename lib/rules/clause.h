#pragma once
/// Splits a text into clauses and gives each a role, so that "never reads ~/.ssh" (a promise) and
/// "read ~/.ssh first" (an instruction) are told apart. Deterministic, linear in the text, no
/// allocation but the result.
#include <cstdint>
#include <string_view>
#include <vector>

#include "model/rule.h"

namespace merlon {

struct Clause {
  std::uint32_t begin{0};  ///< bytes of the text
  std::uint32_t end{0};
  ClauseRole role{ClauseRole::kDescription};
};

/// The clauses of `text` in order; they cover it but for blanks and separators. Safe to call from
/// many threads.
[[nodiscard]] std::vector<Clause> split_clauses(std::string_view text);

/// The clause that holds byte `at`, or the one before it; null for none.
[[nodiscard]] const Clause* clause_at(const std::vector<Clause>& clauses, std::uint32_t at);

}  // namespace merlon
