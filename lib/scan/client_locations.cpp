#include "scan/client_locations.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "base/text.h"

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

constexpr std::array kLocations{
    ClientLocation{"Amazon Q", kUser, kAll, "{home}/.aws/amazonq/agents/*.json"},
    ClientLocation{"Amazon Q", kUser, kAll, "{home}/.aws/amazonq/mcp.json"},
    ClientLocation{"Amazon Q", kProject, kAll, "{here}/.amazonq/mcp.json"},
    ClientLocation{"Amp", kUser, kAll, "{config}/amp/settings.json"},
    ClientLocation{"Amp", kUser, kAll, "{home}/.amp/config.json"},
    ClientLocation{"Amp", kProject, kAll, "{here}/.amp/settings.json"},
    ClientLocation{"Antigravity", kUser, kAll, "{home}/.gemini/antigravity/mcp_config.json"},
    ClientLocation{"Antigravity", kUser, kAll, "{home}/.gemini/config/mcp_config.json"},
    ClientLocation{"Antigravity", kProject, kAll, "{here}/.gemini/mcp_config.json"},
    ClientLocation{"BoltAI", kUser, kM, "{home}/.boltai/mcp.json"},
    ClientLocation{"Claude Code", kUser, kAll, "{claude-state}/.claude.json"},
    ClientLocation{"Claude Code", kUser, kAll, "{claude}/plugins/"},
    ClientLocation{"Claude Code", kUser, kAll, "{claude}/settings.json"},
    ClientLocation{"Claude Code", kUser, kAll, "{claude}/settings.local.json"},
    ClientLocation{"Claude Code", kUser, kAll, "{claude}/skills/"},
    ClientLocation{"Claude Code", kSystem, kL, "/etc/claude-code/managed-mcp.json"},
    ClientLocation{"Claude Code", kSystem, kL, "/etc/claude-code/managed-settings.json"},
    ClientLocation{"Claude Code", kSystem, kM,
                   "/Library/Application Support/ClaudeCode/managed-mcp.json"},
    ClientLocation{"Claude Code", kSystem, kM,
                   "/Library/Application Support/ClaudeCode/managed-settings.json"},
    ClientLocation{"Claude Code", kSystem, kW, "{programs}/ClaudeCode/managed-mcp.json"},
    ClientLocation{"Claude Code", kSystem, kW, "{programs}/ClaudeCode/managed-settings.json"},
    ClientLocation{"Claude Code", kProject, kAll, "{here}/.claude/settings.json"},
    ClientLocation{"Claude Code", kProject, kAll, "{here}/.claude/settings.local.json"},
    ClientLocation{"Claude Code", kProject, kAll, "{here}/.claude/skills/"},
    ClientLocation{"Claude Code", kProject, kAll, "{here}/.mcp.json"},
    ClientLocation{"Claude Desktop", kUser, kAll, "{app}/Claude/claude_desktop_config.json"},
    ClientLocation{"Claude Desktop", kUser, kL, "{app}/claude/claude_desktop_config.json"},
    ClientLocation{"Cline", kUser, kAll,
                   "{app}/*/User/globalStorage/saoudrizwan.claude-dev/settings/"
                   "cline_mcp_settings.json"},
    ClientLocation{"Cline", kUser, kAll, "{home}/.cline/mcp_settings.json"},
    ClientLocation{"Codex CLI", kUser, kAll, "{home}/.codex/*.config.toml"},
    ClientLocation{"Codex CLI", kUser, kAll, "{home}/.codex/config.toml"},
    ClientLocation{"Codex CLI", kUser, kAll, "{home}/.codex/skills/"},
    ClientLocation{"Codex CLI", kSystem, kUnix, "/etc/codex/config.toml"},
    ClientLocation{"Codex CLI", kSystem, kUnix, "/etc/codex/skills/"},
    ClientLocation{"Codex CLI", kSystem, kW, "{data}/OpenAI/Codex/config.toml"},
    ClientLocation{"Codex CLI", kProject, kAll, "{here}/.codex/config.toml"},
    ClientLocation{"Continue", kUser, kAll, "{home}/.continue/config.json"},
    ClientLocation{"Continue", kUser, kAll, "{home}/.continue/config.yaml"},
    ClientLocation{"Continue", kProject, kAll, "{here}/.continue/config.json"},
    ClientLocation{"Continue", kProject, kAll, "{here}/.continue/mcpServers/*.yaml"},
    ClientLocation{"Copilot CLI", kUser, kAll, "{home}/.copilot/mcp-config.json"},
    ClientLocation{"Cursor", kUser, kAll, "{app}/Cursor/User/mcp.json"},
    ClientLocation{"Cursor", kUser, kAll, "{app}/Cursor/User/settings.json"},
    ClientLocation{"Cursor", kUser, kAll, "{home}/.cursor/mcp.json"},
    ClientLocation{"Cursor", kUser, kAll, "{home}/.cursor/plugins/"},
    ClientLocation{"Cursor", kUser, kAll, "{home}/.cursor/skills-cursor/"},
    ClientLocation{"Cursor", kUser, kAll, "{home}/.cursor/skills/"},
    ClientLocation{"Cursor", kProject, kAll, "{here}/.cursor/mcp.json"},
    ClientLocation{"Cursor", kProject, kAll, "{here}/.cursor/rules/mcp.json"},
    ClientLocation{"Factory", kUser, kAll, "{home}/.factory/mcp.json"},
    ClientLocation{"Gemini CLI", kUser, kAll, "{home}/.gemini/extensions/"},
    ClientLocation{"Gemini CLI", kUser, kAll, "{home}/.gemini/settings.json"},
    ClientLocation{"Gemini CLI", kProject, kAll, "{here}/.gemini/settings.json"},
    ClientLocation{"Goose", kUser, kUnix, "{config}/goose/config.yaml"},
    ClientLocation{"Goose", kUser, kW, "{config}/Block/goose/config/config.yaml"},
    ClientLocation{"JetBrains Junie", kUser, kAll, "{home}/.junie/mcp/mcp.json"},
    ClientLocation{"JetBrains Junie", kProject, kAll, "{here}/.junie/mcp/mcp.json"},
    ClientLocation{"Kilo Code", kUser, kAll,
                   "{app}/*/User/globalStorage/kilocode.kilo-code/settings/mcp_settings.json"},
    ClientLocation{"Kilo Code", kProject, kAll, "{here}/.kilocode/mcp.json"},
    ClientLocation{"Kimi", kUser, kAll, "{home}/.kimi/mcp.json"},
    ClientLocation{"Kiro", kUser, kAll, "{home}/.kiro/agents/*.json"},
    ClientLocation{"Kiro", kUser, kAll, "{home}/.kiro/settings/mcp.json"},
    ClientLocation{"Kiro", kProject, kAll, "{here}/.kiro/agents/*.json"},
    ClientLocation{"Kiro", kProject, kAll, "{here}/.kiro/settings/mcp.json"},
    ClientLocation{"LM Studio", kUser, kAll, "{home}/.lmstudio/mcp.json"},
    ClientLocation{"Mistral Vibe", kUser, kAll, "{home}/.vibe/config.toml"},
    ClientLocation{"OpenClaw", kUser, kAll, "{home}/.openclaw/openclaw.json"},
    ClientLocation{"OpenCode", kUser, kAll, "{config}/opencode/opencode.json"},
    ClientLocation{"OpenCode", kUser, kAll, "{config}/opencode/opencode.jsonc"},
    ClientLocation{"OpenCode", kSystem, kL, "/etc/opencode/opencode.json"},
    ClientLocation{"OpenCode", kSystem, kM, "/Library/Application Support/opencode/opencode.json"},
    ClientLocation{"OpenCode", kProject, kAll, "{here}/opencode.json"},
    ClientLocation{"OpenCode", kProject, kAll, "{here}/opencode.jsonc"},
    ClientLocation{"Qoder", kUser, kAll, "{home}/.qoder/mcp.json"},
    ClientLocation{"Roo Code", kUser, kAll,
                   "{app}/*/User/globalStorage/rooveterinaryinc.roo-cline/settings/"
                   "mcp_settings.json"},
    ClientLocation{"Roo Code", kProject, kAll, "{here}/.roo/mcp.json"},
    ClientLocation{"Trae", kUser, kAll, "{app}/Trae/User/mcp.json"},
    ClientLocation{"VS Code", kUser, kAll, "{app}/Code*/User/mcp.json"},
    ClientLocation{"VS Code", kUser, kAll, "{app}/Code*/User/profiles/*/mcp.json"},
    ClientLocation{"VS Code", kUser, kAll, "{app}/Code*/User/settings.json"},
    ClientLocation{"VS Code", kUser, kAll, "{home}/.vscode-server*/data/User/mcp.json"},
    ClientLocation{"VS Code", kUser, kAll, "{home}/.vscode/mcp.json"},
    ClientLocation{"VS Code", kProject, kAll, "{here}/*.code-workspace"},
    ClientLocation{"VS Code", kProject, kAll, "{here}/.devcontainer/devcontainer.json"},
    ClientLocation{"VS Code", kProject, kAll, "{here}/.github/skills/"},
    ClientLocation{"VS Code", kProject, kAll, "{here}/.vscode/mcp.json"},
    ClientLocation{"VS Code", kProject, kAll, "{here}/.vscode/settings.json"},
    ClientLocation{"Warp", kUser, kAll, "{home}/.warp/mcp.json"},
    ClientLocation{"Windsurf", kUser, kAll, "{home}/.codeium/mcp_config.json"},
    ClientLocation{"Windsurf", kUser, kAll, "{home}/.codeium/windsurf/mcp_config.json"},
    ClientLocation{"Windsurf", kUser, kAll, "{home}/.windsurf/mcp.json"},
    ClientLocation{"Windsurf", kSystem, kUnix, "/etc/windsurf/skills/"},
    ClientLocation{"Windsurf", kProject, kAll, "{here}/.windsurf/mcp.json"},
    ClientLocation{"Zed", kUser, kAll, "{config}/zed/settings.json"},
    ClientLocation{"Zed", kProject, kAll, "{here}/.zed/settings.json"},
    ClientLocation{"several", kUser, kAll, "{home}/.agents/skills/"},
    ClientLocation{"several", kProject, kAll, "{here}/.agents/skills/"},
};

/// Names with `*` in one folder of a home are looked for among this many entries only.
constexpr std::size_t kMostMatches = 256;

class Places {
 public:
  explicit Places(const ClientSurroundings& here) : here_(here) {
    home_ = value("HOME");
    if (here.system == HostSystem::kWindows && home_.empty()) {
      home_ = value("USERPROFILE");
    }
  }

  [[nodiscard]] const std::string& home() const { return home_; }

  /// The folder that a word in braces stands for; empty when the surroundings do not say.
  [[nodiscard]] std::string folder(std::string_view word) const {
    if (word == "home") {
      return home_;
    }
    if (word == "here") {
      return ".";
    }
    if (word == "app") {
      return app();
    }
    if (word == "config") {
      return here_.system == HostSystem::kWindows ? app() : xdg();
    }
    if (word == "claude") {
      return or_home("CLAUDE_CONFIG_DIR", "/.claude");
    }
    if (word == "claude-state") {
      return or_home("CLAUDE_CONFIG_DIR", "");
    }
    if (word == "programs") {
      return value("ProgramFiles");
    }
    if (word == "data") {
      return value("ProgramData");
    }
    return {};
  }

 private:
  [[nodiscard]] std::string value(std::string_view name) const {
    return here_.variable ? here_.variable(name).value_or("") : std::string();
  }
  [[nodiscard]] std::string or_home(std::string_view name, std::string_view rest) const {
    std::string set = value(name);
    return !set.empty() || home_.empty() ? set : home_ + std::string(rest);
  }
  [[nodiscard]] std::string xdg() const { return or_home("XDG_CONFIG_HOME", "/.config"); }
  [[nodiscard]] std::string app() const {
    switch (here_.system) {
      case HostSystem::kLinux: return xdg();
      case HostSystem::kMacOs: return home_.empty() ? "" : home_ + "/Library/Application Support";
      case HostSystem::kWindows: return or_home("APPDATA", "/AppData/Roaming");
    }
    return {};
  }

  const ClientSurroundings& here_;
  std::string home_;
};

/// Paths that `rest` stands for below `folder`; itself, unless a part of it has a `*`.
std::vector<std::string> expand(const FileSource& files, const std::string& folder,
                                std::string_view rest) {
  std::vector<std::string> paths{folder};
  for (const std::string_view part : split(rest, '/')) {
    std::vector<std::string> next;
    for (const std::string& path : paths) {
      const std::string prefix = path == "." ? "" : path + "/";
      if (part.find('*') == std::string_view::npos) {
        next.push_back(prefix + std::string(part));
        continue;
      }
      const auto entries = files.list(path);
      if (!entries) {
        continue;
      }
      for (const DirectoryEntry& entry : *entries) {
        if (glob_match(part, entry.name) && next.size() < kMostMatches) {
          next.push_back(prefix + entry.name);
        }
      }
    }
    paths = std::move(next);
  }
  return paths;
}

std::string with_tilde(const std::string& path, const std::string& home) {
  if (!home.empty() && home != "/" && path.starts_with(home + "/")) {
    return "~" + path.substr(home.size());
  }
  return path;
}

void add_location(const ClientLocation& row, const FileSource& files, const Places& places,
                  std::vector<FoundLocation>& out) {
  std::string_view rest = row.path;
  std::string folder;
  if (rest.starts_with('{')) {
    const std::size_t end = rest.find('}');
    folder = places.folder(rest.substr(1, end - 1));
    rest.remove_prefix(end + 2);
    if (folder.empty()) {
      return;
    }
  } else {
    rest.remove_prefix(1);
  }
  const bool is_folder = rest.ends_with('/');
  if (is_folder) {
    rest.remove_suffix(1);
  }
  std::vector<std::string> paths = expand(files, folder, rest);
  if (paths.empty()) {
    paths.push_back((folder == "." ? "" : folder + "/") + std::string(rest));
  }
  for (std::string& path : paths) {
    FoundLocation place;
    place.client = row.client;
    place.scope = row.scope;
    place.folder = is_folder;
    const auto kind = files.kind_of(path);
    place.exists = kind && (*kind == FileKind::kDirectory) == is_folder;
    // What is there but cannot be looked at is an input that fails, not an absent one.
    if (!kind && kind.error().code != ErrorCode::kNotFound) {
      place.exists = true;
    }
    place.shown = with_tilde(path, places.home());
    place.path = std::move(path);
    out.push_back(std::move(place));
  }
}

}  // namespace

HostSystem host_system() {
#if defined(__APPLE__)
  return HostSystem::kMacOs;
#elif defined(_WIN32)
  return HostSystem::kWindows;
#else
  return HostSystem::kLinux;
#endif
}

std::string_view to_string(LocationScope scope) {
  switch (scope) {
    case LocationScope::kUser: return "user";
    case LocationScope::kSystem: return "system";
    case LocationScope::kProject: return "project";
  }
  return "user";
}

std::span<const ClientLocation> client_locations() {
  return kLocations;
}

std::vector<FoundLocation> find_client_locations(const FileSource& files,
                                                 const ClientSurroundings& here) {
  const Places places(here);
  std::vector<FoundLocation> out;
  for (const ClientLocation& row : kLocations) {
    if ((row.systems & static_cast<std::uint8_t>(here.system)) != 0) {
      add_location(row, files, places, out);
    }
  }
  const auto key = [](const FoundLocation& place) { return std::tie(place.client, place.shown); };
  std::sort(out.begin(), out.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  out.erase(std::unique(out.begin(), out.end(),
                        [&](const auto& a, const auto& b) { return key(a) == key(b); }),
            out.end());
  return out;
}

void collect_clients(ScanInputs& inputs, const FileSource& files, const ClientSurroundings& here,
                     const WalkOptions& options) {
  for (const FoundLocation& place : find_client_locations(files, here)) {
    if (!place.exists) {
      continue;
    }
    const std::size_t before = inputs.files.size();
    collect_path(inputs, files, place.path, place.shown, options);
    for (std::size_t at = before; at < inputs.files.size(); ++at) {
      inputs.files[at].named = false;
    }
  }
}

}  // namespace merlon
