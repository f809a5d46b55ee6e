#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "base/text.h"
#include "guard/schema/compiled_schema.h"
#include "guard/schema/ecma_pattern.h"
#include "guard/schema/schema_index.h"
#include "guard/schema/value_digest.h"

namespace merlon {
namespace {

constexpr std::size_t kMostNotes = 64;
constexpr std::string_view kOtherDraft = "the keyword belongs to another draft";

SchemaDraft draft_of(const Document& document, NodeId root, SchemaDraft fallback) {
  const std::string named = document.string_or(document.find(root, "$schema"), "");
  if (named.find("draft-07") != std::string::npos || named.find("draft-06") != std::string::npos) {
    return SchemaDraft::kDraft7;
  }
  return named.find("2020-12") != std::string::npos ? SchemaDraft::kDraft202012 : fallback;
}

bool is_known_dialect(std::string_view named) {
  constexpr std::array<std::string_view, 3> kDialects{"://json-schema.org/draft-07/schema",
                                                      "://json-schema.org/draft-06/schema",
                                                      "://json-schema.org/draft/2020-12/schema"};
  return std::ranges::any_of(kDialects, [named](std::string_view dialect) {
    return named.find(dialect) != std::string_view::npos;
  });
}

std::uint8_t type_bit(std::string_view name) {
  constexpr std::array<std::string_view, 7> kSchemaTypeNames{
      "null", "boolean", "number", "integer", "string", "array", "object"};
  const auto* const found = std::ranges::find(kSchemaTypeNames, name);
  return found == kSchemaTypeNames.end()
             ? std::uint8_t{0}
             : static_cast<std::uint8_t>(1U << (found - kSchemaTypeNames.begin()));
}

}  // namespace

class SchemaCompiler {
 public:
  SchemaCompiler(const Document& document, NodeId root, const SchemaOptions& options)
      : document_(document),
        root_(root),
        options_(options),
        draft_(draft_of(document, root, options.draft)),
        index_(document, root, draft_, options.max_schemas) {
    out_.draft_ = draft_;
  }

  Result<CompiledSchema> run() {
    if (!index_.complete()) {
      return too_many();
    }
    note_dialect();
    (void)id_of(root_);
    for (const SchemaIndex::DynamicAnchor& anchor : index_.dynamic_anchors()) {
      out_.dynamic_anchors_.emplace(std::pair(anchor.resource, anchor.name), id_of(anchor.node));
    }
    while (!todo_.empty()) {
      const auto [node, id] = todo_.back();
      todo_.pop_back();
      if (out_.parts_.size() > options_.max_schemas) {
        return too_many();
      }
      SchemaPart part = compile(node);
      out_.collects_ = out_.collects_ || part.unevaluated_items != kNoSchema ||
                       part.unevaluated_properties != kNoSchema;
      out_.parts_[id] = std::move(part);
    }
    return std::move(out_);
  }

 private:
  struct Keyword {
    std::string_view name;
    NodeId schema;
    NodeId value;
    SchemaPart& part;
  };
  using Reader = void (SchemaCompiler::*)(const Keyword&);
  struct Row {
    std::string_view name;
    bool in_draft_7;
    bool in_2020_12;
    Reader read;
  };
  static const std::array<Row, 42> kRows;

  [[nodiscard]] Result<CompiledSchema> too_many() const {
    return fail(ErrorCode::kLimit, "a schema of more than ", std::to_string(options_.max_schemas),
                " schemas");
  }

  /// The part of a schema's node; compiled later when it is new.
  SchemaId id_of(NodeId node) {
    const auto [entry, is_new] = ids_.emplace(node, static_cast<SchemaId>(out_.parts_.size()));
    if (is_new) {
      out_.parts_.emplace_back();
      todo_.emplace_back(node, entry->second);
    }
    return entry->second;
  }

  SchemaPart compile(NodeId node) {
    SchemaPart part;
    part.resource = index_.resource_of(node);
    if (document_.is(node, NodeKind::kBool)) {
      part.refuses_all = !document_.is_true(node);
      return part;
    }
    if (!document_.is(node, NodeKind::kObject)) {
      note(node, "", "neither an object nor a boolean", part);
      return part;
    }
    const bool reference_only =
        draft_ == SchemaDraft::kDraft7 && document_.find(node, "$ref").has_value();
    for (const auto& [key, value] : document_.members(node)) {
      const std::string name = document_.text(key);
      if (!reference_only || name == "$ref") {
        read_keyword(node, key, name, part);
      }
    }
    std::ranges::sort(part.properties);
    return part;
  }

  void read_keyword(NodeId node, NodeId key, const std::string& name, SchemaPart& part) {
    const auto* const row = std::ranges::find(kRows, name, &Row::name);
    if (row == kRows.end()) {
      return;  // an annotation
    }
    const Keyword keyword{.name = row->name, .schema = node, .value = key + 1, .part = part};
    if ((document_.node(key).flags & kNodeDuplicate) != 0) {
      note(keyword, "the keyword is there twice");
    } else if (draft_ == SchemaDraft::kDraft7 ? !row->in_draft_7 : !row->in_2020_12) {
      note(keyword, kOtherDraft);
    } else {
      (this->*row->read)(keyword);
    }
  }

  void note(NodeId node, std::string_view keyword, std::string_view why, SchemaPart& part) {
    part.unknown = true;
    if (out_.notes_.size() < kMostNotes) {
      std::string pointer = document_.pointer(node).substr(document_.pointer(root_).size());
      out_.notes_.push_back({.pointer = std::move(pointer),
                             .keyword = std::string(keyword),
                             .why = std::string(why)});
    }
  }
  void note(const Keyword& keyword, std::string_view why) {
    note(keyword.schema, keyword.name, why, keyword.part);
  }

  /// A schema of an unknown dialect is read as the default one, and that is said.
  void note_dialect() {
    const auto named = document_.find(root_, "$schema", NodeKind::kString);
    if (named && !is_known_dialect(document_.text(*named))) {
      out_.notes_.push_back({.pointer = "",
                             .keyword = "$schema",
                             .why = "another dialect; read as 2020-12 or draft 7"});
    }
  }

  // Values.
  [[nodiscard]] std::optional<Decimal> number(const Keyword& keyword) {
    if (!document_.is(keyword.value, NodeKind::kNumber)) {
      note(keyword, "not a number");
      return std::nullopt;
    }
    return parse_decimal(document_.raw(keyword.value));
  }
  [[nodiscard]] std::optional<std::uint64_t> count(const Keyword& keyword) {
    const auto value = document_.is(keyword.value, NodeKind::kNumber)
                           ? to_count(parse_decimal(document_.raw(keyword.value)))
                           : std::nullopt;
    if (!value) {
      note(keyword, "not a whole number from zero on");
    }
    return value;
  }
  [[nodiscard]] std::vector<std::string> names(NodeId list) const {
    std::vector<std::string> out;
    for (const NodeId element : document_.elements(list)) {
      if (document_.is(element, NodeKind::kString)) {
        out.push_back(document_.text(element));
      }
    }
    return out;
  }
  [[nodiscard]] std::vector<SchemaId> list(const Keyword& keyword) {
    std::vector<SchemaId> out;
    for (const NodeId element : document_.elements(keyword.value)) {
      out.push_back(id_of(element));
    }
    if (!document_.is(keyword.value, NodeKind::kArray)) {
      note(keyword, "not an array of schemas");
    }
    return out;
  }
  [[nodiscard]] std::vector<std::pair<NodeId, NodeId>> map(const Keyword& keyword) {
    if (!document_.is(keyword.value, NodeKind::kObject)) {
      note(keyword, "not an object of schemas");
    }
    return document_.members(keyword.value);
  }
  [[nodiscard]] const SchemaPattern* pattern(const Keyword& keyword, const std::string& text) {
    if (text.size() > options_.max_pattern_bytes ||
        out_.patterns_.size() >= options_.max_patterns) {
      note(keyword, "too many or too long patterns");
      return nullptr;
    }
    auto translated = translate_ecma_pattern(text);
    if (!translated || find_regex_problem(*translated)) {
      note(keyword, "not a pattern that can be checked");
      return nullptr;
    }
    out_.patterns_.push_back(std::make_unique<const SchemaPattern>(*std::move(translated)));
    return out_.patterns_.back().get();
  }

  // Readers of keywords, one for each kind of value.
  template <std::optional<Decimal> SchemaPart::* kField>
  void read_number(const Keyword& keyword) {
    keyword.part.*kField = number(keyword);
  }
  template <std::optional<std::uint64_t> SchemaPart::* kField>
  void read_count(const Keyword& keyword) {
    keyword.part.*kField = count(keyword);
  }
  template <SchemaId SchemaPart::* kField>
  void read_schema(const Keyword& keyword) {
    keyword.part.*kField = id_of(keyword.value);
  }
  template <std::vector<SchemaId> SchemaPart::* kField>
  void read_list(const Keyword& keyword) {
    keyword.part.*kField = list(keyword);
  }

  void read_type(const Keyword& keyword) {
    const bool is_list = document_.is(keyword.value, NodeKind::kArray);
    for (const std::string& name :
         is_list ? names(keyword.value)
                 : std::vector<std::string>{document_.string_or(keyword.value, "")}) {
      const std::uint8_t bit = type_bit(name);
      keyword.part.types = static_cast<std::uint8_t>(keyword.part.types | bit);
      if (bit == 0) {
        note(keyword, "not a type");
      }
    }
    if (keyword.part.unknown) {
      keyword.part.types = 0;  // a type that is not understood may be the one that is meant
    }
  }
  void read_enum(const Keyword& keyword) {
    if (!document_.is(keyword.value, NodeKind::kArray)) {
      note(keyword, "not an array");
      return;
    }
    keyword.part.choices.emplace();
    for (const NodeId element : document_.elements(keyword.value)) {
      keyword.part.choices->push_back(value_digest(document_, element));
    }
    std::ranges::sort(*keyword.part.choices);
  }
  void read_const(const Keyword& keyword) {
    keyword.part.constant = value_digest(document_, keyword.value);
  }
  void read_multiple_of(const Keyword& keyword) {
    const auto value = number(keyword);
    if (value &&
        (value->negative || value->is_zero() || value->digits.size() > kMostDivisorDigits)) {
      note(keyword, "not above zero, or of too many digits");
      return;
    }
    keyword.part.multiple_of = value;
  }
  void read_pattern(const Keyword& keyword) {
    if (!document_.is(keyword.value, NodeKind::kString)) {
      note(keyword, "not a string");
      return;
    }
    keyword.part.pattern = pattern(keyword, document_.text(keyword.value));
  }
  void read_unique_items(const Keyword& keyword) {
    keyword.part.unique_items = document_.is_true(keyword.value);
  }
  void read_required(const Keyword& keyword) {
    if (!document_.is(keyword.value, NodeKind::kArray)) {
      note(keyword, "not an array of names");
    }
    keyword.part.required = names(keyword.value);
  }
  void read_properties(const Keyword& keyword) {
    for (const auto& [key, value] : map(keyword)) {
      keyword.part.properties.emplace_back(document_.text(key), id_of(value));
    }
  }
  void read_pattern_properties(const Keyword& keyword) {
    for (const auto& [key, value] : map(keyword)) {
      if (const SchemaPattern* const compiled = pattern(keyword, document_.text(key))) {
        keyword.part.pattern_properties.emplace_back(compiled, id_of(value));
      }
    }
  }
  void read_dependencies(const Keyword& keyword) {
    for (const auto& [key, value] : map(keyword)) {
      if (document_.is(value, NodeKind::kArray)) {
        keyword.part.dependent_required.emplace_back(document_.text(key), names(value));
      } else {
        keyword.part.dependent_schemas.emplace_back(document_.text(key), id_of(value));
      }
    }
  }
  void read_items(const Keyword& keyword) {
    if (!document_.is(keyword.value, NodeKind::kArray)) {
      keyword.part.items = id_of(keyword.value);
    } else if (draft_ == SchemaDraft::kDraft7) {
      keyword.part.prefix_items = list(keyword);
    } else {
      note(keyword, kOtherDraft);
    }
  }
  void read_additional_items(const Keyword& keyword) {
    if (document_.find(keyword.schema, "items", NodeKind::kArray)) {
      keyword.part.items = id_of(keyword.value);
    }
  }
  void read_reference(const Keyword& keyword) { keyword.part.reference = target(keyword); }
  void read_dynamic_reference(const Keyword& keyword) {
    keyword.part.dynamic_reference = target(keyword);
    const std::string text = document_.string_or(keyword.value, "");
    const std::string name = text.substr(std::min(text.find('#'), text.size() - 1) + 1);
    const auto node = index_.resolve(text, keyword.part.resource);
    // Without a $dynamicAnchor at its first target it is a plain reference.
    if (node && document_.string_or(document_.find(*node, "$dynamicAnchor"), "") == name) {
      keyword.part.dynamic_anchor = name;
    }
  }
  [[nodiscard]] SchemaId target(const Keyword& keyword) {
    if (!document_.is(keyword.value, NodeKind::kString)) {
      note(keyword, "not a reference");
      return kNoSchema;
    }
    const auto node = index_.resolve(document_.text(keyword.value), keyword.part.resource);
    if (!node) {
      note(keyword, "leads out of the schema or nowhere; nothing is fetched");
      return kNoSchema;
    }
    return id_of(*node);
  }
  void read_unsupported(const Keyword& keyword) { note(keyword, kOtherDraft); }

  const Document& document_;
  NodeId root_;
  SchemaOptions options_;
  SchemaDraft draft_;
  SchemaIndex index_;
  CompiledSchema out_;
  std::unordered_map<NodeId, SchemaId> ids_;
  std::vector<std::pair<NodeId, SchemaId>> todo_;
};

const std::array<SchemaCompiler::Row, 42> SchemaCompiler::kRows{{
    {"$dynamicRef", false, true, &SchemaCompiler::read_dynamic_reference},
    {"$recursiveRef", false, false, &SchemaCompiler::read_unsupported},
    {"$ref", true, true, &SchemaCompiler::read_reference},
    {"additionalItems", true, false, &SchemaCompiler::read_additional_items},
    {"additionalProperties", true, true,
     &SchemaCompiler::read_schema<&SchemaPart::additional_properties>},
    {"allOf", true, true, &SchemaCompiler::read_list<&SchemaPart::all_of>},
    {"anyOf", true, true, &SchemaCompiler::read_list<&SchemaPart::any_of>},
    {"const", true, true, &SchemaCompiler::read_const},
    {"contains", true, true, &SchemaCompiler::read_schema<&SchemaPart::contains>},
    {"dependencies", true, true, &SchemaCompiler::read_dependencies},
    {"dependentRequired", false, true, &SchemaCompiler::read_dependencies},
    {"dependentSchemas", false, true, &SchemaCompiler::read_dependencies},
    {"else", true, true, &SchemaCompiler::read_schema<&SchemaPart::alternative>},
    {"enum", true, true, &SchemaCompiler::read_enum},
    {"exclusiveMaximum", true, true, &SchemaCompiler::read_number<&SchemaPart::below>},
    {"exclusiveMinimum", true, true, &SchemaCompiler::read_number<&SchemaPart::above>},
    {"if", true, true, &SchemaCompiler::read_schema<&SchemaPart::condition>},
    {"items", true, true, &SchemaCompiler::read_items},
    {"maxContains", false, true, &SchemaCompiler::read_count<&SchemaPart::max_contains>},
    {"maxItems", true, true, &SchemaCompiler::read_count<&SchemaPart::max_items>},
    {"maxLength", true, true, &SchemaCompiler::read_count<&SchemaPart::max_length>},
    {"maxProperties", true, true, &SchemaCompiler::read_count<&SchemaPart::max_properties>},
    {"maximum", true, true, &SchemaCompiler::read_number<&SchemaPart::maximum>},
    {"minContains", false, true, &SchemaCompiler::read_count<&SchemaPart::min_contains>},
    {"minItems", true, true, &SchemaCompiler::read_count<&SchemaPart::min_items>},
    {"minLength", true, true, &SchemaCompiler::read_count<&SchemaPart::min_length>},
    {"minProperties", true, true, &SchemaCompiler::read_count<&SchemaPart::min_properties>},
    {"minimum", true, true, &SchemaCompiler::read_number<&SchemaPart::minimum>},
    {"multipleOf", true, true, &SchemaCompiler::read_multiple_of},
    {"not", true, true, &SchemaCompiler::read_schema<&SchemaPart::negated>},
    {"oneOf", true, true, &SchemaCompiler::read_list<&SchemaPart::one_of>},
    {"pattern", true, true, &SchemaCompiler::read_pattern},
    {"patternProperties", true, true, &SchemaCompiler::read_pattern_properties},
    {"prefixItems", false, true, &SchemaCompiler::read_list<&SchemaPart::prefix_items>},
    {"properties", true, true, &SchemaCompiler::read_properties},
    {"propertyNames", true, true, &SchemaCompiler::read_schema<&SchemaPart::property_names>},
    {"required", true, true, &SchemaCompiler::read_required},
    {"then", true, true, &SchemaCompiler::read_schema<&SchemaPart::consequence>},
    {"type", true, true, &SchemaCompiler::read_type},
    {"uniqueItems", true, true, &SchemaCompiler::read_unique_items},
    {"unevaluatedItems", false, true, &SchemaCompiler::read_schema<&SchemaPart::unevaluated_items>},
    {"unevaluatedProperties", false, true,
     &SchemaCompiler::read_schema<&SchemaPart::unevaluated_properties>},
}};

SchemaId CompiledSchema::dynamic_anchor(std::uint32_t resource, const std::string& name) const {
  const auto found = dynamic_anchors_.find({resource, name});
  return found == dynamic_anchors_.end() ? kNoSchema : found->second;
}

Result<CompiledSchema> compile_schema(const Document& document, NodeId root,
                                      const SchemaOptions& options) {
  if (!document.is(root, NodeKind::kObject) && !document.is(root, NodeKind::kBool)) {
    return fail(ErrorCode::kFormat, "a schema is an object or a boolean");
  }
  return SchemaCompiler(document, root, options).run();
}

}  // namespace merlon
