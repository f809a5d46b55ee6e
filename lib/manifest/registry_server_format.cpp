#include <string>
#include <string_view>
#include <vector>

#include "manifest/formats.h"
#include "manifest/labels.h"
#include "manifest/launch_reader.h"
#include "manifest/registry_package.h"

namespace merlon {

// server.json of the MCP registry, with keys in camelCase or, in the oldest revision, snake_case.
int recognise_registry_server(const Document& document) {
  const NodeId root = registry_body(document);
  const std::string schema = document.string_or(document.find(root, "$schema"), "");
  if (schema.find("/server.schema.json") != std::string::npos) {
    return 90;
  }
  if (!document.find(root, "name")) {
    return 0;
  }
  const auto packages = document.find(root, "packages", NodeKind::kArray);
  const auto remotes = document.find(root, "remotes", NodeKind::kArray);
  for (const auto& list : {packages, remotes}) {
    for (const NodeId entry : list ? document.elements(*list) : std::vector<NodeId>{}) {
      if (document.find(entry, "registryType") || document.find(entry, "registry_type") ||
          document.find(entry, "registry_name") || document.find(entry, "transport_type") ||
          (list == remotes && document.find(entry, "url"))) {
        return 78;
      }
    }
  }
  return 0;
}

namespace {

void label_registry_head(Document& document, NodeId root) {
  label_strings(document, document.find(root, "name"), Surface::kServerName);
  for (const std::string_view key : {"description", "title"}) {
    label_strings(document, document.find(root, key), Surface::kServerDescription);
  }
  label_strings(document, document.find(root, "version"), Surface::kVersion);
  for (const std::string_view key : {"websiteUrl", "website_url", "$schema"}) {
    label_strings(document, document.find(root, key), Surface::kUrl);
  }
  label_strings(document, document.find(document.find(root, "repository"), "url"), Surface::kUrl);
  label_strings(document, document.find(root, "icons"), Surface::kIcon);
  label_strings(document, document.find(root, "postInstallInstructions"), Surface::kInstructions);
  for (const NodeId node : {root, document.root()}) {
    label_all(document, document.find(node, "_meta"), Surface::kMeta);
  }
}

}  // namespace

Status read_registry_server(Manifest& manifest) {
  Document& document = manifest.document;
  const NodeId root = registry_body(document);
  if (!document.is(root, NodeKind::kObject)) {
    return format_error(document, root, "expected an object");
  }
  label_registry_head(document, root);
  const NodeId name = document.find(root, "name", NodeKind::kString).value_or(kNoNode);
  for (const std::string_view key : {"packages", "remotes"}) {
    const auto list = document.find(root, key);
    if (!list || document.is(*list, NodeKind::kNull)) {
      continue;
    }
    if (!document.is(*list, NodeKind::kArray)) {
      add_note(manifest, *list,
               "`" + std::string(key) + "` is " + std::string(describe(document.kind(*list))) +
                   ", not an array");
      continue;
    }
    for (const NodeId entry : document.elements(*list)) {
      if (key == "packages") {
        read_registry_package(manifest, name, entry);
      } else {
        read_registry_remote(manifest, name, entry);
      }
    }
  }
  return {};
}

}  // namespace merlon
