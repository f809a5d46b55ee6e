#include "capability/capable_tools.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "capability/classify.h"

namespace merlon {
namespace {

bool is_configured(const Server& server) {
  return server.enabled && (!server.launch.empty() || server.url != kNoNode);
}

std::string server_of(const Manifest& manifest, const Item& item) {
  return item.server < manifest.servers.size() ? manifest.servers[item.server].name : "";
}

using ToolsByServer = std::map<std::string, std::vector<std::size_t>, std::less<>>;

/// The tools that the servers of one client configuration offer together.
ToolGroup client_group(const Manifest& manifest, std::size_t index,
                       std::span<const CapableTool> tools, const ToolsByServer& by_server) {
  ToolGroup group{
      .name = manifest.file(), .manifest = index, .node = manifest.document.root(), .client = true};
  std::set<std::string, std::less<>> names;
  for (const Server& server : manifest.servers) {
    if (!is_configured(server) || !names.insert(server.name).second) {
      continue;
    }
    const auto found = by_server.find(server.name);
    if (found == by_server.end() || server.name.empty()) {
      group.unknown.push_back(server.name);
      continue;
    }
    // What the configuration itself says about a server's tools goes before what another file says.
    const auto own = [&](std::size_t tool) { return tools[tool].manifest == index; };
    const bool has_own = std::ranges::any_of(found->second, own);
    for (const std::size_t tool : found->second) {
      if (!has_own || own(tool)) {
        group.tools.push_back(tool);
      }
    }
  }
  return group;
}

}  // namespace

std::vector<CapableTool> capable_tools(std::span<const Manifest* const> manifests) {
  std::vector<CapableTool> tools;
  for (std::size_t index = 0; index < manifests.size(); ++index) {
    const Manifest& manifest = *manifests[index];
    for (const Item& item : manifest.items) {
      if (item.kind != ItemKind::kTool) {
        continue;
      }
      if (item.server < manifest.servers.size() && !manifest.servers[item.server].enabled) {
        continue;
      }
      tools.push_back({.manifest = index,
                       .node = item.node,
                       .name_node = item.name,
                       .server = server_of(manifest, item),
                       .name = item.name == kNoNode ? "" : manifest.document.text(item.name),
                       .found = classify_tool(manifest.document, tool_nodes(item))});
    }
  }
  return tools;
}

std::vector<ToolGroup> tool_groups(std::span<const Manifest* const> manifests,
                                   std::span<const CapableTool> tools) {
  std::vector<ToolGroup> groups;
  std::map<std::pair<std::size_t, std::string>, std::size_t> group_of;
  ToolsByServer by_server;
  for (std::size_t index = 0; index < tools.size(); ++index) {
    const CapableTool& tool = tools[index];
    by_server[tool.server].push_back(index);
    const auto [at, added] = group_of.try_emplace({tool.manifest, tool.server}, groups.size());
    if (added) {
      groups.push_back(
          {.name = tool.server.empty() ? manifests[tool.manifest]->file() : tool.server,
           .manifest = tool.manifest,
           .node = tool.node});
    }
    groups[at->second].tools.push_back(index);
  }
  for (std::size_t index = 0; index < manifests.size(); ++index) {
    if (std::ranges::count_if(manifests[index]->servers, is_configured) < 2) {
      continue;
    }
    ToolGroup group = client_group(*manifests[index], index, tools, by_server);
    if (!group.tools.empty()) {
      groups.push_back(std::move(group));
    }
  }
  std::ranges::stable_sort(groups, {}, [](const ToolGroup& group) {
    return std::tuple(group.manifest, group.client ? 1 : 0, group.node);
  });
  return groups;
}

}  // namespace merlon
