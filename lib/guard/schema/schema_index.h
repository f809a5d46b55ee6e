#pragma once
/// Where the schemas of a document are, and what their references can name.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/document.h"
#include "guard/schema/compiled_schema.h"

namespace merlon {

/// How a keyword holds schemas.
enum class SchemaHolding : std::uint8_t { kNone, kOne, kList, kMap, kOneOrList, kMapOrNames };
[[nodiscard]] SchemaHolding holding_of(std::string_view keyword, SchemaDraft draft);

struct SchemaResource {
  std::string uri;  ///< absolute where the schema says so; empty for a root without `$id`
  NodeId root{kNoNode};
};

class SchemaIndex {
 public:
  /// Visits at most `max_schemas` schemas; `complete()` says whether that was all.
  SchemaIndex(const Document& document, NodeId root, SchemaDraft draft, std::uint32_t max_schemas);

  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] const std::vector<SchemaResource>& resources() const { return resources_; }
  /// The resource that a node stands in, also of a node that is no known schema.
  [[nodiscard]] std::uint32_t resource_of(NodeId node) const;
  struct DynamicAnchor {
    std::uint32_t resource{0};
    std::string name;
    NodeId node{kNoNode};
  };
  [[nodiscard]] const std::vector<DynamicAnchor>& dynamic_anchors() const { return dynamic_; }

  /// The node that a `$ref` means, or nothing when it leads out of the document or nowhere, or when
  /// the members that all references together walked past are too many.
  [[nodiscard]] std::optional<NodeId> resolve(std::string_view reference, std::uint32_t resource);

 private:
  struct Visit {
    NodeId node;
    std::uint32_t resource;
  };
  void visit(Visit at, std::vector<Visit>& todo);
  [[nodiscard]] std::uint32_t name_schema(Visit at);
  void add_held(NodeId value, SchemaHolding holding, std::uint32_t resource,
                std::vector<Visit>& todo) const;
  [[nodiscard]] std::optional<NodeId> follow_pointer(NodeId root, std::string_view fragment);
  [[nodiscard]] std::optional<NodeId> step_into(NodeId at, std::string_view part);

  const Document& document_;
  SchemaDraft draft_;
  bool complete_{true};
  std::uint64_t walked_{0};
  std::vector<SchemaResource> resources_;
  std::unordered_map<NodeId, std::uint32_t> resource_of_;
  std::map<std::string, std::uint32_t> by_uri_;
  std::map<std::pair<std::uint32_t, std::string>, NodeId> anchors_;
  std::vector<DynamicAnchor> dynamic_;
};

}  // namespace merlon
