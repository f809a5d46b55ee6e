#include "wrap/wrap_plan.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "manifest/format.h"
#include "manifest/shell_words.h"
#include "wrap/launch_edits.h"
#include "wrap/wrapped_launch.h"

namespace merlon {
namespace {

// Sorted. Every other format describes what somebody publishes.
constexpr std::array<std::string_view, 23> kClientFormats{
    "agent-plugin-mcp", "amazon-q-agent",       "amp-settings", "claude-code-config",
    "claude-code-mcp",  "claude-code-settings", "cline-mcp",    "codex-config",
    "continue-config",  "cursor-mcp",           "devcontainer", "flat-mcp",
    "gemini-settings",  "goose-config",         "kiro-mcp",     "mcp-servers",
    "mcporter-config",  "opencode-config",      "vscode-mcp",   "vscode-settings",
    "vscode-workspace", "windsurf-mcp",         "zed-settings",
};
static_assert(std::ranges::is_sorted(kClientFormats));
constexpr std::size_t kMostMovedBytes = std::size_t{16} << 10;

bool is_remote(const Server& server) {
  return server.launch.empty() && server.url != kNoNode;
}

bool is_chosen(const std::vector<std::string>& only, const std::string& name) {
  return only.empty() || std::ranges::find(only, name) != only.end();
}

Status check_names(const Manifest& manifest, const std::vector<std::string>& only) {
  for (const std::string& name : only) {
    if (std::ranges::none_of(manifest.servers,
                             [&](const Server& server) { return server.name == name; })) {
      return fail(ErrorCode::kNotFound, "there is no server `", name, "` in `", manifest.file(),
                  "`");
    }
  }
  return {};
}

/// What both directions have in common: edits are gathered, the nodes that they change remembered,
/// and the result is read again.
class ConfigEditor {
 public:
  ConfigEditor(const Manifest& manifest, ConfigSyntax syntax)
      : manifest_(manifest), document_(manifest.document), syntax_(syntax) {}

  [[nodiscard]] ConfigSyntax syntax() const { return syntax_; }

  void change_launch(std::size_t server, const LaunchSite& site, std::vector<TextEdit> edits,
                     std::vector<std::string> words) {
    skip_launch(site, skipped_);
    launches_.push_back({.server = server, .words = std::move(words)});
    take(std::move(edits));
  }
  void change_value(NodeId value, const std::string& text) {
    skipped_.insert(value);
    values_.emplace(document_.pointer(value), text);
    take({TextEdit{.begin = document_.node(value).begin,
                   .end = document_.node(value).end,
                   .text = quoted_in(syntax_, text)}});
  }

  /// The new text, when it says what it should.
  [[nodiscard]] Result<std::string> finish() const {
    MERLON_TRY(std::string text, apply_edits(document_.source().bytes(), edits_));
    if (edits_.empty()) {
      return text;
    }
    const LoadedFile again = load_manifests(SourceText::copy_of(manifest_.file(), text),
                                            {.format = manifest_.format, .mask_excerpt = {}});
    if (again.manifests.size() != 1 || !says_the_same(again.manifests.front())) {
      return fail(ErrorCode::kFormat,
                  "the file cannot be edited without changing what else it says");
    }
    return text;
  }

 private:
  struct ChangedLaunch {
    std::size_t server;
    std::vector<std::string> words;
  };

  void take(std::vector<TextEdit> edits) { std::ranges::move(edits, std::back_inserter(edits_)); }

  static void skip_launch(const LaunchSite& site, std::set<NodeId>& skipped) {
    skipped.insert(site.command_key);
    if (site.arguments_key != kNoNode) {
      skipped.insert(site.arguments_key);
    }
  }

  [[nodiscard]] bool says_the_same(const Manifest& changed) const {
    std::set<NodeId> skipped;
    if (changed.servers.size() != manifest_.servers.size()) {
      return false;
    }
    const LaunchFinder finder(changed, syntax_);
    for (const ChangedLaunch& launch : launches_) {
      const FoundSite found = finder.find(changed.servers[launch.server]);
      if (!found.problem.empty() || written_words(changed.document, found.site) != launch.words) {
        return false;
      }
      skip_launch(found.site, skipped);
    }
    return same_values(changed.document, skipped) &&
           tokens_of(document_, skipped_) == tokens_of(changed.document, skipped);
  }

  [[nodiscard]] bool same_values(const Document& changed, std::set<NodeId>& skipped) const {
    std::size_t found = 0;
    for (NodeId id = 0; id < changed.size() && found < values_.size(); ++id) {
      if (!changed.is(id, NodeKind::kString)) {
        continue;
      }
      const auto value = values_.find(changed.pointer(id));
      if (value != values_.end() && changed.text(id) == value->second) {
        skipped.insert(id);
        ++found;
      }
    }
    return found == values_.size();
  }

  /// Everything that the file says but for the skipped parts.
  static std::vector<std::string> tokens_of(const Document& document,
                                            const std::set<NodeId>& skipped) {
    std::vector<std::string> tokens;
    for (NodeId id = 0; id < document.size();) {
      if (skipped.contains(id)) {
        id = document.node(id).next;
        continue;
      }
      const bool container =
          document.is(id, NodeKind::kObject) || document.is(id, NodeKind::kArray);
      std::string token(1, static_cast<char>('0' + static_cast<int>(document.kind(id))));
      tokens.push_back(container ? std::move(token) : token + document.text(id));
      ++id;
    }
    return tokens;
  }

  const Manifest& manifest_;
  const Document& document_;
  ConfigSyntax syntax_;
  std::vector<TextEdit> edits_;
  std::set<NodeId> skipped_;
  std::vector<ChangedLaunch> launches_;
  std::map<std::string, std::string> values_;  ///< new text by pointer
};

Result<ConfigSyntax> syntax_to_edit(const Manifest& manifest) {
  const Document& document = manifest.document;
  const auto syntax = config_syntax_of(document.source().bytes());
  if (!is_client_format(manifest.format)) {
    return fail(ErrorCode::kFormat, "`", manifest.file(),
                "` is no configuration of a client, but `", manifest.format, "`");
  }
  const bool lines = !document.empty() && (document.node(document.root()).flags & kNodeLines) != 0;
  if (!syntax || lines || document.empty()) {
    return fail(ErrorCode::kFormat, "`", manifest.file(),
                "` is written in a syntax that cannot be edited");
  }
  return *syntax;
}

/// True for each server whose launch stands where that of another one stands (aliases of YAML).
std::vector<bool> shared_places(const Manifest& manifest) {
  std::vector<bool> shared(manifest.servers.size());
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> first;
  for (std::size_t i = 0; i < manifest.servers.size(); ++i) {
    const Node& node = manifest.document.node(manifest.servers[i].node);
    const auto [other, is_new] = first.try_emplace({node.begin, node.end}, i);
    if (!is_new) {
      shared[i] = shared[other->second] = true;
    }
  }
  return shared;
}

/// Gathers the edits that wrap.
class Wrapper {
 public:
  Wrapper(const Manifest& manifest, const WrapRequest& request, ConfigSyntax syntax)
      : manifest_(manifest),
        document_(manifest.document),
        request_(request),
        finder_(manifest, syntax),
        editor_(manifest, syntax) {}

  [[nodiscard]] Result<WrapPlan> run() {
    const std::vector<bool> shared = shared_places(manifest_);
    for (std::size_t i = 0; i < manifest_.servers.size(); ++i) {
      const Server& server = manifest_.servers[i];
      ServerPlan& plan = plan_.servers.emplace_back();
      plan.name = server.name;
      if (is_remote(server)) {
        plan.state = WrapState::kRemote;
      } else if (is_chosen(request_.only, server.name)) {
        wrap(i, shared[i], plan);
      }
    }
    MERLON_TRY(plan_.text, editor_.finish());
    return std::move(plan_);
  }

 private:
  static void refuse(ServerPlan& plan, std::string why) {
    plan.state = WrapState::kRefused;
    plan.why = std::move(why);
  }

  void wrap(std::size_t index, bool shared, ServerPlan& plan) {
    const Server& server = manifest_.servers[index];
    const FoundSite found = finder_.find(server);
    if (found.built_in) {
      plan.why = "it has no command of its own";
      return;
    }
    if (!found.problem.empty()) {
      return refuse(plan, found.problem);
    }
    const std::vector<std::string> written = written_words(document_, found.site);
    if (as_wrapped(written)) {
      plan.state = WrapState::kAlready;
      return;
    }
    if (shared) {
      return refuse(plan, "it is written once for several servers");
    }
    for (const std::string_view key : {"envFile", "env_file"}) {
      if (document_.find(server.node, key)) {
        return refuse(plan,
                      "its variables stand in a file, and the proxy hands on named ones only");
      }
    }
    ProxyWords proxy{.program = request_.program,
                     .group = request_.group,
                     .server = server.name,
                     .policy = request_.policy,
                     .variables = {},
                     .secrets = {}};
    const std::vector<NameValue> secrets = secrets_of(server, proxy, plan);
    std::vector<std::string> front = proxy_words(proxy);
    // `npx -y server` as one text is taken apart by the client, or never worked.
    std::vector<std::string> program = split_command(found.site, written.front());
    front.insert(front.end(), program.begin(), program.end() - 1);
    auto edits = put_in_front(document_, editor_.syntax(), found.site, front, program.back());
    if (!edits) {
      plan.moved.clear();
      return refuse(plan, edits.error().message);
    }
    front.push_back(program.back());
    front.insert(front.end(), written.begin() + 1, written.end());
    editor_.change_launch(index, found.site, *std::move(edits), std::move(front));
    move_out(server, secrets);
    plan.state = WrapState::kWrapped;
  }

  [[nodiscard]] std::vector<std::string> split_command(const LaunchSite& site,
                                                       const std::string& command) const {
    if (site.list || command.find_first_of(" \t") == std::string::npos ||
        (request_.is_file && request_.is_file(command))) {
      return {command};
    }
    std::vector<std::string> words = split_shell_words(command);
    if (words.empty()) {
      return {command};
    }
    return words;
  }

  /// Hands the variables of the entry on, which the proxy would keep from the server otherwise;
  /// answers with those whose values are to be moved out.
  std::vector<NameValue> secrets_of(const Server& server, ProxyWords& proxy, ServerPlan& plan) {
    std::vector<NameValue> out;
    std::set<std::string> names;
    for (const NameValue& pair : server.environment) {
      const std::string name = pair.name == kNoNode ? "" : document_.text(pair.name);
      const bool possible =
          !name.empty() && name.find_first_of(std::string_view("=\0", 2)) == std::string::npos;
      if (!possible || !names.insert(name).second) {
        continue;
      }
      if (is_movable(pair, name)) {
        proxy.secrets.push_back(name + "=file:" + request_.secret_path(server.name, name));
        plan.moved.push_back(name);
        out.push_back(pair);
      } else {
        proxy.variables.push_back(name);
      }
    }
    return out;
  }

  [[nodiscard]] bool is_movable(const NameValue& pair, const std::string& name) const {
    if (!request_.is_secret || !request_.secret_path ||
        !document_.is(pair.value, NodeKind::kString) ||
        !stands_in_place(document_, pair.name, pair.value) ||
        (editor_.syntax() == ConfigSyntax::kYaml &&
         is_block_text(document_, pair.name, pair.value))) {
      return false;
    }
    // What the proxy reads from a file has no line end and is short.
    const std::string value = document_.text(pair.value);
    return value.size() <= kMostMovedBytes && !value.ends_with('\n') && !value.ends_with('\r') &&
           request_.is_secret(name, value);
  }

  void move_out(const Server& server, const std::vector<NameValue>& secrets) {
    for (const NameValue& pair : secrets) {
      plan_.secrets.push_back({.path = request_.secret_path(server.name, document_.text(pair.name)),
                               .value = document_.text(pair.value)});
      editor_.change_value(pair.value, "");
    }
  }

  const Manifest& manifest_;
  const Document& document_;
  const WrapRequest& request_;
  LaunchFinder finder_;
  ConfigEditor editor_;
  WrapPlan plan_;
};

/// Gathers the edits that take the proxy out.
class Unwrapper {
 public:
  Unwrapper(const Manifest& manifest, const UnwrapRequest& request, ConfigSyntax syntax)
      : manifest_(manifest),
        document_(manifest.document),
        request_(request),
        finder_(manifest, syntax),
        editor_(manifest, syntax) {}

  [[nodiscard]] Result<WrapPlan> run() {
    for (std::size_t i = 0; i < manifest_.servers.size(); ++i) {
      const Server& server = manifest_.servers[i];
      ServerPlan& plan = plan_.servers.emplace_back();
      plan.name = server.name;
      if (is_remote(server)) {
        plan.state = WrapState::kRemote;
      } else if (is_chosen(request_.only, server.name)) {
        unwrap(i, plan);
      }
    }
    MERLON_TRY(plan_.text, editor_.finish());
    return std::move(plan_);
  }

 private:
  void unwrap(std::size_t index, ServerPlan& plan) {
    const Server& server = manifest_.servers[index];
    const FoundSite found = finder_.find(server);
    if (!found.problem.empty()) {
      return;
    }
    const std::vector<std::string> written = written_words(document_, found.site);
    const auto wrapped = as_wrapped(written);
    if (!wrapped) {
      return;
    }
    auto edits = take_from_front(document_, editor_.syntax(), found.site, wrapped->inner);
    if (!edits) {
      plan.state = WrapState::kRefused;
      plan.why = edits.error().message;
      return;
    }
    editor_.change_launch(
        index, found.site, *std::move(edits),
        {written.begin() + static_cast<std::ptrdiff_t>(wrapped->inner), written.end()});
    for (const std::string& secret : wrapped->secrets) {
      move_back(server, secret, plan);
    }
    plan.state = WrapState::kUnwrapped;
  }

  void move_back(const Server& server, const std::string& secret, ServerPlan& plan) {
    const std::size_t mark = secret.find("=file:");
    if (mark == std::string::npos || !request_.read_secret) {
      return;
    }
    const std::string name = secret.substr(0, mark);
    const auto value = request_.read_secret(secret.substr(mark + 6));
    for (const NameValue& pair : server.environment) {
      const bool same = value && document_.is(pair.value, NodeKind::kString) &&
                        document_.text(pair.name) == name && document_.text(pair.value).empty();
      if (same) {
        editor_.change_value(pair.value, *value);
        plan.moved.push_back(name);
        return;
      }
    }
  }

  const Manifest& manifest_;
  const Document& document_;
  const UnwrapRequest& request_;
  LaunchFinder finder_;
  ConfigEditor editor_;
  WrapPlan plan_;
};

}  // namespace

std::string_view to_string(WrapState state) {
  switch (state) {
    case WrapState::kWrapped: return "wrapped";
    case WrapState::kAlready: return "already-wrapped";
    case WrapState::kUnwrapped: return "unwrapped";
    case WrapState::kDirect: return "not-protected";
    case WrapState::kRemote: return "remote-not-protected";
    case WrapState::kRefused: return "refused";
  }
  return "";
}

bool WrapPlan::has(WrapState state) const {
  return std::ranges::find(servers, state, &ServerPlan::state) != servers.end();
}

bool is_client_format(std::string_view format) {
  return std::ranges::binary_search(kClientFormats, format);
}

Result<WrapPlan> plan_wrap(const Manifest& manifest, const WrapRequest& request) {
  MERLON_TRY(const ConfigSyntax syntax, syntax_to_edit(manifest));
  MERLON_CHECK(check_names(manifest, request.only));
  return Wrapper(manifest, request, syntax).run();
}

Result<WrapPlan> plan_unwrap(const Manifest& manifest, const UnwrapRequest& request) {
  MERLON_TRY(const ConfigSyntax syntax, syntax_to_edit(manifest));
  MERLON_CHECK(check_names(manifest, request.only));
  return Unwrapper(manifest, request, syntax).run();
}

std::vector<ServerPlan> look_at_servers(const Manifest& manifest) {
  std::vector<ServerPlan> out;
  const auto syntax = config_syntax_of(manifest.document.source().bytes());
  const LaunchFinder finder(manifest, syntax.value_or(ConfigSyntax::kJson));
  for (const Server& server : manifest.servers) {
    ServerPlan& plan = out.emplace_back();
    plan.name = server.name;
    plan.state = is_remote(server) ? WrapState::kRemote : WrapState::kDirect;
    const FoundSite found = finder.find(server);
    const std::vector<std::string> words = found.problem.empty()
                                               ? written_words(manifest.document, found.site)
                                               : std::vector<std::string>();
    if (plan.state == WrapState::kDirect && as_wrapped(words)) {
      plan.state = WrapState::kAlready;
      plan.program = words.front();
    }
  }
  return out;
}

}  // namespace merlon
