#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {
namespace {

bool is_wildcard(std::string_view rule) {
  return rule == "*" || rule == "**" || rule == "@*" || rule == "*/*" || rule == "all" ||
         rule == "mcp__*";
}

/// Looks at one client configuration.
class ApprovalInspector {
 public:
  ApprovalInspector(const Manifest& manifest, std::size_t index, CheckSink& sink)
      : manifest_(manifest), document_(manifest.document), index_(index), sink_(sink) {}

  void inspect() {
    for (const Server& server : manifest_.servers) {
      if (document_.is(server.node, NodeKind::kObject)) {
        inspect_server(server);
      }
    }
    if (document_.empty() || !document_.is(document_.root(), NodeKind::kObject)) {
      return;
    }
    inspect_settings(document_.root());
    if (const auto projects = document_.find(document_.root(), "projects", NodeKind::kObject)) {
      for (const auto& [key, project] : document_.members(*projects)) {
        inspect_settings(project);
      }
    }
  }

 private:
  void report(std::string_view rule, NodeId node, std::string message,
              std::optional<Severity> severity = std::nullopt) {
    sink_.report({.rule_id = std::string(rule),
                  .manifest = index_,
                  .node = node,
                  .message = std::move(message),
                  .severity = severity});
  }

  void inspect_server(const Server& server) {
    if (const auto trust = document_.find(server.node, "trust");
        trust && document_.is_true(trust)) {
      report("approve-trusted-server", *trust,
             "no call of " + in_ticks(server.name) + " is confirmed");
    }
    for (const std::string_view key :
         {"alwaysAllow", "autoApprove", "always_allow", "auto_approve"}) {
      if (const auto list = document_.find(server.node, key)) {
        inspect_allowed(server, *list);
      }
    }
    for (const std::string_view key : {"default_tools_approval_mode", "approval_mode"}) {
      const auto mode = document_.find(server.node, key);
      if (mode && document_.string_or(mode, "") == "approve") {
        report("approve-by-default", *mode,
               "every tool of " + in_ticks(server.name) + " is approved unseen");
      }
    }
    const auto tools = document_.find(server.node, "tools", NodeKind::kObject);
    for (const auto& [key, tool] :
         tools ? document_.members(*tools) : std::vector<std::pair<NodeId, NodeId>>{}) {
      const auto mode = document_.find(tool, "approval_mode");
      if (mode && document_.string_or(mode, "") == "approve") {
        report("approve-listed-tools", *mode,
               "the tool " + in_ticks(document_.text(key)) + " is approved unseen");
      }
    }
  }

  void inspect_allowed(const Server& server, NodeId list) {
    if (document_.is_true(list)) {
      report("approve-by-default", list,
             "every tool of " + in_ticks(server.name) + " is approved unseen");
      return;
    }
    std::size_t tools = 0;
    for (const NodeId element : document_.elements(list)) {
      if (!document_.is(element, NodeKind::kString)) {
        continue;
      }
      if (is_wildcard(document_.text(element))) {
        report("approve-by-default", element,
               "every tool of " + in_ticks(server.name) + " is approved unseen");
        return;
      }
      ++tools;
    }
    if (tools > 0) {
      report("approve-listed-tools", list,
             counted(tools, "tool") + " of " + in_ticks(server.name) +
                 (tools == 1 ? " is" : " are") + " approved unseen");
    }
  }

  void inspect_settings(NodeId settings) {
    if (!document_.is(settings, NodeKind::kObject)) {
      return;
    }
    inspect_flags(settings);
    inspect_modes(settings);
    if (const auto allowed = document_.find(settings, "allowedTools", NodeKind::kArray)) {
      inspect_agent_tools(*allowed);
    }
  }

  void inspect_flags(NodeId settings) {
    struct Flag {
      std::string_view key;
      std::string_view rule;
      std::string_view message;
    };
    constexpr std::array kFlags{
        Flag{"enableAllProjectMcpServers", "approve-project-servers",
             "every server that a repository names is started"},
        Flag{"skipDangerousModePermissionPrompt", "approve-without-warning",
             "the warning before the mode without permissions is switched off"},
        Flag{"chat.tools.autoApprove", "approve-everything",
             "every tool of every server is approved unseen"},
        Flag{"chat.tools.global.autoApprove", "approve-everything",
             "every tool of every server is approved unseen"},
        Flag{"dangerouslySkipPermissions", "approve-everything", "no permission is asked for"},
        Flag{"dangerouslyAllowAll", "approve-everything", "no permission is asked for"},
        Flag{"amp.dangerouslyAllowAll", "approve-everything", "no permission is asked for"},
        Flag{"yolo", "approve-everything", "no permission is asked for"},
        Flag{"autoApproveAll", "approve-everything", "every tool is approved unseen"},
        Flag{"trustAllTools", "approve-everything", "every tool is approved unseen"},
        Flag{"always_allow_tool_actions", "approve-everything", "every tool is approved unseen"},
    };
    for (const auto& [key, value] : document_.members(settings)) {
      if (!document_.is_true(value)) {
        continue;
      }
      const std::string name = document_.text(key);
      for (const Flag& flag : kFlags) {
        if (flag.key == name) {
          report(flag.rule, value, std::string(flag.message));
        }
      }
    }
    const auto agent = document_.find(settings, "agent", NodeKind::kObject);
    const auto zed = agent ? document_.find(*agent, "always_allow_tool_actions") : std::nullopt;
    if (zed && document_.is_true(zed)) {
      report("approve-everything", *zed, "every tool is approved unseen");
    }
  }

  void inspect_modes(NodeId settings) {
    const auto permissions = document_.find(settings, "permissions", NodeKind::kObject);
    const auto mode = permissions ? document_.find(*permissions, "defaultMode") : std::nullopt;
    const std::string word = document_.string_or(mode, "");
    if (mode && (word == "bypassPermissions" || word == "dontAsk")) {
      report("approve-everything", *mode, "the mode " + in_ticks(word) + " asks for no permission");
    }
    if (mode && (word == "acceptEdits" || word == "auto")) {
      report("approve-by-mode", *mode,
             "the mode " + in_ticks(word) + " approves without a question");
    }
    const auto goose = document_.find(settings, "GOOSE_MODE");
    if (goose && to_lower_ascii(document_.string_or(goose, "")) == "auto") {
      report("approve-everything", *goose, "the agent acts without a question");
    }
    const auto policy = document_.find(settings, "approval_policy");
    if (policy && document_.string_or(policy, "") == "never") {
      report("approve-everything", *policy, "no permission is ever asked for");
    }
    const auto sandbox = document_.find(settings, "sandbox_mode");
    if (sandbox && document_.string_or(sandbox, "") == "danger-full-access") {
      report("approve-no-sandbox", *sandbox, "commands run outside of the sandbox");
    }
    const auto general = document_.find(settings, "general", NodeKind::kObject);
    const auto approval = general ? document_.find(*general, "defaultApprovalMode") : std::nullopt;
    if (approval && document_.string_or(approval, "") == "yolo") {
      report("approve-everything", *approval, "no permission is asked for");
    }
  }

  // Amazon Q: `@server`, `@server/tool`, built-in names, with wildcards.
  void inspect_agent_tools(NodeId list) {
    for (const NodeId element : document_.elements(list)) {
      if (!document_.is(element, NodeKind::kString)) {
        continue;
      }
      const std::string rule = document_.text(element);
      if (is_wildcard(rule) || rule == "execute_bash" || rule == "fs_write" || rule == "use_aws" ||
          rule == "@builtin") {
        report("approve-by-default", element, in_ticks(rule) + " is approved unseen");
      } else if (rule.starts_with('@') &&
                 (rule.find('/') == std::string::npos || rule.ends_with("/*"))) {
        report("approve-by-default", element,
               "every tool of " + in_ticks(std::string_view(rule).substr(1, rule.find('/') - 1)) +
                   " is approved unseen",
               Severity::kMedium);
      }
    }
  }

  const Manifest& manifest_;
  const Document& document_;
  std::size_t index_;
  CheckSink& sink_;
};

}  // namespace

void check_auto_approve(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    ApprovalInspector(*input.manifests[index], index, sink).inspect();
  }
}

}  // namespace merlon
