#include "rules/rule_loader_match.h"

#include <array>
#include <utility>

#include "base/regex/regex.h"
#include "base/text.h"
#include "rules/detector.h"

namespace merlon {
namespace {

constexpr std::size_t kMaxMatchers = 1000;
constexpr std::uint64_t kMaxNear = 65535;

constexpr std::array<std::string_view, 9> kMatchKeys{
    "scope", "near", "none_scope", "roles", "views", "phrases", "any", "all", "none"};
constexpr std::array<std::string_view, 5> kMatcherKeys{"phrase", "pattern", "detector", "roles",
                                                       "views"};

template <class Set>
struct NamedBit {
  std::string_view name;
  Set bit;
};
constexpr std::array<NamedBit<RoleSet>, 4> kRoles{
    {{"description", role_bit(ClauseRole::kDescription)},
     {"instruction", role_bit(ClauseRole::kInstruction)},
     {"quoted", role_bit(ClauseRole::kQuoted)},
     {"negated", role_bit(ClauseRole::kNegated)}}};
constexpr std::array<NamedBit<ViewSet>, 3> kViews{{{"raw", view_bit(TextView::kRaw)},
                                                   {"normalised", view_bit(TextView::kNormalised)},
                                                   {"decoded", view_bit(TextView::kDecoded)}}};

// A list of names as a set of bits; `fallback` when the field is absent.
template <class Set, std::size_t N>
Set read_set(FieldReader& fields, NodeId table, std::string_view field,
             const std::array<NamedBit<Set>, N>& names, Set fallback) {
  const auto node = fields.field(table, field);
  if (!node) {
    return fallback;
  }
  std::vector<std::string_view> choices;
  choices.reserve(names.size());
  for (const auto& name : names) {
    choices.push_back(name.name);
  }
  Set set = 0;
  for (const NodeId element : fields.strings(table, field)) {
    const std::string word = fields.document().text(element);
    bool known = false;
    for (const auto& name : names) {
      if (name.name == word) {
        set = static_cast<Set>(set | name.bit);
        known = true;
      }
    }
    if (!known) {
      FieldReader::suggest(fields.complain(element, "unknown word `", word, "` in `", field, "`"),
                           word, choices);
    }
  }
  if (set == 0 && !fields.has_errors()) {
    fields.complain(*node, "`", field, "` must name at least one");
  }
  return set;
}

struct MatcherDefaults {
  RoleSet roles{kAnyRole};
  ViewSet views{kAnyView};
};

bool read_pattern(FieldReader& fields, NodeId node, const std::string& text) {
  const auto problem = find_regex_problem(text);
  if (!problem) {
    return true;
  }
  fields.complain_within(
      node,
      problem->offset > 0 && problem->offset >= text.size() ? text.size() - 1 : problem->offset,
      "pattern: ", problem->message);
  return false;
}

bool read_detector(FieldReader& fields, NodeId node, const std::string& name) {
  if (find_detector(name) != nullptr) {
    return true;
  }
  std::vector<std::string_view> choices;
  for (const DetectorKind& kind : detector_kinds()) {
    choices.push_back(kind.name);
  }
  FieldReader::suggest(fields.complain(node, "no detector is called `", name, "`"), name, choices);
  return false;
}

// The one of `phrase`, `pattern` and `detector` that the table has.
bool read_what(FieldReader& fields, NodeId table, RuleMatcher& out) {
  constexpr std::array<std::pair<std::string_view, MatcherKind>, 3> kKinds{
      {{"phrase", MatcherKind::kPhrase},
       {"pattern", MatcherKind::kPattern},
       {"detector", MatcherKind::kDetector}}};
  std::size_t given = 0;
  NodeId node = kNoNode;
  for (const auto& [name, kind] : kKinds) {
    const auto text = fields.string(table, name);
    const auto value = fields.field(table, name);
    if (value) {
      ++given;
    }
    if (value && text) {
      out.kind = kind;
      out.text = *text;
      node = *value;
    }
  }
  if (given != 1) {
    fields.complain(table, "a matcher has one of `phrase`, `pattern` and `detector`");
    return false;
  }
  if (node == kNoNode) {
    return false;
  }
  if (trim(out.text).empty()) {
    fields.complain(node, "a matcher must not be empty");
    return false;
  }
  switch (out.kind) {
    case MatcherKind::kPhrase: return true;
    case MatcherKind::kPattern: return read_pattern(fields, node, out.text);
    case MatcherKind::kDetector: return read_detector(fields, node, out.text);
  }
  return false;
}

std::vector<RuleMatcher> read_matchers(FieldReader& fields, NodeId table, std::string_view field,
                                       const MatcherDefaults& defaults) {
  std::vector<RuleMatcher> out;
  for (const NodeId element : fields.tables(table, field)) {
    fields.check_keys(element, kMatcherKeys);
    RuleMatcher matcher;
    matcher.roles = read_set(fields, element, "roles", kRoles, defaults.roles);
    matcher.views = read_set(fields, element, "views", kViews, defaults.views);
    if (read_what(fields, element, matcher)) {
      out.push_back(std::move(matcher));
    }
  }
  if (out.size() > kMaxMatchers) {
    fields.complain_field(table, field, "`", field, "` has more than ",
                          std::to_string(kMaxMatchers), " matchers");
  }
  return out;
}

void read_phrases(FieldReader& fields, NodeId table, const MatcherDefaults& defaults, Rule& rule) {
  for (const NodeId element : fields.strings(table, "phrases")) {
    std::string text = fields.document().text(element);
    if (trim(text).empty()) {
      fields.complain(element, "a phrase must not be empty");
      continue;
    }
    rule.any.push_back({.kind = MatcherKind::kPhrase,
                        .text = std::move(text),
                        .views = defaults.views,
                        .roles = defaults.roles});
  }
}

RuleScope read_scope(FieldReader& fields, NodeId table, std::string_view field, RuleScope fallback,
                     const std::vector<std::string_view>& choices) {
  const auto word = fields.string(table, field);
  if (!word) {
    return fallback;
  }
  for (const std::string_view choice : choices) {
    if (choice == *word) {
      return *word == "clause" ? RuleScope::kClause
             : *word == "near" ? RuleScope::kNear
                               : RuleScope::kText;
    }
  }
  FieldReader::suggest(fields.complain_field(table, field, "unknown ", field, " `", *word, "`"),
                       *word, choices);
  return fallback;
}

void read_near(FieldReader& fields, NodeId table, Rule& rule) {
  const auto bytes = fields.number(table, "near");
  if (rule.scope == RuleScope::kNear && !fields.field(table, "near")) {
    fields.complain_field(table, "scope", "scope `near` needs `near = BYTES`");
  }
  if (!bytes) {
    return;
  }
  const NodeId node = fields.field(table, "near").value_or(table);
  if (rule.scope != RuleScope::kNear) {
    fields.complain(node, "`near` has no effect without `scope = \"near\"`");
  } else if (*bytes == 0 || *bytes > kMaxNear) {
    fields.complain(node, "`near` must be from 1 to ", std::to_string(kMaxNear), " bytes");
  } else {
    rule.near_bytes = static_cast<std::uint16_t>(*bytes);
  }
}

}  // namespace

void read_match(FieldReader& fields, NodeId table, Rule& rule) {
  if (!fields.document().is(table, NodeKind::kObject)) {
    fields.complain(table, "`match` must be a table");
    return;
  }
  fields.check_keys(table, kMatchKeys);
  MatcherDefaults defaults;
  defaults.roles = read_set(fields, table, "roles", kRoles, defaults.roles);
  defaults.views = read_set(fields, table, "views", kViews, defaults.views);
  read_phrases(fields, table, defaults, rule);
  for (RuleMatcher& matcher : read_matchers(fields, table, "any", defaults)) {
    rule.any.push_back(std::move(matcher));
  }
  rule.all = read_matchers(fields, table, "all", defaults);
  // An excuse counts in any role unless it says otherwise; in the same clause it has the role of
  // the hit anyway.
  rule.none = read_matchers(fields, table, "none",
                            MatcherDefaults{.roles = kAnyRole, .views = defaults.views});
  rule.scope = read_scope(fields, table, "scope", RuleScope::kText, {"text", "clause", "near"});
  rule.none_scope = read_scope(fields, table, "none_scope", RuleScope::kClause, {"clause", "text"});
  read_near(fields, table, rule);
  if (rule.any.empty() && rule.all.empty() && !fields.has_errors()) {
    fields.complain(table, "`match` needs at least one matcher in `phrases`, `any` or `all`");
  }
}

}  // namespace merlon
