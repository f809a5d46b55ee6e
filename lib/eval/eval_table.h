#pragma once
/// An EvalReport as text, JSON or markdown.
#include <string>

#include "eval/evaluation.h"

namespace merlon {

enum class ShowMisses : std::uint8_t { kNo, kYes };

[[nodiscard]] std::string write_eval_text(const EvalReport& report, ShowMisses misses);
[[nodiscard]] std::string write_eval_json(const EvalReport& report, ShowMisses misses);
[[nodiscard]] std::string write_eval_markdown(const EvalReport& report, ShowMisses misses);

}  // namespace merlon
