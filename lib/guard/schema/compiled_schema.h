#pragma once
/// A JSON Schema made ready: drafts 2020-12 and 7, nothing fetched, every bound known.
///
///   MERLON_TRY(const CompiledSchema schema, compile_schema(document, node, {}));
///   const SchemaResult result = validate(schema, message.document, arguments, limits);
///
/// What cannot be checked is not silently passed: it stands in `notes()`, and where it matters for
/// an instance the answer is kUnknown, not kValid (schema_validator.h).
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest/digest.h"
#include "base/document.h"
#include "base/regex/regex.h"
#include "base/result.h"
#include "guard/schema/decimal.h"

namespace merlon {

enum class SchemaDraft : std::uint8_t { kDraft7, kDraft202012 };

struct SchemaOptions {
  SchemaDraft draft{SchemaDraft::kDraft202012};  ///< of a schema without a known `$schema`
  std::uint32_t max_schemas{4096};               ///< subschemas of one document
  std::uint32_t max_patterns{256};
  std::uint64_t max_pattern_bytes{4096};  ///< of one pattern
};

/// Something in a schema that is not checked, and why.
struct SchemaNote {
  std::string pointer;  ///< from the root of the schema
  std::string keyword;
  std::string why;
  friend bool operator==(const SchemaNote&, const SchemaNote&) = default;
};

using SchemaId = std::uint32_t;
inline constexpr SchemaId kNoSchema = 0xFFFFFFFFU;

/// Bits of SchemaPart::types.
enum SchemaTypeBit : std::uint8_t {
  kTypeNull = 1,
  kTypeBoolean = 2,
  kTypeNumber = 4,
  kTypeInteger = 8,
  kTypeString = 16,
  kTypeArray = 32,
  kTypeObject = 64,
};

struct SchemaPattern {
  std::string text;
  Regex regex;
  explicit SchemaPattern(std::string pattern) : text(std::move(pattern)), regex(text) {}
};

/// One schema with its keywords read. Absent keywords have their defaults.
struct SchemaPart {
  bool refuses_all{false};  ///< `false`
  bool unknown{false};      ///< has a keyword that is not checked
  std::uint8_t types{0};    ///< SchemaTypeBit; 0: any
  std::uint32_t resource{0};

  std::optional<std::vector<Sha256>> choices;  ///< enum and const, the digests of their values
  std::optional<Sha256> constant;
  std::optional<Decimal> minimum, maximum, above, below, multiple_of;
  std::optional<std::uint64_t> min_length, max_length, min_items, max_items;
  std::optional<std::uint64_t> min_properties, max_properties, min_contains, max_contains;
  const SchemaPattern* pattern{nullptr};
  bool unique_items{false};

  std::vector<std::string> required;
  std::vector<std::pair<std::string, SchemaId>> properties;  ///< sorted by name
  std::vector<std::pair<const SchemaPattern*, SchemaId>> pattern_properties;
  std::vector<std::pair<std::string, SchemaId>> dependent_schemas;
  std::vector<std::pair<std::string, std::vector<std::string>>> dependent_required;
  std::vector<SchemaId> prefix_items, all_of, any_of, one_of;
  SchemaId additional_properties{kNoSchema}, property_names{kNoSchema};
  SchemaId unevaluated_properties{kNoSchema}, unevaluated_items{kNoSchema};
  SchemaId items{kNoSchema};  ///< of the elements behind prefix_items
  SchemaId contains{kNoSchema}, negated{kNoSchema};
  SchemaId condition{kNoSchema}, consequence{kNoSchema}, alternative{kNoSchema};
  SchemaId reference{kNoSchema};
  SchemaId dynamic_reference{kNoSchema};  ///< where it leads when nobody overrides it
  std::string dynamic_anchor;             ///< of the dynamic reference; empty: it is a plain one
};

/// Immutable; safe from many threads. Nothing of the schema's document is kept.
class CompiledSchema {
 public:
  [[nodiscard]] const SchemaPart& part(SchemaId id) const { return parts_[id]; }
  [[nodiscard]] SchemaId root() const { return 0; }
  [[nodiscard]] std::size_t size() const { return parts_.size(); }
  [[nodiscard]] SchemaDraft draft() const { return draft_; }
  /// What is not checked, in document order; at most 64.
  [[nodiscard]] const std::vector<SchemaNote>& notes() const { return notes_; }
  /// Whether any part has an `unevaluated...` keyword.
  [[nodiscard]] bool collects() const { return collects_; }
  /// The part that a resource has under a `$dynamicAnchor`, or kNoSchema.
  [[nodiscard]] SchemaId dynamic_anchor(std::uint32_t resource, const std::string& name) const;

 private:
  friend class SchemaCompiler;
  std::vector<SchemaPart> parts_;
  std::vector<std::unique_ptr<const SchemaPattern>> patterns_;
  std::map<std::pair<std::uint32_t, std::string>, SchemaId> dynamic_anchors_;
  std::vector<SchemaNote> notes_;
  SchemaDraft draft_{SchemaDraft::kDraft202012};
  bool collects_{false};
};

/// Errors: `kFormat` for what is neither object nor boolean, `kLimit` above an option. References
/// are followed within the schema only (`$id`, `$anchor`, `$dynamicAnchor`, pointers); another one
/// is a note. Formats and contents are annotations. Does not recurse; pure.
[[nodiscard]] Result<CompiledSchema> compile_schema(const Document& document, NodeId root,
                                                    const SchemaOptions& options);

}  // namespace merlon
