#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "manifest/formats.h"
#include "manifest/labels.h"
#include "manifest/launch_reader.h"
#include "manifest/schema_labels.h"
#include "manifest/surface_reader.h"

namespace merlon {

// server.yaml of Docker's MCP registry.
int recognise_docker_server(const Document& document) {
  const NodeId root = document.root();
  if (!document.find(root, "name") || !document.find(root, "about")) {
    return 0;
  }
  const bool known = document.find(root, "image") || document.find(root, "source") ||
                     document.find(root, "remote");
  return known && document.find(root, "type") ? 82 : 0;
}

namespace {

void label_docker_head(Document& document, NodeId root) {
  label_strings(document, document.find(root, "name"), Surface::kServerName);
  label_strings(document, document.find(root, "image"), Surface::kPackage);
  const auto about = document.find(root, "about");
  for (const std::string_view key : {"title", "description"}) {
    label_strings(document, document.find(about, key), Surface::kServerDescription);
  }
  label_strings(document, document.find(about, "icon"), Surface::kIcon);
  const auto source = document.find(root, "source");
  label_strings(document, document.find(source, "project"), Surface::kUrl);
  for (const std::string_view key : {"commit", "branch"}) {
    label_strings(document, document.find(source, key), Surface::kVersion);
  }
  for (const std::string_view key : {"directory", "dockerfile"}) {
    label_strings(document, document.find(source, key), Surface::kPath);
  }
}

void read_docker_config(Document& document, Server& server, std::optional<NodeId> config) {
  label_strings(document, document.find(config, "description"), Surface::kServerDescription);
  for (const std::string_view key : {"secrets", "env"}) {
    const auto list = document.find(config, key);
    label_strings(document, list, Surface::kSetting);
    for (const NodeId entry : list ? document.elements(*list) : std::vector<NodeId>{}) {
      const auto name = document.find(entry, key == "secrets" ? "env" : "name");
      const auto value = document.find(entry, "value");
      label_strings(document, name, Surface::kEnvName);
      for (const std::string_view part : {"value", "example"}) {
        label_strings(document, document.find(entry, part), Surface::kEnvValue);
      }
      label_strings(document, document.find(entry, "description"), Surface::kServerDescription);
      if (name) {
        server.environment.push_back({.name = *name, .value = value.value_or(kNoNode)});
      }
    }
  }
  label_schema(document, document.find(config, "parameters"));
}

// docker run [-v VOLUME]... IMAGE [COMMAND]...: as the catalogue starts it.
void read_docker_run(Document& document, Server& server) {
  const NodeId root = document.root();
  const auto run = document.find(root, "run");
  const auto image = document.find(root, "image", NodeKind::kString);
  const auto volumes = document.find(run, "volumes");
  const auto command = document.find(run, "command");
  label_strings(document, volumes, Surface::kPath);
  label_strings(document, command, Surface::kArgument);
  label_environment(document, document.find(run, "env"));
  if (!image) {
    return;
  }
  server.transport = Transport::kStdio;
  server.launch = {{.text = "docker", .node = *image}, {.text = "run", .node = *image}};
  for (const NodeId volume : volumes ? document.elements(*volumes) : std::vector<NodeId>{}) {
    server.launch.push_back({.text = "-v", .node = volume});
    server.launch.push_back({.text = document.text(volume), .node = volume});
  }
  server.launch.push_back({.text = document.text(*image), .node = *image});
  for (const NodeId word : command ? document.elements(*command) : std::vector<NodeId>{}) {
    server.launch.push_back({.text = document.text(word), .node = word});
  }
}

}  // namespace

Status read_docker_server(Manifest& manifest) {
  Document& document = manifest.document;
  const NodeId root = document.root();
  if (!document.is(root, NodeKind::kObject)) {
    return format_error(document, root, "expected a mapping");
  }
  label_all(document, root, Surface::kSetting);
  label_docker_head(document, root);
  Server server;
  server.node = root;
  if (const auto name = document.find(root, "name", NodeKind::kString)) {
    server.name_node = *name;
    server.name = document.text(*name);
  }
  if (const auto remote = document.find(root, "remote", NodeKind::kObject)) {
    read_launch(manifest, server, *remote);
  }
  read_docker_config(document, server, document.find(root, "config"));
  if (server.url == kNoNode) {
    read_docker_run(document, server);
  }
  manifest.servers.push_back(std::move(server));
  read_tools(manifest, document.find(root, "tools"), 0);
  sort_items(manifest);
  return {};
}

}  // namespace merlon
