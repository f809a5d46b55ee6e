#include "manifest/launch_reader.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifest/labels.h"
#include "manifest/shell_words.h"

namespace merlon {
namespace {

enum class LaunchRole {
  kArguments,
  kCommand,
  kDescription,
  kDisabled,
  kEnabled,
  kEnvironment,
  kEnvNames,
  kHeaders,
  kHook,
  kName,
  kPath,
  kPermission,
  kSecretHeader,
  kTransport,
  kUrl,
};

struct Key {
  std::string_view name;
  LaunchRole role;
};

// Sorted by name. Any other key of an entry is a setting.
constexpr std::array kKeys{
    Key{"allowedTools", LaunchRole::kPermission},
    Key{"allowed_tools", LaunchRole::kPermission},
    Key{"alwaysAllow", LaunchRole::kPermission},
    Key{"args", LaunchRole::kArguments},
    Key{"arguments", LaunchRole::kArguments},
    Key{"autoApprove", LaunchRole::kPermission},
    Key{"baseUrl", LaunchRole::kUrl},
    Key{"base_url", LaunchRole::kUrl},
    Key{"bearerToken", LaunchRole::kSecretHeader},
    Key{"bearerTokenEnv", LaunchRole::kEnvNames},
    Key{"bearer_token", LaunchRole::kSecretHeader},
    Key{"bearer_token_env_var", LaunchRole::kEnvNames},
    Key{"cmd", LaunchRole::kCommand},
    Key{"command", LaunchRole::kCommand},
    Key{"cwd", LaunchRole::kPath},
    Key{"description", LaunchRole::kDescription},
    Key{"disabled", LaunchRole::kDisabled},
    Key{"disabledTools", LaunchRole::kPermission},
    Key{"disabled_tools", LaunchRole::kPermission},
    Key{"displayName", LaunchRole::kName},
    Key{"display_name", LaunchRole::kName},
    Key{"enabled", LaunchRole::kEnabled},
    Key{"enabledTools", LaunchRole::kPermission},
    Key{"enabled_tools", LaunchRole::kPermission},
    Key{"env", LaunchRole::kEnvironment},
    Key{"envFile", LaunchRole::kPath},
    Key{"env_file", LaunchRole::kPath},
    Key{"env_http_headers", LaunchRole::kHeaders},
    Key{"env_keys", LaunchRole::kEnvNames},
    Key{"env_vars", LaunchRole::kEnvNames},
    Key{"environment", LaunchRole::kEnvironment},
    Key{"envs", LaunchRole::kEnvironment},
    Key{"excludeTools", LaunchRole::kPermission},
    Key{"headers", LaunchRole::kHeaders},
    Key{"headersHelper", LaunchRole::kHook},
    Key{"httpHeaders", LaunchRole::kHeaders},
    Key{"httpUrl", LaunchRole::kUrl},
    Key{"http_headers", LaunchRole::kHeaders},
    Key{"http_url", LaunchRole::kUrl},
    Key{"includeTools", LaunchRole::kPermission},
    Key{"name", LaunchRole::kName},
    Key{"roots", LaunchRole::kPath},
    Key{"serverUrl", LaunchRole::kUrl},
    Key{"server_url", LaunchRole::kUrl},
    Key{"tcp", LaunchRole::kUrl},
    Key{"tools", LaunchRole::kPermission},
    Key{"transport", LaunchRole::kTransport},
    Key{"transport_type", LaunchRole::kTransport},
    Key{"type", LaunchRole::kTransport},
    Key{"uri", LaunchRole::kUrl},
    Key{"url", LaunchRole::kUrl},
    Key{"workingDirectory", LaunchRole::kPath},
};
static_assert(std::is_sorted(kKeys.begin(), kKeys.end(),
                             [](const Key& a, const Key& b) { return a.name < b.name; }));

const Key* find_key(std::string_view name) {
  const auto* found =
      std::lower_bound(kKeys.begin(), kKeys.end(), name,
                       [](const Key& key, std::string_view n) { return key.name < n; });
  return found != kKeys.end() && found->name == name ? found : nullptr;
}

struct TransportWord {
  std::string_view word;
  Transport transport;
};
constexpr std::array kTransports{
    TransportWord{"builtin", Transport::kStdio},
    TransportWord{"http", Transport::kHttp},
    TransportWord{"local", Transport::kStdio},
    TransportWord{"remote", Transport::kHttp},
    TransportWord{"sse", Transport::kSse},
    TransportWord{"stdio", Transport::kStdio},
    TransportWord{"streamable-http", Transport::kHttp},
    TransportWord{"streamableHttp", Transport::kHttp},
    TransportWord{"streamable_http", Transport::kHttp},
    TransportWord{"websocket", Transport::kWebSocket},
    TransportWord{"ws", Transport::kWebSocket},
};

/// Reads the members of one entry into a Server.
class EntryReader {
 public:
  EntryReader(Manifest& manifest, Server& server)
      : manifest_(manifest), document_(manifest.document), server_(server) {}

  void read(NodeId entry) {
    take_members(entry);
    // Older Zed, Continue and some catalogues nest the launch once more.
    const std::vector<NodeId> nested = std::move(nested_);
    for (const NodeId object : nested) {
      take_members(object);
    }
    server_.launch = std::move(command_);
    server_.launch.insert(server_.launch.end(), std::make_move_iterator(arguments_.begin()),
                          std::make_move_iterator(arguments_.end()));
    if (server_.transport == Transport::kUnknown) {
      server_.transport = transport_by_content();
    }
  }

 private:
  void take_members(NodeId object) {
    for (const auto& [key, value] : document_.members(object)) {
      if (const Key* known = find_key(document_.text(key, scratch_))) {
        take(*known, key, value);
      }
    }
  }

  void take(const Key& key, NodeId key_node, NodeId value) {
    switch (key.role) {
      case LaunchRole::kCommand: take_command(key, value); return;
      case LaunchRole::kArguments: take_arguments(key, value); return;
      case LaunchRole::kEnvironment: take_environment(value); return;
      case LaunchRole::kEnvNames: take_env_names(value); return;
      case LaunchRole::kHeaders: take_headers(value); return;
      case LaunchRole::kUrl: take_url(key, value); return;
      case LaunchRole::kTransport: take_transport(value); return;
      case LaunchRole::kName: take_name(value); return;
      case LaunchRole::kDescription:
        label_strings(document_, value, Surface::kServerDescription);
        return;
      case LaunchRole::kSecretHeader:
        label(document_, key_node, Surface::kHeaderName);
        label_strings(document_, value, Surface::kHeaderValue);
        server_.headers.push_back({.name = key_node, .value = value});
        return;
      case LaunchRole::kPath: label_all(document_, value, Surface::kPath); return;
      case LaunchRole::kPermission: label_all(document_, value, Surface::kPermission); return;
      case LaunchRole::kHook: label_all(document_, value, Surface::kHookCommand); return;
      case LaunchRole::kDisabled:
        if (document_.is_true(value)) {
          server_.enabled = false;
        }
        return;
      case LaunchRole::kEnabled:
        if (document_.is(value, NodeKind::kBool) && !document_.is_true(value)) {
          server_.enabled = false;
        }
        return;
    }
  }

  void note_kind(const Key& key, NodeId value, std::string_view wanted) {
    std::string message = "`" + std::string(key.name) + "` is ";
    message.append(describe(document_.kind(value))).append(", not ").append(wanted);
    add_note(manifest_, value, std::move(message));
  }

  void take_command(const Key& key, NodeId value) {
    if (document_.is(value, NodeKind::kString)) {
      label(document_, value, Surface::kCommand);
      append_words(command_, value);
      return;
    }
    if (document_.is(value, NodeKind::kArray)) {
      bool first = true;
      for (const NodeId word : document_.elements(value)) {
        if (!document_.is(word, NodeKind::kString)) {
          continue;
        }
        label(document_, word, first ? Surface::kCommand : Surface::kArgument);
        command_.push_back({.text = document_.text(word), .node = word});
        first = false;
      }
      return;
    }
    if (document_.is(value, NodeKind::kObject)) {
      // Older Zed: {"path": ..., "args": [...], "env": {...}}.
      if (const auto path = document_.find(value, "path", NodeKind::kString)) {
        label(document_, path, Surface::kCommand);
        command_.push_back({.text = document_.text(*path), .node = *path});
      }
      nested_.push_back(value);
      return;
    }
    if (!document_.is(value, NodeKind::kNull)) {
      note_kind(key, value, "a string or a list of strings");
    }
  }

  void append_words(std::vector<LaunchWord>& words, NodeId value) {
    for (std::string& word : split_shell_words(document_.text(value))) {
      words.push_back({.text = std::move(word), .node = value});
    }
  }

  void take_arguments(const Key& key, NodeId value) {
    label_all(document_, value, Surface::kArgument);
    if (document_.is(value, NodeKind::kString)) {
      append_words(arguments_, value);
      return;
    }
    if (!document_.is(value, NodeKind::kArray)) {
      if (!document_.is(value, NodeKind::kNull)) {
        note_kind(key, value, "a list of strings");
      }
      return;
    }
    for (const NodeId word : document_.elements(value)) {
      const NodeKind kind = document_.kind(word);
      if (kind == NodeKind::kArray || kind == NodeKind::kObject) {
        add_note(manifest_, word,
                 "a word of `" + std::string(key.name) + "` is " + std::string(describe(kind)) +
                     ", not a string");
      } else {
        arguments_.push_back({.text = document_.text(word), .node = word});
      }
    }
  }

  void take_environment(NodeId value) {
    label_environment(document_, value);
    for (const auto& [name, text] : document_.members(value)) {
      server_.environment.push_back({.name = name, .value = text});
    }
    for (const NodeId pair : document_.elements(value)) {
      const auto name = document_.find(pair, "name");
      if (name) {
        server_.environment.push_back(
            {.name = *name, .value = document_.find(pair, "value").value_or(kNoNode)});
      } else if (document_.is(pair, NodeKind::kString)) {
        server_.environment.push_back({.name = pair, .value = kNoNode});
      }
    }
  }

  void take_env_names(NodeId value) {
    label_strings(document_, value, Surface::kEnvName);
    if (document_.is(value, NodeKind::kString)) {
      server_.environment.push_back({.name = value, .value = kNoNode});
    }
    for (const NodeId name : document_.elements(value)) {
      const NodeId node = document_.is(name, NodeKind::kObject)
                              ? document_.find(name, "name").value_or(kNoNode)
                              : name;
      if (node != kNoNode) {
        server_.environment.push_back({.name = node, .value = kNoNode});
      }
    }
  }

  void take_headers(NodeId value) {
    label_pairs(document_, value, Surface::kHeaderName, Surface::kHeaderValue);
    for (const auto& [name, text] : document_.members(value)) {
      server_.headers.push_back({.name = name, .value = text});
    }
    for (const NodeId pair : document_.elements(value)) {  // {name, value} of the registry
      const auto name = document_.find(pair, "name");
      label(document_, name, Surface::kHeaderName);
      label_strings(document_, document_.find(pair, "value"), Surface::kHeaderValue);
      if (name) {
        server_.headers.push_back(
            {.name = *name, .value = document_.find(pair, "value").value_or(kNoNode)});
      }
    }
  }

  void take_url(const Key& key, NodeId value) {
    label_strings(document_, value, Surface::kUrl);
    if (document_.is(value, NodeKind::kString)) {
      if (server_.url == kNoNode) {
        server_.url = value;
      }
    } else if (!document_.is(value, NodeKind::kNull)) {
      note_kind(key, value, "a string");
    }
  }

  void take_transport(NodeId value) {
    if (document_.is(value, NodeKind::kObject)) {
      nested_.push_back(value);
      return;
    }
    const std::string_view word =
        document_.is(value, NodeKind::kString) ? document_.text(value, scratch_) : "";
    for (const TransportWord& known : kTransports) {
      if (known.word == word) {
        server_.transport = known.transport;
      }
    }
  }

  void take_name(NodeId value) {
    label_strings(document_, value, Surface::kServerName);
    if (document_.is(value, NodeKind::kString) && server_.name_node == kNoNode) {
      server_.name_node = value;
      server_.name = document_.text(value);
    }
  }

  [[nodiscard]] Transport transport_by_content() {
    if (!server_.launch.empty()) {
      return Transport::kStdio;
    }
    if (server_.url == kNoNode) {
      return Transport::kUnknown;
    }
    const std::string_view url = document_.text(server_.url, scratch_);
    return url.starts_with("ws:") || url.starts_with("wss:") ? Transport::kWebSocket
                                                             : Transport::kHttp;
  }

  Manifest& manifest_;
  Document& document_;
  Server& server_;
  std::vector<LaunchWord> command_;
  std::vector<LaunchWord> arguments_;
  std::vector<NodeId> nested_;
  std::string scratch_;
};

}  // namespace

void label_environment(Document& document, std::optional<NodeId> environment) {
  if (!environment) {
    return;
  }
  if (document.is(*environment, NodeKind::kObject)) {
    label_pairs(document, environment, Surface::kEnvName, Surface::kEnvValue);
    return;
  }
  label_strings(document, environment, Surface::kEnvName);
  for (const NodeId pair : document.elements(*environment)) {
    for (const std::string_view key : {"value", "default", "example"}) {
      label_strings(document, document.find(pair, key), Surface::kEnvValue);
    }
    label_strings(document, document.find(pair, "description"), Surface::kServerDescription);
  }
}

void read_launch(Manifest& manifest, Server& server, NodeId object) {
  EntryReader(manifest, server).read(object);
}

std::uint32_t read_server_entry(Manifest& manifest, NodeId name, NodeId entry) {
  Document& document = manifest.document;
  label(document, name, Surface::kServerName);
  if (!document.is(entry, NodeKind::kObject)) {
    const std::string which = name == kNoNode ? "a server" : "server `" + document.text(name) + "`";
    add_note(manifest, entry,
             which + " is " + std::string(describe(document.kind(entry))) + ", not an object");
    return kNoServer;
  }
  label_all(document, entry, Surface::kSetting);
  Server server;
  server.node = entry;
  if (name != kNoNode) {
    server.name_node = name;
    server.name = document.text(name);
  }
  EntryReader(manifest, server).read(entry);
  manifest.servers.push_back(std::move(server));
  return static_cast<std::uint32_t>(manifest.servers.size() - 1);
}

void read_server_map(Manifest& manifest, std::optional<NodeId> map) {
  if (!map) {
    return;
  }
  const Document& document = manifest.document;
  if (document.is(*map, NodeKind::kObject)) {
    for (const auto& [key, value] : document.members(*map)) {
      read_server_entry(manifest, key, value);
    }
  } else if (document.is(*map, NodeKind::kArray)) {
    for (const NodeId entry : document.elements(*map)) {
      read_server_entry(manifest, kNoNode, entry);
    }
  } else if (!document.is(*map, NodeKind::kNull)) {
    add_note(
        manifest, *map,
        "the list of servers is " + std::string(describe(document.kind(*map))) + ", not an object");
  }
}

bool is_server_entry(const Document& document, NodeId node) {
  if (!document.is(node, NodeKind::kObject)) {
    return false;
  }
  for (const std::string_view key :
       {"command", "cmd", "url", "serverUrl", "httpUrl", "uri", "baseUrl"}) {
    if (document.find(node, key)) {
      return true;
    }
  }
  return false;
}

bool any_entry_has(const Document& document, std::optional<NodeId> map, std::string_view key) {
  if (!map || !document.is(*map, NodeKind::kObject)) {
    return false;
  }
  int looked_at = 0;
  const NodeId end = document.node(*map).next;
  for (NodeId id = *map + 1; id < end && looked_at < 200;
       id = document.node(id).next, ++looked_at) {
    if (document.find(id + 1, key)) {
      return true;
    }
  }
  return false;
}

}  // namespace merlon
