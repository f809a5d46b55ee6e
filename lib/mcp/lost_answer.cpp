#include "mcp/lost_answer.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "mcp/message_id.h"

namespace merlon {
namespace {

constexpr std::string_view kNoAnswer = "null";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kSpaces = " \t\r\n";

/// The members of an object one by one, until it ends or cannot be read on.
class FirstMembers {
 public:
  explicit FirstMembers(std::string_view text) : text_(text) {
    if (text_.starts_with(kByteOrderMark)) {
      at_ = kByteOrderMark.size();
    }
    skip_spaces();
    open_ = take('{');
  }

  /// The next key with its quotes; nothing at the end.
  std::optional<std::string_view> next_key() {
    skip_spaces();
    if (!open_ || here() != '"') {
      return std::nullopt;
    }
    const std::size_t begin = at_;
    if (!skip_string()) {
      return std::nullopt;
    }
    const std::string_view key = text_.substr(begin, at_ - begin);
    skip_spaces();
    open_ = take(':');
    return open_ ? std::optional(key) : std::nullopt;
  }

  /// The value of the key; nothing when it is not there to its end. A key may be all that is left.
  std::optional<std::string_view> value() {
    skip_spaces();
    const std::size_t begin = at_;
    open_ = skip_value();
    if (!open_) {
      return std::nullopt;
    }
    const std::string_view value = text_.substr(begin, at_ - begin);
    skip_spaces();
    open_ = take(',');
    return value;
  }

 private:
  [[nodiscard]] char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool take(char c) {
    if (here() != c) {
      return false;
    }
    ++at_;
    return true;
  }

  void skip_spaces() { at_ = std::min(text_.find_first_not_of(kSpaces, at_), text_.size()); }

  bool skip_string() {
    for (++at_; at_ < text_.size(); ++at_) {
      at_ = std::min(text_.find_first_of("\"\\", at_), text_.size());
      if (here() == '"') {
        ++at_;
        return true;
      }
      ++at_;  // what the backslash is for
    }
    return false;
  }

  /// One value, however deep: brackets are counted, not matched.
  bool skip_value() {
    std::size_t depth = 0;
    const std::size_t begin = at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (!skip_string()) {
          return false;
        }
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
        return at_ > begin;
      }
      depth += c == '{' || c == '[' ? 1U : 0U;
      depth -= c == '}' || c == ']' ? 1U : 0U;
      ++at_;
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_{0};
  bool open_{false};
};

}  // namespace

std::string lost_answer_id(std::string_view line) {
  std::string_view id = kNoAnswer;
  bool answers = false;
  FirstMembers members(line);
  while (const auto key = members.next_key()) {
    if (key == "\"method\"" || key->find('\\') != std::string_view::npos) {
      return std::string(kNoAnswer);
    }
    answers = answers || key == "\"result\"" || key == "\"error\"";
    const auto value = members.value();
    if (!value || key != "\"id\"") {
      continue;
    }
    if (id != kNoAnswer) {
      return std::string(kNoAnswer);
    }
    id = value->substr(0, value->find_last_not_of(kSpaces) + 1);
  }
  return std::string(answers && !id_key_of(id).empty() ? id : kNoAnswer);
}

}  // namespace merlon
