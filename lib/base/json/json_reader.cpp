#include "base/json/json_reader.h"

#include <cstring>
#include <string>
#include <unordered_set>
#include <utility>

#include "base/text.h"

namespace merlon {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// An iterative parser: an attacker chooses the nesting, so the C++ stack must not grow with it.
class JsonParser {
 public:
  JsonParser(std::shared_ptr<const SourceText> source, JsonDialect dialect, const Limits& limits)
      : document_(std::move(source)),
        text_(document_.source().bytes()),
        dialect_(dialect),
        limits_(limits) {}

  Result<Document> parse_single() {
    MERLON_CHECK(check_input());
    if (text_.starts_with("\xEF\xBB\xBF")) {
      at_ = 3;
    }
    MERLON_CHECK(parse_value(kNoNode, 0));
    MERLON_CHECK(skip_blank());
    if (at_ < text_.size()) {
      return error_at(at_, 1, "text after the end of the JSON document");
    }
    return std::move(document_);
  }

  Result<Document> parse_lines() {
    MERLON_CHECK(check_input());
    if (text_.starts_with("\xEF\xBB\xBF")) {
      at_ = 3;
    }
    const NodeId root = document_.add(NodeKind::kArray, 0, 0, kNoNode, kNodeLines);
    std::uint32_t index = 0;
    for (;;) {
      MERLON_CHECK(skip_blank());
      if (at_ >= text_.size()) {
        break;
      }
      MERLON_CHECK(parse_value(root, index++));
      while (at_ < text_.size() &&
             (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r')) {
        ++at_;
      }
      if (at_ < text_.size() && text_[at_] != '\n') {
        return error_at(at_, 1, "text after the JSON document of this line");
      }
    }
    document_.close(root, static_cast<std::uint32_t>(text_.size()));
    return std::move(document_);
  }

 private:
  struct Frame {
    NodeId container;
    NodeId key;                            ///< the open member of an object
    std::uint32_t count;                   ///< elements or members so far
    std::unordered_set<std::string> seen;  ///< decoded keys, once there are many
  };

  std::unexpected<Error> error_at(std::size_t offset, std::size_t length, std::string message,
                                  ErrorCode code = ErrorCode::kSyntax) const {
    Error error{.code = code, .message = std::move(message), .where = {}, .hints = {}};
    error.where = document_.source().locate(offset, length);
    return std::unexpected(std::move(error));
  }

  Status check_input() {
    if (text_.size() > 0xFFFFFFF0ULL) {
      return error_at(0, 0, "more than 4 GiB of JSON in one file", ErrorCode::kLimit);
    }
    if (const auto bad = find_invalid_utf8(text_)) {
      return error_at(*bad, 1,
                      "byte " + std::to_string(static_cast<unsigned char>(text_[*bad])) +
                          " is not valid UTF-8 here");
    }
    // Untouched memory of a reserve costs nothing; growing by doubling would cost half of the peak
    // again.
    document_.reserve(std::min<std::uint64_t>(limits_.json_nodes, (text_.size() / 6) + 16));
    return {};
  }

  Status skip_blank() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
        continue;
      }
      if (c != '/' || dialect_ == JsonDialect::kStrict) {
        return {};
      }
      MERLON_CHECK(skip_comment());
    }
    return {};
  }

  // Leaves at_ on the comment's last byte.
  Status skip_comment() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("//")) {
      const std::size_t end = text_.find('\n', at_);
      at_ = end == std::string_view::npos ? text_.size() - 1 : end;
      return {};
    }
    if (rest.starts_with("/*")) {
      const std::size_t end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) {
        return error_at(at_, 2, "this comment does not end");
      }
      at_ = end + 1;
      return {};
    }
    return error_at(at_, 1, "expected a comment after `/`");
  }

  Status add_node(NodeKind kind, std::size_t begin, std::size_t end, NodeId parent,
                  std::uint8_t flags, std::uint32_t index) {
    if (document_.size() >= limits_.json_nodes) {
      return error_at(begin, 1,
                      "more than " + std::to_string(limits_.json_nodes) + " keys and values",
                      ErrorCode::kLimit);
    }
    last_ = document_.add(kind, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
                          parent, flags);
    document_.set_index(last_, index);
    return {};
  }

  // Parses one value and everything in it.
  Status parse_value(NodeId parent, std::uint32_t index) {
    stack_.clear();
    MERLON_CHECK(begin_value(parent, index));
    while (!stack_.empty()) {
      MERLON_CHECK(step());
    }
    return {};
  }

  // A scalar is added whole; a container is opened and pushed.
  Status begin_value(NodeId parent, std::uint32_t index) {
    MERLON_CHECK(skip_blank());
    if (at_ >= text_.size()) {
      return error_at(at_, 0, "the document ends where a value is expected");
    }
    const char c = text_[at_];
    if (c == '{' || c == '[') {
      if (stack_.size() >= limits_.json_depth) {
        return error_at(at_, 1,
                        "nested deeper than " + std::to_string(limits_.json_depth) + " levels",
                        ErrorCode::kLimit);
      }
      MERLON_CHECK(add_node(c == '{' ? NodeKind::kObject : NodeKind::kArray, at_, at_ + 1, parent,
                            0, index));
      stack_.push_back(Frame{.container = last_, .key = kNoNode, .count = 0, .seen = {}});
      ++at_;
      return {};
    }
    if (c == '"') {
      return parse_string(NodeKind::kString, parent, index);
    }
    if (c == '-' || is_digit(c)) {
      return parse_number(parent, index);
    }
    return parse_literal(parent, index);
  }

  Status step() {
    Frame& frame = stack_.back();
    MERLON_CHECK(skip_blank());
    if (at_ >= text_.size()) {
      return error_at(document_.node(frame.container).begin, 1, "this bracket is never closed");
    }
    const bool object = document_.is(frame.container, NodeKind::kObject);
    const char closer = object ? '}' : ']';
    if (text_[at_] == closer) {
      return close_container();
    }
    if (frame.count > 0) {
      if (text_[at_] != ',') {
        return error_at(at_, 1, object ? "expected `,` or `}`" : "expected `,` or `]`");
      }
      const std::size_t comma = at_++;
      MERLON_CHECK(skip_blank());
      if (at_ < text_.size() && text_[at_] == closer) {
        if (dialect_ == JsonDialect::kStrict) {
          return error_at(comma, 1, "trailing comma");
        }
        return close_container();
      }
    }
    if (object) {
      return parse_member(frame);
    }
    const std::uint32_t index = frame.count++;
    return begin_value(frame.container, index);  // may move `frame`
  }

  Status close_container() {
    ++at_;
    const NodeId container = stack_.back().container;
    document_.close(container, static_cast<std::uint32_t>(at_));
    stack_.pop_back();
    if (!stack_.empty() && stack_.back().key != kNoNode) {
      document_.close(stack_.back().key, document_.node(stack_.back().key).end);
      stack_.back().key = kNoNode;
    }
    return {};
  }

  Status parse_member(Frame& frame) {
    if (at_ >= text_.size() || text_[at_] != '"') {
      return error_at(at_, 1, "expected a key in double quotes");
    }
    MERLON_CHECK(parse_string(NodeKind::kKey, frame.container, frame.count));
    const NodeId key = last_;
    mark_duplicate(frame, key);
    ++frame.count;
    MERLON_CHECK(skip_blank());
    if (at_ >= text_.size() || text_[at_] != ':') {
      return error_at(at_, 1, "expected `:` after the key");
    }
    ++at_;
    frame.key = key;
    const std::size_t depth = stack_.size();
    MERLON_CHECK(begin_value(key, 0));
    if (stack_.size() == depth) {  // a scalar
      document_.close(key, document_.node(key).end);
      stack_.back().key = kNoNode;
    }
    return {};
  }

  // Small objects are compared key by key; large ones go through a set, so that a million keys stay
  // linear.
  void mark_duplicate(Frame& frame, NodeId key) {
    constexpr std::uint32_t kSmall = 12;
    std::string scratch;
    const std::string_view name = document_.text(key, scratch);
    if (frame.count < kSmall) {
      std::string other;
      for (NodeId id = frame.container + 1; id < key; id = document_.node(id).next) {
        if (document_.text(id, other) == name) {
          document_.add_flags(key, kNodeDuplicate);
        }
      }
      return;
    }
    if (frame.seen.empty()) {
      for (NodeId id = frame.container + 1; id < key; id = document_.node(id).next) {
        frame.seen.insert(document_.text(id));
      }
    }
    if (!frame.seen.insert(std::string(name)).second) {
      document_.add_flags(key, kNodeDuplicate);
    }
  }

  Status parse_string(NodeKind kind, NodeId parent, std::uint32_t index) {
    const std::size_t begin = at_++;
    std::uint8_t flags = 0;
    for (;;) {
      at_ = skip_plain(at_);
      if (at_ >= text_.size()) {
        return error_at(begin, 1, "this string does not end");
      }
      const char c = text_[at_];
      if (c == '"') {
        break;
      }
      if (c != '\\') {
        return error_at(at_, 1, "control character in a string; write it as an escape");
      }
      flags = kNodeEscaped;
      MERLON_CHECK(skip_escape());
    }
    ++at_;
    return add_node(kind, begin, at_, parent, flags, index);
  }

  // To the next quote, backslash or control character; eight bytes at a time (the usual
  // has-zero-byte test).
  [[nodiscard]] std::size_t skip_plain(std::size_t at) const {
    constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
    constexpr std::uint64_t kHigh = 0x8080808080808080ULL;
    for (; at + 8 <= text_.size(); at += 8) {
      std::uint64_t block = 0;
      std::memcpy(&block, text_.data() + at, 8);
      const std::uint64_t quote = block ^ (kOnes * '"');
      const std::uint64_t slash = block ^ (kOnes * '\\');
      const std::uint64_t special = ((quote - kOnes) & ~quote) | ((slash - kOnes) & ~slash) |
                                    ((block - (kOnes * 0x20)) & ~block);
      if ((special & kHigh) != 0) {
        break;
      }
    }
    while (at < text_.size() && text_[at] != '"' && text_[at] != '\\' &&
           static_cast<unsigned char>(text_[at]) >= 0x20) {
      ++at;
    }
    return at;
  }

  Status skip_escape() {
    const char kind = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (kind == 'u') {
      for (std::size_t i = 2; i < 6; ++i) {
        const char c = at_ + i < text_.size() ? text_[at_ + i] : '\0';
        if (!is_digit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F')) {
          return error_at(at_, 2, "`\\u` needs four hexadecimal digits");
        }
      }
      at_ += 6;
      return {};
    }
    if (kind == '\0' || std::string_view("\"\\/bfnrt").find(kind) == std::string_view::npos) {
      return error_at(at_, 2, "unknown escape in a string");
    }
    at_ += 2;
    return {};
  }

  std::size_t skip_digits(std::size_t at) const {
    while (at < text_.size() && is_digit(text_[at])) {
      ++at;
    }
    return at;
  }

  Status parse_number(NodeId parent, std::uint32_t index) {
    const std::size_t begin = at_;
    std::size_t at = at_ + (text_[at_] == '-' ? 1 : 0);
    const std::size_t digits = at;
    at = skip_digits(at);
    if (at == digits) {
      return error_at(begin, 1, "a number needs a digit");
    }
    if (at - digits > 1 && text_[digits] == '0') {
      return error_at(begin, at - begin, "a number must not start with 0");
    }
    if (at < text_.size() && text_[at] == '.') {
      const std::size_t fraction = at + 1;
      at = skip_digits(fraction);
      if (at == fraction) {
        return error_at(begin, at - begin, "a number needs a digit after the point");
      }
    }
    if (at < text_.size() && (text_[at] == 'e' || text_[at] == 'E')) {
      std::size_t exponent = at + 1;
      if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) {
        ++exponent;
      }
      at = skip_digits(exponent);
      if (at == exponent) {
        return error_at(begin, at - begin, "a number needs a digit in its exponent");
      }
    }
    at_ = at;
    return add_node(NodeKind::kNumber, begin, at, parent, 0, index);
  }

  Status parse_literal(NodeId parent, std::uint32_t index) {
    const std::string_view rest = text_.substr(at_);
    const std::size_t begin = at_;
    const auto ends_after = [&](std::string_view word) {
      if (!rest.starts_with(word)) {
        return false;
      }
      const char next = rest.size() > word.size() ? rest[word.size()] : ' ';
      return !is_digit(next) && !(next >= 'a' && next <= 'z') && !(next >= 'A' && next <= 'Z') &&
             next != '_';
    };
    for (const std::string_view word : {"true", "false", "null"}) {
      if (!ends_after(word)) {
        continue;
      }
      at_ += word.size();
      return add_node(word == "null" ? NodeKind::kNull : NodeKind::kBool, begin, at_, parent, 0,
                      index);
    }
    return error_at(begin, 1, "expected a JSON value");
  }

  Document document_;
  std::string_view text_;
  JsonDialect dialect_;
  const Limits& limits_;
  std::size_t at_{0};
  NodeId last_{kNoNode};
  std::vector<Frame> stack_;
};

}  // namespace

Result<Document> parse_json(std::shared_ptr<const SourceText> source, JsonDialect dialect,
                            const Limits& limits) {
  return JsonParser(std::move(source), dialect, limits).parse_single();
}

Result<Document> parse_json_lines(std::shared_ptr<const SourceText> source, const Limits& limits) {
  return JsonParser(std::move(source), JsonDialect::kStrict, limits).parse_lines();
}

}  // namespace merlon
