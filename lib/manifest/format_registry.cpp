#include <algorithm>
#include <array>

#include "manifest/formats.h"

namespace merlon {
namespace {

// One row per format, sorted by name; the only registration that a new format needs.
constexpr std::array kFormats{
    ManifestFormat{"a2a-agent-card", "the card of an agent that speaks A2A",
                   ".well-known/agent-card.json", &recognise_a2a_agent_card, &read_a2a_agent_card},
    ManifestFormat{"agent-plugin",
                   "the manifest of an agent plugin: servers, hooks, commands, skills",
                   ".claude-plugin/plugin.json", &recognise_agent_plugin, &read_agent_plugin},
    ManifestFormat{"agent-plugin-mcp", "the servers of an agent plugin, with its schema",
                   "mcp.json", &recognise_agent_plugin_mcp, &read_agent_plugin_mcp},
    ManifestFormat{"amazon-q-agent", "an agent of Amazon Q or Kiro",
                   "~/.aws/amazonq/cli-agents/NAME.json", &recognise_amazon_q_agent,
                   &read_amazon_q_agent},
    ManifestFormat{"amp-settings", "settings of Amp", "~/.config/amp/settings.json",
                   &recognise_amp_settings, &read_amp_settings},
    ManifestFormat{"bundle-entries", "the entries of a bundle, as merlon lists them",
                   "NAME.mcpb!entries", &recognise_bundle_entries, &read_bundle_entries},
    ManifestFormat{"claude-code-config",
                   "the state of Claude Code: servers of the user and of each project",
                   "~/.claude.json", &recognise_claude_code_config, &read_claude_code_config},
    ManifestFormat{"claude-code-mcp", "servers of Claude Code, with headersHelper or oauth",
                   ".mcp.json", &recognise_claude_code_mcp, &read_claude_code_mcp},
    ManifestFormat{"claude-code-settings", "settings and hooks of Claude Code",
                   ".claude/settings.json", &recognise_claude_code_settings,
                   &read_claude_code_settings},
    ManifestFormat{"cline-mcp", "servers of Cline, Roo Code or Kilo Code",
                   "cline_mcp_settings.json", &recognise_cline_mcp, &read_cline_mcp},
    ManifestFormat{"codex-config", "configuration of Codex or Mistral Vibe", "~/.codex/config.toml",
                   &recognise_codex_config, &read_codex_config},
    ManifestFormat{"continue-config", "configuration of Continue, or a block of it",
                   "~/.continue/config.yaml", &recognise_continue_config, &read_continue_config},
    ManifestFormat{"cursor-mcp", "servers of Cursor, with envFile", ".cursor/mcp.json",
                   &recognise_cursor_mcp, &read_cursor_mcp},
    ManifestFormat{"devcontainer", "a development container with servers for VS Code",
                   ".devcontainer/devcontainer.json", &recognise_devcontainer, &read_devcontainer},
    ManifestFormat{"discover-result", "the answer to server/discover", "discover.json",
                   &recognise_discover_result, &read_discover_result},
    ManifestFormat{"docker-server", "an entry of Docker's MCP registry", "servers/NAME/server.yaml",
                   &recognise_docker_server, &read_docker_server},
    ManifestFormat{"docker-tools", "the tools of an entry of Docker's MCP registry",
                   "servers/NAME/tools.json", &recognise_docker_tools, &read_docker_tools},
    ManifestFormat{"flat-mcp", "servers by name without anything around them",
                   ".mcp.json of a plugin", &recognise_flat_mcp, &read_flat_mcp},
    ManifestFormat{"gemini-settings", "settings or an extension of Gemini CLI",
                   "~/.gemini/settings.json", &recognise_gemini_settings, &read_gemini_settings},
    ManifestFormat{"goose-config", "configuration of Goose", "~/.config/goose/config.yaml",
                   &recognise_goose_config, &read_goose_config},
    ManifestFormat{"initialize-result", "the answer to initialize", "initialize.json",
                   &recognise_initialize_result, &read_initialize_result},
    ManifestFormat{"kiro-mcp", "servers of Kiro, with autoApprove or powers",
                   ".kiro/settings/mcp.json", &recognise_kiro_mcp, &read_kiro_mcp},
    ManifestFormat{"mcp-servers",
                   "servers of Claude Desktop, Cursor, LM Studio, Junie, Copilot CLI and others",
                   "claude_desktop_config.json", &recognise_mcp_servers, &read_mcp_servers},
    ManifestFormat{"mcpb-manifest", "the manifest of an MCPB or DXT bundle", "manifest.json",
                   &recognise_mcpb_manifest, &read_mcpb_manifest},
    ManifestFormat{"mcporter-config", "servers of mcporter", "config/mcporter.json",
                   &recognise_mcporter_config, &read_mcporter_config},
    ManifestFormat{"merlon-snapshot", "what merlon capture writes", "NAME.snapshot.json",
                   &recognise_merlon_snapshot, &read_merlon_snapshot},
    ManifestFormat{"opencode-config", "configuration of opencode", "opencode.json",
                   &recognise_opencode_config, &read_opencode_config},
    ManifestFormat{"prompts-list", "the answer to prompts/list", "prompts.json",
                   &recognise_prompts_list, &read_prompts_list},
    ManifestFormat{"registry-server", "an entry of the MCP registry", "server.json",
                   &recognise_registry_server, &read_registry_server},
    ManifestFormat{"resource-templates-list", "the answer to resources/templates/list",
                   "templates.json", &recognise_resource_templates_list,
                   &read_resource_templates_list},
    ManifestFormat{"resources-list", "the answer to resources/list", "resources.json",
                   &recognise_resources_list, &read_resources_list},
    ManifestFormat{"skill", "a skill, agent or command in Markdown with a front matter",
                   "NAME/SKILL.md", &recognise_skill, &read_skill},
    ManifestFormat{"smithery", "how Smithery builds and starts a server", "smithery.yaml",
                   &recognise_smithery, &read_smithery},
    ManifestFormat{"tools-list", "the answer to tools/list, alone or one a line", "tools.json",
                   &recognise_tools_list, &read_tools_list},
    ManifestFormat{"vscode-mcp", "servers of VS Code", ".vscode/mcp.json", &recognise_vscode_mcp,
                   &read_vscode_mcp},
    ManifestFormat{"vscode-settings", "settings of VS Code with servers", ".vscode/settings.json",
                   &recognise_vscode_settings, &read_vscode_settings},
    ManifestFormat{"vscode-workspace", "a workspace of VS Code with servers", "NAME.code-workspace",
                   &recognise_vscode_workspace, &read_vscode_workspace},
    ManifestFormat{"windsurf-mcp", "servers of Windsurf or Antigravity, with serverUrl",
                   "~/.codeium/windsurf/mcp_config.json", &recognise_windsurf_mcp,
                   &read_windsurf_mcp},
    ManifestFormat{"zed-settings", "settings of Zed", "~/.config/zed/settings.json",
                   &recognise_zed_settings, &read_zed_settings},
};
static_assert(std::is_sorted(kFormats.begin(), kFormats.end(),
                             [](const ManifestFormat& a, const ManifestFormat& b) {
                               return a.name < b.name;
                             }));

}  // namespace

std::span<const ManifestFormat> manifest_formats() {
  return kFormats;
}

const ManifestFormat* find_manifest_format(std::string_view name) {
  const auto* found =
      std::find_if(kFormats.begin(), kFormats.end(),
                   [&](const ManifestFormat& format) { return format.name == name; });
  return found == kFormats.end() ? nullptr : found;
}

}  // namespace merlon
