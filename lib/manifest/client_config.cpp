#include "manifest/client_config.h"

#include <algorithm>
#include <array>
#include <string>

#include "manifest/labels.h"
#include "manifest/launch_reader.h"

namespace merlon {
namespace {

/// What a key at the root of a client's file holds, where it is more than a setting.
struct RootKey {
  std::string_view name;
  Surface surface;
};

// Sorted by name.
constexpr std::array kRootKeys{
    RootKey{"allowedHttpHookUrls", Surface::kUrl},    RootKey{"allowedTools", Surface::kPermission},
    RootKey{"coreTools", Surface::kPermission},       RootKey{"excludeTools", Surface::kPermission},
    RootKey{"instructions", Surface::kInstructions},  RootKey{"permission", Surface::kPermission},
    RootKey{"permissions", Surface::kPermission},     RootKey{"prompt", Surface::kInstructions},
    RootKey{"resources", Surface::kResourceUri},      RootKey{"rules", Surface::kInstructions},
    RootKey{"systemMessage", Surface::kInstructions}, RootKey{"tools", Surface::kPermission},
};
static_assert(std::is_sorted(kRootKeys.begin(), kRootKeys.end(),
                             [](const RootKey& a, const RootKey& b) { return a.name < b.name; }));

void label_root_keys(Document& document) {
  for (const RootKey& key : kRootKeys) {
    label_strings(document, document.find(document.root(), key.name), key.surface);
  }
  label_hooks(document, document.find(document.root(), "hooks"));
  const auto mcp = document.find(document.root(), "mcp");
  label_strings(document, document.find(mcp, "serverCommand"), Surface::kCommand);
  for (const std::string_view key : {"allowed", "excluded"}) {
    label_strings(document, document.find(mcp, key), Surface::kPermission);
  }
}

struct HookKey {
  std::string_view name;
  Surface surface;
};
constexpr std::array kHookKeys{
    HookKey{"args", Surface::kArgument},          HookKey{"bash", Surface::kHookCommand},
    HookKey{"command", Surface::kHookCommand},    HookKey{"headers", Surface::kHeaderValue},
    HookKey{"powershell", Surface::kHookCommand}, HookKey{"prompt", Surface::kInstructions},
    HookKey{"script", Surface::kHookCommand},     HookKey{"url", Surface::kUrl},
};

// Servers that stand elsewhere than where the format's path leads: older Continue, powers of Kiro.
void read_other_servers(Manifest& manifest) {
  const Document& document = manifest.document;
  const NodeId root = document.root();
  read_server_map(manifest, find_path(document, root, {"powers", "mcpServers"}));
  read_server_map(manifest,
                  find_path(document, root, {"experimental", "modelContextProtocolServers"}));
}

}  // namespace

std::optional<NodeId> find_path(const Document& document, NodeId object,
                                std::initializer_list<std::string_view> path) {
  std::optional<NodeId> node = object;
  for (const auto* key = path.begin(); key != path.end() && node; ++key) {
    const auto next = document.find(*node, *key);
    if (!next && key + 1 != path.end()) {
      node = document.find(*node, std::string(*key) + "." + std::string(*(key + 1)));
      ++key;
    } else {
      node = next;
    }
  }
  return node;
}

void label_hooks(Document& document, std::optional<NodeId> hooks) {
  if (!hooks) {
    return;
  }
  std::string scratch;
  for (NodeId id = *hooks; id < document.node(*hooks).next; ++id) {
    if (!document.is(id, NodeKind::kKey)) {
      continue;
    }
    const std::string_view name = document.text(id, scratch);
    for (const HookKey& key : kHookKeys) {
      if (key.name == name) {
        label_strings(document, id + 1, key.surface);
      }
    }
  }
}

Status read_client_config(Manifest& manifest, std::initializer_list<std::string_view> path) {
  Document& document = manifest.document;
  const NodeId root = document.root();
  if (!document.is(root, NodeKind::kObject)) {
    return format_error(document, root,
                        "expected an object, found " + std::string(describe(document.kind(root))));
  }
  label_all(document, root, Surface::kSetting);
  label_root_keys(document);
  const auto servers = find_path(document, root, path);
  // A plugin may give the path of a file in place of the servers.
  if (servers && !document.is(*servers, NodeKind::kString)) {
    read_server_map(manifest, servers);
  }
  read_other_servers(manifest);
  return {};
}

}  // namespace merlon
