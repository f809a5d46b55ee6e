#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "rules/detector_functions.h"

namespace merlon {
namespace {

constexpr std::size_t kLongestCommand = 600;

constexpr std::array<std::string_view, 7> kFetchers{"curl", "wget", "fetch -",          "http ",
                                                    "iwr ", "irm ", "invoke-webrequest"};
constexpr std::array<std::string_view, 17> kInterpreters{
    "sh",   "bash", "zsh",  "dash", "ksh", "fish", "ash", "python",           "python3",
    "node", "perl", "ruby", "php",  "bun", "deno", "iex", "invoke-expression"};
constexpr std::array<std::string_view, 12> kSubstitutions{
    "bash <(",    "sh <(",       "zsh <(",    "source <(", ". <(",    "bash -c \"$(",
    "sh -c \"$(", "bash -c '$(", "sh -c '$(", "eval \"$(", "eval $(", "iex ("};

bool is_shell_word_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}

std::string_view skip_shell_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\\\n\r");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

std::size_t word_end(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() &&
         (is_shell_word_char(text[end]) || text[end] == '/' || text[end] == '.')) {
    ++end;
  }
  return end;
}

// The bytes of `rest` up to the end of an interpreter's name, or 0. `sudo -E env bash` counts.
std::size_t interpreter_end(std::string_view rest) {
  const std::string_view whole = rest;
  for (int words = 0; words < 5; ++words) {
    rest = skip_shell_blanks(rest);
    const std::size_t size = word_end(rest);
    if (size == 0) {
      return 0;
    }
    std::string_view word = rest.substr(0, size);
    if (const std::size_t slash = word.rfind('/'); slash != std::string_view::npos) {
      word.remove_prefix(slash + 1);
    }
    if (std::find(kInterpreters.begin(), kInterpreters.end(), word) != kInterpreters.end()) {
      return static_cast<std::size_t>(rest.data() - whole.data()) + size;
    }
    if (word != "sudo" && word != "env" && word != "exec" && !word.starts_with('-')) {
      return 0;
    }
    rest.remove_prefix(size);
  }
  return 0;
}

// From a fetching program to the pipe into an interpreter, within one command line.
std::size_t pipe_end(std::string_view lower, std::size_t from) {
  const std::size_t last = std::min(lower.size(), from + kLongestCommand);
  for (std::size_t at = from; at < last; ++at) {
    if (lower[at] == '\n' && (at == 0 || lower[at - 1] != '\\')) {
      return 0;
    }
    if (lower[at] != '|') {
      continue;
    }
    if (at + 1 < lower.size() && lower[at + 1] == '|') {
      ++at;
      continue;
    }
    if (const std::size_t end = interpreter_end(lower.substr(at + 1)); end != 0) {
      return at + 1 + end;
    }
  }
  return 0;
}

bool fetches_at(std::string_view lower, std::size_t at) {
  return std::any_of(kFetchers.begin(), kFetchers.end(), [&](std::string_view fetcher) {
    return lower.substr(at).starts_with(fetcher);
  });
}

void find_pipes(std::string_view lower, DetectorHits& hits) {
  for (const std::string_view fetcher : kFetchers) {
    std::size_t from = 0;
    for (std::size_t at = lower.find(fetcher); at != std::string_view::npos;
         at = lower.find(fetcher, from)) {
      from = at + fetcher.size();
      if (at > 0 && is_shell_word_char(lower[at - 1])) {
        continue;
      }
      if (const std::size_t end = pipe_end(lower, from); end != 0) {
        hits.push_back({.begin = at, .end = end, .what = "download into an interpreter"});
        from = end;
      }
    }
  }
}

void find_substitutions(std::string_view lower, DetectorHits& hits) {
  for (const std::string_view opening : kSubstitutions) {
    for (std::size_t at = lower.find(opening); at != std::string_view::npos;
         at = lower.find(opening, at + opening.size())) {
      const std::string_view rest = skip_shell_blanks(lower.substr(at + opening.size()));
      const auto inner = static_cast<std::size_t>(rest.data() - lower.data());
      if ((at == 0 || !is_shell_word_char(lower[at - 1])) && !rest.empty() &&
          fetches_at(lower, inner)) {
        const std::size_t close = lower.find(')', inner);
        const std::size_t end = close == std::string_view::npos || close > inner + kLongestCommand
                                    ? inner + 4
                                    : close + 1;
        hits.push_back({.begin = at, .end = end, .what = "download into an interpreter"});
      }
    }
  }
}

}  // namespace

void find_shell_pipes(std::string_view text, DetectorHits& hits) {
  const std::string lower = to_lower_ascii(text);
  const auto first = static_cast<std::ptrdiff_t>(hits.size());
  find_pipes(lower, hits);
  find_substitutions(lower, hits);
  std::sort(hits.begin() + first, hits.end(), [](const DetectorHit& a, const DetectorHit& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
}

}  // namespace merlon
