#include <string>
#include <string_view>

#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/labels.h"
#include "manifest/launch_reader.h"

namespace merlon {

// settings.json of Claude Code, and hooks.json of its plugins: permissions, hooks, environment,
// helper commands.
int recognise_claude_code_settings(const Document& document) {
  const NodeId root = document.root();
  const auto permissions = document.find(root, "permissions");
  for (const std::string_view key :
       {"allow", "deny", "ask", "defaultMode", "additionalDirectories"}) {
    if (document.find(permissions, key)) {
      return 80;
    }
  }
  for (const std::string_view key :
       {"enableAllProjectMcpServers", "enabledMcpjsonServers", "apiKeyHelper", "statusLine",
        "allowManagedHooksOnly", "enabledPlugins", "extraKnownMarketplaces", "awsAuthRefresh",
        "otelHeadersHelper", "disableAllHooks"}) {
    if (document.find(root, key)) {
      return 72;
    }
  }
  const auto hooks = document.find(root, "hooks");
  for (const std::string_view event :
       {"PreToolUse", "PostToolUse", "SessionStart", "UserPromptSubmit", "Stop", "SessionEnd",
        "Notification", "PermissionRequest", "SubagentStop", "PreCompact"}) {
    if (document.find(hooks, event)) {
      return 72;
    }
  }
  const std::string schema = document.string_or(document.find(root, "$schema"), "");
  return schema.find("claude-code-settings") != std::string::npos ? 90 : 0;
}

Status read_claude_code_settings(Manifest& manifest) {
  MERLON_CHECK(read_client_config(manifest, {"mcpServers"}));
  Document& document = manifest.document;
  const NodeId root = document.root();
  label_environment(document, document.find(root, "env"));
  for (const std::string_view key : {"apiKeyHelper", "awsAuthRefresh", "awsCredentialExport",
                                     "gcpAuthRefresh", "otelHeadersHelper"}) {
    label_strings(document, document.find(root, key), Surface::kHookCommand);
  }
  for (const std::string_view key : {"statusLine", "fileSuggestion"}) {
    label_strings(document, document.find(document.find(root, key), "command"),
                  Surface::kHookCommand);
  }
  return {};
}

}  // namespace merlon
