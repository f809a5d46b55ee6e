#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {
namespace {

struct EraList {
  std::string_view key;   ///< of an era
  std::string_view name;  ///< the member that names a definition
  std::string_view what;
};
constexpr std::array kEraLists{
    EraList{"tools", "name", "tool"},
    EraList{"prompts", "name", "prompt"},
    EraList{"resources", "uri", "resource"},
    EraList{"resource_templates", "uriTemplate", "resource template"},
};

/// The same definition: the order of members and blanks between them do not count. Walks two
/// subtrees in step; numbers and strings are compared by their source bytes, so that two spellings
/// of one string count as a difference.
bool same_definition(const Document& document, NodeId a, NodeId b) {
  std::vector<std::pair<NodeId, NodeId>> waiting{{a, b}};
  while (!waiting.empty()) {
    const auto [left, right] = waiting.back();
    waiting.pop_back();
    if (document.kind(left) != document.kind(right)) {
      return false;
    }
    if (document.is(left, NodeKind::kArray)) {
      const auto of_left = document.elements(left);
      const auto of_right = document.elements(right);
      if (of_left.size() != of_right.size()) {
        return false;
      }
      for (std::size_t i = 0; i < of_left.size(); ++i) {
        waiting.emplace_back(of_left[i], of_right[i]);
      }
      continue;
    }
    if (!document.is(left, NodeKind::kObject)) {
      if (document.raw(left) != document.raw(right)) {
        return false;
      }
      continue;
    }
    std::map<std::string, NodeId> members;
    for (const auto& [key, value] : document.members(left)) {
      members.emplace(document.text(key), value);
    }
    const auto of_right = document.members(right);
    if (of_right.size() != members.size()) {
      return false;
    }
    for (const auto& [key, value] : of_right) {
      const auto found = members.find(document.text(key));
      if (found == members.end()) {
        return false;
      }
      waiting.emplace_back(found->second, value);
    }
  }
  return true;
}

class EraComparison {
 public:
  EraComparison(const Document& document, std::size_t manifest, CheckSink& sink)
      : document_(document), manifest_(manifest), sink_(sink) {}

  void compare(NodeId first, NodeId second) {
    for (const EraList& list : kEraLists) {
      const auto earlier = definitions(first, list);
      const auto later = definitions(second, list);
      if (earlier.empty() || later.empty()) {
        continue;  // the capability was not announced to one of them, or nothing was found out
      }
      for (const auto& [name, node] : earlier) {
        const auto found = later.find(name);
        if (found == later.end()) {
          only_in(first, list, name, node);
        } else if (!same_definition(document_, node, found->second)) {
          differs(list, name, node, found->second);
        }
      }
      for (const auto& [name, node] : later) {
        if (!earlier.contains(name)) {
          only_in(second, list, name, node);
        }
      }
    }
    const auto one = document_.find(first, "instructions", NodeKind::kString);
    const auto other = document_.find(second, "instructions", NodeKind::kString);
    if (one && other && document_.text(*one) != document_.text(*other)) {
      report(*one, "the instructions differ between the eras", *other);
    }
  }

 private:
  [[nodiscard]] std::map<std::string, NodeId> definitions(NodeId era, const EraList& list) const {
    std::map<std::string, NodeId> out;
    const auto found = document_.find(era, list.key, NodeKind::kArray);
    if (!found) {
      return out;
    }
    for (const NodeId element : document_.elements(*found)) {
      if (const auto name = document_.find(element, list.name, NodeKind::kString)) {
        out.emplace(document_.text(*name), element);
      }
    }
    return out;
  }

  void only_in(NodeId era, const EraList& list, const std::string& name, NodeId node) {
    const std::string which = document_.string_or(document_.find(era, "era"), "other");
    report(name_of(node, list),
           "only clients of the " + in_ticks(which) + " era are shown the " +
               std::string(list.what) + " " + in_ticks(name),
           kNoNode);
  }

  void differs(const EraList& list, const std::string& name, NodeId node, NodeId other) {
    report(name_of(node, list),
           "the " + std::string(list.what) + " " + in_ticks(name) + " differs between the eras",
           name_of(other, list));
  }

  [[nodiscard]] NodeId name_of(NodeId node, const EraList& list) const {
    return document_.find(node, list.name).value_or(node);
  }

  void report(NodeId node, std::string message, NodeId other) {
    CheckHit hit{.rule_id = "definition-differs-between-eras",
                 .manifest = manifest_,
                 .node = node,
                 .message = std::move(message)};
    if (other != kNoNode) {
      hit.related.push_back({"in the other era", {manifest_, other}});
    }
    sink_.report(std::move(hit));
  }

  const Document& document_;
  std::size_t manifest_;
  CheckSink& sink_;
};

}  // namespace

void check_era_differences(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    if (manifest.format != "merlon-snapshot" || manifest.document.empty()) {
      continue;
    }
    const Document& document = manifest.document;
    const auto eras = document.find(document.root(), "eras", NodeKind::kArray);
    const auto list = eras ? document.elements(*eras) : std::vector<NodeId>();
    if (list.size() >= 2) {  // the format has at most two
      EraComparison(document, index, sink).compare(list[0], list[1]);
    }
  }
}

}  // namespace merlon
