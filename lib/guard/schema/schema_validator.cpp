#include "guard/schema/schema_validator.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_set>

#include "base/text.h"
#include "guard/schema/value_digest.h"

namespace merlon {
namespace {

using enum SchemaOutcome;

/// Members or elements of one value that some keyword has looked at; each has its own node.
struct SeenValues {
  std::unordered_set<NodeId> nodes;
  bool incomplete{false};  ///< a keyword that is not checked may have looked at more
};

/// All of them: a wrong one decides, then one that is not known.
SchemaOutcome both(SchemaOutcome a, SchemaOutcome b) {
  if (a == kInvalid || b == kInvalid) {
    return kInvalid;
  }
  return a == kUnknown || b == kUnknown ? kUnknown : kValid;
}

class SchemaRun {
 public:
  SchemaRun(const CompiledSchema& schema, const Document& document, const SchemaLimits& limits)
      : schema_(schema), document_(document), limits_(limits) {}

  SchemaResult run(NodeId instance) {
    SeenValues seen;
    result_.outcome = check(schema_.root(), instance, seen);
    if (over_) {
      return {.outcome = kBudget};
    }
    if (result_.outcome != kInvalid) {
      result_.instance = kNoNode;
      result_.keyword = {};
    }
    return result_;
  }

 private:
  struct Member {
    std::string name;
    NodeId key;
    NodeId value;
  };

  /// One schema against one value.
  SchemaOutcome check(SchemaId id, NodeId at, SeenValues& seen) {
    if (over_ || depth_ >= limits_.depth || !spend(1)) {
      over_ = true;
      return kUnknown;
    }
    const SchemaPart& part = schema_.part(id);
    if (part.refuses_all) {
      return wrong(at, "false");
    }
    ++depth_;
    const bool enters = scope_.empty() || scope_.back() != part.resource;
    if (enters) {
      scope_.push_back(part.resource);
    }
    SchemaOutcome out = part.unknown ? kUnknown : kValid;
    SeenValues own{.nodes = {}, .incomplete = part.unknown};
    // The cheap ones first; a value that is wrong need not be looked at further.
    for (const auto step :
         {&SchemaRun::check_value, &SchemaRun::check_references, &SchemaRun::check_choices,
          &SchemaRun::check_condition, &SchemaRun::check_kind, &SchemaRun::check_unevaluated}) {
      out = both(out, (this->*step)(part, at, own));
      if (out == kInvalid || over_) {
        break;
      }
    }
    if (enters) {
      scope_.pop_back();
    }
    --depth_;
    if (out != kInvalid && schema_.collects()) {
      (void)spend(own.nodes.size());
      seen.nodes.insert(own.nodes.begin(), own.nodes.end());
      seen.incomplete = seen.incomplete || own.incomplete;
    }
    return out;
  }

  /// The same where a wrong value is not yet an answer.
  SchemaOutcome try_out(SchemaId id, NodeId at, SeenValues& seen) {
    ++quiet_;
    const SchemaOutcome out = check(id, at, seen);
    --quiet_;
    return out;
  }

  SchemaOutcome wrong(NodeId at, std::string_view keyword) {
    if (quiet_ == 0 && result_.instance == kNoNode) {
      result_.instance = at;
      result_.keyword = keyword;
    }
    return kInvalid;
  }

  bool spend(std::uint64_t steps) {
    spent_ += steps;
    over_ = over_ || spent_ > limits_.steps;
    return !over_;
  }

  // What any value can be asked.
  SchemaOutcome check_value(const SchemaPart& part, NodeId at, SeenValues& /*seen*/) {
    if (part.types != 0 && (part.types & types_of(at)) == 0) {
      return wrong(at, "type");
    }
    if (part.constant || part.choices) {
      (void)spend(document_.node(at).next - at);
      const Sha256 digest = value_digest(document_, at);
      if (part.constant && digest != *part.constant) {
        return wrong(at, "const");
      }
      if (part.choices && !std::ranges::binary_search(*part.choices, digest)) {
        return wrong(at, "enum");
      }
    }
    return kValid;
  }

  [[nodiscard]] std::uint8_t types_of(NodeId at) const {
    switch (document_.kind(at)) {
      case NodeKind::kNull: return kTypeNull;
      case NodeKind::kBool: return kTypeBoolean;
      case NodeKind::kNumber:
        return parse_decimal(document_.raw(at)).is_integer() ? kTypeNumber | kTypeInteger
                                                             : kTypeNumber;
      case NodeKind::kKey:  // a name, for propertyNames
      case NodeKind::kString: return kTypeString;
      case NodeKind::kArray: return kTypeArray;
      case NodeKind::kObject: return kTypeObject;
    }
    return 0;
  }

  SchemaOutcome check_references(const SchemaPart& part, NodeId at, SeenValues& seen) {
    SchemaOutcome out = kValid;
    if (part.reference != kNoSchema) {
      out = check(part.reference, at, seen);
    }
    if (part.dynamic_reference != kNoSchema && out != kInvalid) {
      out = both(out, check(dynamic_target(part), at, seen));
    }
    return out;
  }

  /// The outermost resource on the way here that has the anchor.
  [[nodiscard]] SchemaId dynamic_target(const SchemaPart& part) {
    if (!part.dynamic_anchor.empty()) {
      (void)spend(scope_.size());
      for (const std::uint32_t resource : scope_) {
        const SchemaId found = schema_.dynamic_anchor(resource, part.dynamic_anchor);
        if (found != kNoSchema) {
          return found;
        }
      }
    }
    return part.dynamic_reference;
  }

  SchemaOutcome check_choices(const SchemaPart& part, NodeId at, SeenValues& seen) {
    SchemaOutcome out = kValid;
    for (const SchemaId id : part.all_of) {
      out = both(out, check(id, at, seen));
      if (out == kInvalid) {
        return out;
      }
    }
    out = part.any_of.empty() ? out : both(out, check_any(part, at, seen));
    out = part.one_of.empty() || out == kInvalid ? out : both(out, check_one(part, at, seen));
    if (part.negated != kNoSchema && out != kInvalid) {
      SeenValues unused;
      const SchemaOutcome inner = try_out(part.negated, at, unused);
      out = both(out, inner == kValid ? wrong(at, "not") : inner == kUnknown ? kUnknown : kValid);
    }
    return out;
  }

  SchemaOutcome check_any(const SchemaPart& part, NodeId at, SeenValues& seen) {
    SchemaOutcome best = kInvalid;
    for (const SchemaId id : part.any_of) {
      const SchemaOutcome one = try_out(id, at, seen);
      best = one == kValid || (one == kUnknown && best == kInvalid) ? one : best;
      if (best == kValid && !schema_.collects()) {
        break;  // else the others' values count as seen too
      }
    }
    return best == kInvalid ? wrong(at, "anyOf") : best;
  }

  SchemaOutcome check_one(const SchemaPart& part, NodeId at, SeenValues& seen) {
    std::size_t valid = 0;
    std::size_t unknown = 0;
    for (const SchemaId id : part.one_of) {
      const SchemaOutcome one = try_out(id, at, seen);
      valid += one == kValid ? 1 : 0;
      unknown += one == kUnknown ? 1 : 0;
      if (valid > 1) {
        break;
      }
    }
    if (valid > 1 || valid + unknown == 0) {
      return wrong(at, "oneOf");
    }
    return unknown == 0 ? kValid : kUnknown;
  }

  SchemaOutcome check_condition(const SchemaPart& part, NodeId at, SeenValues& seen) {
    if (part.condition == kNoSchema) {
      return kValid;
    }
    const SchemaOutcome condition = try_out(part.condition, at, seen);
    if (condition == kUnknown) {
      const bool decides = part.consequence != kNoSchema || part.alternative != kNoSchema;
      seen.incomplete = true;
      return decides ? kUnknown : kValid;
    }
    const SchemaId next = condition == kValid ? part.consequence : part.alternative;
    return next == kNoSchema ? kValid : check(next, at, seen);
  }

  SchemaOutcome check_kind(const SchemaPart& part, NodeId at, SeenValues& seen) {
    switch (document_.kind(at)) {
      case NodeKind::kNumber: return check_number(part, at);
      case NodeKind::kKey:
      case NodeKind::kString: return check_string(part, at);
      case NodeKind::kArray: return check_array(part, at, seen);
      case NodeKind::kObject: return check_object(part, at, seen);
      case NodeKind::kNull:
      case NodeKind::kBool: return kValid;
    }
    return kValid;
  }

  SchemaOutcome check_number(const SchemaPart& part, NodeId at) {
    if (!part.minimum && !part.maximum && !part.above && !part.below && !part.multiple_of) {
      return kValid;
    }
    const Decimal value = parse_decimal(document_.raw(at));
    if (part.minimum && compare(value, *part.minimum) < 0) {
      return wrong(at, "minimum");
    }
    if (part.maximum && compare(value, *part.maximum) > 0) {
      return wrong(at, "maximum");
    }
    if (part.above && compare(value, *part.above) <= 0) {
      return wrong(at, "exclusiveMinimum");
    }
    if (part.below && compare(value, *part.below) >= 0) {
      return wrong(at, "exclusiveMaximum");
    }
    return part.multiple_of && !is_multiple(value, *part.multiple_of) ? wrong(at, "multipleOf")
                                                                      : kValid;
  }

  SchemaOutcome check_string(const SchemaPart& part, NodeId at) {
    if (!part.min_length && !part.max_length && part.pattern == nullptr) {
      return kValid;
    }
    std::string scratch;
    const std::string_view text = document_.text(at, scratch);
    const std::size_t length = count_code_points(text);
    if (part.min_length && length < *part.min_length) {
      return wrong(at, "minLength");
    }
    if (part.max_length && length > *part.max_length) {
      return wrong(at, "maxLength");
    }
    if (part.pattern != nullptr && !matches(*part.pattern, text) && !over_) {
      return wrong(at, "pattern");
    }
    return kValid;
  }

  bool matches(const SchemaPattern& pattern, std::string_view text) {
    (void)spend(1 + text.size() / 64);
    if (over_) {
      return false;
    }
    if (!scratch_) {
      scratch_.emplace(limits_.regex);
    }
    scratch_->start();
    RegexPlace place;
    const RegexOutcome outcome = pattern.regex.find(text, 0, *scratch_, place);
    over_ = over_ || outcome == RegexOutcome::kBudget;
    return outcome == RegexOutcome::kMatch;
  }

  SchemaOutcome check_array(const SchemaPart& part, NodeId at, SeenValues& seen) {
    const std::vector<NodeId> elements = document_.elements(at);
    if (part.min_items && elements.size() < *part.min_items) {
      return wrong(at, "minItems");
    }
    if (part.max_items && elements.size() > *part.max_items) {
      return wrong(at, "maxItems");
    }
    if (part.unique_items && has_repeats(at, elements)) {
      return wrong(at, "uniqueItems");
    }
    if (!spend(elements.size())) {
      return kUnknown;
    }
    SchemaOutcome out = kValid;
    for (std::size_t i = 0; i < elements.size() && out != kInvalid && !over_; ++i) {
      const SchemaId id = i < part.prefix_items.size() ? part.prefix_items[i] : part.items;
      if (id != kNoSchema) {
        SeenValues below;
        out = both(out, check(id, elements[i], below));
        note_seen(elements[i], seen);
      }
    }
    return part.contains == kNoSchema || out == kInvalid
               ? out
               : both(out, check_contains(part, at, elements, seen));
  }

  bool has_repeats(NodeId at, const std::vector<NodeId>& elements) {
    if (!spend(document_.node(at).next - at)) {
      return false;
    }
    std::vector<Sha256> digests;
    digests.reserve(elements.size());
    for (const NodeId element : elements) {
      digests.push_back(value_digest(document_, element));
    }
    std::ranges::sort(digests);
    return std::ranges::adjacent_find(digests) != digests.end();
  }

  SchemaOutcome check_contains(const SchemaPart& part, NodeId at,
                               const std::vector<NodeId>& elements, SeenValues& seen) {
    std::uint64_t valid = 0;
    std::uint64_t unknown = 0;
    for (const NodeId element : elements) {
      SeenValues below;
      const SchemaOutcome one = try_out(part.contains, element, below);
      valid += one == kValid ? 1 : 0;
      unknown += one == kUnknown ? 1 : 0;
      if (one != kInvalid) {
        note_seen(element, seen);
      }
      if (over_) {
        return kUnknown;
      }
    }
    const std::uint64_t least = part.min_contains.value_or(1);
    if (valid + unknown < least) {
      return wrong(at, part.min_contains ? "minContains" : "contains");
    }
    if (part.max_contains && valid > *part.max_contains) {
      return wrong(at, "maxContains");
    }
    const bool sure =
        valid >= least && (!part.max_contains || valid + unknown <= *part.max_contains);
    return sure ? kValid : kUnknown;
  }

  SchemaOutcome check_object(const SchemaPart& part, NodeId at, SeenValues& seen) {
    std::vector<Member> members;
    for (const auto& [key, value] : document_.members(at)) {
      members.push_back({.name = document_.text(key), .key = key, .value = value});
    }
    if (!spend(members.size())) {
      return kUnknown;
    }
    if (part.min_properties && members.size() < *part.min_properties) {
      return wrong(at, "minProperties");
    }
    if (part.max_properties && members.size() > *part.max_properties) {
      return wrong(at, "maxProperties");
    }
    SchemaOutcome out = check_names(part, at, members, seen);
    for (const Member& member : members) {
      if (out == kInvalid || over_) {
        return out;
      }
      out = both(out, check_member(part, member, seen));
    }
    return out;
  }

  /// What depends on which names are there.
  SchemaOutcome check_names(const SchemaPart& part, NodeId at, const std::vector<Member>& members,
                            SeenValues& seen) {
    if (part.required.empty() && part.dependent_required.empty() &&
        part.dependent_schemas.empty()) {
      return kValid;
    }
    std::vector<std::string_view> names;
    names.reserve(members.size());
    for (const Member& member : members) {
      names.emplace_back(member.name);
    }
    std::ranges::sort(names);
    const auto has = [&](std::string_view name) {
      (void)spend(1);
      return std::ranges::binary_search(names, name);
    };
    if (!std::ranges::all_of(part.required, has)) {
      return wrong(at, "required");
    }
    for (const auto& [name, needed] : part.dependent_required) {
      if (has(name) && !std::ranges::all_of(needed, has)) {
        return wrong(at, "dependentRequired");
      }
    }
    SchemaOutcome out = kValid;
    for (const auto& [name, id] : part.dependent_schemas) {
      if (out != kInvalid && has(name)) {
        out = both(out, check(id, at, seen));
      }
    }
    return out;
  }

  SchemaOutcome check_member(const SchemaPart& part, const Member& member, SeenValues& seen) {
    SchemaOutcome out = kValid;
    SeenValues below;
    if (part.property_names != kNoSchema) {
      out = check(part.property_names, member.key, below);
    }
    bool known = false;
    const auto property = std::ranges::lower_bound(
        part.properties, member.name, {},
        [](const auto& entry) -> const std::string& { return entry.first; });
    if (property != part.properties.end() && property->first == member.name && out != kInvalid) {
      known = true;
      out = both(out, check(property->second, member.value, below));
    }
    for (const auto& [pattern, id] : part.pattern_properties) {
      if (out != kInvalid && !over_ && matches(*pattern, member.name)) {
        known = true;
        out = both(out, check(id, member.value, below));
      }
    }
    if (!known && out != kInvalid && part.additional_properties != kNoSchema) {
      known = true;
      out = both(out, check_additional(part, member));
    }
    if (known) {
      note_seen(member.value, seen);
    }
    return out;
  }

  SchemaOutcome check_additional(const SchemaPart& part, const Member& member) {
    SeenValues below;
    if (!schema_.part(part.additional_properties).refuses_all) {
      return check(part.additional_properties, member.value, below);
    }
    // A pattern of this schema that is not understood might have known the name.
    return part.unknown ? kUnknown : wrong(member.value, "additionalProperties");
  }

  SchemaOutcome check_unevaluated(const SchemaPart& part, NodeId at, SeenValues& seen) {
    const bool is_list = document_.is(at, NodeKind::kArray);
    const SchemaId id = is_list                               ? part.unevaluated_items
                        : document_.is(at, NodeKind::kObject) ? part.unevaluated_properties
                                                              : kNoSchema;
    if (id == kNoSchema) {
      return kValid;
    }
    SchemaOutcome out = kValid;
    for (NodeId child = at + 1; child < document_.node(at).next && out != kInvalid && !over_;
         child = document_.node(child).next) {
      const NodeId value = is_list ? child : child + 1;
      if (!seen.nodes.contains(value)) {
        SeenValues below;
        const SchemaOutcome one = try_out(id, value, below);
        const bool sure = one == kInvalid && !seen.incomplete;
        out = sure ? wrong(value, is_list ? "unevaluatedItems" : "unevaluatedProperties")
                   : both(out, one == kInvalid ? kUnknown : one);
        note_seen(value, seen);
      }
    }
    return out;
  }

  void note_seen(NodeId value, SeenValues& seen) const {
    if (schema_.collects()) {
      seen.nodes.insert(value);
    }
  }

  const CompiledSchema& schema_;
  const Document& document_;
  const SchemaLimits& limits_;
  SchemaResult result_;
  std::optional<RegexScratch> scratch_;
  std::vector<std::uint32_t> scope_;
  std::uint64_t spent_{0};
  std::uint32_t depth_{0};
  std::uint32_t quiet_{0};
  bool over_{false};
};

}  // namespace

SchemaResult validate(const CompiledSchema& schema, const Document& document, NodeId instance,
                      const SchemaLimits& limits) {
  return SchemaRun(schema, document, limits).run(instance);
}

}  // namespace merlon
