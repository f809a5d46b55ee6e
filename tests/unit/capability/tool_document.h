#pragma once
/// Tools written as JSON, for tests of the capability module.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/json/json_reader.h"
#include "model/manifest.h"

namespace merlon::test {

inline Document parse(std::string text, const std::string& name = "a.json") {
  auto document =
      parse_json(SourceText::copy_of(name, std::move(text)), JsonDialect::kStrict, Limits{});
  if (!document) {
    FAIL(render(document.error()));
  }
  return *std::move(document);
}

/// A manifest as a format reader would make it, of `{"SERVER": {"tools": [...]}, ...}`;
/// `configured` servers have a launch.
inline Manifest parse_manifest(std::string text, bool configured = false,
                               const std::string& name = "a.json") {
  Manifest manifest{.format = "test", .document = parse(std::move(text), name)};
  const Document& document = manifest.document;
  for (const auto& [key, value] : document.members(document.root())) {
    Server server{.name = document.text(key), .node = value, .name_node = key};
    server.enabled = !document.is_true(document.find(value, "disabled"));
    server.instructions = document.find(value, "instructions").value_or(kNoNode);
    if (const auto command = document.find(value, "command")) {
      for (const NodeId word : document.elements(*command)) {
        server.launch.push_back({document.text(word), word});
      }
    } else if (configured) {
      server.launch.push_back({"run", value});
    }
    const auto index = static_cast<std::uint32_t>(manifest.servers.size());
    manifest.servers.push_back(std::move(server));
    const auto items_of = [&](const char* member, ItemKind kind) {
      const auto list = document.find(value, member);
      for (const NodeId node : list ? document.elements(*list) : std::vector<NodeId>()) {
        Item item{.kind = kind, .server = index, .node = node};
        item.name = document.find(node, "name").value_or(kNoNode);
        item.description = document.find(node, "description").value_or(kNoNode);
        item.input_schema = document.find(node, "inputSchema").value_or(kNoNode);
        item.annotations = document.find(node, "annotations").value_or(kNoNode);
        manifest.items.push_back(item);
      }
    };
    items_of("tools", ItemKind::kTool);
    items_of("prompts", ItemKind::kPrompt);
    items_of("resources", ItemKind::kResource);
    items_of("resourceTemplates", ItemKind::kResourceTemplate);
  }
  return manifest;
}

}  // namespace merlon::test
