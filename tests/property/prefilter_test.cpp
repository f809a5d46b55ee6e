// The prefilter only saves time: with it and without it, every text gives the same hits.
#include <random>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "rules/matcher.h"

namespace merlon {
namespace {

/// Each text with a surface that rules look at.
struct Sample {
  Surface surface{Surface::kToolDescription};
  std::string text;
};

/// The texts of all rule examples: each is near the border of some rule.
std::vector<Sample> samples_of_rules() {
  const auto rules = built_in_rules_with_examples();
  REQUIRE(rules);
  std::vector<Sample> out;
  for (const Rule& rule : *rules) {
    for (const auto* examples : {&rule.bad, &rule.good}) {
      for (const RuleExample& example : *examples) {
        if (!example.manifest && example.text.size() < 4000) {
          out.push_back({.surface = example.surface, .text = example.text});
        }
      }
    }
  }
  return out;
}

std::string hex_of(const std::string& text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(kDigits[byte >> 4U]);
    out.push_back(kDigits[byte & 15U]);
  }
  return out;
}

/// A neighbour of two samples: cut, joined, in capitals, stretched, encoded, with bytes changed.
std::string mutant(const std::string& text, const std::string& other, std::mt19937& random) {
  const auto upto = [&](std::size_t end) {
    return end == 0 ? 0 : static_cast<std::size_t>(random() % end);
  };
  std::string out = text;
  switch (random() % 7) {
    case 0: return out.substr(upto(out.size()));
    case 1: return out.substr(0, upto(out.size())) + other.substr(upto(other.size()));
    case 2:
      for (char& c : out) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      }
      return out;
    case 3:
      for (std::size_t i = upto(20); i < out.size(); i += 7 + upto(30)) {
        out.insert(i, random() % 2 == 0 ? " " : "\xE2\x80\x8B");
      }
      return out;
    case 4: return "payload: " + hex_of(out.substr(0, 600));
    case 5:
      for (int i = 0; i < 4 && !out.empty(); ++i) {
        out[upto(out.size())] = static_cast<char>(random() % 256);
      }
      return out;
    default: return other + "\n" + out + "\n" + other;
  }
}

std::string described(const std::vector<RuleHit>& hits) {
  std::string out;
  for (const RuleHit& hit : hits) {
    out += std::to_string(hit.rule) + " " + std::to_string(hit.begin) + "-" +
           std::to_string(hit.end) + " " + std::to_string(static_cast<int>(hit.view)) +
           (hit.budget_exceeded ? " bound " : " ") + hit.evidence;
    for (const std::string& layer : hit.decoded_by) {
      out += " <" + layer;
    }
    out += "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("prefilter: the hits with it are those without it, for examples and their mutants") {
  const auto rules = CompiledRules::built_in();
  REQUIRE(rules);
  const std::vector<Sample> samples = samples_of_rules();
  REQUIRE(samples.size() > 200);
  const Limits limits;
  RuleMatcherState with(**rules, limits, Prefilter::kOn);
  RuleMatcherState without(**rules, limits, Prefilter::kOff);
  std::mt19937 random(20261121);
  std::size_t hits = 0;
  for (std::size_t round = 0; round < 3; ++round) {
    for (const Sample& sample : samples) {
      const Sample& other = samples[random() % samples.size()];
      const std::string text = round == 0 ? sample.text : mutant(sample.text, other.text, random);
      std::vector<RuleHit> fast;
      std::vector<RuleHit> slow;
      with.match(sample.surface, text, fast);
      without.match(sample.surface, text, slow);
      hits += slow.size();
      CHECK_MESSAGE(described(fast) == described(slow), text);
    }
  }
  CHECK(hits > samples.size() / 2);  // the comparison was not one of nothing with nothing
}

}  // namespace merlon
