#include "mcp/message_edit.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/json/json_reader.h"
#include "base/text.h"

namespace merlon {
namespace {

/// Bytes [begin, end) of the source are replaced.
struct Splice {
  std::uint32_t begin{0};
  std::uint32_t end{0};
  std::string_view json;
};

std::string unescape_token(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1')) {
      out += token[i + 1] == '0' ? '~' : '/';
      ++i;
    } else {
      out += token[i];
    }
  }
  return out;
}

std::optional<NodeId> step_into(const Document& document, NodeId container,
                                std::string_view token) {
  if (document.is(container, NodeKind::kObject)) {
    return document.find(container, unescape_token(token));
  }
  const auto index = parse_unsigned(token);
  if (!document.is(container, NodeKind::kArray) || !index) {
    return std::nullopt;
  }
  const std::vector<NodeId> elements = document.elements(container);
  return *index < elements.size() ? std::optional<NodeId>(elements[*index]) : std::nullopt;
}

bool is_json(std::string_view text) {
  const Limits limits;
  return parse_json(SourceText::copy_of("edit", std::string(text)), JsonDialect::kStrict, limits)
      .has_value();
}

/// The member (key and value) or the element itself.
NodeId whole_of(const Document& document, NodeId node) {
  const NodeId parent = document.node(node).parent;
  return document.is(parent, NodeKind::kKey) ? parent : node;
}

NodeId container_of(const Document& document, NodeId node) {
  const NodeId parent = document.node(whole_of(document, node)).parent;
  return parent;
}

/// A removed part takes the comma after it along, or the one before it when it is the last that
/// stays.
std::vector<Splice> splices_of_removed(const Document& document, NodeId container,
                                       const std::vector<NodeId>& removed) {
  std::vector<std::pair<NodeId, NodeId>> parts;  // first node, value node
  if (document.is(container, NodeKind::kObject)) {
    parts = document.members(container);
  } else {
    for (const NodeId element : document.elements(container)) {
      parts.emplace_back(element, element);
    }
  }
  const auto goes = [&removed](NodeId value) {
    return std::find(removed.begin(), removed.end(), value) != removed.end();
  };
  std::vector<Splice> out;
  std::uint32_t kept_end = 0;  // where the last kept part ends
  bool any_kept = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::uint32_t end = document.node(parts[i].second).end;
    if (!goes(parts[i].second)) {
      kept_end = end;
      any_kept = true;
      continue;
    }
    const std::uint32_t begin = document.node(parts[i].first).begin;
    const bool last = i + 1 == parts.size();
    if (!last) {
      out.push_back({begin, document.node(parts[i + 1].first).begin, {}});
    } else if (any_kept) {
      // Everything after the last kept part goes, its comma included.
      std::erase_if(out, [kept_end](const Splice& splice) { return splice.begin >= kept_end; });
      out.push_back({kept_end, end, {}});
    } else {
      out.push_back({begin, end, {}});
    }
  }
  return out;
}

}  // namespace

std::optional<NodeId> resolve_pointer(const Document& document, std::string_view pointer) {
  NodeId node = document.root();
  while (!pointer.empty()) {
    if (!pointer.starts_with('/')) {
      return std::nullopt;
    }
    pointer.remove_prefix(1);
    const std::size_t slash = std::min(pointer.find('/'), pointer.size());
    const auto next = step_into(document, node, pointer.substr(0, slash));
    if (!next) {
      return std::nullopt;
    }
    node = *next;
    pointer.remove_prefix(slash);
  }
  return node;
}

Result<std::string> edit_message(const Document& document, std::span<const Edit> edits) {
  std::vector<Splice> splices;
  std::vector<std::pair<NodeId, std::vector<NodeId>>> removed;  // by container
  for (const Edit& edit : edits) {
    const auto node = resolve_pointer(document, edit.pointer);
    if (!node || *node == document.root()) {
      return fail(ErrorCode::kFormat, "an edit's pointer `", shorten(edit.pointer, 80),
                  "` leads nowhere");
    }
    if (!edit.remove && !is_json(edit.json)) {
      return fail(ErrorCode::kFormat, "the new value at `", shorten(edit.pointer, 80),
                  "` is not JSON");
    }
    if (!edit.remove) {
      splices.push_back({document.node(*node).begin, document.node(*node).end, edit.json});
      continue;
    }
    const NodeId container = container_of(document, *node);
    auto place = std::find_if(removed.begin(), removed.end(),
                              [container](const auto& entry) { return entry.first == container; });
    if (place == removed.end()) {
      place = removed.insert(removed.end(), {container, {}});
    }
    place->second.push_back(*node);
  }
  for (const auto& [container, nodes] : removed) {
    const std::vector<Splice> more = splices_of_removed(document, container, nodes);
    splices.insert(splices.end(), more.begin(), more.end());
  }
  // Outer parts first, then by place: what lies inside a replaced part is dropped; of two changes
  // of one place the later one holds.
  std::stable_sort(splices.begin(), splices.end(), [](const Splice& a, const Splice& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  const std::string_view source = document.source().bytes();
  std::string out;
  std::uint32_t at = 0;
  for (std::size_t i = 0; i < splices.size(); ++i) {
    const Splice& splice = splices[i];
    const bool same_as_next = i + 1 < splices.size() && splices[i + 1].begin == splice.begin &&
                              splices[i + 1].end == splice.end;
    if (splice.begin < at || same_as_next) {
      continue;
    }
    out.append(source.substr(at, splice.begin - at)).append(splice.json);
    at = splice.end;
  }
  out.append(source.substr(at));
  return out;
}

}  // namespace merlon
