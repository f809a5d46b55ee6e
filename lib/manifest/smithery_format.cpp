#include <optional>
#include <string_view>
#include <utility>

#include "manifest/formats.h"
#include "manifest/labels.h"
#include "manifest/launch_reader.h"
#include "manifest/schema_labels.h"

namespace merlon {

// smithery.yaml: how the Smithery registry builds and starts a server.
int recognise_smithery(const Document& document) {
  const NodeId root = document.root();
  if (document.find(root, "startCommand")) {
    return 86;
  }
  const bool runtime =
      document.find(root, "runtime") &&
      (document.find(root, "target") || document.find(root, "build") || document.find(root, "env"));
  return runtime ? 55 : 0;
}

Status read_smithery(Manifest& manifest) {
  Document& document = manifest.document;
  const NodeId root = document.root();
  if (!document.is(root, NodeKind::kObject)) {
    return format_error(document, root, "expected a mapping");
  }
  label_all(document, root, Surface::kSetting);
  const auto start = document.find(root, "startCommand");
  for (const auto& part : {std::optional<NodeId>(root), start}) {
    label_schema(document, document.find(part, "configSchema"));
    label_all(document, document.find(part, "exampleConfig"), Surface::kSchemaExample);
  }
  // A function in JavaScript that returns command, arguments and environment.
  label_strings(document, document.find(start, "commandFunction"), Surface::kCommand);
  for (const std::string_view key : {"dockerfile", "dockerBuildPath"}) {
    label_strings(document, document.find(document.find(root, "build"), key), Surface::kPath);
  }
  label_environment(document, document.find(root, "env"));
  Server server;
  server.node = root;
  server.transport = document.string_or(document.find(start, "type"), "stdio") == "http"
                         ? Transport::kHttp
                         : Transport::kStdio;
  manifest.servers.push_back(std::move(server));
  return {};
}

}  // namespace merlon
