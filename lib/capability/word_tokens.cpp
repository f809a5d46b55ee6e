#include "capability/word_tokens.h"

#include <algorithm>

namespace merlon {
namespace {

constexpr std::size_t kLettersOfWord = 5;  // with the blank, about; for reserving

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word(char c) {
  return is_upper(c) || is_lower(c) || is_digit(c);
}
char lower(char c) {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Whether a new word starts between text[at - 1] and text[at], both word characters.
bool camel_break(std::string_view text, std::size_t at) {
  const char last = text[at - 1];
  const char next = text[at];
  if (is_digit(last) != is_digit(next)) {
    return true;
  }
  if (is_lower(last) && is_upper(next)) {
    return true;
  }
  // The last capital of a run belongs to the next word: HTTPRequest.
  return is_upper(last) && is_upper(next) && at + 1 < text.size() && is_lower(text[at + 1]);
}

void append_lower(std::string& out, std::string_view word) {
  const std::size_t begin = out.size();
  out.append(word);
  std::transform(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
                 out.begin() + static_cast<std::ptrdiff_t>(begin), lower);
}

bool separates_clauses(char c) {
  return std::string_view(".,;:!?\n(").find(c) != std::string_view::npos;
}

}  // namespace

std::vector<WordToken> split_identifier(std::string_view identifier, std::size_t most) {
  std::vector<WordToken> words;
  for (std::size_t at = 0; at < identifier.size();) {
    if (!is_word(identifier[at])) {
      ++at;
      continue;
    }
    if (words.size() == most) {
      break;
    }
    std::size_t end = at + 1;
    while (end < identifier.size() && is_word(identifier[end]) && !camel_break(identifier, end)) {
      ++end;
    }
    words.push_back({.text = {}, .begin = at, .end = end, .before = words.empty() ? '\0' : ' '});
    append_lower(words.back().text, identifier.substr(at, end - at));
    at = end;
  }
  return words;
}

std::vector<WordToken> split_prose(std::string_view text, std::size_t most) {
  std::vector<WordToken> words;
  words.reserve(std::min(most, (text.size() / kLettersOfWord) + 1));
  bool open = false;
  char before = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_word(c)) {
      if (!open && words.size() == most) {
        break;
      }
      if (!open) {
        words.push_back({.text = {}, .begin = at, .end = at, .before = before});
      }
      std::size_t end = at + 1;
      while (end < text.size() && is_word(text[end])) {
        ++end;
      }
      append_lower(words.back().text, text.substr(at, end - at));
      words.back().end = end;
      open = true;
      before = ' ';
      at = end - 1;
      continue;
    }
    // "don't" is one word: what negates must be seen.
    if (c == '\'' && open && at + 1 < text.size() && is_lower(text[at + 1])) {
      continue;
    }
    open = false;
    if (separates_clauses(c)) {
      before = c;
    }
  }
  return words;
}

}  // namespace merlon
