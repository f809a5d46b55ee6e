#include <algorithm>
#include <cstddef>
#include <cstring>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/digest/digest.h"
#include "base/regex/folded_text.h"
#include "base/regex/literals.h"
#include "base/regex/regex.h"
#include "base/text.h"
#include "base/unicode/unicode.h"
#include "rules/decode.h"
#include "rules/detector.h"
#include "rules/pack.h"
#include "rules/pack_layout.h"

namespace merlon {
namespace {

std::uint32_t as_u32(std::size_t value) {
  return static_cast<std::uint32_t>(value);
}

/// Strings, each kept once.
class StringPool {
 public:
  PackString add(std::string_view text) {
    const auto known = places_.find(std::string(text));
    if (known != places_.end()) {
      return known->second;
    }
    const PackString place{.offset = as_u32(bytes_.size()), .length = as_u32(text.size())};
    bytes_.append(text);
    places_.emplace(text, place);
    return place;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  std::unordered_map<std::string, PackString> places_;
};

class PackBuilder {
 public:
  void add_rule(const Rule& rule);
  void add_rot13_signs();
  [[nodiscard]] std::string finish(std::string_view name, std::string_view version);

 private:
  PackRange add_matchers(const std::vector<RuleMatcher>& matchers, std::uint32_t rule,
                         bool needs_sets);
  PackRange add_list(const std::vector<std::string>& words);
  void add_facts(PackMatcher& out, std::string_view pattern);
  void add_sets(PackMatcher& out, const PatternNeeds& needs);
  void add_set(const LiteralSet& set, std::size_t reach, std::uint32_t matcher);
  bool mark_triggers(PackRange matchers);
  void choose_triggers(PackRule& rule);
  void add_examples(const std::vector<RuleExample>& examples, std::uint32_t rule, bool bad);
  void add_literals(std::vector<PackLiteral>& literals, std::vector<std::uint32_t>& set_list);

  StringPool strings_;
  StringPool example_strings_;
  std::vector<PackRule> rules_;
  std::vector<PackMatcher> matchers_;
  std::vector<PackSet> sets_;
  std::vector<PackString> lists_;
  std::vector<PackByteSet> byte_sets_;
  std::vector<PackExample> examples_;
  std::map<std::string, std::vector<std::uint32_t>> literal_sets_;
};

// 1: the phrase begins with a character that must not continue a word before it; 2: the same at its
// end.
std::uint8_t word_edges(std::string_view folded) {
  if (folded.empty()) {
    return 0;
  }
  std::size_t at = 0;
  const char32_t first = next_code_point(folded, at);
  char32_t last = first;
  while (at < folded.size()) {
    last = next_code_point(folded, at);
  }
  const auto has_edge = [](char32_t c) { return is_word_char(c) && !is_written_without_blanks(c); };
  return static_cast<std::uint8_t>((has_edge(first) ? 1 : 0) | (has_edge(last) ? 2 : 0));
}

// What announces a hit of the matcher; empty: nothing does.
PatternNeeds needs_of(const RuleMatcher& matcher) {
  switch (matcher.kind) {
    case MatcherKind::kPhrase: {
      std::string folded = fold_text(trim(matcher.text));
      if (folded.size() < 3) {
        return {};
      }
      return {.sets = {{std::move(folded)}}, .reaches = {kNoReach}};
    }
    case MatcherKind::kPattern: return pattern_needs(matcher.text);
    case MatcherKind::kDetector: break;
  }
  const DetectorKind* detector = find_detector(matcher.text);
  if (detector == nullptr || detector->literals.empty()) {
    return {};
  }
  LiteralSet set;
  for (const std::string_view literal : detector->literals) {
    set.push_back(fold_text(literal));
    if (set.back().size() < 3) {
      return {};
    }
  }
  return {.sets = {std::move(set)}, .reaches = {kNoReach}};
}

void PackBuilder::add_set(const LiteralSet& set, std::size_t reach, std::uint32_t matcher) {
  constexpr std::size_t kLongestReach = 4096;  // longer ones save nothing
  const std::uint32_t index = as_u32(sets_.size());
  sets_.push_back(
      {.matcher = matcher,
       .trigger = 0,
       .reach = reach <= kLongestReach ? static_cast<std::uint16_t>(reach + 1) : std::uint16_t{0}});
  for (const std::string& literal : set) {
    literal_sets_[literal].push_back(index);
  }
}

void PackBuilder::add_sets(PackMatcher& out, const PatternNeeds& needs) {
  out.sets = {.begin = as_u32(sets_.size()), .count = as_u32(needs.sets.size())};
  for (std::size_t i = 0; i < needs.sets.size(); ++i) {
    add_set(needs.sets[i], needs.reaches[i], as_u32(matchers_.size()));
  }
}

void PackBuilder::add_facts(PackMatcher& out, std::string_view pattern) {
  const RegexFacts facts = regex_facts(pattern);
  out.min_length = facts.min_length;
  const PatternNeeds needs = pattern_needs(pattern);
  out.token_run = static_cast<std::uint16_t>(std::min<std::size_t>(needs.token_run, 65535));
  out.digit_run = static_cast<std::uint16_t>(std::min<std::size_t>(needs.digit_run, 65535));
  out.first_byte = facts.first_byte;
  out.last_byte = facts.last_byte;
  if (facts.has_first_set) {
    out.first_set = as_u32(byte_sets_.size());
    byte_sets_.push_back(facts.first_set);
  }
}

PackRange PackBuilder::add_matchers(const std::vector<RuleMatcher>& matchers, std::uint32_t rule,
                                    bool needs_sets) {
  const PackRange range{.begin = as_u32(matchers_.size()), .count = as_u32(matchers.size())};
  for (const RuleMatcher& matcher : matchers) {
    PackMatcher out;
    out.text = strings_.add(matcher.text);
    out.rule = rule;
    out.kind = static_cast<std::uint8_t>(matcher.kind);
    out.views = matcher.views;
    out.roles = matcher.roles;
    if (matcher.kind == MatcherKind::kPattern) {
      add_facts(out, matcher.text);
    }
    if (matcher.kind == MatcherKind::kPhrase) {
      const std::string folded = fold_text(trim(matcher.text));
      out.folded = strings_.add(folded);
      out.edges = word_edges(folded);
    }
    if (needs_sets) {
      add_sets(out, needs_of(matcher));
    }
    matchers_.push_back(out);
  }
  return range;
}

PackRange PackBuilder::add_list(const std::vector<std::string>& words) {
  const PackRange range{.begin = as_u32(lists_.size()), .count = as_u32(words.size())};
  for (const std::string& word : words) {
    lists_.push_back(strings_.add(word));
  }
  return range;
}

// The first set of each matcher announces it; false when one has none.
bool PackBuilder::mark_triggers(PackRange matchers) {
  const std::span<const PackMatcher> range =
      std::span(matchers_).subspan(matchers.begin, matchers.count);
  if (range.empty() || std::any_of(range.begin(), range.end(),
                                   [](const PackMatcher& m) { return m.sets.count == 0; })) {
    return false;
  }
  for (const PackMatcher& matcher : range) {
    sets_[matcher.sets.begin].trigger = 1;
  }
  return true;
}

// A rule is a candidate when one of `any` is announced; where those cannot be, when one certain
// member of `all` is.
void PackBuilder::choose_triggers(PackRule& rule) {
  if (mark_triggers(rule.any)) {
    return;
  }
  for (std::uint32_t i = 0; i < rule.all.count; ++i) {
    if (mark_triggers({.begin = rule.all.begin + i, .count = 1})) {
      return;
    }
  }
  rule.always = rule.any.count + rule.all.count > 0 ? 1 : 0;
}

void PackBuilder::add_examples(const std::vector<RuleExample>& examples, std::uint32_t rule,
                               bool bad) {
  for (const RuleExample& example : examples) {
    examples_.push_back({.text = example_strings_.add(example.text),
                         .file = example_strings_.add(example.file),
                         .rule = rule,
                         .surface = static_cast<std::uint8_t>(example.surface),
                         .manifest = static_cast<std::uint8_t>(example.manifest ? 1 : 0),
                         .bad = static_cast<std::uint8_t>(bad ? 1 : 0)});
  }
}

void PackBuilder::add_rule(const Rule& rule) {
  const std::uint32_t index = as_u32(rules_.size());
  PackRule out;
  out.id = strings_.add(rule.id);
  out.title = strings_.add(rule.title);
  out.message = strings_.add(rule.message);
  out.description = strings_.add(rule.description);
  out.category = strings_.add(rule.category);
  out.check = strings_.add(rule.check);
  out.remedy = strings_.add(rule.remedy);
  out.surfaces = rule.surfaces;
  out.any = add_matchers(rule.any, index, true);
  out.all = add_matchers(rule.all, index, true);
  out.none = add_matchers(rule.none, index, false);
  out.taxonomies = add_list(rule.taxonomies);
  out.references = add_list(rule.references);
  out.score = rule.score;
  out.near_bytes = rule.near_bytes;
  out.severity = static_cast<std::uint8_t>(rule.severity);
  out.tier = static_cast<std::uint8_t>(rule.tier);
  out.scope = static_cast<std::uint8_t>(rule.scope);
  out.none_scope = static_cast<std::uint8_t>(rule.none_scope);
  out.secret = rule.secret ? 1 : 0;
  out.enabled = rule.enabled ? 1 : 0;
  choose_triggers(out);
  add_examples(rule.bad, index, true);
  add_examples(rule.good, index, false);
  rules_.push_back(out);
}

void PackBuilder::add_rot13_signs() {
  LiteralSet signs;
  for (const std::string_view sign : rot13_signs()) {
    signs.emplace_back(sign);
  }
  add_set(signs, kNoReach, kNoIndex);
}

void PackBuilder::add_literals(std::vector<PackLiteral>& literals,
                               std::vector<std::uint32_t>& set_list) {
  for (const auto& [text, sets] : literal_sets_) {
    literals.push_back({.text = strings_.add(text),
                        .sets = {.begin = as_u32(set_list.size()), .count = as_u32(sets.size())}});
    set_list.insert(set_list.end(), sets.begin(), sets.end());
  }
}

/// Sections one after the other, each aligned.
class PackBytes {
 public:
  PackBytes() { bytes_.resize(sizeof(PackHead)); }

  template <class T>
  void add(PackSection section, std::span<const T> elements) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.resize((bytes_.size() + 7) / 8 * 8);
    head_.sections[section] = {.offset = as_u32(bytes_.size()),
                               .size = as_u32(elements.size_bytes())};
    bytes_.append(reinterpret_cast<const char*>(elements.data()), elements.size_bytes());
  }
  void add_table(const LiteralTable& table, PackSection bitmap, PackSection buckets,
                 PackSection entries) {
    add(bitmap, std::span(table.bitmap));
    add(buckets, std::span(table.buckets));
    add(entries, std::span(table.entries));
  }
  [[nodiscard]] std::string finish(PackString name, PackString version) {
    bytes_.resize((bytes_.size() + 7) / 8 * 8);
    head_.magic = kPackMagic;
    head_.format = kPackFormat;
    head_.size = as_u32(bytes_.size());
    head_.name_offset = name.offset;
    head_.name_length = name.length;
    head_.version_offset = version.offset;
    head_.version_length = version.length;
    std::memcpy(bytes_.data(), &head_, sizeof(head_));
    const std::string digest = sha256_hex(std::string_view(bytes_).substr(kPackDigestEnd));
    std::memcpy(bytes_.data() + offsetof(PackHead, digest), digest.data(), digest.size());
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
  PackHead head_;
};

std::string PackBuilder::finish(std::string_view name, std::string_view version) {
  std::vector<PackLiteral> literals;
  std::vector<std::uint32_t> set_list;
  add_literals(literals, set_list);
  const PackString name_place = strings_.add(name);
  const PackString version_place = strings_.add(version);
  std::vector<std::string_view> literal_texts;
  literal_texts.reserve(literal_sets_.size());
  for (const auto& [text, sets] : literal_sets_) {
    literal_texts.push_back(text);
  }
  const LiteralTables tables = build_literal_tables(literal_texts);

  PackBytes out;
  out.add(kSectionStrings, std::span(strings_.bytes()));
  out.add(kSectionRules, std::span<const PackRule>(rules_));
  out.add(kSectionMatchers, std::span<const PackMatcher>(matchers_));
  out.add(kSectionSets, std::span<const PackSet>(sets_));
  out.add(kSectionLiterals, std::span<const PackLiteral>(literals));
  out.add(kSectionSetList, std::span<const std::uint32_t>(set_list));
  out.add(kSectionLists, std::span<const PackString>(lists_));
  out.add(kSectionByteSets, std::span<const PackByteSet>(byte_sets_));
  out.add_table(tables.four, kSectionBitmapFour, kSectionBucketsFour, kSectionEntriesFour);
  out.add_table(tables.three, kSectionBitmapThree, kSectionBucketsThree, kSectionEntriesThree);
  out.add(kSectionExamples, std::span<const PackExample>(examples_));
  out.add(kSectionExampleStrings, std::span(example_strings_.bytes()));
  return out.finish(name_place, version_place);
}

}  // namespace

std::string build_pack(std::vector<Rule> rules, std::string_view name, std::string_view version) {
  std::sort(rules.begin(), rules.end(), [](const Rule& a, const Rule& b) { return a.id < b.id; });
  PackBuilder builder;
  for (const Rule& rule : rules) {
    builder.add_rule(rule);
  }
  builder.add_rot13_signs();
  return builder.finish(name, version);
}

}  // namespace merlon
