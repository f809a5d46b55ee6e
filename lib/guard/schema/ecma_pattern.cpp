#include "guard/schema/ecma_pattern.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace merlon {
namespace {

constexpr std::string_view kEcmaBlanks =
    R"(\t\n\x0B\f\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF})";

struct CategoryName {
  std::string_view name;
  std::string_view code;
};
constexpr std::array kCategoryNames{
    CategoryName{"Letter", "L"},
    CategoryName{"Lowercase_Letter", "Ll"},
    CategoryName{"Uppercase_Letter", "Lu"},
    CategoryName{"Titlecase_Letter", "Lt"},
    CategoryName{"Cased_Letter", "L&"},
    CategoryName{"Modifier_Letter", "Lm"},
    CategoryName{"Other_Letter", "Lo"},
    CategoryName{"Mark", "M"},
    CategoryName{"Number", "N"},
    CategoryName{"Decimal_Number", "Nd"},
    CategoryName{"digit", "Nd"},
    CategoryName{"Letter_Number", "Nl"},
    CategoryName{"Other_Number", "No"},
    CategoryName{"Punctuation", "P"},
    CategoryName{"punct", "P"},
    CategoryName{"Symbol", "S"},
    CategoryName{"Separator", "Z"},
    CategoryName{"Space_Separator", "Zs"},
    CategoryName{"Other", "C"},
    CategoryName{"Control", "Cc"},
    CategoryName{"ASCII", "ASCII"},
};

class EcmaTranslator {
 public:
  explicit EcmaTranslator(std::string_view pattern) : in_(pattern) {}

  std::optional<std::string> run() {
    while (good_ && at_ < in_.size()) {
      step();
    }
    return good_ && !in_class_ ? std::optional(std::move(out_)) : std::nullopt;
  }

 private:
  void step() {
    const char c = in_[at_];
    if (c == '\\') {
      escape();
    } else if (in_class_) {
      class_byte(c);
    } else if (c == '[') {
      open_class();
    } else if (c == '(') {
      group();
    } else if (c == '$') {
      put(R"(\z)", 1);
    } else if (c == '.') {
      put(R"([^\n\r\x{2028}\x{2029}])", 1);
    } else {
      const bool repeats = c == '*' || c == '+' || c == '?' || c == '}';
      good_ = !(repeats && next() == '+');  // possessive
      put(in_.substr(at_, 1), 1);
    }
  }

  void class_byte(char c) {
    if (c == ']') {
      in_class_ = false;
      put("]", 1);
    } else if (c == '[') {
      put(R"(\[)", 1);  // else `[:` would begin a POSIX class
    } else {
      put(in_.substr(at_, 1), 1);
    }
  }

  void open_class() {
    if (in_.substr(at_).starts_with("[^]")) {
      put(R"([\s\S])", 3);
    } else if (next() == ']') {
      put("(?!)", 2);
    } else {
      in_class_ = true;
      const bool negated = next() == '^';
      put(negated ? "[^" : "[", negated ? 2 : 1);
    }
  }

  void group() {
    if (next() == '*') {
      good_ = false;
      return;
    }
    if (next() != '?') {
      put("(", 1);
      return;
    }
    for (const std::string_view head : {"(?:", "(?=", "(?!", "(?<=", "(?<!"}) {
      if (in_.substr(at_).starts_with(head)) {
        put(head, head.size());
        return;
      }
    }
    const std::string_view rest = in_.substr(at_);
    good_ = rest.starts_with("(?<") && rest.size() > 3 && is_name_byte(rest[3]);
    put("(?<", 3);
  }

  void escape() {
    const char c = next();
    switch (c) {
      case 'd': put(in_class_ ? "0-9" : "[0-9]", 2); break;
      case 'w': put(in_class_ ? "A-Za-z0-9_" : "[A-Za-z0-9_]", 2); break;
      case 's':
        put(in_class_ ? std::string(kEcmaBlanks) : "[" + std::string(kEcmaBlanks) + "]", 2);
        break;
      case 'D': put(in_class_ ? R"(\D)" : "[^0-9]", 2); break;
      case 'W': put(in_class_ ? R"(\W)" : "[^A-Za-z0-9_]", 2); break;
      case 'S': put(in_class_ ? R"(\S)" : "[^" + std::string(kEcmaBlanks) + "]", 2); break;
      case 'u': unicode_escape(); break;
      case 'p':
      case 'P': category(); break;
      case 'v': put(R"(\x0B)", 2); break;
      default: plain_escape(c);
    }
  }

  /// Letters that ECMA-262 gives a meaning, digits, and punctuation stay as they are.
  void plain_escape(char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool known = std::string_view("bBcfnrtxk").find(c) != std::string_view::npos;
    good_ = c != '\0' && (!letter || known) && static_cast<unsigned char>(c) < 0x80;
    put(in_.substr(at_, 2), 2);
  }

  void unicode_escape() {
    const std::string_view rest = in_.substr(at_ + 2);
    if (rest.starts_with('{')) {
      const std::size_t end = rest.find('}');
      good_ = end != std::string_view::npos && end > 1 && end < 9 &&
              std::ranges::all_of(rest.substr(1, end - 1), is_hex_digit);
      if (good_) {
        put(R"(\x)" + std::string(rest.substr(0, end + 1)), 2 + end + 1);
      }
      return;
    }
    const auto unit = hex_unit(rest);
    good_ = unit.has_value();
    if (!good_) {
      return;
    }
    const bool is_high = *unit >= 0xD800 && *unit < 0xDC00;
    const auto low =
        is_high && rest.substr(4).starts_with("\\u") ? hex_unit(rest.substr(6)) : std::nullopt;
    if (low && *low >= 0xDC00 && *low < 0xE000) {
      put_code_point(0x10000 + ((*unit - 0xD800) << 10U) + (*low - 0xDC00), 12);
      return;
    }
    good_ = *unit < 0xD800 || *unit > 0xDFFF;
    put_code_point(*unit, 6);
  }

  void category() {
    const std::string_view rest = in_.substr(at_ + 2);
    const std::size_t end = rest.find('}');
    good_ = rest.starts_with('{') && end != std::string_view::npos;
    if (!good_) {
      return;
    }
    std::string_view name = rest.substr(1, end - 1);
    for (const std::string_view key : {"General_Category=", "gc=", "Script=", "sc="}) {
      if (name.starts_with(key)) {
        name.remove_prefix(key.size());
        break;
      }
    }
    const auto* const found = std::ranges::find(kCategoryNames, name, &CategoryName::name);
    if (found != kCategoryNames.end()) {
      name = found->code;
    }
    const bool negative = in_[at_ + 1] == 'P';
    put((negative ? R"(\P{)" : R"(\p{)") + std::string(name) + "}", 2 + end + 1);
  }

  void put_code_point(std::uint32_t code, std::size_t read) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string hex;
    for (; code != 0 || hex.empty(); code >>= 4U) {
      hex.insert(hex.begin(), kDigits[code & 15U]);
    }
    put("\\x{" + hex + "}", read);
  }

  static bool is_hex_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }
  static bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }
  static std::optional<std::uint32_t> hex_unit(std::string_view text) {
    if (text.size() < 4 || !std::ranges::all_of(text.substr(0, 4), is_hex_digit)) {
      return std::nullopt;
    }
    std::uint32_t out = 0;
    for (const char c : text.substr(0, 4)) {
      const auto digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
      out = out * 16 + static_cast<std::uint32_t>(digit);
    }
    return out;
  }

  [[nodiscard]] char next() const { return at_ + 1 < in_.size() ? in_[at_ + 1] : '\0'; }
  void put(std::string_view text, std::size_t read) {
    out_ += text;
    at_ += read;
  }

  std::string_view in_;
  std::string out_{"(?-i)"};
  std::size_t at_{0};
  bool in_class_{false};
  bool good_{true};
};

}  // namespace

std::optional<std::string> translate_ecma_pattern(std::string_view pattern) {
  return EcmaTranslator(pattern).run();
}

}  // namespace merlon
