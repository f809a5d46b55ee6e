#include "manifest/registry_package.h"

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifest/labels.h"
#include "manifest/launch_reader.h"

namespace merlon {
namespace {

// The value under the first key that is there: camelCase, else snake_case.
std::optional<NodeId> find_any(const Document& document, NodeId object,
                               std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (const auto value = document.find(object, key)) {
      return value;
    }
  }
  return std::nullopt;
}

/// How a package of a registry type is started when it says no `runtimeHint`.
struct Runner {
  std::string_view registry_type;
  std::string_view program;
  std::string_view verb;  ///< goes before the package; may be empty
  std::string_view
      separator;  ///< between identifier and version; empty: the version is no part of the word
};
constexpr std::array kRunners{
    Runner{"npm", "npx", "", "@"},      Runner{"pypi", "uvx", "", "=="},
    Runner{"oci", "docker", "run", ""}, Runner{"docker", "docker", "run", ""},
    Runner{"nuget", "dnx", "", "@"},    Runner{"cargo", "cargo", "run", "@"},
};

const Runner* find_runner(std::string_view type) {
  for (const Runner& runner : kRunners) {
    if (runner.registry_type == type) {
      return &runner;
    }
  }
  return nullptr;
}

Server start_server(const Document& document, NodeId name, NodeId node) {
  Server server;
  server.node = node;
  server.name_node = name;
  if (name != kNoNode) {
    server.name = document.text(name);
  }
  return server;
}

void label_arguments(Document& document, std::optional<NodeId> list) {
  if (!list) {
    return;
  }
  label_strings(document, list, Surface::kSetting);
  for (const NodeId argument : document.elements(*list)) {
    for (const std::string_view key : {"name", "value", "default", "valueHint", "value_hint"}) {
      label_strings(document, document.find(argument, key), Surface::kArgument);
    }
    label_strings(document, document.find(argument, "description"), Surface::kServerDescription);
  }
}

void append_arguments(const Document& document, Server& server, std::optional<NodeId> list) {
  for (const NodeId argument : list ? document.elements(*list) : std::vector<NodeId>{}) {
    const auto type = document.string_or(document.find(argument, "type"), "positional");
    const auto name = document.find(argument, "name", NodeKind::kString);
    if (type == "named" && name) {
      server.launch.push_back({.text = document.text(*name), .node = *name});
    }
    if (const auto value =
            find_any(document, argument, {"value", "default", "valueHint", "value_hint"})) {
      if (document.is(*value, NodeKind::kString)) {
        server.launch.push_back({.text = document.text(*value), .node = *value});
      }
    }
  }
}

void read_variables(Document& document, Server& server, std::optional<NodeId> list) {
  label_strings(document, list, Surface::kSetting);
  for (const NodeId variable : list ? document.elements(*list) : std::vector<NodeId>{}) {
    const auto name = document.find(variable, "name");
    const auto value = find_any(document, variable, {"value", "default"});
    label_strings(document, name, Surface::kEnvName);
    for (const std::string_view key : {"value", "default", "placeholder"}) {
      label_strings(document, document.find(variable, key), Surface::kEnvValue);
    }
    label_strings(document, document.find(variable, "description"), Surface::kServerDescription);
    if (name) {
      server.environment.push_back({.name = *name, .value = value.value_or(kNoNode)});
    }
  }
}

void fill_launch(const Document& document, Server& server, NodeId package, NodeId identifier) {
  const auto type = find_any(document, package, {"registryType", "registry_type", "registry_name"});
  const auto hint = find_any(document, package, {"runtimeHint", "runtime_hint"});
  const Runner* runner = type ? find_runner(document.text(*type)) : nullptr;
  if (hint && document.is(*hint, NodeKind::kString)) {
    server.launch.push_back({.text = document.text(*hint), .node = *hint});
  } else if (type && runner != nullptr) {
    server.launch.push_back({.text = std::string(runner->program), .node = *type});
  } else {
    return;  // mcpb: a file to download, nothing to run
  }
  if (type && runner != nullptr && !runner->verb.empty()) {
    server.launch.push_back({.text = std::string(runner->verb), .node = *type});
  }
  append_arguments(document, server,
                   find_any(document, package, {"runtimeArguments", "runtime_arguments"}));
  std::string word = document.text(identifier);
  const auto version = document.find(package, "version", NodeKind::kString);
  if (runner != nullptr && !runner->separator.empty() && version) {
    word.append(runner->separator).append(document.text(*version));
  }
  server.launch.push_back({.text = std::move(word), .node = identifier});
  append_arguments(document, server,
                   find_any(document, package, {"packageArguments", "package_arguments"}));
}

}  // namespace

NodeId registry_body(const Document& document) {
  const auto wrapped = document.find(document.root(), "server", NodeKind::kObject);
  const bool plain =
      document.find(document.root(), "packages") || document.find(document.root(), "remotes");
  return wrapped && !plain ? *wrapped : document.root();
}

void read_registry_package(Manifest& manifest, NodeId name, NodeId package) {
  Document& document = manifest.document;
  if (!document.is(package, NodeKind::kObject)) {
    add_note(manifest, package,
             "a package is " + std::string(describe(document.kind(package))) + ", not an object");
    return;
  }
  label_all(document, package, Surface::kSetting);
  const auto identifier = find_any(document, package, {"identifier", "name"});
  label_strings(document, identifier, Surface::kPackage);
  label_strings(document, document.find(package, "version"), Surface::kVersion);
  for (const std::string_view key : {"registryBaseUrl", "registry_base_url"}) {
    label_strings(document, document.find(package, key), Surface::kUrl);
  }
  for (const std::string_view key : {"runtimeHint", "runtime_hint"}) {
    label_strings(document, document.find(package, key), Surface::kCommand);
  }
  for (const std::string_view key :
       {"runtimeArguments", "runtime_arguments", "packageArguments", "package_arguments"}) {
    label_arguments(document, document.find(package, key));
  }
  Server server = start_server(document, name, package);
  read_variables(document, server,
                 find_any(document, package, {"environmentVariables", "environment_variables"}));
  if (const auto transport = document.find(package, "transport", NodeKind::kObject)) {
    read_launch(manifest, server, *transport);
  }
  if (identifier && document.is(*identifier, NodeKind::kString)) {
    fill_launch(document, server, package, *identifier);
  }
  manifest.servers.push_back(std::move(server));
}

void read_registry_remote(Manifest& manifest, NodeId name, NodeId remote) {
  Document& document = manifest.document;
  if (!document.is(remote, NodeKind::kObject)) {
    add_note(manifest, remote,
             "a remote is " + std::string(describe(document.kind(remote))) + ", not an object");
    return;
  }
  label_all(document, remote, Surface::kSetting);
  Server server = start_server(document, name, remote);
  read_launch(manifest, server, remote);
  const auto variables = document.find(remote, "variables");
  for (const auto& [key, value] :
       variables ? document.members(*variables) : std::vector<std::pair<NodeId, NodeId>>{}) {
    label_strings(document, document.find(value, "description"), Surface::kServerDescription);
  }
  manifest.servers.push_back(std::move(server));
}

}  // namespace merlon
