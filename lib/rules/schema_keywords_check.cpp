#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"
#include "rules/secret_names.h"

namespace merlon {
namespace {

// Schemas in use are not nested deeper than a dozen levels; validators recurse.
constexpr std::size_t kDeepSchema = 64;

bool is_token_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

/// Looks through the schemas of one tool.
class SchemaInspector {
 public:
  SchemaInspector(const Manifest& manifest, std::size_t index, CheckSink& sink)
      : document_(manifest.document), index_(index), sink_(sink) {}

  void inspect_input(const Item& item) {
    if (item.input_schema == kNoNode) {
      return;
    }
    inspect_root(item);
    inspect_subtree(item.input_schema);
    inspect_headers(item.input_schema);
  }

  void inspect_output(const Item& item) {
    if (item.output_schema != kNoNode) {
      inspect_subtree(item.output_schema);
    }
  }

 private:
  void report(std::string_view rule, NodeId node, std::string message) {
    sink_.report({.rule_id = std::string(rule),
                  .manifest = index_,
                  .node = node,
                  .message = std::move(message)});
  }

  void inspect_root(const Item& item) {
    const NodeId schema = item.input_schema;
    if (!document_.is(schema, NodeKind::kObject)) {
      const bool null = document_.is(schema, NodeKind::kNull);
      report("schema-not-an-object", schema,
             null ? "the input schema is null" : "the input schema is no object");
      return;
    }
    const auto type = document_.find(schema, "type");
    if (type && document_.string_or(type, "") != "object") {
      report("schema-not-an-object", *type, "the input schema must be of type `object`");
    }
  }

  // `$ref` to another host, and depth. The tree is flat, so the depth is counted by parents' ends.
  void inspect_subtree(NodeId schema) {
    const NodeId end = document_.node(schema).next;
    std::vector<NodeId> open;
    bool deep = false;
    for (NodeId node = schema; node < end; ++node) {
      while (!open.empty() && node >= document_.node(open.back()).next) {
        open.pop_back();
      }
      const NodeKind kind = document_.kind(node);
      if (kind == NodeKind::kObject || kind == NodeKind::kArray) {
        open.push_back(node);
      }
      if (!deep && open.size() > kDeepSchema) {
        deep = true;
        report("schema-too-deep", node,
               "a schema is nested more than " + std::to_string(kDeepSchema) + " levels deep");
      }
      if (kind == NodeKind::kKey && node + 1 < end) {
        inspect_reference(node);
      }
    }
  }

  void inspect_reference(NodeId key) {
    const std::string_view name = document_.text(key, scratch_);
    if (name != "$ref" && name != "$dynamicRef") {
      return;
    }
    if (!document_.is(key + 1, NodeKind::kString)) {
      return;
    }
    const std::string target = to_lower_ascii(document_.text(key + 1));
    if (target.starts_with("http:") || target.starts_with("https:") || target.starts_with("ftp:") ||
        target.starts_with("//") || target.starts_with("file:")) {
      report("schema-network-reference", key + 1, "a schema refers to " + in_ticks(target));
    }
  }

  // x-mcp-header of revision 2026-07-28: a token, unique without case, on a primitive other than
  // number, statically reachable (not below an array or a choice); not on a secret.
  void inspect_headers(NodeId schema) {
    std::set<std::string> seen;
    const NodeId end = document_.node(schema).next;
    for (NodeId key = schema; key < end; ++key) {
      if (document_.kind(key) != NodeKind::kKey ||
          document_.text(key, scratch_) != "x-mcp-header") {
        continue;
      }
      inspect_header(schema, key, seen);
    }
  }

  void inspect_header(NodeId root, NodeId key, std::set<std::string>& seen) {
    const NodeId value = key + 1;
    const std::string header =
        document_.is(value, NodeKind::kString) ? document_.text(value) : std::string();
    if (header.empty() || !std::all_of(header.begin(), header.end(), is_token_char)) {
      report("schema-header-invalid", value, "`x-mcp-header` must be the name of a header");
      return;
    }
    if (!seen.insert(to_lower_ascii(header)).second) {
      report("schema-header-invalid", value,
             "two parameters go into the header " + in_ticks(header));
    }
    const NodeId property = document_.node(key).parent;
    const std::string type = document_.string_or(document_.find(property, "type"), "");
    if (type != "string" && type != "integer" && type != "boolean") {
      report(
          "schema-header-invalid", value,
          "`x-mcp-header` stands on a parameter of type " + in_ticks(type.empty() ? "any" : type));
    }
    inspect_header_place(root, property, value);
  }

  void inspect_header_place(NodeId root, NodeId property, NodeId value) {
    std::string name;
    for (NodeId node = property; node != kNoNode && node > root;
         node = document_.node(node).parent) {
      if (document_.kind(node) != NodeKind::kKey) {
        continue;
      }
      const std::string word = document_.text(node);
      if (name.empty()) {
        name = word;
      }
      if (is_property_name(node)) {
        continue;
      }
      if (word == "items" || word == "anyOf" || word == "oneOf" || word == "allOf" ||
          word == "$defs" || word == "patternProperties" || word == "additionalProperties" ||
          word == "if" || word == "then" || word == "else") {
        report("schema-header-invalid", value,
               "`x-mcp-header` stands below " + in_ticks(word) +
                   " and cannot be reached without the argument");
        break;
      }
    }
    if (classify_secret_name(name) != SecretName::kNo) {
      report("schema-header-secret", value,
             "the secret parameter " + in_ticks(name) + " is copied into a header");
    }
  }

  // A parameter may be called `items`.
  [[nodiscard]] bool is_property_name(NodeId key) const {
    const NodeId owner = document_.node(document_.node(key).parent).parent;
    return owner != kNoNode && document_.kind(owner) == NodeKind::kKey &&
           document_.text(owner) == "properties";
  }

  const Document& document_;
  std::size_t index_;
  CheckSink& sink_;
  std::string scratch_;
};

}  // namespace

void check_schema_keywords(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    SchemaInspector inspector(manifest, index, sink);
    for (const Item& item : manifest.items) {
      if (item.kind != ItemKind::kTool) {
        continue;
      }
      inspector.inspect_input(item);
      inspector.inspect_output(item);
    }
  }
}

}  // namespace merlon
