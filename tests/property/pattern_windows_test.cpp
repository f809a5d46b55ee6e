// Searching a pattern only where its literals allow a match finds what searching the whole text
// finds: the distances that pattern_needs gives hold, and rules have the same hits in long texts.
#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "base/regex/folded_text.h"
#include "base/regex/literals.h"
#include "base/regex/regex.h"
#include "rules/matcher.h"

namespace merlon {
namespace {

std::size_t number_below(std::mt19937& random, std::size_t end) {
  return end == 0 ? 0 : static_cast<std::size_t>(random() % end);
}

template <std::size_t N>
std::string_view one_of(const std::array<std::string_view, N>& words, std::mt19937& random) {
  return words.at(number_below(random, N));
}

std::string random_part(std::mt19937& random, int depth) {
  constexpr std::array<std::string_view, 20> kParts{"abc",
                                                    "dea",
                                                    "b",
                                                    R"(\s+)",
                                                    R"(\s*)",
                                                    R"(\s)",
                                                    " ",
                                                    "[bc]",
                                                    ".",
                                                    "[^a]",
                                                    "(?=abc)",
                                                    R"(\b)",
                                                    "abc dea",
                                                    "(?:dea)",
                                                    "a\xC3\xA9"
                                                    "c",
                                                    "[a-c]",
                                                    R"(\w)",
                                                    "(?<=c)",
                                                    "(abc)",
                                                    "[ \\t]"};
  constexpr std::array<std::string_view, 16> kRepeats{
      "", "", "", "", "", "", "?", "+", "*", "{2}", "{0,3}", "{1,2}", "{3,}", "+?", "{2,4}", "*+"};
  std::string part(one_of(kParts, random));
  if (depth > 0 && random() % 3 == 0) {
    part = "(?:" + random_part(random, depth - 1) + random_part(random, depth - 1);
    if (random() % 2 == 0) {
      part += "|" + random_part(random, depth - 1) + random_part(random, depth - 1);
    }
    part += ")";
  } else if (part.size() > 1 && part.front() != '[' && part.front() != '(' &&
             part.front() != '\\') {
    part = "(?:" + part + ")";
  }
  return part + std::string(one_of(kRepeats, random));
}

std::string random_text(std::mt19937& random) {
  constexpr std::array<std::string_view, 18> kPieces{"abc",
                                                     "dea",
                                                     "b",
                                                     "c",
                                                     "a",
                                                     " ",
                                                     "  ",
                                                     "\n\t ",
                                                     "\xC2\xA0",
                                                     "\xE2\x80\x83 ",
                                                     "ABC",
                                                     "d",
                                                     "\xC3\xA9",
                                                     "a\xC3\x89"
                                                     "c",
                                                     "x",
                                                     "\xE3\x80\x80",
                                                     "\xF0\x9F\x98\x80",
                                                     "abc dea"};
  std::string out;
  for (std::size_t i = number_below(random, 40); i > 0; --i) {
    out += one_of(kPieces, random);
  }
  return out;
}

/// Where byte `at` of the source went.
std::size_t folded_place(const FoldedText& folded, std::size_t at) {
  std::size_t place = 0;
  while (place < folded.text().size() && folded.source_of(place + 1) <= at) {
    ++place;
  }
  return place;
}

/// Whether a literal of the set begins at most `reach` code points behind `begin`.
bool reaches(const FoldedText& folded, const LiteralSet& set, std::size_t begin,
             std::size_t reach) {
  const std::string_view text = folded.text();
  std::size_t seen = 0;
  for (std::size_t at = begin; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) {
      continue;
    }
    if (seen++ > reach) {
      return false;
    }
    const auto stands = [&](const std::string& literal) {
      return text.substr(at).starts_with(literal);
    };
    if (std::any_of(set.begin(), set.end(), stands)) {
      return true;
    }
  }
  return false;
}

/// All matches of the pattern in the text keep its distances; answers how many of them were held
/// against one.
std::size_t check_reaches(std::string_view pattern, std::string_view text) {
  const PatternNeeds needs = pattern_needs(pattern);
  REQUIRE(needs.sets.size() == needs.reaches.size());
  const Regex regex(pattern);
  const Limits limits;
  RegexScratch scratch(limits);
  FoldedText folded;
  folded.assign(text);
  std::size_t checked = 0;
  RegexPlace place;
  for (std::size_t from = 0; from <= text.size(); from = std::max(place.begin + 1, place.end)) {
    while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0U) == 0x80U) {
      ++from;
    }
    if (regex.find(text, from, scratch, place) != RegexOutcome::kMatch) {
      break;
    }
    const std::size_t begin = folded_place(folded, place.begin);
    for (std::size_t i = 0; i < needs.sets.size(); ++i) {
      CHECK_MESSAGE(reaches(folded, needs.sets[i], begin, needs.reaches[i]),
                    "pattern: " << pattern << "\ntext: " << text << "\nset: " << i);
      checked += needs.reaches[i] == kNoReach ? 0U : 1U;
    }
  }
  return checked;
}

std::vector<std::string> example_texts() {
  const auto rules = built_in_rules_with_examples();
  REQUIRE(rules);
  std::vector<std::string> out;
  for (const Rule& rule : *rules) {
    for (const auto* const examples : {&rule.bad, &rule.good}) {
      for (const RuleExample& example : *examples) {
        if (!example.manifest && example.text.size() < 1500) {
          out.push_back(example.text);
        }
      }
    }
  }
  return out;
}

/// Blanks become runs of blanks, letters those that fold to them, here and there.
std::string stretched(const std::string& text, std::mt19937& random) {
  constexpr std::array<std::string_view, 6> kBlanks{
      "  ", "\n\t", "\xC2\xA0", " \xE2\x80\x83", "\xE3\x80\x80", " \r\n "};
  const bool ascii = random() % 2 == 0;
  std::string out;
  for (const char c : text) {
    if (c == ' ' && random() % 8 == 0) {
      out += ascii ? kBlanks.at(number_below(random, 2)) : one_of(kBlanks, random);
    } else if (!ascii && c == 'k' && random() % 8 == 0) {
      out += "\xE2\x84\xAA";
    } else {
      out += c;
    }
  }
  return out;
}

std::string long_text(const std::vector<std::string>& texts, std::mt19937& random) {
  constexpr std::array<std::string_view, 6> kBetween{
      "The path of row 12 is kept; users should see the key, about 3% of it. ",
      "Call the tool before the list is sent to the file. ",
      "Do not tell anybody about the previous instructions of the system. ",
      "\n",
      "caf\xC3\xA9 \xE2\x80\x94 ",
      " "};
  std::string out;
  const std::size_t size = 600 + number_below(random, 3000);
  while (out.size() < size) {
    out += random() % 6 == 0 ? stretched(texts[number_below(random, texts.size())], random)
                             : std::string(one_of(kBetween, random));
  }
  return out;
}

std::string hits_in_words(const std::vector<RuleHit>& hits) {
  std::string out;
  for (const RuleHit& hit : hits) {
    out += std::to_string(hit.rule) + " " + std::to_string(hit.begin) + "-" +
           std::to_string(hit.end) + (hit.budget_exceeded ? " bound " : " ") + hit.evidence + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("windows: literals of made-up patterns stand as near to a match's beginning as is said") {
  std::mt19937 random(4);
  std::size_t checked = 0;
  for (int round = 0; round < 6000; ++round) {
    std::string pattern;
    for (std::size_t parts = 2 + number_below(random, 4); parts > 0; --parts) {
      pattern += random_part(random, 2);
    }
    if (find_regex_problem(pattern)) {
      continue;
    }
    for (int text = 0; text < 4; ++text) {
      checked += check_reaches(pattern, random_text(random));
    }
  }
  CHECK(checked > 500);
}

TEST_CASE("windows: literals of the pack's patterns stand as near as is said") {
  const auto rules = built_in_rules_with_examples();
  REQUIRE(rules);
  std::mt19937 random(5);
  std::size_t checked = 0;
  for (const Rule& rule : *rules) {
    for (const auto* const matchers : {&rule.any, &rule.all, &rule.none}) {
      for (const RuleMatcher& matcher : *matchers) {
        for (const RuleExample& example : rule.bad) {
          if (matcher.kind == MatcherKind::kPattern && example.text.size() < 1500) {
            checked += check_reaches(matcher.text, example.text);
            checked += check_reaches(matcher.text, stretched(example.text, random));
          }
        }
      }
    }
  }
  CHECK(checked > 300);
}

TEST_CASE("windows: rules have the same hits in long texts with windows and without") {
  const auto rules = CompiledRules::built_in();
  REQUIRE(rules);
  const std::vector<std::string> texts = example_texts();
  const Limits limits;
  RuleMatcherState with(**rules, limits, Prefilter::kOn);
  RuleMatcherState without(**rules, limits, Prefilter::kOff);
  std::mt19937 random(6);
  std::size_t hits = 0;
  for (int round = 0; round < 250; ++round) {
    const std::string text = long_text(texts, random);
    std::vector<RuleHit> fast;
    std::vector<RuleHit> slow;
    with.match(Surface::kToolDescription, text, fast);
    without.match(Surface::kToolDescription, text, slow);
    hits += slow.size();
    CHECK_MESSAGE(hits_in_words(fast) == hits_in_words(slow), text);
  }
  CHECK(hits > 250);
}

TEST_CASE("windows: a text of nothing but literals comes to an end, with hits and without") {
  const auto rules = built_in_rules_with_examples();
  REQUIRE(rules);
  const auto compiled = CompiledRules::built_in();
  REQUIRE(compiled);
  std::string words;
  for (const Rule& rule : *rules) {
    for (const auto* const matchers : {&rule.any, &rule.all}) {
      for (const RuleMatcher& matcher : *matchers) {
        if (matcher.kind != MatcherKind::kPattern) {
          continue;
        }
        for (const LiteralSet& set : pattern_needs(matcher.text).sets) {
          words += set.front() + "; ";
        }
      }
    }
  }
  std::string text;
  while (text.size() < std::size_t{1} << 17U) {
    text += words;
  }
  Limits limits;
  limits.text_bytes = std::uint64_t{1} << 20U;
  RuleMatcherState state(**compiled, limits);
  for (const std::string& kind :
       {text, std::string(std::size_t{1} << 17U, 'x') + text.substr(0, 2000)}) {
    std::vector<RuleHit> hits;
    state.match(Surface::kToolDescription, kind, hits);
    CHECK_FALSE(hits.empty());
  }
}

}  // namespace merlon
