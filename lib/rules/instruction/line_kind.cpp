#include "rules/instruction/line_kind.h"

#include <algorithm>
#include <array>

#include "rules/instruction/letters.h"

namespace merlon {
namespace {

constexpr std::size_t kHeaderReach = 30;
constexpr std::size_t kTypeLetters = 60;
constexpr std::size_t kQuotes = 3;

struct HeaderWord {
  std::string_view word;
  TextSection section;
};

/// The longer of two words with a common beginning comes first.
constexpr std::array<HeaderWord, 31> kHeaders{{
    {"args", TextSection::kArguments},
    {"arg", TextSection::kArguments},
    {"arguments", TextSection::kArguments},
    {"argument", TextSection::kArguments},
    {"parameters", TextSection::kArguments},
    {"parameter", TextSection::kArguments},
    {"params", TextSection::kArguments},
    {"param", TextSection::kArguments},
    {"inputs", TextSection::kArguments},
    {"input", TextSection::kArguments},
    {"returns", TextSection::kReturns},
    {"return", TextSection::kReturns},
    {"outputs", TextSection::kReturns},
    {"output", TextSection::kReturns},
    {"raises", TextSection::kReturns},
    {"yields", TextSection::kReturns},
    {"examples usage", TextSection::kExample},
    {"examples queries", TextSection::kExample},
    {"example usage", TextSection::kExample},
    {"example queries", TextSection::kExample},
    {"examples", TextSection::kExample},
    {"example", TextSection::kExample},
    {"usage", TextSection::kExample},
    {"notes", TextSection::kNote},
    {"note", TextSection::kNote},
    {"use cases", TextSection::kNote},
    {"use case", TextSection::kNote},
    {"when to use", TextSection::kNote},
    {"features", TextSection::kNote},
    {"response format", TextSection::kNote},
    {"response", TextSection::kNote},
}};

char32_t lower_ascii(char32_t c) {
  return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

bool begins(std::u32string_view text, std::string_view word) {
  if (text.size() < word.size()) {
    return false;
  }
  for (std::size_t at = 0; at < word.size(); ++at) {
    if (lower_ascii(text[at]) != static_cast<unsigned char>(word[at])) {
      return false;
    }
  }
  return true;
}

template <class Predicate>
std::size_t skip_marker(std::u32string_view text, std::size_t at, Predicate predicate) {
  while (at < text.size() && predicate(text[at])) {
    ++at;
  }
  return at;
}

bool is_quote(char32_t c) {
  return c == '`' || c == '*' || c == '"' || c == '\'';
}

std::size_t skip_quotes(std::u32string_view line, std::size_t at) {
  const std::size_t most = std::min(line.size(), at + kQuotes);
  while (at < most && is_quote(line[at])) {
    ++at;
  }
  return at;
}

/// Behind `(type)`, or `at`.
std::size_t skip_type(std::u32string_view line, std::size_t at) {
  if (at >= line.size() || line[at] != '(') {
    return at;
  }
  const std::size_t close = line.find(U')', at);
  return close != std::u32string_view::npos && close - at - 1 <= kTypeLetters ? close + 1 : at;
}

/// A colon, an equals sign or a dash between blanks, and something behind.
bool has_separator(std::u32string_view line, std::size_t blanks, std::size_t at) {
  if (at >= line.size()) {
    return false;
  }
  const std::size_t behind = at + 1;
  if (line[at] == '-' || line[at] == 0x2013) {
    if (at == blanks || behind >= line.size() || !is_space(line[behind])) {
      return false;
    }
  } else if (line[at] != ':' && line[at] != '=') {
    return false;
  }
  return skip_marker(line, behind, is_space) < line.size();
}

}  // namespace

std::optional<SectionHeader> read_header(std::u32string_view line) {
  const std::size_t from = skip_marker(
      line, 0, [](char32_t c) { return c == '#' || c == '*' || c == '_' || is_space(c); });
  const std::u32string_view rest = line.substr(from);
  for (const HeaderWord& header : kHeaders) {
    const std::size_t size = header.word.size();
    if (!begins(rest, header.word) || (size < rest.size() && is_word(rest[size]))) {
      continue;
    }
    const std::size_t colon = rest.find(U':', size);
    if (colon == std::u32string_view::npos || colon - size > kHeaderReach) {
      continue;
    }
    std::size_t at = skip_marker(rest, colon + 1, is_space);
    at = skip_marker(rest, at, [](char32_t c) { return c == '*' || c == '_'; });
    return SectionHeader{.section = header.section, .rest = from + skip_marker(rest, at, is_space)};
  }
  return std::nullopt;
}

bool is_parameter(std::u32string_view line) {
  std::size_t at = skip_marker(line, 0, is_space);
  if (at < line.size() && (line[at] == '-' || line[at] == '*' || line[at] == 0x2022)) {
    at = skip_marker(line, at + 1, is_space);
  }
  at = skip_quotes(line, at);
  if (at >= line.size() || (!is_ascii_letter(line[at]) && line[at] != '_')) {
    return false;
  }
  at = skip_marker(line, at,
                   [](char32_t c) { return is_word(c) || c == '.' || c == '[' || c == ']'; });
  at = skip_quotes(line, at);
  std::size_t blanks = at;
  at = skip_marker(line, at, is_space);
  if (const std::size_t typed = skip_type(line, at); typed != at) {
    blanks = typed;
    at = skip_marker(line, typed, is_space);
  }
  return has_separator(line, blanks, at);
}

std::size_t bullet_length(std::u32string_view line) {
  const auto is_mark_of_list = [](char32_t c) {
    return c == '-' || c == '*' || c == 0x2022 || c == '#' || c == '>';
  };
  std::size_t at = skip_marker(line, 0, is_mark_of_list);
  if (at == 0) {
    at = skip_marker(line, 0, is_decimal_digit);
    if (at == 0 || at >= line.size() || (line[at] != '.' && line[at] != ')')) {
      return 0;
    }
    ++at;
  }
  return skip_marker(line, at, is_space);
}

bool is_item(std::u32string_view line) {
  if (line.empty()) {
    return false;
  }
  if (line[0] == '-' || line[0] == '*' || line[0] == 0x2022) {
    return true;
  }
  const std::size_t at = skip_marker(line, 0, is_decimal_digit);
  return at > 0 && at + 1 < line.size() && (line[at] == '.' || line[at] == ')') &&
         is_space(line[at + 1]);
}

bool ends_in_abbreviation(std::u32string_view before) {
  constexpr std::array<std::string_view, 12> kShort{"e.g", "i.e", "etc", "vs", "cf",     "no",
                                                    "dr",  "mr",  "mrs", "st", "approx", "incl"};
  const auto stands_alone = [&](std::size_t size) {
    return before.size() == size || !is_word(before[before.size() - size - 1]);
  };
  const auto ends = [&](std::string_view word) {
    return before.size() >= word.size() &&
           begins(before.substr(before.size() - word.size()), word) && stands_alone(word.size());
  };
  if (!before.empty() && is_ascii_letter(before.back()) && stands_alone(1)) {
    return true;
  }
  return std::any_of(kShort.begin(), kShort.end(), ends);
}

}  // namespace merlon
