#include "rules/instruction/feature_sink.h"

#include <algorithm>

#include "base/text.h"
#include "base/unicode/unicode.h"
#include "rules/instruction/stem.h"

namespace merlon {
namespace {

constexpr std::string_view prefix_of(WordFeature kind) {
  switch (kind) {
    case WordFeature::kStem: return "w:";
    case WordFeature::kPair: return "b:";
    case WordFeature::kFirst: return "f:";
    case WordFeature::kFirstPair: return "g:";
  }
  return "";
}

}  // namespace

std::string FeatureList::stem_text(const ClauseToken& token) const {
  if (const std::string_view name = token_class_name(token.kind); !name.empty()) {
    return std::string(name);
  }
  std::u32string low;
  for (const char32_t c : clause_.substr(token.begin, token.end - token.begin)) {
    low.push_back(token.kind == TokenKind::kPair ? c : to_lower(c));
  }
  const Stem stem(low);
  std::string out;
  for (const char32_t c : token.kind == TokenKind::kPair ? std::u32string_view(low) : stem.view()) {
    append_utf8(out, c);
  }
  return out;
}

void FeatureList::stem(const ClauseToken& token) {
  if (token.stem_slot >= model_.stems.size()) {
    return;
  }
  const StemSlot& slot = model_.stems[token.stem_slot];
  const int weight = use_ == WeightUse::kTool ? slot.tool : slot.text;
  if (weight != 0) {
    found_.push_back({"w:" + stem_text(token), weight});
  }
}

void FeatureList::words(WordFeature kind, const ClauseToken& first, const ClauseToken* second) {
  const int weight =
      weight_of(hash_feature(kind, first.stem, second == nullptr ? 0 : second->stem));
  if (weight == 0) {
    return;
  }
  std::string name = std::string(prefix_of(kind)) + stem_text(first);
  if (second != nullptr) {
    name += " " + stem_text(*second);
  }
  found_.push_back({std::move(name), weight});
}

void FeatureList::name(const FeatureName& name) {
  if (const int weight = weight_of(name.hash()); weight != 0) {
    found_.push_back({std::string(name.text()), weight});
  }
}

int FeatureList::weight_of(std::uint64_t hash) const {
  const std::size_t at = find_slot(model_.features, hash);
  if (at >= model_.features.size()) {
    return 0;
  }
  const FeatureSlot& slot = model_.features[at];
  return use_ == WeightUse::kTool ? slot.tool : slot.text;
}

std::vector<NamedWeight> FeatureList::take() {
  std::sort(found_.begin(), found_.end(),
            [](const NamedWeight& a, const NamedWeight& b) { return a.name < b.name; });
  found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
  return std::move(found_);
}

}  // namespace merlon
