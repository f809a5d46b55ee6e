#include "capability/text_change.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"

namespace merlon {
namespace {

/// One of these alone, new in a text that was reviewed, is worth a second review.
constexpr std::array kStrongWords = std::to_array<std::string_view>(
    {"assistant",  "bypass",   "confidential", "credential", "credentials", "disregard",
     "exfiltrate", "forget",   "forward",      "hide",       "hidden",      "ignore",
     "mention",    "override", "password",     "passwords",  "quietly",     "reveal",
     "secretly",   "silently", "ssh",          "tell"});
/// Of these, which speak to the reader but are common, it takes two.
constexpr std::array kOrderWords = std::to_array<std::string_view>(
    {"always",    "before",  "dont",        "ensure",       "first",  "immediately",
     "important", "instead", "instruction", "instructions", "invoke", "mandatory",
     "must",      "never",   "notify",      "previous",     "prior",  "secret",
     "secrets",   "send",    "upload",      "whenever"});

constexpr std::size_t kMuchBytes = 200;
constexpr std::size_t kMuchTimes = 2;

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

std::vector<std::string_view> pieces(std::string_view text) {
  std::vector<std::string_view> out;
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t end = begin;
    while (end < text.size() && !is_blank(text[end])) {
      ++end;
    }
    if (end > begin) {
      out.push_back(text.substr(begin, end - begin));
    }
    begin = end + 1;
  }
  return out;
}

std::string bare(std::string_view piece) {
  std::string word;
  for (const char c : to_lower_ascii(piece)) {
    if (c >= 'a' && c <= 'z') {
      word.push_back(c);
    }
  }
  return word;
}

bool is_address(std::string_view piece) {
  // Every generated schema names its dialect.
  if (piece.starts_with("http://json-schema.org/draft-") ||
      piece.starts_with("https://json-schema.org/draft/")) {
    return false;
  }
  if (piece.find("://") != std::string_view::npos || piece.find("www.") != std::string_view::npos) {
    return true;
  }
  const std::size_t at = piece.find('@');
  return at != std::string_view::npos && at > 0 && piece.find('.', at) != std::string_view::npos;
}

bool is_path(std::string_view piece) {
  while (!piece.empty() &&
         std::string_view("`'\"([{<").find(piece.front()) != std::string_view::npos) {
    piece.remove_prefix(1);
  }
  return piece.starts_with("~/") || piece.starts_with("../") || piece.starts_with(".env") ||
         piece.starts_with(".ssh") || piece.starts_with("C:\\") || piece.starts_with("%") ||
         (piece.starts_with('/') && piece.size() > 2 &&
          piece.find('/', 1) != std::string_view::npos);
}

bool is_hidden(std::string_view piece) {
  for (std::size_t at = 0; at < piece.size();) {
    if (needs_escape(next_code_point(piece, at))) {
      return true;
    }
  }
  return false;
}

/// What a new piece of text is, if it is worth a word.
std::string judge_piece(std::string_view piece) {
  const std::string shown = "`" + shorten(piece, 60) + "`";
  if (is_hidden(piece)) {
    return "new hidden characters " + shown;
  }
  if (is_address(piece)) {
    return "new address " + shown;
  }
  if (is_path(piece)) {
    return "new path " + shown;
  }
  if (piece.size() >= 48) {
    return "new long run without blanks " + shown;
  }
  return "";
}

/// The words of `after` that give orders and that `known` lacks: one strong one, or two others.
std::string judge_words(const std::set<std::string>& known,
                        const std::vector<std::string_view>& after) {
  std::string first;
  for (const std::string_view piece : after) {
    const std::string word = bare(piece);
    if (known.contains(word) || word == first) {
      continue;
    }
    if (std::ranges::find(kStrongWords, word) != kStrongWords.end()) {
      return "new word `" + word + "`";
    }
    if (std::ranges::find(kOrderWords, word) == kOrderWords.end()) {
      continue;
    }
    if (!first.empty()) {
      std::string both = "new words `";
      return both.append(first).append("` and `").append(word).append("` that give orders");
    }
    first = word;
  }
  return "";
}

}  // namespace

TextChange judge_text_change(std::string_view before, std::string_view after) {
  const auto old_pieces = pieces(before);
  const std::set<std::string_view> known(old_pieces.begin(), old_pieces.end());
  std::set<std::string> known_words;
  for (const std::string_view piece : old_pieces) {
    known_words.insert(bare(piece));
  }
  const auto new_pieces = pieces(after);
  for (const std::string_view piece : new_pieces) {
    if (known.contains(piece)) {
      continue;
    }
    if (std::string why = judge_piece(piece); !why.empty()) {
      return {true, std::move(why)};
    }
  }
  if (std::string why = judge_words(known_words, new_pieces); !why.empty()) {
    return {true, std::move(why)};
  }
  if (after.size() > before.size() * kMuchTimes && after.size() - before.size() > kMuchBytes) {
    return {true, "the text grew from " + std::to_string(before.size()) + " to " +
                      std::to_string(after.size()) + " bytes"};
  }
  return {false, "the text is worded differently"};
}

}  // namespace merlon
