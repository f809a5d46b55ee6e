#include "proxy/secret_redactor.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "base/base64.h"
#include "base/text.h"

namespace merlon {

/// A text as it reads after some decoding, and where each of its bytes comes from.
struct SecretRedactor::View {
  std::string text;
  std::vector<std::uint32_t> from;  ///< of each byte, and of the end
};

namespace {

/// Escapes in escapes (a file of JSON in a result of JSON in a message) are read so deep.
constexpr int kMostUnescapes = 3;
/// What scan_literals reads behind a text.
constexpr std::size_t kReadBehind = 4;
/// Of a secret of several lines, lines of this length are secrets of their own.
constexpr std::size_t kShortestLine = 16;
/// `\u0041`: the longest spelling of one byte.
constexpr std::size_t kLongestEscape = 6;

/// The four bytes stand behind the text while it is searched.
class ReadableBehind {
 public:
  explicit ReadableBehind(std::string& text) : text_(text), size_(text.size()) {
    text_.append(kReadBehind, '\0');
  }
  ReadableBehind(const ReadableBehind&) = delete;
  ReadableBehind& operator=(const ReadableBehind&) = delete;
  ~ReadableBehind() { text_.resize(size_); }
  [[nodiscard]] std::string_view view() const { return std::string_view(text_).substr(0, size_); }

 private:
  std::string& text_;
  std::size_t size_;
};

int redactor_hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// `count` hex digits at `at`; -1 when they are none.
int redactor_hex_number(std::string_view text, std::size_t at, std::size_t count) {
  if (at > text.size() || text.size() - at < count) {
    return -1;
  }
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const int digit = redactor_hex_digit(text[at + i]);
    if (digit < 0) {
      return -1;
    }
    value = (value * 16) + digit;
  }
  return value;
}

/// A piece of a text that stands for other bytes.
struct DecodedUnit {
  std::size_t size{1};
  std::array<char, 4> bytes{};
  std::size_t count{0};  ///< 0: it stands for itself
};

DecodedUnit unit_of(char32_t code_point, std::size_t size) {
  std::string utf8;
  append_utf8(utf8, code_point);
  DecodedUnit unit{.size = size, .bytes = {}, .count = utf8.size()};
  std::copy(utf8.begin(), utf8.end(), unit.bytes.begin());
  return unit;
}

/// `\uXXXX` at `at`, two of them for a character beyond the first plane.
DecodedUnit unicode_unit(std::string_view text, std::size_t at) {
  constexpr std::size_t kEscape = 6;
  const int first = redactor_hex_number(text, at + 2, 4);
  if (first < 0) {
    return {};
  }
  const bool has_second = text.substr(std::min(at + kEscape, text.size()), 2) == "\\u";
  const int second = has_second ? redactor_hex_number(text, at + kEscape + 2, 4) : -1;
  if (first >= 0xD800 && first < 0xDC00 && second >= 0xDC00 && second < 0xE000) {
    return unit_of(static_cast<char32_t>(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)),
                   2 * kEscape);
  }
  return unit_of(static_cast<char32_t>(first), kEscape);
}

/// An escape of JSON.
DecodedUnit json_unit(std::string_view text, std::size_t at) {
  if (text[at] != '\\' || at + 1 == text.size()) {
    return {};
  }
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (text[at + 1] == 'u') {
    return unicode_unit(text, at);
  }
  const std::size_t letter = kLetters.find(text[at + 1]);
  return letter == std::string_view::npos
             ? DecodedUnit{}
             : DecodedUnit{.size = 2, .bytes = {kMeanings[letter]}, .count = 1};
}

/// `%41`.
DecodedUnit percent_unit(std::string_view text, std::size_t at) {
  const int value = text[at] == '%' ? redactor_hex_number(text, at + 1, 2) : -1;
  return value < 0 ? DecodedUnit{}
                   : DecodedUnit{.size = 3, .bytes = {static_cast<char>(value)}, .count = 1};
}

using UnitReader = DecodedUnit (*)(std::string_view text, std::size_t at);

/// Calls `take(begin, unit)` for each unit.
template <class Take>
void each_unit(std::string_view text, char sign, UnitReader reader, Take&& take) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t next = std::min(text.find(sign, at), text.size());
    if (next > at) {
      take(at, DecodedUnit{.size = next - at, .bytes = {}, .count = 0});
      at = next;
      continue;
    }
    const DecodedUnit unit = reader(text, at);
    take(at, unit);
    at += unit.size;
  }
}

std::string decoded(std::string_view text, char sign, UnitReader reader) {
  std::string out;
  out.reserve(text.size() + kReadBehind);
  each_unit(text, sign, reader, [&](std::size_t begin, const DecodedUnit& unit) {
    if (unit.count == 0) {
      out.append(text.substr(begin, unit.size));
    } else {
      out.append(unit.bytes.data(), unit.count);
    }
  });
  return out;
}

std::string base64_within(std::string_view secret, std::size_t before) {
  // Only the characters that no neighbour of the secret has a part in.
  const std::string text = to_base64(std::string(before, '\0') + std::string(secret));
  const std::size_t first = ((before * 8) + 5) / 6;
  const std::size_t end = ((before + secret.size()) * 8) / 6;
  return text.substr(first, end - first);
}

std::string url_safe(std::string text) {
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::string redactor_hex(std::string_view bytes, std::string_view digits) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

bool is_variable_name(std::string_view name) {
  return !name.empty() && (name.front() < '0' || name.front() > '9') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

Status check_secret(const EnvironmentVariable& secret) {
  const std::string shown = escape_for_display(secret.name);
  if (!is_variable_name(secret.name)) {
    return fail(ErrorCode::kUsage, "`", shown, "` cannot be the name of a secret");
  }
  MERLON_CHECK(check_variable(secret));
  const std::size_t size = secret.value.size();
  if (size < SecretRedactor::kShortest) {
    Error error = make_error(ErrorCode::kUsage, "the secret `", shown, "` has less than ",
                             std::to_string(SecretRedactor::kShortest), " bytes");
    error.hints.emplace_back(
        "a value that short cannot be told from other text; `--env` passes it");
    return std::unexpected(std::move(error));
  }
  if (size > SecretRedactor::kLongest) {
    return fail(ErrorCode::kUsage, "the secret `", shown, "` has more than ",
                std::to_string(SecretRedactor::kLongest), " bytes");
  }
  return {};
}

}  // namespace

Result<SecretRedactor> SecretRedactor::make(std::span<const EnvironmentVariable> secrets) {
  if (secrets.size() > kMostSecrets) {
    return fail(ErrorCode::kUsage, "more than ", std::to_string(kMostSecrets), " secrets");
  }
  SecretRedactor out;
  for (const EnvironmentVariable& secret : secrets) {
    MERLON_CHECK(check_secret(secret));
    out.names_.push_back(secret.name);
    out.add_spellings(secret);
  }
  out.build_table();
  return out;
}

void SecretRedactor::add_spelling(std::string text) {
  if (text.size() >= kShortest) {
    longest_ = std::max(longest_, text.size() * kLongestEscape);
    spellings_.push_back({.text = std::move(text), .secret = names_.size() - 1});
  }
}

void SecretRedactor::add_spellings(const EnvironmentVariable& secret) {
  add_spelling(secret.value);
  for (std::size_t before = 0; before < 3; ++before) {
    std::string text = base64_within(secret.value, before);
    if (std::string other = url_safe(text); other != text) {
      add_spelling(std::move(other));
    }
    add_spelling(std::move(text));
  }
  add_spelling(redactor_hex(secret.value, "0123456789abcdef"));
  add_spelling(redactor_hex(secret.value, "0123456789ABCDEF"));
  if (secret.value.find('\n') == std::string::npos) {
    return;
  }
  for (const std::string_view line : split(secret.value, '\n')) {
    const std::string_view words = trim(line);
    if (words.size() >= kShortestLine && !words.starts_with("-----")) {
      add_spelling(std::string(words));
    }
  }
}

void SecretRedactor::build_table() {
  std::vector<std::string_view> literals;
  literals.reserve(spellings_.size());
  for (const Spelling& spelling : spellings_) {
    literals.push_back(spelling.text);
  }
  table_ = build_literal_tables(literals).four;
}

template <class Found>
void SecretRedactor::each_place(std::string_view text, Found&& found) const {
  const LiteralTableView table{
      .bitmap = table_.bitmap, .buckets = table_.buckets, .entries = table_.entries};
  scan_literals<4>(table, text, [&](std::uint32_t literal, std::size_t begin) {
    if (has_literal_at(text, begin, spellings_[literal].text)) {
      found(spellings_[literal], begin);
    }
  });
}

bool SecretRedactor::stands_in(std::string& text) const {
  const ReadableBehind padded(text);
  bool any = false;
  each_place(padded.view(), [&any](const Spelling&, std::size_t) { any = true; });
  return any;
}

/// In the text as it is or in what it decodes to. Nearly always not, so no places are kept.
bool SecretRedactor::stands_anywhere(std::string& text) const {
  if (stands_in(text)) {
    return true;
  }
  std::string current;
  const std::string* last = &text;
  for (int depth = 0; depth <= kMostUnescapes; ++depth) {
    if (last->find('%') != std::string::npos) {
      std::string plain = decoded(*last, '%', percent_unit);
      if (stands_in(plain)) {
        return true;
      }
    }
    if (depth == kMostUnescapes || last->find('\\') == std::string::npos) {
      return false;
    }
    current = decoded(*last, '\\', json_unit);
    if (stands_in(current)) {
      return true;
    }
    last = &current;
  }
  return false;
}

namespace {

/// A view of a view, with the places of the first text.
template <class View>
View decoded_view(const View& of, char sign, UnitReader reader) {
  View out;
  each_unit(of.text, sign, reader, [&](std::size_t begin, const DecodedUnit& unit) {
    if (unit.count == 0) {
      out.text.append(of.text, begin, unit.size);
      const auto first = of.from.begin() + static_cast<std::ptrdiff_t>(begin);
      out.from.insert(out.from.end(), first, first + static_cast<std::ptrdiff_t>(unit.size));
    } else {
      out.text.append(unit.bytes.data(), unit.count);
      out.from.insert(out.from.end(), unit.count, of.from[begin]);
    }
  });
  out.from.push_back(of.from.back());
  return out;
}

}  // namespace

void SecretRedactor::add_places(View& view, std::vector<Span>& spans) const {
  const ReadableBehind padded(view.text);
  each_place(padded.view(), [&](const Spelling& spelling, std::size_t begin) {
    std::size_t end = begin + spelling.text.size();
    // A unit that stands for several bytes goes as a whole.
    while (end + 1 < view.from.size() && view.from[end] == view.from[end - 1]) {
      ++end;
    }
    spans.push_back({.begin = view.from[begin], .end = view.from[end], .secret = spelling.secret});
  });
}

std::vector<SecretRedactor::Span> SecretRedactor::places(const std::string& text) const {
  std::vector<Span> spans;
  View view{.text = text, .from = std::vector<std::uint32_t>(text.size() + 1)};
  std::iota(view.from.begin(), view.from.end(), 0U);
  for (int depth = 0;; ++depth) {
    add_places(view, spans);
    if (view.text.find('%') != std::string::npos) {
      View plain = decoded_view(view, '%', percent_unit);
      add_places(plain, spans);
    }
    if (depth == kMostUnescapes || view.text.find('\\') == std::string::npos) {
      break;
    }
    view = decoded_view(view, '\\', json_unit);
  }
  // No escape is cut in two.
  std::vector<std::pair<std::size_t, std::size_t>> escapes;
  each_unit(text, '\\', json_unit, [&](std::size_t begin, const DecodedUnit& unit) {
    if (unit.count > 0) {
      escapes.emplace_back(begin, begin + unit.size);
    }
  });
  for (Span& span : spans) {
    const auto reaches = [&escapes](std::size_t at) {
      return std::partition_point(escapes.begin(), escapes.end(),
                                  [at](const auto& escape) { return escape.second <= at; });
    };
    if (const auto cut = reaches(span.begin); cut != escapes.end() && cut->first < span.begin) {
      span.begin = cut->first;
    }
    if (const auto cut = reaches(span.end); cut != escapes.end() && cut->first < span.end) {
      span.end = cut->second;
    }
  }
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
    return std::pair(a.begin, b.end) < std::pair(b.begin, a.end);
  });
  return spans;
}

std::size_t SecretRedactor::redact(std::string& text) const {
  // Places are kept in 32 bits; no line is longer.
  constexpr std::size_t kMostText = 0xFFFFFFF0U;
  if (names_.empty() || text.size() > kMostText || !stands_anywhere(text)) {
    return 0;
  }
  std::string out;
  std::size_t done = 0;
  std::size_t count = 0;
  for (const Span& span : places(text)) {
    if (span.begin >= done) {
      out.append(text, done, span.begin - done);
      out.append("[redacted:").append(names_[span.secret]).append("]");
      ++count;
    }
    done = std::max(done, span.end);
  }
  out.append(text, done);
  text = std::move(out);
  return count;
}

}  // namespace merlon
