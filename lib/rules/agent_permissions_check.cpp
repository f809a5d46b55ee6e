#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"
#include "rules/mount_risk.h"

namespace merlon {
namespace {

/// A rule of an agent: `Bash(git *)` is tool `Bash`, scope `git *`.
struct PermissionRule {
  std::string_view tool;
  std::string_view scope;
};

PermissionRule parse_rule(std::string_view rule) {
  rule = trim(rule);
  const std::size_t open = rule.find('(');
  if (open == std::string_view::npos || !rule.ends_with(')')) {
    return {.tool = rule, .scope = {}};
  }
  return {.tool = rule.substr(0, open),
          .scope = trim(rule.substr(open + 1, rule.size() - open - 2))};
}

bool is_every_permission(std::string_view scope) {
  return scope.empty() || scope == "*" || scope == "**" || scope == ":*" || scope == "*:*" ||
         scope == "//**" || scope == "/**" || scope == "~/**";
}

// Programs that run whatever they are given, so that allowing them with any argument allows all.
bool runs_anything(std::string_view scope) {
  constexpr std::array<std::string_view, 22> kPrograms{
      "sh",  "bash",      "zsh",        "python", "python3", "node",  "perl", "ruby",
      "php", "deno",      "eval",       "sudo",   "env",     "xargs", "ssh",  "npx",
      "uvx", "osascript", "powershell", "pwsh",   "exec",    "bunx"};
  const std::size_t end = scope.find_first_of(" :");
  const std::string_view program = scope.substr(0, end);
  const std::string_view rest =
      end == std::string_view::npos ? std::string_view{} : trim(scope.substr(end + 1));
  return std::find(kPrograms.begin(), kPrograms.end(), program) != kPrograms.end() &&
         (rest == "*" || rest == "**");
}

std::string why_too_wide(const PermissionRule& rule) {
  if (rule.tool == "*" || rule.tool == "mcp__*" || rule.tool == "mcp__*__*") {
    return "allows every tool";
  }
  const bool shell = rule.tool == "Bash" || rule.tool == "Shell" || rule.tool == "PowerShell" ||
                     rule.tool == "shell" || rule.tool == "run_shell_command" ||
                     rule.tool == "execute_bash";
  if (shell && is_every_permission(rule.scope)) {
    return "allows every command";
  }
  if (shell && runs_anything(rule.scope)) {
    return "allows " + in_ticks(rule.scope) + ", which runs anything";
  }
  return {};
}

// Wide, but of less harm than a shell.
std::string why_wide(const PermissionRule& rule) {
  const bool network = rule.tool == "WebFetch" || rule.tool == "web_fetch";
  if (network && !rule.scope.empty() &&
      (is_every_permission(rule.scope) || rule.scope == "domain:*")) {
    return "allows requests to every host";
  }
  const bool writes = rule.tool == "Write" || rule.tool == "Edit" || rule.tool == "MultiEdit";
  if (writes && !rule.scope.empty() && is_every_permission(rule.scope)) {
    return "allows writing every file";
  }
  const bool curl = rule.tool == "Bash" &&
                    (rule.scope.starts_with("curl") || rule.scope.starts_with("wget") ||
                     rule.scope.starts_with("rm ") || rule.scope.starts_with("rm:")) &&
                    rule.scope.ends_with('*');
  if (curl) {
    return "allows " + in_ticks(rule.scope);
  }
  return {};
}

class PermissionInspector {
 public:
  PermissionInspector(const Manifest& manifest, std::size_t index, CheckSink& sink)
      : document_(manifest.document), index_(index), sink_(sink) {}

  void inspect() {
    if (document_.empty() || !document_.is(document_.root(), NodeKind::kObject)) {
      return;
    }
    inspect_settings(document_.root());
    for (const std::string_view key : {"allowed-tools", "allowed_tools"}) {
      if (const auto tools = document_.find(document_.root(), key)) {
        inspect_skill_tools(*tools);
      }
    }
  }

 private:
  void report(std::string_view rule, NodeId node, std::string message) {
    sink_.report({.rule_id = std::string(rule),
                  .manifest = index_,
                  .node = node,
                  .message = std::move(message)});
  }

  void inspect_settings(NodeId root) {
    if (const auto permissions = document_.find(root, "permissions", NodeKind::kObject)) {
      const auto allow = document_.find(*permissions, "allow");
      for (const NodeId rule : allow ? document_.elements(*allow) : std::vector<NodeId>{}) {
        if (document_.is(rule, NodeKind::kString)) {
          inspect_rule(rule, document_.text(rule), "agent-permission-wildcard");
        }
      }
      const auto folders = document_.find(*permissions, "additionalDirectories");
      for (const NodeId folder : folders ? document_.elements(*folders) : std::vector<NodeId>{}) {
        if (document_.is(folder, NodeKind::kString) &&
            judge_mount(document_.text(folder)) != MountRisk::kNone) {
          report("agent-wide-folder", folder,
                 "the agent works in " + in_ticks(document_.text(folder)));
        }
      }
    }
    inspect_helpers(root);
  }

  void inspect_rule(NodeId node, std::string_view text, std::string_view id) {
    const PermissionRule rule = parse_rule(text);
    if (std::string why = why_too_wide(rule); !why.empty()) {
      report(id, node, std::move(why));
    } else if (std::string wide = why_wide(rule); !wide.empty()) {
      report("agent-permission-wide", node, std::move(wide));
    }
  }

  // A string with blanks or commas between rules, where blanks also stand inside of parentheses.
  void inspect_skill_tools(NodeId tools) {
    for (const NodeId element : document_.elements(tools)) {
      if (document_.is(element, NodeKind::kString)) {
        inspect_rule(element, document_.text(element), "skill-tools-wildcard");
      }
    }
    if (!document_.is(tools, NodeKind::kString)) {
      return;
    }
    const std::string text = document_.text(tools);
    std::size_t begin = 0;
    int depth = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
      const char c = i < text.size() ? text[i] : ' ';
      if (c == '(') {
        ++depth;
      }
      if (c == ')') {
        --depth;
      }
      if (depth > 0 || (c != ' ' && c != ',' && c != '\n')) {
        continue;
      }
      if (i > begin) {
        inspect_rule(tools, std::string_view(text).substr(begin, i - begin),
                     "skill-tools-wildcard");
      }
      begin = i + 1;
    }
  }

  // Settings whose value is a command that the agent runs by itself. In a repository's settings
  // they run on the machine of everybody who opens it.
  void inspect_helpers(NodeId root) {
    constexpr std::array<std::string_view, 7> kHelpers{
        "apiKeyHelper",      "awsAuthRefresh", "awsCredentialExport", "gcpAuthRefresh",
        "otelHeadersHelper", "headersHelper",  "fileSuggestion"};
    for (const auto& [key, value] : document_.members(root)) {
      const std::string name = document_.text(key);
      if (std::find(kHelpers.begin(), kHelpers.end(), name) == kHelpers.end()) {
        continue;
      }
      if (document_.is(value, NodeKind::kString) || document_.is(value, NodeKind::kObject)) {
        report("agent-helper-command", value,
               in_ticks(name) + " names a command that the agent runs by itself");
      }
    }
    const auto hooks = document_.find(root, "hooks", NodeKind::kObject);
    for (const auto& [event, list] :
         hooks ? document_.members(*hooks) : std::vector<std::pair<NodeId, NodeId>>{}) {
      if (document_.elements(list).empty()) {
        continue;
      }
      const std::string name = document_.text(event);
      if (name == "PermissionRequest" || name == "PreToolUse" || name == "Elicitation") {
        continue;
      }
      report("agent-hooks", event, "commands run by themselves at " + in_ticks(name));
    }
  }

  const Document& document_;
  std::size_t index_;
  CheckSink& sink_;
};

}  // namespace

void check_agent_permissions(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    PermissionInspector(*input.manifests[index], index, sink).inspect();
    // headersHelper of a server entry.
    const Manifest& manifest = *input.manifests[index];
    for (const Server& server : manifest.servers) {
      const auto helper = manifest.document.find(server.node, "headersHelper");
      if (helper && manifest.document.is(*helper, NodeKind::kString)) {
        sink.report({.rule_id = "agent-helper-command",
                     .manifest = index,
                     .node = *helper,
                     .message = "`headersHelper` of " + in_ticks(server.name) +
                                " is a command that the client runs by itself"});
      }
    }
  }
}

}  // namespace merlon
