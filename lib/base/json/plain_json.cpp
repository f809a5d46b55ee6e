#include "base/json/plain_json.h"

#include <cstdint>

#include "base/json/plain_text.h"

namespace merlon {
namespace {

/// One pass; what is open is a stack of bits.
class PlainJsonCheck {
 public:
  explicit PlainJsonCheck(std::string_view text) : text_(text) {}

  bool run() {
    if (!take('{')) {
      return false;
    }
    open(true);
    while (depth_ > 0) {
      if (!step()) {
        return false;
      }
    }
    return at_ == text_.size();
  }

 private:
  [[nodiscard]] bool take(char c) {
    const bool there = at_ < text_.size() && text_[at_] == c;
    at_ += there ? 1 : 0;
    return there;
  }

  void open(bool object) {
    objects_ = (objects_ << 1U) | (object ? 1U : 0U);
    ++depth_;
    first_ = true;
  }

  void close() {
    objects_ >>= 1U;
    --depth_;
    first_ = false;
  }

  /// A member or an element, or the end of what is open.
  bool step() {
    const bool object = (objects_ & 1U) != 0;
    if (take(object ? '}' : ']')) {
      close();
      return true;
    }
    if (!first_ && !take(',')) {
      return false;
    }
    first_ = false;
    return (!object || (string() && take(':'))) && value();
  }

  bool value() {
    if (at_ >= text_.size()) {
      return false;
    }
    const char c = text_[at_];
    switch (c) {
      case '"': return string();
      case '{':
      case '[':
        ++at_;
        open(c == '{');
        return depth_ <= kMostPlainDepth;
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return number();
    }
  }

  bool string() {
    if (!take('"')) {
      return false;
    }
    at_ = end_of_plain_text(text_, at_);
    return take('"');
  }

  bool word(std::string_view expected) {
    const bool there = text_.substr(at_).starts_with(expected);
    at_ += there ? expected.size() : 0;
    return there;
  }

  bool number() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      ++at_;
    }
    return at_ > begin && (text_[begin] != '0' || at_ - begin == 1);
  }

  std::string_view text_;
  std::size_t at_{0};
  std::uint64_t objects_{0};
  unsigned depth_{0};
  bool first_{true};
};

}  // namespace

bool is_plain_json_object(std::string_view bytes) {
  return PlainJsonCheck(bytes).run();
}

}  // namespace merlon
