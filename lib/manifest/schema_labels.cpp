#include "manifest/schema_labels.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/labels.h"

namespace merlon {
namespace {

/// What the value of a keyword is.
enum class KeywordRole {
  kText,    ///< strings with the row's surface, however nested
  kSchema,  ///< a schema, or a list of them
  kByName,  ///< an object of schemas; its keys have the row's surface
};

struct Keyword {
  std::string_view name;
  KeywordRole role;
  Surface surface;
};

// Sorted by name. What is not here is kSchemaOther.
constexpr std::array kKeywords{
    Keyword{"$comment", KeywordRole::kText, Surface::kSchemaComment},
    Keyword{"$defs", KeywordRole::kByName, Surface::kSchemaKey},
    Keyword{"additionalItems", KeywordRole::kSchema, Surface::kSchemaOther},
    Keyword{"additionalProperties", KeywordRole::kSchema, Surface::kSchemaOther},
    Keyword{"allOf", KeywordRole::kSchema, Surface::kSchemaOther},
    Keyword{"anyOf", KeywordRole::kSchema, Surface::kSchemaOther},
    Keyword{"const", KeywordRole::kText, Surface::kSchemaConst},
    Keyword{"contains", KeywordRole::kSchema, Surface::kSchemaOther},
    Keyword{"contentSchema", KeywordRole::kSchema, Surface::kSchemaOther},
    Keyword{"default", KeywordRole::kText, Surface::kSchemaDefault},
    Keyword{"definitions", KeywordRole::kByName, Surface::kSchemaKey},
    Keyword{"dependentSchemas", KeywordRole::kByName, Surface::kSchemaKey},
    Keyword{"deprecationMessage", KeywordRole::kText, Surface::kSchemaDescription},
    Keyword{"description", KeywordRole::kText, Surface::kSchemaDescription},
    Keyword{"else", KeywordRole::kSchema, Surface::kSchemaOther},
    Keyword{"enum", KeywordRole::kText, Surface::kSchemaEnum},
    Keyword{"enumDescriptions", KeywordRole::kText, Surface::kSchemaDescription},
    Keyword{"enumNames", KeywordRole::kText, Surface::kSchemaEnum},
    Keyword{"errorMessage", KeywordRole::kText, Surface::kSchemaDescription},
    Keyword{"example", KeywordRole::kText, Surface::kSchemaExample},
    Keyword{"examples", KeywordRole::kText, Surface::kSchemaExample},
    Keyword{"if", KeywordRole::kSchema, Surface::kSchemaOther},
    Keyword{"items", KeywordRole::kSchema, Surface::kSchemaOther},
    Keyword{"markdownDescription", KeywordRole::kText, Surface::kSchemaDescription},
    Keyword{"not", KeywordRole::kSchema, Surface::kSchemaOther},
    Keyword{"oneOf", KeywordRole::kSchema, Surface::kSchemaOther},
    Keyword{"pattern", KeywordRole::kText, Surface::kSchemaPattern},
    Keyword{"patternProperties", KeywordRole::kByName, Surface::kSchemaPattern},
    Keyword{"prefixItems", KeywordRole::kSchema, Surface::kSchemaOther},
    Keyword{"properties", KeywordRole::kByName, Surface::kSchemaKey},
    Keyword{"propertyNames", KeywordRole::kSchema, Surface::kSchemaOther},
    Keyword{"then", KeywordRole::kSchema, Surface::kSchemaOther},
    Keyword{"title", KeywordRole::kText, Surface::kSchemaDescription},
    Keyword{"unevaluatedItems", KeywordRole::kSchema, Surface::kSchemaOther},
    Keyword{"unevaluatedProperties", KeywordRole::kSchema, Surface::kSchemaOther},
};
static_assert(std::is_sorted(kKeywords.begin(), kKeywords.end(),
                             [](const Keyword& a, const Keyword& b) { return a.name < b.name; }));

const Keyword* find_keyword(std::string_view name) {
  const auto* found =
      std::lower_bound(kKeywords.begin(), kKeywords.end(), name,
                       [](const Keyword& keyword, std::string_view n) { return keyword.name < n; });
  return found != kKeywords.end() && found->name == name ? found : nullptr;
}

/// Walks with a list of schemas still to visit: their nesting is an attacker's choice.
class SchemaWalk {
 public:
  explicit SchemaWalk(Document& document) : document_(document) {}

  void schema(NodeId node) {
    label_all(document_, node, Surface::kSchemaOther);
    waiting_.push_back(node);
    run();
  }
  void by_name(NodeId node, Surface keys) {
    label_all(document_, node, Surface::kSchemaOther);
    take_by_name(node, keys);
    run();
  }

 private:
  void run() {
    while (!waiting_.empty()) {
      const NodeId node = waiting_.back();
      waiting_.pop_back();
      visit(node);
    }
  }

  void visit(NodeId node) {
    if (document_.is(node, NodeKind::kArray)) {
      const NodeId end = document_.node(node).next;
      for (NodeId id = node + 1; id < end; id = document_.node(id).next) {
        waiting_.push_back(id);
      }
      return;
    }
    if (!document_.is(node, NodeKind::kObject)) {
      return;
    }
    const NodeId end = document_.node(node).next;
    for (NodeId key = node + 1; key < end; key = document_.node(key).next) {
      visit_member(key);
    }
  }

  void visit_member(NodeId key) {
    const Keyword* keyword = find_keyword(document_.text(key, scratch_));
    if (keyword == nullptr) {
      return;
    }
    const NodeId value = key + 1;
    switch (keyword->role) {
      case KeywordRole::kText: label_all(document_, value, keyword->surface); return;
      case KeywordRole::kSchema: waiting_.push_back(value); return;
      case KeywordRole::kByName: take_by_name(value, keyword->surface); return;
    }
  }

  void take_by_name(NodeId node, Surface keys) {
    if (!document_.is(node, NodeKind::kObject)) {
      return;
    }
    const NodeId end = document_.node(node).next;
    for (NodeId key = node + 1; key < end; key = document_.node(key).next) {
      label(document_, key, keys);
      waiting_.push_back(key + 1);
    }
  }

  Document& document_;
  std::vector<NodeId> waiting_;
  std::string scratch_;
};

}  // namespace

void label_schema(Document& document, std::optional<NodeId> schema) {
  if (schema && *schema != kNoNode) {
    SchemaWalk(document).schema(*schema);
  }
}

void label_schema_properties(Document& document, std::optional<NodeId> properties) {
  if (properties && *properties != kNoNode) {
    SchemaWalk(document).by_name(*properties, Surface::kSchemaKey);
  }
}

}  // namespace merlon
