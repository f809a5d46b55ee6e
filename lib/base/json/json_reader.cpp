#include "base/json/json_reader.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/text.h"

namespace merlon {
namespace {

bool is_json_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_word_character(char c) {
  return is_json_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_hex_digit(char c) {
  return is_json_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// An iterative parser: an attacker chooses the nesting, so the C++ stack must not grow with it.
/// Its steps answer with a bool and leave the Error in a member: a Result per token would cost a
/// third of the time.
class JsonParser {
 public:
  JsonParser(std::shared_ptr<const SourceText> source, JsonDialect dialect, const Limits& limits)
      : document_(std::move(source)),
        text_(document_.source().bytes()),
        dialect_(dialect),
        limits_(limits) {}

  Result<Document> parse_single() {
    if (!check_input() || !parse_value(kNoNode, 0) || !skip_blank()) {
      return take_error();
    }
    if (at_ < text_.size()) {
      fail_at(at_, 1, "text after the end of the JSON document");
      return take_error();
    }
    return std::move(document_);
  }

  Result<Document> parse_lines() {
    if (!check_input() || !parse_all_lines()) {
      return take_error();
    }
    return std::move(document_);
  }

 private:
  struct Frame {
    NodeId container;
    NodeId key;            ///< the open member of an object
    std::uint32_t count;   ///< elements or members so far
    std::uint32_t keys;    ///< of a large object: index into key_sets_, plus one
    std::uint64_t filter;  ///< a bit per kind of key seen, so that most keys are known to be new
  };

  bool fail_at(std::size_t offset, std::size_t length, std::string message,
               ErrorCode code = ErrorCode::kSyntax) {
    error_ = Error{.code = code, .message = std::move(message), .where = {}, .hints = {}};
    error_.where = document_.source().locate(offset, length);
    return false;
  }

  std::unexpected<Error> take_error() { return std::unexpected(std::move(error_)); }

  bool check_input() {
    if (text_.size() > 0xFFFFFFF0ULL) {
      return fail_at(0, 0, "more than 4 GiB of JSON in one file", ErrorCode::kLimit);
    }
    if (const auto bad = find_invalid_utf8(text_)) {
      const auto byte = static_cast<unsigned char>(text_[*bad]);
      return fail_at(*bad, 1, "byte " + std::to_string(byte) + " is not valid UTF-8 here");
    }
    if (text_.starts_with("\xEF\xBB\xBF")) {
      at_ = 3;
    }
    // Untouched memory of a reserve costs nothing; growing by doubling would cost half of the peak
    // again.
    document_.reserve(std::min<std::uint64_t>(limits_.json_nodes, (text_.size() / 6) + 16));
    return true;
  }

  bool parse_all_lines() {
    const NodeId root = document_.add(NodeKind::kArray, 0, 0, kNoNode, kNodeLines);
    for (std::uint32_t index = 0;; ++index) {
      if (!skip_blank()) {
        return false;
      }
      if (at_ >= text_.size()) {
        break;
      }
      if (!parse_value(root, index)) {
        return false;
      }
      while (at_ < text_.size() &&
             (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r')) {
        ++at_;
      }
      if (at_ < text_.size() && text_[at_] != '\n') {
        return fail_at(at_, 1, "text after the JSON document of this line");
      }
    }
    document_.close(root, static_cast<std::uint32_t>(text_.size()));
    return true;
  }

  bool skip_blank() {
    // Compact JSON has none.
    const bool none = at_ < text_.size() && text_[at_] > ' ' && text_[at_] != '/';
    return none || skip_blanks_and_comments();
  }

  bool skip_blanks_and_comments() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
        continue;
      }
      if (c != '/' || dialect_ == JsonDialect::kStrict) {
        return true;
      }
      if (!skip_comment()) {
        return false;
      }
    }
    return true;
  }

  // Leaves at_ on the comment's last byte.
  bool skip_comment() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("//")) {
      const std::size_t end = text_.find('\n', at_);
      at_ = end == std::string_view::npos ? text_.size() - 1 : end;
      return true;
    }
    if (rest.starts_with("/*")) {
      const std::size_t end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) {
        return fail_at(at_, 2, "this comment does not end");
      }
      at_ = end + 1;
      return true;
    }
    return fail_at(at_, 1, "expected a comment after `/`");
  }

  // NOLINTNEXTLINE(readability-function-size): what a node is made of, with `index` for all of them
  bool add_node(NodeKind kind, std::size_t begin, std::size_t end, NodeId parent,
                std::uint8_t flags, std::uint32_t index) {
    if (document_.size() >= limits_.json_nodes) {
      return fail_at(begin, 1,
                     "more than " + std::to_string(limits_.json_nodes) + " keys and values",
                     ErrorCode::kLimit);
    }
    last_ = document_.add(kind, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
                          parent, flags);
    document_.set_index(last_, index);
    return true;
  }

  // Parses one value and everything in it.
  bool parse_value(NodeId parent, std::uint32_t index) {
    stack_.clear();
    if (!begin_value(parent, index)) {
      return false;
    }
    while (!stack_.empty()) {
      if (!step()) {
        return false;
      }
    }
    return true;
  }

  // A scalar is added whole; a container is opened and pushed.
  bool begin_value(NodeId parent, std::uint32_t index) {
    if (!skip_blank()) {
      return false;
    }
    if (at_ >= text_.size()) {
      return fail_at(at_, 0, "the document ends where a value is expected");
    }
    const char c = text_[at_];
    if (c == '{' || c == '[') {
      return open_container(parent, index);
    }
    if (c == '"') {
      return parse_string(NodeKind::kString, parent, index);
    }
    if (c == '-' || is_json_digit(c)) {
      return parse_number(parent, index);
    }
    return parse_literal(parent, index);
  }

  bool open_container(NodeId parent, std::uint32_t index) {
    if (stack_.size() >= limits_.json_depth) {
      return fail_at(at_, 1, "nested deeper than " + std::to_string(limits_.json_depth) + " levels",
                     ErrorCode::kLimit);
    }
    const NodeKind kind = text_[at_] == '{' ? NodeKind::kObject : NodeKind::kArray;
    if (!add_node(kind, at_, at_ + 1, parent, 0, index)) {
      return false;
    }
    stack_.push_back(Frame{.container = last_, .key = kNoNode, .count = 0, .keys = 0, .filter = 0});
    ++at_;
    return true;
  }

  bool step() {
    Frame& frame = stack_.back();
    if (!skip_blank()) {
      return false;
    }
    if (at_ >= text_.size()) {
      return fail_at(document_.node(frame.container).begin, 1, "this bracket is never closed");
    }
    const bool object = document_.is(frame.container, NodeKind::kObject);
    const char closer = object ? '}' : ']';
    if (text_[at_] == closer) {
      return close_container();
    }
    if (frame.count > 0) {
      if (text_[at_] != ',') {
        return fail_at(at_, 1, object ? "expected `,` or `}`" : "expected `,` or `]`");
      }
      const std::size_t comma = at_++;
      if (!skip_blank()) {
        return false;
      }
      if (at_ < text_.size() && text_[at_] == closer) {
        if (dialect_ == JsonDialect::kStrict) {
          return fail_at(comma, 1, "trailing comma");
        }
        return close_container();
      }
    }
    if (object) {
      return parse_member();
    }
    const std::uint32_t index = frame.count++;
    return begin_value(frame.container, index);  // may move `frame`
  }

  bool close_container() {
    ++at_;
    document_.close(stack_.back().container, static_cast<std::uint32_t>(at_));
    if (stack_.back().keys != 0) {
      key_sets_.pop_back();
    }
    stack_.pop_back();
    if (!stack_.empty() && stack_.back().key != kNoNode) {
      close_member();
    }
    return true;
  }

  void close_member() {
    const NodeId key = stack_.back().key;
    document_.close(key, document_.node(key).end);
    stack_.back().key = kNoNode;
  }

  bool parse_member() {
    if (at_ >= text_.size() || text_[at_] != '"') {
      return fail_at(at_, 1, "expected a key in double quotes");
    }
    Frame& frame = stack_.back();
    if (!parse_string(NodeKind::kKey, frame.container, frame.count)) {
      return false;
    }
    const NodeId key = last_;
    mark_duplicate(frame, key);
    ++frame.count;
    if (!skip_blank()) {
      return false;
    }
    if (at_ >= text_.size() || text_[at_] != ':') {
      return fail_at(at_, 1, "expected `:` after the key");
    }
    ++at_;
    frame.key = key;
    const std::size_t depth = stack_.size();
    if (!begin_value(key, 0)) {
      return false;
    }
    if (stack_.size() == depth) {
      close_member();
    }  // a scalar
    return true;
  }

  // Small objects are compared key by key, and only where the filter leaves a doubt; large ones go
  // through a set, so that a million keys stay linear.
  void mark_duplicate(Frame& frame, NodeId key) {
    constexpr std::uint32_t kSmall = 32;
    const Node& node = document_.node(key);
    // Without escapes it is what stands between the quotes.
    const std::string_view name = (node.flags & kNodeEscaped) == 0
                                      ? text_.substr(node.begin + 1, node.end - node.begin - 2)
                                      : document_.text(key, scratch_);
    if (frame.keys != 0) {
      if (!key_sets_.back().insert(std::string(name)).second) {
        flag_duplicate(key);
      }
      return;
    }
    const std::uint64_t bit = filter_bit(name);
    const bool fresh = (frame.filter & bit) == 0;
    frame.filter |= bit;
    if (frame.count >= kSmall) {
      start_key_set(frame, key);
      if (!key_sets_.back().insert(std::string(name)).second) {
        flag_duplicate(key);
      }
    } else if (!fresh && seen_before(frame, key, name)) {
      flag_duplicate(key);
    }
  }

  static std::uint64_t filter_bit(std::string_view name) {
    std::uint32_t hash = static_cast<std::uint32_t>(name.size()) * 7U;
    if (!name.empty()) {
      hash += static_cast<unsigned char>(name.front()) * 5U;
      hash += static_cast<unsigned char>(name.back()) * 3U;
      hash += static_cast<unsigned char>(name[name.size() / 2]);
    }
    return std::uint64_t{1} << (hash & 63U);
  }

  void flag_duplicate(NodeId key) { document_.add_flags(key, kNodeDuplicate); }

  [[nodiscard]] bool seen_before(const Frame& frame, NodeId key, std::string_view name) {
    for (NodeId id = frame.container + 1; id < key; id = document_.node(id).next) {
      if (document_.text(id, other_) == name) {
        return true;
      }
    }
    return false;
  }

  void start_key_set(Frame& frame, NodeId key) {
    key_sets_.emplace_back();
    frame.keys = static_cast<std::uint32_t>(key_sets_.size());
    for (NodeId id = frame.container + 1; id < key; id = document_.node(id).next) {
      key_sets_.back().insert(document_.text(id));
    }
  }

  bool parse_string(NodeKind kind, NodeId parent, std::uint32_t index) {
    const std::size_t begin = at_++;
    std::uint8_t flags = 0;
    for (;;) {
      at_ = skip_plain(at_);
      if (at_ >= text_.size()) {
        return fail_at(begin, 1, "this string does not end");
      }
      const char c = text_[at_];
      if (c == '"') {
        break;
      }
      if (c == '\n' || c == '\r') {
        return fail_at(begin, at_ - begin, "this string does not end on its line");
      }
      if (c != '\\') {
        return fail_at(at_, 1, "control character in a string; write it as an escape");
      }
      flags = kNodeEscaped;
      if (!skip_escape()) {
        return false;
      }
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
        // The lowest bit that is set is exact.
        return at + (static_cast<std::size_t>(std::countr_zero(special & kHigh)) / 8);
      }
    }
    while (at < text_.size() && text_[at] != '"' && text_[at] != '\\' &&
           static_cast<unsigned char>(text_[at]) >= 0x20) {
      ++at;
    }
    return at;
  }

  bool skip_escape() {
    const char kind = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (kind == 'u') {
      for (std::size_t i = 2; i < 6; ++i) {
        if (at_ + i >= text_.size() || !is_hex_digit(text_[at_ + i])) {
          return fail_at(at_, 2, "`\\u` needs four hexadecimal digits");
        }
      }
      at_ += 6;
      return true;
    }
    if (kind == '\0' || std::string_view("\"\\/bfnrt").find(kind) == std::string_view::npos) {
      return fail_at(at_, 2, "unknown escape in a string");
    }
    at_ += 2;
    return true;
  }

  [[nodiscard]] std::size_t skip_digits(std::size_t at) const {
    while (at < text_.size() && is_json_digit(text_[at])) {
      ++at;
    }
    return at;
  }

  bool parse_number(NodeId parent, std::uint32_t index) {
    const std::size_t begin = at_;
    std::size_t at = at_ + (text_[at_] == '-' ? 1 : 0);
    const std::size_t digits = at;
    at = skip_digits(at);
    if (at == digits) {
      return fail_at(begin, 1, "a number needs a digit");
    }
    if (at - digits > 1 && text_[digits] == '0') {
      return fail_at(begin, at - begin, "a number must not start with 0");
    }
    if (at < text_.size() && text_[at] == '.') {
      const std::size_t fraction = at + 1;
      at = skip_digits(fraction);
      if (at == fraction) {
        return fail_at(begin, at - begin, "a number needs a digit after the point");
      }
    }
    if (at < text_.size() && (text_[at] == 'e' || text_[at] == 'E')) {
      std::size_t exponent = at + 1;
      if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) {
        ++exponent;
      }
      at = skip_digits(exponent);
      if (at == exponent) {
        return fail_at(begin, at - begin, "a number needs a digit in its exponent");
      }
    }
    at_ = at;
    return add_node(NodeKind::kNumber, begin, at, parent, 0, index);
  }

  bool parse_literal(NodeId parent, std::uint32_t index) {
    const std::size_t begin = at_;
    const std::string_view rest = text_.substr(at_);
    for (const std::string_view word : {"true", "false", "null"}) {
      if (!rest.starts_with(word)) {
        continue;
      }
      if (rest.size() > word.size() && is_word_character(rest[word.size()])) {
        continue;
      }
      at_ += word.size();
      const NodeKind kind = word == "null" ? NodeKind::kNull : NodeKind::kBool;
      return add_node(kind, begin, at_, parent, 0, index);
    }
    return fail_at(begin, 1, "expected a JSON value");
  }

  Document document_;
  std::string_view text_;
  JsonDialect dialect_;
  const Limits& limits_;
  std::size_t at_{0};
  NodeId last_{kNoNode};
  std::vector<Frame> stack_;
  std::vector<std::unordered_set<std::string>> key_sets_;  ///< of the open large objects
  std::string scratch_;
  std::string other_;
  Error error_;
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
