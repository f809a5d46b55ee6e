#pragma once
/// What an evaluation has to reach: `--min-recall` and `--max-alarms`.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "eval/evaluation.h"

namespace merlon {

struct Gate {
  std::string row;
  RowKind kind{RowKind::kCaught};
  double bound{0};
  bool share{true};  ///< the bound is a share, 0 to 1; else a count
};

/// `98`, `98%` or `ROW=98%`: at least that share of the row (of `poisoned`) is caught.
[[nodiscard]] Result<Gate> parse_min_recall(std::string_view word);
/// `25`, `0.3%` or `ROW=1`: at most that many, or that share, of the row (of `benign`) are flagged.
[[nodiscard]] Result<Gate> parse_max_alarms(std::string_view word);

enum class GateState : std::uint8_t { kHolds, kFails, kNoRow };

struct GateAnswer {
  GateState state{GateState::kHolds};
  std::string text;  ///< one line
};
[[nodiscard]] GateAnswer judge_gate(const Gate& gate, const EvalReport& report);

}  // namespace merlon
