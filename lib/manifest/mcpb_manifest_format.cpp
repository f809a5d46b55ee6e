#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifest/formats.h"
#include "manifest/labels.h"
#include "manifest/launch_reader.h"
#include "manifest/schema_labels.h"
#include "manifest/surface_reader.h"

namespace merlon {

// manifest.json of an MCPB or DXT bundle.
int recognise_mcpb_manifest(const Document& document) {
  const NodeId root = document.root();
  const bool version =
      document.find(root, "manifest_version") || document.find(root, "dxt_version");
  // Browser extensions have a manifest_version, too, but no server.
  return version && document.find(root, "server", NodeKind::kObject) ? 90 : 0;
}

namespace {

void label_bundle_head(Document& document, NodeId root) {
  for (const std::string_view key : {"name", "display_name"}) {
    label_strings(document, document.find(root, key), Surface::kServerName);
  }
  for (const std::string_view key : {"description", "long_description", "keywords"}) {
    label_strings(document, document.find(root, key), Surface::kServerDescription);
  }
  label_strings(document, document.find(root, "version"), Surface::kVersion);
  for (const std::string_view key : {"homepage", "documentation", "support", "privacy_policies"}) {
    label_strings(document, document.find(root, key), Surface::kUrl);
  }
  for (const std::string_view key : {"author", "repository"}) {
    label_strings(document, document.find(document.find(root, key), "url"), Surface::kUrl);
  }
  for (const std::string_view key : {"icon", "icons", "screenshots"}) {
    label_strings(document, document.find(root, key), Surface::kIcon);
  }
  label_schema_properties(document, document.find(root, "user_config"));
  label_all(document, document.find(root, "_meta"), Surface::kMeta);
}

// `_meta` may hold whole answers, so that a host need not start the server to know its tools.
void read_static_responses(Manifest& manifest, std::uint32_t server) {
  const Document& document = manifest.document;
  const auto meta = document.find(document.root(), "_meta");
  if (!meta) {
    return;
  }
  std::string scratch;
  for (NodeId id = *meta; id < document.node(*meta).next; ++id) {
    if (!document.is(id, NodeKind::kKey)) {
      continue;
    }
    const std::string_view key = document.text(id, scratch);
    if (key != "static_responses" && !key.ends_with(".static_responses")) {
      continue;
    }
    for (const auto& [method, response] : document.members(id + 1)) {
      const auto result = document.find(response, "result", NodeKind::kObject);
      read_surface(manifest, result.value_or(response), server);
    }
  }
}

std::uint32_t read_bundle_server(Manifest& manifest, NodeId part) {
  Document& document = manifest.document;
  Server server;
  server.node = document.root();
  if (const auto name = document.find(document.root(), "name", NodeKind::kString)) {
    server.name_node = *name;
    server.name = document.text(*name);
  }
  label_all(document, part, Surface::kSetting);
  label_strings(document, document.find(part, "entry_point"), Surface::kPath);
  if (const auto config = document.find(part, "mcp_config", NodeKind::kObject)) {
    read_launch(manifest, server, *config);
    // What a platform changes is labelled, and is not part of the launch.
    const auto overrides = document.find(*config, "platform_overrides");
    for (const auto& [platform, change] :
         overrides ? document.members(*overrides) : std::vector<std::pair<NodeId, NodeId>>{}) {
      Server other;
      read_launch(manifest, other, change);
    }
  }
  server.transport = Transport::kStdio;
  manifest.servers.push_back(std::move(server));
  return static_cast<std::uint32_t>(manifest.servers.size() - 1);
}

}  // namespace

Status read_mcpb_manifest(Manifest& manifest) {
  Document& document = manifest.document;
  const NodeId root = document.root();
  const auto part = document.find(root, "server");
  if (!part || !document.is(*part, NodeKind::kObject)) {
    return format_error(document, part.value_or(root),
                        "a bundle manifest needs an object `server`");
  }
  label_bundle_head(document, root);
  const std::uint32_t server = read_bundle_server(manifest, *part);
  read_tools(manifest, document.find(root, "tools"), server);
  read_prompts(manifest, document.find(root, "prompts"), server);
  for (const std::string_view key : {"tools_generated", "prompts_generated"}) {
    const auto generated = document.find(root, key);
    if (generated && document.is_true(generated)) {
      add_note(manifest, *generated,
               "the server offers more than the manifest lists; capture it to see all", false);
    }
  }
  read_static_responses(manifest, server);
  sort_items(manifest);
  return {};
}

}  // namespace merlon
