#include "proof/canonical_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "base/json/json_writer.h"
#include "base/text.h"

namespace merlon {
namespace {

enum class Layout { kCompact, kLines };

Error error_at(const Document& document, NodeId node, std::string message) {
  return Error{.code = ErrorCode::kFormat,
               .message = std::move(message),
               .where = document.locate(node),
               .hints = {}};
}

void append_minimal_escape(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"': out.append("\\\""); break;
    case '\\': out.append("\\\\"); break;
    case '\b': out.append("\\b"); break;
    case '\t': out.append("\\t"); break;
    case '\n': out.append("\\n"); break;
    case '\f': out.append("\\f"); break;
    case '\r': out.append("\\r"); break;
    default: {
      const auto byte = static_cast<unsigned char>(c);
      out.append("\\u00").push_back(kHex[byte >> 4U]);
      out.push_back(kHex[byte & 0xFU]);
    }
  }
}

void append_minimal_string(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t copied = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') {
      continue;
    }
    out.append(text.substr(copied, at - copied));
    append_minimal_escape(out, c);
    copied = at + 1;
  }
  out.append(text.substr(copied)).push_back('"');
}

/// The four hex digits after `\u` at `at` of well-formed JSON, or nothing for another escape.
std::optional<unsigned> unicode_escape(std::string_view raw, std::size_t at) {
  if (at + 6 > raw.size() || raw[at] != '\\' || raw[at + 1] != 'u') {
    return std::nullopt;
  }
  unsigned unit = 0;
  const char* const end = raw.data() + at + 6;
  const auto [ptr, status] = std::from_chars(raw.data() + at + 2, end, unit, 16);
  return status == std::errc() && ptr == end ? std::optional(unit) : std::nullopt;
}

/// Lone surrogates decode to U+FFFD: two different texts would have one canonical form.
bool has_lone_surrogate(std::string_view raw) {
  for (std::size_t at = 0; at < raw.size(); ++at) {
    if (raw[at] != '\\') {
      continue;
    }
    const auto unit = unicode_escape(raw, at);
    if (!unit) {
      ++at;
      continue;
    }
    at += 5;
    if (*unit < 0xD800 || *unit > 0xDFFF) {
      continue;
    }
    const auto low = unicode_escape(raw, at + 1);
    if (*unit > 0xDBFF || !low || *low < 0xDC00 || *low > 0xDFFF) {
      return true;
    }
    at += 6;
  }
  return false;
}

/// True when a number that does not fit into a double is too small and not too large: its first
/// digit that is not zero stands right of the decimal point.
bool underflows(std::string_view text) {
  const std::size_t mark = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, mark);
  long long exponent = 0;
  if (mark != std::string_view::npos) {
    std::string_view digits = text.substr(mark + 1);
    const bool negative = digits.starts_with('-');
    if (negative || digits.starts_with('+')) {
      digits.remove_prefix(1);
    }
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    // More digits than this mean the same: far beyond any mantissa that fits into a file.
    for (const char c : digits.substr(0, 12)) {
      exponent = exponent * 10 + (c - '0');
    }
    if (negative) {
      exponent = -exponent;
    }
  }
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) {
    return true;
  }
  const auto point = static_cast<long long>(std::min(mantissa.find('.'), mantissa.size()));
  return point - static_cast<long long>(first) + exponent < 0;
}

/// 0x1F, 0o17 and 0b1 of TOML and YAML.
std::optional<double> parse_prefixed_integer(std::string_view text) {
  constexpr std::string_view kLetters = "xob";
  constexpr std::array<int, 3> kBases{16, 8, 2};
  if (text.size() < 3 || text[0] != '0') {
    return std::nullopt;
  }
  const std::size_t kind = kLetters.find(text[1]);
  if (kind == std::string_view::npos) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [ptr, status] = std::from_chars(text.data() + 2, end, value, kBases[kind]);
  if (status != std::errc() || ptr != end) {
    return std::nullopt;
  }
  return static_cast<double>(value);
}

std::optional<double> parse_number(std::string_view source) {
  std::string text(source);
  std::erase(text, '_');
  if (text.starts_with('+')) {
    text.erase(0, 1);
  }
  if (const auto integer = parse_prefixed_integer(text)) {
    return integer;
  }
  double value = 0;
  const auto [ptr, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  if (status == std::errc::result_out_of_range) {
    return underflows(text) ? std::optional(0.0) : std::nullopt;
  }
  // "inf" and "nan" parse as well, and have no form in JSON.
  if (status != std::errc() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

struct Child {
  std::string key;
  NodeId key_node{kNoNode};
  NodeId value{kNoNode};
};

/// A container that is being written.
struct Frame {
  std::vector<Child> children;
  std::size_t at{0};
  bool object{false};
};

class Printer {
 public:
  Printer(const Document& document, Layout layout, std::size_t indent)
      : document_(document), layout_(layout), indent_(indent) {}

  Result<std::string> print(NodeId root) {
    MERLON_CHECK(open(root));
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      if (frame.at == frame.children.size()) {
        close();
        continue;
      }
      if (frame.at != 0) {
        out_.push_back(',');
      }
      const Child& child = frame.children[frame.at++];
      newline(frames_.size());
      if (frame.object) {
        MERLON_CHECK(string(child.key_node, child.key));
        out_.append(layout_ == Layout::kLines ? ": " : ":");
      }
      MERLON_CHECK(open(child.value));
    }
    return std::move(out_);
  }

 private:
  /// Writes a scalar whole; of a container only the opening bracket, and makes its frame.
  Status open(NodeId node) {
    switch (document_.kind(node)) {
      case NodeKind::kNull: out_.append("null"); return {};
      case NodeKind::kBool: out_.append(document_.is_true(node) ? "true" : "false"); return {};
      case NodeKind::kNumber: return number(node);
      case NodeKind::kString:
      case NodeKind::kKey: return string(node, document_.text(node, scratch_));
      case NodeKind::kArray: return open_array(node);
      case NodeKind::kObject: return open_object(node);
    }
    return {};
  }

  Status open_array(NodeId node) {
    Frame frame;
    for (const NodeId element : document_.elements(node)) {
      frame.children.push_back({{}, kNoNode, element});
    }
    out_.push_back('[');
    frames_.push_back(std::move(frame));
    return {};
  }

  Status open_object(NodeId node) {
    Frame frame{.object = true};
    for (const auto& [key, value] : document_.members(node)) {
      frame.children.push_back({document_.text(key), key, value});
    }
    std::ranges::stable_sort(frame.children, less_utf16, &Child::key);
    const auto twice = std::ranges::adjacent_find(frame.children, {}, &Child::key);
    if (twice != frame.children.end()) {
      return std::unexpected(error_at(
          document_, std::next(twice)->key_node,
          "the key `" + twice->key + "` is there twice: the object has no canonical form"));
    }
    out_.push_back('{');
    frames_.push_back(std::move(frame));
    return {};
  }

  void close() {
    const bool object = frames_.back().object;
    const bool empty = frames_.back().children.empty();
    frames_.pop_back();
    if (!empty) {
      newline(frames_.size());
    }
    out_.push_back(object ? '}' : ']');
  }

  Status number(NodeId node) {
    const std::string_view text = document_.text(node, scratch_);
    const auto value = parse_number(text);
    if (!value) {
      return std::unexpected(error_at(
          document_, node, "the number `" + shorten(text, 40) + "` has no canonical form"));
    }
    out_.append(ecmascript_number(*value));
    return {};
  }

  Status string(NodeId node, std::string_view text) {
    const std::uint8_t flags = document_.node(node).flags;
    if ((flags & kNodeEscaped) != 0 && (flags & kNodeStored) == 0 &&
        has_lone_surrogate(document_.raw(node))) {
      return std::unexpected(
          error_at(document_, node, "the text holds a lone surrogate and has no canonical form"));
    }
    if (layout_ == Layout::kLines) {
      append_json_string(out_, text);
    } else {
      append_minimal_string(out_, text);
    }
    return {};
  }

  void newline(std::size_t depth) {
    if (layout_ == Layout::kCompact) {
      return;
    }
    out_.push_back('\n');
    out_.append(indent_ + depth * 2, ' ');
  }

  const Document& document_;
  Layout layout_;
  std::size_t indent_;
  std::string out_;
  std::string scratch_;
  std::vector<Frame> frames_;
};

}  // namespace

bool less_utf16(std::string_view a, std::string_view b) {
  std::size_t at_a = 0;
  std::size_t at_b = 0;
  while (at_a < a.size() && at_b < b.size()) {
    const char32_t x = next_code_point(a, at_a);
    const char32_t y = next_code_point(b, at_b);
    if (x == y) {
      continue;
    }
    // A code point above U+FFFF starts with a surrogate, U+D800 to U+DBFF.
    if ((x > 0xFFFF) == (y > 0xFFFF)) {
      return x < y;
    }
    return x > 0xFFFF ? y >= 0xE000 : x < 0xD800;
  }
  return at_a == a.size() && at_b < b.size();
}

Result<std::string> canonical_json(const Document& document, NodeId node) {
  return Printer(document, Layout::kCompact, 0).print(node);
}

Result<std::string> canonical_json_lines(const Document& document, NodeId node,
                                         std::size_t indent) {
  return Printer(document, Layout::kLines, indent).print(node);
}

}  // namespace merlon
