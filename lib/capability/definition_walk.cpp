#include "capability/definition_walk.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "proof/canonical_json.h"

namespace merlon {
namespace {

constexpr std::size_t kMostPairs = 200'000;

struct Pair {
  std::vector<std::string> path;
  NodeId old_node{kNoNode};
  NodeId new_node{kNoNode};
};

bool is_set(const std::vector<std::string>& path) {
  return !path.empty() &&
         (path.back() == "required" || path.back() == "enum" || path.back() == "type");
}

class Walk {
 public:
  Walk(const Document& before, const Document& after, std::size_t most)
      : before_(before), after_(after), most_(most) {}

  ValueDifferences run(NodeId old_node, NodeId new_node) {
    todo_.push_back({{}, old_node, new_node});
    std::size_t pairs = 0;
    while (!todo_.empty() && !result_.cut) {
      const Pair pair = std::move(todo_.back());
      todo_.pop_back();
      if (++pairs > kMostPairs) {
        result_.cut = true;
      }
      compare(pair);
    }
    return std::move(result_);
  }

 private:
  void compare(const Pair& pair) {
    const bool set = is_set(pair.path);
    const NodeKind kind = before_.kind(pair.old_node);
    if (set && is_list(before_, pair.old_node) && is_list(after_, pair.new_node)) {
      return compare_sets(pair);
    }
    if (kind == after_.kind(pair.new_node) && kind == NodeKind::kObject) {
      return compare_objects(pair);
    }
    if (kind == after_.kind(pair.new_node) && kind == NodeKind::kArray) {
      return compare_arrays(pair);
    }
    if (value_text(before_, pair.old_node) != value_text(after_, pair.new_node)) {
      add(pair.path, {pair.old_node, pair.new_node}, pair);
    }
  }

  /// A list, or a scalar that stands for a list of one (`type`).
  static bool is_list(const Document& document, NodeId node) {
    return document.kind(node) != NodeKind::kObject;
  }

  static std::vector<NodeId> list_of(const Document& document, NodeId node) {
    return document.kind(node) == NodeKind::kArray ? document.elements(node)
                                                   : std::vector<NodeId>{node};
  }

  void compare_sets(const Pair& pair) {
    std::map<std::string, NodeId> old_values;
    std::map<std::string, NodeId> new_values;
    for (const NodeId node : list_of(before_, pair.old_node)) {
      old_values.try_emplace(value_text(before_, node), node);
    }
    for (const NodeId node : list_of(after_, pair.new_node)) {
      new_values.try_emplace(value_text(after_, node), node);
    }
    for (const auto& [text, node] : old_values) {
      if (!new_values.contains(text)) {
        add(pair.path, {node, kNoNode}, pair);
      }
    }
    for (const auto& [text, node] : new_values) {
      if (!old_values.contains(text)) {
        add(pair.path, {kNoNode, node}, pair);
      }
    }
  }

  void compare_arrays(const Pair& pair) {
    const auto old_elements = before_.elements(pair.old_node);
    const auto new_elements = after_.elements(pair.new_node);
    for (std::size_t i = 0; i < std::max(old_elements.size(), new_elements.size()) && !result_.cut;
         ++i) {
      auto path = pair.path;
      path.push_back(std::to_string(i));
      pair_or_add(std::move(path),
                  {i < old_elements.size() ? old_elements[i] : kNoNode,
                   i < new_elements.size() ? new_elements[i] : kNoNode},
                  pair);
    }
  }

  void compare_objects(const Pair& pair) {
    std::map<std::string, std::pair<NodeId, NodeId>> members;
    for (const auto& [key, value] : before_.members(pair.old_node)) {
      members.try_emplace(before_.text(key), value, kNoNode);
    }
    for (const auto& [key, value] : after_.members(pair.new_node)) {
      NodeId& slot = members.try_emplace(after_.text(key), kNoNode, kNoNode).first->second.second;
      // Of a key that is there twice the first counts, as everywhere else.
      if (slot == kNoNode) {
        slot = value;
      }
    }
    for (auto& [key, nodes] : members) {
      if (result_.cut) {
        return;
      }
      auto path = pair.path;
      path.push_back(key);
      pair_or_add(std::move(path), {nodes.first, nodes.second}, pair);
    }
  }

  struct Sides {
    NodeId old_node{kNoNode};
    NodeId new_node{kNoNode};
  };

  void pair_or_add(std::vector<std::string> path, Sides sides, const Pair& holder) {
    if (sides.old_node != kNoNode && sides.new_node != kNoNode) {
      todo_.push_back({std::move(path), sides.old_node, sides.new_node});
    } else if (path.back() == "properties" || path.back() == "required") {
      add_members(path, sides, holder);
    } else {
      add(std::move(path), sides, holder);
    }
  }

  /// Every member or element of a container that is only on one side.
  void add_members(const std::vector<std::string>& path, Sides sides, const Pair& holder) {
    const bool old_side = sides.new_node == kNoNode;
    const Document& document = old_side ? before_ : after_;
    const NodeId container = old_side ? sides.old_node : sides.new_node;
    const auto one = [&](NodeId node) {
      return old_side ? Sides{node, kNoNode} : Sides{kNoNode, node};
    };
    bool any = false;
    for (const auto& [key, value] : document.members(container)) {
      auto inner = path;
      inner.push_back(document.text(key));
      add(std::move(inner), one(value), holder);
      any = true;
    }
    for (const NodeId element : document.elements(container)) {
      add(path, one(element), holder);
      any = true;
    }
    if (!any) {
      add(path, sides, holder);
    }
  }

  void add(std::vector<std::string> path, Sides sides, const Pair& holder) {
    if (result_.found.size() == most_) {
      result_.cut = true;
      return;
    }
    result_.found.push_back(
        {std::move(path), sides.old_node, sides.new_node, holder.new_node, holder.old_node});
  }

  const Document& before_;
  const Document& after_;
  std::size_t most_;
  std::vector<Pair> todo_;
  ValueDifferences result_;
};

}  // namespace

ValueDifferences find_differences(const Document& before, NodeId old_node, const Document& after,
                                  NodeId new_node, std::size_t most) {
  return Walk(before, after, most).run(old_node, new_node);
}

std::string value_text(const Document& document, NodeId node) {
  auto text = canonical_json(document, node);
  return text ? *std::move(text) : std::string(document.raw(node));
}

}  // namespace merlon
