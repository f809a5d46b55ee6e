#include "rules/instruction/feature_words.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace merlon {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

/// By class; also for `y:` and `z:`, which cross a class with a form or with novelty.
constexpr std::array<Row, 31> kClasses{{
    {"imp", "a command"},
    {"q", "a question"},
    {"wh", "a question"},
    {"harm", "speaks of harm"},
    {"harm2", "speaks of harm"},
    {"exfil", "hands something over"},
    {"sens", "speaks of sensitive data"},
    {"sens2", "speaks of sensitive data"},
    {"org", "speaks of an organisation or its people"},
    {"org2", "speaks of an organisation or its people"},
    {"yourreply", "steers the answer"},
    {"reply", "steers the answer"},
    {"second", "addresses its reader"},
    {"user", "speaks of the user"},
    {"spam", "bait or an address"},
    {"k<url>", "bait or an address"},
    {"k<mail>", "a mail address"},
    {"k<path>", "a path"},
    {"k<money>", "a sum of money"},
    {"k<big>", "a large number"},
    {"k<tag>", "a tag"},
    {"idnum", "a numbered person or thing"},
    {"names", "proper names"},
    {"prohib", "a prohibition"},
    {"youmust", "tells its reader what to do"},
    {"ensure", "an order to ensure something"},
    {"lead", "opens as a further order"},
    {"quote", "a quotation"},
    {"nonen", "in another language than English"},
    {"langmix", "in another language than the rest of the tool"},
    {"neg", "a negation"},
}};

constexpr std::array<Row, 10> kOthers{{
    {"nov:0", "shares no word with the rest of the tool"},
    {"nov:1", "shares hardly a word with the rest of the tool"},
    {"rare:", "words that hardly any server uses"},
    {"rarer:", "words that hardly any server uses"},
    {"mid:", "words that few servers use"},
    {"lang:", "in another language than English"},
    {"pos:dlast", "stands at the end of the description"},
    {"t:capsrun", "words in capitals"},
    {"t:langs", "mixes languages"},
    {"t:imp", "a command"},
}};

std::string class_in_words(std::string_view name) {
  const auto* const found = std::find_if(kClasses.begin(), kClasses.end(),
                                         [&](const Row& row) { return row.first == name; });
  return found == kClasses.end() ? std::string() : std::string(found->second);
}

/// `x:imp later nov0`: the form of a clause crossed with where it stands and how much it shares.
std::string form_in_words(std::string_view name) {
  const std::string_view form = name.substr(0, name.find(' '));
  std::string out = form == "ym"     ? "tells its reader what to do"
                    : form == "else" ? std::string()
                                     : class_in_words(form);
  const bool foreign = name.ends_with("nov0") || name.ends_with("nov1");
  if (foreign) {
    out += out.empty() ? "shares no word with the rest of the tool"
                       : " that shares no word with the rest of the tool";
  }
  return out;
}

}  // namespace

std::string feature_in_words(const std::string& name) {
  const std::string_view rest =
      std::string_view(name).substr(std::min<std::size_t>(2, name.size()));
  if (name.starts_with("w:") || name.starts_with("b:")) {
    return "`" + std::string(rest) + "`";
  }
  if (name.starts_with("f:") || name.starts_with("g:")) {
    return "begins with `" + std::string(rest) + "`";
  }
  if (name.starts_with("c:")) {
    return class_in_words(rest);
  }
  if (name.starts_with("y:")) {
    return class_in_words(rest.substr(rest.find(' ') + 1));
  }
  if (name.starts_with("z:")) {
    return class_in_words(rest.substr(0, rest.find(' ')));
  }
  if (name.starts_with("x:")) {
    return form_in_words(rest);
  }
  for (const auto& [prefix, words] : kOthers) {
    if (name.starts_with(prefix)) {
      return std::string(words);
    }
  }
  return {};
}

std::vector<WeightedWords> heaviest_reasons(const std::vector<NamedWeight>& weights,
                                            std::size_t most) {
  std::vector<WeightedWords> out;
  for (const NamedWeight& weight : weights) {
    std::string words = feature_in_words(weight.name);
    if (words.empty()) {
      continue;
    }
    const auto same = std::find_if(
        out.begin(), out.end(), [&](const WeightedWords& reason) { return reason.words == words; });
    if (same == out.end()) {
      out.push_back({std::move(words), weight.weight});
    } else {
      same->weight += weight.weight;
    }
  }
  std::erase_if(out, [](const WeightedWords& reason) { return reason.weight <= 0; });
  std::sort(out.begin(), out.end(), [](const WeightedWords& a, const WeightedWords& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.words < b.words;
  });
  if (out.size() > most) {
    out.resize(most);
  }
  return out;
}

}  // namespace merlon
