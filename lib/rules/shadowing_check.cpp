#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/document.h"
#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"
#include "rules/steering.h"

namespace merlon {
namespace {

struct ToolOwner {
  std::size_t manifest{0};
  std::uint32_t server{kNoServer};
  NodeId node{kNoNode};
  std::size_t servers{1};  ///< how many servers have a tool of this name
};

using Names = std::unordered_map<std::string, ToolOwner>;

Names collect_names(const CheckInput& input) {
  Names names;
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    for (const Item& item : manifest.items) {
      if (item.kind != ItemKind::kTool) {
        continue;
      }
      std::string name = text_or_empty(manifest.document, item.name);
      if (!is_distinctive_name(name)) {
        continue;
      }
      const auto [place, is_new] = names.try_emplace(
          std::move(name), ToolOwner{.manifest = index, .server = item.server, .node = item.name});
      ToolOwner& owner = place->second;
      if (!is_new && (owner.manifest != index || owner.server != item.server)) {
        ++owner.servers;
      }
    }
  }
  return names;
}

constexpr SurfaceSet kProse =
    surface_bit(Surface::kToolDescription) | surface_bit(Surface::kSchemaDescription) |
    surface_bit(Surface::kInstructions) | surface_bit(Surface::kPromptDescription) |
    surface_bit(Surface::kResourceDescription) | surface_bit(Surface::kServerDescription);

bool is_prose(Surface surface) {
  return (kProse & surface_bit(surface)) != 0;
}

/// Looks for names of other servers' tools in the texts of one manifest.
class ShadowInspector {
 public:
  ShadowInspector(const Manifest& manifest, std::size_t index, const Names& names, CheckSink& sink)
      : manifest_(manifest), index_(index), names_(names), sink_(sink) {}

  void inspect(NodeId node) {
    std::string scratch;
    const std::string_view text = manifest_.document.text(node, scratch);
    const auto is_foreign = [&](std::string_view word) {
      const auto found = names_.find(std::string(word));
      return found != names_.end() && found->second.servers == 1 &&
             (found->second.manifest != index_ || found->second.server != server_of(node));
    };
    const auto place = find_steered_name(text, is_foreign);
    if (!place) {
      return;
    }
    const std::string_view word = text.substr(place->first, place->second - place->first);
    const ToolOwner& owner = names_.at(std::string(word));
    CheckHit hit{.rule_id = "steers-other-server",
                 .manifest = index_,
                 .node = node,
                 .begin = place->first,
                 .end = place->second,
                 .message = "rules over the tool " + in_ticks(word) + " of another server"};
    hit.related.push_back({"the tool", {owner.manifest, owner.node}});
    sink_.report(std::move(hit));
  }

 private:
  // Nodes are asked for in order, so the servers found so far are mostly the same.
  std::uint32_t server_of(NodeId node) {
    const Item* item = manifest_.item_at(node);
    if (item != nullptr) {
      return item->server;
    }
    const Server* server = manifest_.server_at(node);
    return server == nullptr ? kNoServer
                             : static_cast<std::uint32_t>(server - manifest_.servers.data());
  }

  const Manifest& manifest_;
  std::size_t index_;
  const Names& names_;
  CheckSink& sink_;
};

}  // namespace

void check_shadowing(const CheckInput& input, CheckSink& sink) {
  const Names names = collect_names(input);
  if (names.empty()) {
    return;
  }
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    ShadowInspector inspector(manifest, index, names, sink);
    for (NodeId node = 0; node < manifest.document.size(); ++node) {
      if (manifest.document.is(node, NodeKind::kString) && is_prose(manifest.surface_of(node))) {
        inspector.inspect(node);
      }
    }
  }
}

}  // namespace merlon
