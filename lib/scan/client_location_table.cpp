#include <array>

#include "scan/client_locations.h"

namespace merlon {
namespace {

constexpr std::uint8_t kL = 1;
constexpr std::uint8_t kM = 2;
constexpr std::uint8_t kW = 4;
constexpr std::uint8_t kUnix = kL | kM;
constexpr std::uint8_t kAll = kL | kM | kW;
constexpr auto kUser = LocationScope::kUser;
constexpr auto kSystem = LocationScope::kSystem;
constexpr auto kProject = LocationScope::kProject;

/// A place below the user's own folders, on every system.
constexpr ClientLocation user(std::string_view client, std::string_view path) {
  return {client, kUser, kAll, path};
}
/// A place in a project, on every system.
constexpr ClientLocation project(std::string_view client, std::string_view path) {
  return {client, kProject, kAll, path};
}

constexpr std::array kLocations{
    user("Amazon Q", "{home}/.aws/amazonq/agents/*.json"),
    user("Amazon Q", "{home}/.aws/amazonq/mcp.json"),
    project("Amazon Q", "{here}/.amazonq/mcp.json"),
    user("Amp", "{config}/amp/settings.json"),
    user("Amp", "{home}/.amp/config.json"),
    project("Amp", "{here}/.amp/settings.json"),
    user("Antigravity", "{home}/.gemini/antigravity/mcp_config.json"),
    user("Antigravity", "{home}/.gemini/config/mcp_config.json"),
    project("Antigravity", "{here}/.gemini/mcp_config.json"),
    ClientLocation{"BoltAI", kUser, kM, "{home}/.boltai/mcp.json"},
    user("Claude Code", "{claude-state}/.claude.json"),
    user("Claude Code", "{claude}/plugins/"),
    user("Claude Code", "{claude}/settings.json"),
    user("Claude Code", "{claude}/settings.local.json"),
    user("Claude Code", "{claude}/skills/"),
    ClientLocation{"Claude Code", kSystem, kL, "/etc/claude-code/managed-mcp.json"},
    ClientLocation{"Claude Code", kSystem, kL, "/etc/claude-code/managed-settings.json"},
    ClientLocation{"Claude Code", kSystem, kM,
                   "/Library/Application Support/ClaudeCode/managed-mcp.json"},
    ClientLocation{"Claude Code", kSystem, kM,
                   "/Library/Application Support/ClaudeCode/managed-settings.json"},
    ClientLocation{"Claude Code", kSystem, kW, "{programs}/ClaudeCode/managed-mcp.json"},
    ClientLocation{"Claude Code", kSystem, kW, "{programs}/ClaudeCode/managed-settings.json"},
    project("Claude Code", "{here}/.claude/settings.json"),
    project("Claude Code", "{here}/.claude/settings.local.json"),
    project("Claude Code", "{here}/.claude/skills/"),
    project("Claude Code", "{here}/.mcp.json"),
    user("Claude Desktop", "{app}/Claude/claude_desktop_config.json"),
    ClientLocation{"Claude Desktop", kUser, kL, "{app}/claude/claude_desktop_config.json"},
    user("Cline",
         "{app}/*/User/globalStorage/saoudrizwan.claude-dev/settings/"
         "cline_mcp_settings.json"),
    user("Cline", "{home}/.cline/mcp_settings.json"),
    user("Codex CLI", "{home}/.codex/*.config.toml"),
    user("Codex CLI", "{home}/.codex/config.toml"),
    user("Codex CLI", "{home}/.codex/skills/"),
    ClientLocation{"Codex CLI", kSystem, kUnix, "/etc/codex/config.toml"},
    ClientLocation{"Codex CLI", kSystem, kUnix, "/etc/codex/skills/"},
    ClientLocation{"Codex CLI", kSystem, kW, "{data}/OpenAI/Codex/config.toml"},
    project("Codex CLI", "{here}/.codex/config.toml"),
    user("Continue", "{home}/.continue/config.json"),
    user("Continue", "{home}/.continue/config.yaml"),
    project("Continue", "{here}/.continue/config.json"),
    project("Continue", "{here}/.continue/mcpServers/*.yaml"),
    user("Copilot CLI", "{home}/.copilot/mcp-config.json"),
    user("Cursor", "{app}/Cursor/User/mcp.json"),
    user("Cursor", "{app}/Cursor/User/settings.json"),
    user("Cursor", "{home}/.cursor/mcp.json"),
    user("Cursor", "{home}/.cursor/plugins/"),
    user("Cursor", "{home}/.cursor/skills-cursor/"),
    user("Cursor", "{home}/.cursor/skills/"),
    project("Cursor", "{here}/.cursor/mcp.json"),
    project("Cursor", "{here}/.cursor/rules/mcp.json"),
    user("Factory", "{home}/.factory/mcp.json"),
    user("Gemini CLI", "{home}/.gemini/extensions/"),
    user("Gemini CLI", "{home}/.gemini/settings.json"),
    project("Gemini CLI", "{here}/.gemini/settings.json"),
    ClientLocation{"Goose", kUser, kUnix, "{config}/goose/config.yaml"},
    ClientLocation{"Goose", kUser, kW, "{config}/Block/goose/config/config.yaml"},
    user("JetBrains Junie", "{home}/.junie/mcp/mcp.json"),
    project("JetBrains Junie", "{here}/.junie/mcp/mcp.json"),
    user("Kilo Code", "{app}/*/User/globalStorage/kilocode.kilo-code/settings/mcp_settings.json"),
    project("Kilo Code", "{here}/.kilocode/mcp.json"),
    user("Kimi", "{home}/.kimi/mcp.json"),
    user("Kiro", "{home}/.kiro/agents/*.json"),
    user("Kiro", "{home}/.kiro/settings/mcp.json"),
    project("Kiro", "{here}/.kiro/agents/*.json"),
    project("Kiro", "{here}/.kiro/settings/mcp.json"),
    user("LM Studio", "{home}/.lmstudio/mcp.json"),
    user("Mistral Vibe", "{home}/.vibe/config.toml"),
    user("OpenClaw", "{home}/.openclaw/openclaw.json"),
    user("OpenCode", "{config}/opencode/opencode.json"),
    user("OpenCode", "{config}/opencode/opencode.jsonc"),
    ClientLocation{"OpenCode", kSystem, kL, "/etc/opencode/opencode.json"},
    ClientLocation{"OpenCode", kSystem, kM, "/Library/Application Support/opencode/opencode.json"},
    project("OpenCode", "{here}/opencode.json"),
    project("OpenCode", "{here}/opencode.jsonc"),
    user("Qoder", "{home}/.qoder/mcp.json"),
    user("Roo Code",
         "{app}/*/User/globalStorage/rooveterinaryinc.roo-cline/settings/"
         "mcp_settings.json"),
    project("Roo Code", "{here}/.roo/mcp.json"),
    user("Trae", "{app}/Trae/User/mcp.json"),
    user("VS Code", "{app}/Code*/User/mcp.json"),
    user("VS Code", "{app}/Code*/User/profiles/*/mcp.json"),
    user("VS Code", "{app}/Code*/User/settings.json"),
    user("VS Code", "{home}/.vscode-server*/data/User/mcp.json"),
    user("VS Code", "{home}/.vscode/mcp.json"),
    project("VS Code", "{here}/*.code-workspace"),
    project("VS Code", "{here}/.devcontainer/devcontainer.json"),
    project("VS Code", "{here}/.github/skills/"),
    project("VS Code", "{here}/.vscode/mcp.json"),
    project("VS Code", "{here}/.vscode/settings.json"),
    user("Warp", "{home}/.warp/mcp.json"),
    user("Windsurf", "{home}/.codeium/mcp_config.json"),
    user("Windsurf", "{home}/.codeium/windsurf/mcp_config.json"),
    user("Windsurf", "{home}/.windsurf/mcp.json"),
    ClientLocation{"Windsurf", kSystem, kUnix, "/etc/windsurf/skills/"},
    project("Windsurf", "{here}/.windsurf/mcp.json"),
    user("Zed", "{config}/zed/settings.json"),
    project("Zed", "{here}/.zed/settings.json"),
    user("several", "{home}/.agents/skills/"),
    project("several", "{here}/.agents/skills/"),
};

}  // namespace

std::span<const ClientLocation> client_locations() {
  return kLocations;
}

}  // namespace merlon
