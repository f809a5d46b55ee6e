#include "rules/instruction/clause_features.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <string_view>

namespace merlon {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(ClauseClass::kCount)>
    kFeatureClassNames{"imp",    "q",       "wh",      "harm",      "harm2",   "exfil",  "sens",
                       "sens2",  "org",     "org2",    "yourreply", "second",  "user",   "spam",
                       "k<url>", "k<mail>", "k<path>", "k<money>",  "k<big>",  "k<tag>", "idnum",
                       "names",  "capmid",  "neg",     "prohib",    "youmust", "modal",  "ensure",
                       "paren",  "tick",    "quote",   "colon",     "lead",    "dot",    "illus",
                       "lower0", "nonen",   "langmix", "reply"};
constexpr std::array<std::string_view, 10> kLanguageNames{"en", "de", "es", "fr", "ru",
                                                          "it", "pt", "zh", "ja", "ko"};
constexpr std::array<std::string_view, 4> kKindNames{"title", "desc", "prop", "val"};
constexpr std::array<std::string_view, 4> kPositionNames{"only", "first", "mid", "last"};
constexpr std::array<std::string_view, 5> kSectionNames{"none", "arg", "ret", "ex", "note"};

/// Classes that are crossed with form and novelty.
constexpr std::array kCrossed{ClauseClass::kHarm,  ClauseClass::kSens,      ClauseClass::kOrg,
                              ClauseClass::kExfil, ClauseClass::kYourReply, ClauseClass::kSpam,
                              ClauseClass::kIdNum, ClauseClass::kNames,     ClauseClass::kEnsure,
                              ClauseClass::kUser,  ClauseClass::kSecond,    ClauseClass::kQuote,
                              ClauseClass::kTick,  ClauseClass::kNonEn};

constexpr std::array<unsigned, 4> kTenths{1, 2, 4, 6};
constexpr std::array<unsigned, 7> kLengths{3, 5, 8, 12, 16, 22, 30};

template <std::size_t N>
std::string_view name_of(const std::array<std::string_view, N>& names, auto value) {
  return names[static_cast<std::size_t>(value)];
}

unsigned bucket(std::size_t value, std::span<const unsigned> cuts) {
  const auto* const cut = std::upper_bound(cuts.data(), cuts.data() + cuts.size(), value);
  return static_cast<unsigned>(cut - cuts.data());
}

std::string_view form_of(ClauseClasses classes) {
  if (has_class(classes, ClauseClass::kImp)) {
    return "imp";
  }
  if (has_class(classes, ClauseClass::kQ) || has_class(classes, ClauseClass::kWh)) {
    return "q";
  }
  return has_class(classes, ClauseClass::kYouMust) ? "ym" : "else";
}

/// 0: shares no word with the rest of the tool; 4: shares most of them, or has none.
unsigned novelty(const ClauseContext& context) {
  return context.content == 0 ? 4 : bucket(context.shared * 10 / context.content, kTenths);
}

template <class Sink>
void add_place(const ClauseContext& context, unsigned novel, Sink& sink) {
  const bool outer = context.kind == StringKind::kTitle || context.kind == StringKind::kDescription;
  const std::string_view level = outer ? "d" : "p";
  sink.name(FeatureName("pos:").add(level).add(name_of(kPositionNames, context.position)));
  sink.name(FeatureName("sec:").add(level).add(name_of(kSectionNames, context.section)));
  sink.name(FeatureName("kind:").add(name_of(kKindNames, context.kind)));
  if (context.parameter) {
    sink.name(FeatureName("par:").add(level));
  }
  if (context.item) {
    sink.name(FeatureName("item:").add(level));
  }
  sink.name(FeatureName("nov:").add(novel));
  sink.name(FeatureName("nm:").add(std::min(context.in_name, 2U)));
  sink.name(FeatureName("rare:").add(std::min(context.unknown, 4U)));
  sink.name(FeatureName("mid:").add(std::min(context.uncommon, 6U)));
  sink.name(FeatureName("rarer:").add(
      context.content == 0 ? 0 : bucket(context.unknown * 10 / context.content, kTenths)));
}

template <class Sink>
void add_form(const ClauseContext& context, std::string_view form, unsigned novel, Sink& sink) {
  const bool later =
      context.position == ClausePosition::kMiddle || context.position == ClausePosition::kLast;
  const auto named = [&] { return FeatureName("x:").add(form).add(" "); };
  sink.name(named().add(later ? "later" : name_of(kPositionNames, context.position)));
  sink.name(named().add("nov").add(novel));
  sink.name(named().add(later ? "later" : "first").add(" nov").add(novel));
  sink.name(named().add("rare").add(std::min(context.unknown, 3U)));
  sink.name(named()
                .add("par")
                .add(context.parameter ? 1U : 0U)
                .add(" sec")
                .add(name_of(kSectionNames, context.section)));
}

}  // namespace

template <class Sink>
void add_word_features(const ClauseReading& reading, Sink& sink) {
  const auto& core = reading.core;
  for (std::size_t at = 0; at < core.size(); ++at) {
    sink.stem(*core[at]);
    if (at > 0) {
      sink.words(WordFeature::kPair, *core[at - 1], core[at]);
    }
  }
  sink.words(WordFeature::kFirst, *core[0], nullptr);
  if (core.size() > 1) {
    sink.words(WordFeature::kFirstPair, *core[0], core[1]);
  }
  if (reading.language != ClauseLanguage::kEnglish) {
    sink.name(FeatureName("lang:").add(name_of(kLanguageNames, reading.language)));
  }
}

template <class Sink>
void add_length_feature(const ClauseReading& reading, Sink& sink) {
  sink.name(FeatureName("n:").add(bucket(reading.core.size(), kLengths)));
}

template <class Sink>
void add_class_features(ClauseClasses classes, Sink& sink) {
  for (ClauseClasses rest = classes; rest != 0; rest &= rest - 1) {
    sink.name(FeatureName("c:").add(
        kFeatureClassNames[static_cast<std::size_t>(std::countr_zero(rest))]));
  }
}

template <class Sink>
void add_context_features(const ClauseContext& context, ClauseClasses classes, Sink& sink) {
  const unsigned novel = novelty(context);
  const std::string_view form = form_of(classes);
  add_place(context, novel, sink);
  add_form(context, form, novel, sink);
  for (const ClauseClass crossed : kCrossed) {
    if (has_class(classes, crossed)) {
      const std::string_view name = name_of(kFeatureClassNames, crossed);
      sink.name(FeatureName("y:").add(form).add(" ").add(name));
      sink.name(FeatureName("z:").add(name).add(" nov").add(std::min(novel, 2U)));
    }
  }
}

template void add_word_features(const ClauseReading&, WeightSum&);
template void add_word_features(const ClauseReading&, FeatureList&);
template void add_class_features(ClauseClasses, WeightSum&);
template void add_class_features(ClauseClasses, FeatureList&);
template void add_context_features(const ClauseContext&, ClauseClasses, WeightSum&);
template void add_context_features(const ClauseContext&, ClauseClasses, FeatureList&);
template void add_length_feature(const ClauseReading&, WeightSum&);
template void add_length_feature(const ClauseReading&, FeatureList&);

}  // namespace merlon
