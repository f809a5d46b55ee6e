#include "guard/schema/schema_index.h"

#include <algorithm>
#include <array>

#include "base/percent_decode.h"
#include "base/text.h"
#include "guard/schema/schema_uri.h"

namespace merlon {
namespace {

struct HoldingRow {
  std::string_view keyword;
  SchemaHolding draft_7;
  SchemaHolding draft_2020_12;
};
using enum SchemaHolding;
constexpr std::array kHoldings{
    HoldingRow{"$defs", kNone, kMap},
    HoldingRow{"additionalItems", kOne, kNone},
    HoldingRow{"additionalProperties", kOne, kOne},
    HoldingRow{"allOf", kList, kList},
    HoldingRow{"anyOf", kList, kList},
    HoldingRow{"contains", kOne, kOne},
    HoldingRow{"contentSchema", kNone, kOne},
    HoldingRow{"definitions", kMap, kMap},
    HoldingRow{"dependencies", kMapOrNames, kMapOrNames},
    HoldingRow{"dependentSchemas", kNone, kMap},
    HoldingRow{"else", kOne, kOne},
    HoldingRow{"if", kOne, kOne},
    HoldingRow{"items", kOneOrList, kOne},
    HoldingRow{"not", kOne, kOne},
    HoldingRow{"oneOf", kList, kList},
    HoldingRow{"patternProperties", kMap, kMap},
    HoldingRow{"prefixItems", kNone, kList},
    HoldingRow{"properties", kMap, kMap},
    HoldingRow{"propertyNames", kOne, kOne},
    HoldingRow{"then", kOne, kOne},
    HoldingRow{"unevaluatedItems", kNone, kOne},
    HoldingRow{"unevaluatedProperties", kNone, kOne},
};

constexpr std::uint64_t kMostWalked = 4'000'000;

std::string unescape_pointer_part(std::string_view part) {
  std::string out;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] == '~' && i + 1 < part.size() && (part[i + 1] == '0' || part[i + 1] == '1')) {
      out.push_back(part[++i] == '0' ? '~' : '/');
    } else {
      out.push_back(part[i]);
    }
  }
  return out;
}

}  // namespace

SchemaHolding holding_of(std::string_view keyword, SchemaDraft draft) {
  const auto* const row = std::ranges::find(kHoldings, keyword, &HoldingRow::keyword);
  if (row == kHoldings.end()) {
    return kNone;
  }
  return draft == SchemaDraft::kDraft7 ? row->draft_7 : row->draft_2020_12;
}

SchemaIndex::SchemaIndex(const Document& document, NodeId root, SchemaDraft draft,
                         std::uint32_t max_schemas)
    : document_(document), draft_(draft) {
  resources_.push_back({.uri = "", .root = root});
  by_uri_[""] = 0;
  std::vector<Visit> todo{{.node = root, .resource = 0}};
  while (!todo.empty()) {
    const Visit at = todo.back();
    todo.pop_back();
    if (resource_of_.size() >= max_schemas) {
      complete_ = false;
      return;
    }
    visit(at, todo);
  }
}

void SchemaIndex::visit(Visit at, std::vector<Visit>& todo) {
  const std::uint32_t resource = name_schema(at);
  resource_of_[at.node] = resource;
  for (const auto& [key, value] : document_.members(at.node)) {
    const SchemaHolding holding = holding_of(document_.text(key), draft_);
    if (holding != kNone) {
      add_held(value, holding, resource, todo);
    }
  }
}

/// Reads `$id` and the anchors; the resource that the schema belongs to.
std::uint32_t SchemaIndex::name_schema(Visit at) {
  const bool old = draft_ == SchemaDraft::kDraft7;
  std::uint32_t resource = at.resource;
  if (old && document_.find(at.node, "$ref")) {
    return resource;  // beside `$ref` draft 7 reads nothing
  }
  const auto id = document_.find(at.node, "$id", NodeKind::kString);
  if (id) {
    const std::string text = document_.text(*id);
    const SplitUri parts = split_uri(text);
    if (!parts.base.empty()) {
      const std::string uri = resolve_uri(resources_[resource].uri, parts.base);
      if (at.node == resources_.front().root) {
        resources_.front().uri = uri;
      } else {
        resource = static_cast<std::uint32_t>(resources_.size());
        resources_.push_back({.uri = uri, .root = at.node});
      }
      by_uri_.emplace(uri, resource);
    }
    if (old && !parts.fragment.empty()) {
      anchors_.emplace(std::pair(resource, std::string(parts.fragment)), at.node);
    }
  }
  if (old) {
    return resource;
  }
  if (const auto anchor = document_.find(at.node, "$anchor", NodeKind::kString)) {
    anchors_.emplace(std::pair(resource, document_.text(*anchor)), at.node);
  }
  if (const auto anchor = document_.find(at.node, "$dynamicAnchor", NodeKind::kString)) {
    anchors_.emplace(std::pair(resource, document_.text(*anchor)), at.node);
    dynamic_.push_back({.resource = resource, .name = document_.text(*anchor), .node = at.node});
  }
  return resource;
}

void SchemaIndex::add_held(NodeId value, SchemaHolding holding, std::uint32_t resource,
                           std::vector<Visit>& todo) const {
  const auto add = [&](NodeId node) {
    if (document_.is(node, NodeKind::kObject) || document_.is(node, NodeKind::kBool)) {
      todo.push_back({.node = node, .resource = resource});
    }
  };
  const bool is_list = document_.is(value, NodeKind::kArray);
  if (holding == kOne || (holding == kOneOrList && !is_list)) {
    add(value);
  } else if (holding == kList || holding == kOneOrList) {
    std::ranges::for_each(document_.elements(value), add);
  } else {
    for (const auto& member : document_.members(value)) {
      add(member.second);
    }
  }
}

std::uint32_t SchemaIndex::resource_of(NodeId node) const {
  for (NodeId at = node; at != kNoNode; at = document_.node(at).parent) {
    const auto found = resource_of_.find(at);
    if (found != resource_of_.end()) {
      return found->second;
    }
    if (at == resources_.front().root) {
      break;
    }
  }
  return 0;
}

std::optional<NodeId> SchemaIndex::resolve(std::string_view reference, std::uint32_t resource) {
  const SplitUri parts = split_uri(reference);
  std::uint32_t target = resource;
  if (!parts.base.empty()) {
    const auto found = by_uri_.find(resolve_uri(resources_[resource].uri, parts.base));
    if (found == by_uri_.end()) {
      return std::nullopt;
    }
    target = found->second;
  }
  const std::string fragment = percent_decode(parts.fragment);
  if (fragment.empty() || fragment.starts_with('/')) {
    return follow_pointer(resources_[target].root, fragment);
  }
  const auto anchor = anchors_.find({target, fragment});
  return anchor == anchors_.end() ? std::nullopt : std::optional(anchor->second);
}

std::optional<NodeId> SchemaIndex::follow_pointer(NodeId root, std::string_view fragment) {
  NodeId at = root;
  const auto parts = split(fragment, '/');
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto next = step_into(at, unescape_pointer_part(parts[i]));
    if (!next) {
      return std::nullopt;
    }
    at = *next;
  }
  return at;
}

std::optional<NodeId> SchemaIndex::step_into(NodeId at, std::string_view part) {
  const bool is_list = document_.is(at, NodeKind::kArray);
  const auto index = is_list ? parse_unsigned(part) : std::nullopt;
  std::uint64_t position = 0;
  std::string scratch;
  for (NodeId child = at + 1; child < document_.node(at).next; child = document_.node(child).next) {
    if (++walked_ > kMostWalked) {
      return std::nullopt;
    }
    if (is_list ? index == position : document_.text(child, scratch) == part) {
      return is_list ? child : child + 1;
    }
    ++position;
  }
  return std::nullopt;
}

}  // namespace merlon
