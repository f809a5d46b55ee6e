#pragma once
/// Whether a text that a model reads became more dangerous.
#include <string>
#include <string_view>

namespace merlon {

struct TextChange {
  bool risk_grew{false};
  std::string why;
};

/// Looks at the words that `after` has and `before` has not: addresses, paths, words that give
/// orders, hidden characters, and whether the text grew a lot. Linear in both.
[[nodiscard]] TextChange judge_text_change(std::string_view before, std::string_view after);

}  // namespace merlon
