#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "base/digest/digest.h"
#include "rules/pack.h"
#include "rules/pack_layout.h"

namespace merlon {
namespace {

Error damaged(std::string_view what) {
  return make_error(ErrorCode::kFormat, "rule pack is damaged: ", what);
}

/// Checks the parts of a pack against each other. Offsets are 32 bits, so sums are made in 64.
class PackChecker {
 public:
  explicit PackChecker(const PackView& pack) : pack_(pack) {}

  [[nodiscard]] Status run() const {
    const bool rules_fit =
        std::all_of(pack_.rules.begin(), pack_.rules.end(), [&](const auto& r) { return fits(r); });
    if (!rules_fit) {
      return std::unexpected(damaged("a rule"));
    }
    const auto by_id = [&](const PackRule& a, const PackRule& b) {
      return pack_.text(a.id) < pack_.text(b.id);
    };
    if (!std::is_sorted(pack_.rules.begin(), pack_.rules.end(), by_id)) {
      return std::unexpected(damaged("order of rules"));
    }
    if (!std::all_of(pack_.matchers.begin(), pack_.matchers.end(),
                     [&](const auto& m) { return fits(m); })) {
      return std::unexpected(damaged("a matcher"));
    }
    return check_prefilter();
  }

 private:
  [[nodiscard]] static bool fits(PackRange range, std::size_t size) {
    return std::uint64_t{range.begin} + range.count <= size;
  }
  [[nodiscard]] static bool fits(PackString string, std::string_view pool) {
    return std::uint64_t{string.offset} + string.length <= pool.size();
  }
  [[nodiscard]] bool fits(const PackRule& rule) const {
    for (const PackString text : {rule.id, rule.title, rule.message, rule.description,
                                  rule.category, rule.check, rule.remedy}) {
      if (!fits(text, pack_.strings)) {
        return false;
      }
    }
    for (const PackRange range : {rule.any, rule.all, rule.none}) {
      if (!fits(range, pack_.matchers.size())) {
        return false;
      }
    }
    return fits(rule.taxonomies, pack_.lists.size()) && fits(rule.references, pack_.lists.size()) &&
           rule.severity <= static_cast<std::uint8_t>(Severity::kCritical) &&
           rule.tier <= static_cast<std::uint8_t>(Tier::kSoft) &&
           rule.scope <= static_cast<std::uint8_t>(RuleScope::kNear) &&
           rule.none_scope <= static_cast<std::uint8_t>(RuleScope::kNear);
  }
  [[nodiscard]] bool fits(const PackMatcher& matcher) const {
    return fits(matcher.text, pack_.strings) && fits(matcher.folded, pack_.strings) &&
           fits(matcher.sets, pack_.sets.size()) && matcher.rule < pack_.rules.size() &&
           matcher.kind <= static_cast<std::uint8_t>(MatcherKind::kDetector) &&
           (matcher.first_set == kNoIndex || matcher.first_set < pack_.byte_sets.size());
  }
  [[nodiscard]] Status check_prefilter() const {
    for (const PackSet& set : pack_.sets) {
      if (set.matcher != kNoIndex && set.matcher >= pack_.matchers.size()) {
        return std::unexpected(damaged("a set"));
      }
    }
    for (const PackLiteral& literal : pack_.literals) {
      if (!fits(literal.text, pack_.strings) || !fits(literal.sets, pack_.set_list.size())) {
        return std::unexpected(damaged("a literal"));
      }
    }
    for (const std::uint32_t set : pack_.set_list) {
      if (set >= pack_.sets.size()) {
        return std::unexpected(damaged("a set of a literal"));
      }
    }
    for (const PackString& word : pack_.lists) {
      if (!fits(word, pack_.strings)) {
        return std::unexpected(damaged("a list"));
      }
    }
    for (const PackExample& example : pack_.examples) {
      if (!fits(example.text, pack_.example_strings) ||
          !fits(example.file, pack_.example_strings) || example.rule >= pack_.rules.size() ||
          example.surface >= static_cast<std::uint8_t>(Surface::kCount)) {
        return std::unexpected(damaged("an example"));
      }
    }
    if (!valid_literal_table(pack_.four, pack_.literals.size()) ||
        !valid_literal_table(pack_.three, pack_.literals.size())) {
      return std::unexpected(damaged("the prefilter"));
    }
    return {};
  }

  const PackView& pack_;
};

/// Finds the sections of a pack; remembers whether one was wrong.
class SectionReader {
 public:
  SectionReader(std::string_view bytes, const PackHead& head) : bytes_(bytes), head_(head) {}

  template <class T>
  void read(PackSection section, std::span<const T>& out) {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= 8);
    const PackSectionPlace place = head_.sections[section];
    if (place.offset % 8 != 0 || place.size % sizeof(T) != 0 ||
        std::uint64_t{place.offset} + place.size > bytes_.size()) {
      ok_ = false;
      return;
    }
    out = {reinterpret_cast<const T*>(bytes_.data() + place.offset), place.size / sizeof(T)};
  }
  void read(PackSection section, std::string_view& out) {
    std::span<const char> chars;
    read(section, chars);
    out = {chars.data(), chars.size()};
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::string_view bytes_;
  const PackHead& head_;
  bool ok_{true};
};

bool read_sections(std::string_view bytes, const PackHead& head, PackView& pack) {
  SectionReader reader(bytes, head);
  reader.read(kSectionStrings, pack.strings);
  reader.read(kSectionRules, pack.rules);
  reader.read(kSectionMatchers, pack.matchers);
  reader.read(kSectionSets, pack.sets);
  reader.read(kSectionLiterals, pack.literals);
  reader.read(kSectionSetList, pack.set_list);
  reader.read(kSectionLists, pack.lists);
  reader.read(kSectionByteSets, pack.byte_sets);
  reader.read(kSectionBitmapFour, pack.four.bitmap);
  reader.read(kSectionBucketsFour, pack.four.buckets);
  reader.read(kSectionEntriesFour, pack.four.entries);
  reader.read(kSectionBitmapThree, pack.three.bitmap);
  reader.read(kSectionBucketsThree, pack.three.buckets);
  reader.read(kSectionEntriesThree, pack.three.entries);
  reader.read(kSectionExamples, pack.examples);
  reader.read(kSectionExampleStrings, pack.example_strings);
  return reader.ok();
}

std::vector<RuleMatcher> unpack_matchers(const PackView& pack, PackRange range) {
  std::vector<RuleMatcher> out;
  out.reserve(range.count);
  for (const PackMatcher& matcher : pack.matchers.subspan(range.begin, range.count)) {
    out.push_back({.kind = static_cast<MatcherKind>(matcher.kind),
                   .text = std::string(pack.text(matcher.text)),
                   .views = matcher.views,
                   .roles = matcher.roles});
  }
  return out;
}

std::vector<std::string> unpack_list(const PackView& pack, PackRange range) {
  std::vector<std::string> out;
  out.reserve(range.count);
  for (const PackString word : pack.lists.subspan(range.begin, range.count)) {
    out.emplace_back(pack.text(word));
  }
  return out;
}

}  // namespace

Result<PackView> open_pack(std::string_view bytes, PackTrust trust) {
  PackHead head;
  if (bytes.size() < sizeof(head)) {
    return std::unexpected(damaged("too short"));
  }
  std::memcpy(&head, bytes.data(), sizeof(head));
  if (head.magic != kPackMagic) {
    return fail(ErrorCode::kFormat, "not a rule pack");
  }
  if (head.format != kPackFormat) {
    return fail(ErrorCode::kUnsupported, "rule pack has format ", std::to_string(head.format),
                ", this merlon reads ", std::to_string(kPackFormat));
  }
  if (head.size != bytes.size() || reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0) {
    return std::unexpected(damaged("wrong size"));
  }
  const std::string_view digest = bytes.substr(offsetof(PackHead, digest), head.digest.size());
  if (trust == PackTrust::kForeign && sha256_hex(bytes.substr(kPackDigestEnd)) != digest) {
    return std::unexpected(damaged("the digest differs"));
  }
  PackView pack;
  pack.digest = digest;
  if (!read_sections(bytes, head, pack)) {
    return std::unexpected(damaged("a section"));
  }
  if (std::uint64_t{head.name_offset} + head.name_length > pack.strings.size() ||
      std::uint64_t{head.version_offset} + head.version_length > pack.strings.size()) {
    return std::unexpected(damaged("the name"));
  }
  pack.name = pack.strings.substr(head.name_offset, head.name_length);
  pack.version = pack.strings.substr(head.version_offset, head.version_length);
  if (trust != PackTrust::kBuiltIn) {
    MERLON_CHECK(PackChecker(pack).run());
  }
  return pack;
}

Rule unpack_rule(const PackView& pack, std::uint32_t index) {
  const PackRule& in = pack.rules[index];
  const auto text = [&](PackString place) { return std::string(pack.text(place)); };
  Rule out;
  out.id = text(in.id);
  out.title = text(in.title);
  out.message = text(in.message);
  out.description = text(in.description);
  out.category = text(in.category);
  out.severity = static_cast<Severity>(in.severity);
  out.tier = static_cast<Tier>(in.tier);
  out.score = in.score;
  out.surfaces = in.surfaces;
  out.any = unpack_matchers(pack, in.any);
  out.all = unpack_matchers(pack, in.all);
  out.none = unpack_matchers(pack, in.none);
  out.scope = static_cast<RuleScope>(in.scope);
  out.near_bytes = in.near_bytes;
  out.none_scope = static_cast<RuleScope>(in.none_scope);
  out.check = text(in.check);
  out.secret = in.secret != 0;
  out.taxonomies = unpack_list(pack, in.taxonomies);
  out.remedy = text(in.remedy);
  out.references = unpack_list(pack, in.references);
  out.enabled = in.enabled != 0;
  return out;
}

std::vector<Rule> unpack_rules_with_examples(const PackView& pack) {
  std::vector<Rule> rules;
  rules.reserve(pack.rules.size());
  for (std::uint32_t i = 0; i < pack.rules.size(); ++i) {
    rules.push_back(unpack_rule(pack, i));
  }
  for (const PackExample& in : pack.examples) {
    RuleExample example;
    example.text = pack.example_strings.substr(in.text.offset, in.text.length);
    example.file = pack.example_strings.substr(in.file.offset, in.file.length);
    example.surface = static_cast<Surface>(in.surface);
    example.manifest = in.manifest != 0;
    (in.bad != 0 ? rules[in.rule].bad : rules[in.rule].good).push_back(std::move(example));
  }
  return rules;
}

}  // namespace merlon
