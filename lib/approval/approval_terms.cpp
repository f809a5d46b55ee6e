#include "approval/approval_terms.h"

#include <algorithm>

#include "mcp/recording.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 4> kApprovalModes{"off", "ticket", "hold", "elicit"};

}  // namespace

std::span<const std::string_view> approval_mode_words() {
  return kApprovalModes;
}

std::span<const std::string_view> assurance_words() {
  return recording_words::assurances();
}

std::string_view to_string(Assurance assurance) {
  return assurance_words()[static_cast<std::size_t>(assurance)];
}

std::optional<Assurance> parse_assurance(std::string_view word) {
  const auto words = assurance_words();
  const auto found = std::ranges::find(words, word);
  return found == words.end() ? std::nullopt
                              : std::optional(static_cast<Assurance>(found - words.begin()));
}

Assurance ApprovalTerms::least(CategorySet categories) const {
  Assurance out = standard;
  for (std::size_t i = 0; i < kCategoryCount; ++i) {
    if ((categories & category_infos()[i].category) != 0) {
      out = std::max(out, by_category[i]);
    }
  }
  return out;
}

}  // namespace merlon
