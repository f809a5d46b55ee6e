#include "scan/client_locations.h"

#include <map>
#include <set>

#include <doctest/doctest.h>

#include "support/memory_files.h"

namespace merlon {
namespace {

using test::MemoryFiles;

ClientSurroundings surroundings(std::map<std::string, std::string, std::less<>> variables,
                                HostSystem system = HostSystem::kLinux) {
  return {.system = system,
          .variable = [variables](std::string_view name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            return found == variables.end() ? std::nullopt : std::optional(found->second);
          }};
}

/// Places that exist, as shown.
std::string found(const MemoryFiles& files, const ClientSurroundings& here) {
  std::string out;
  for (const FoundLocation& place : find_client_locations(files, here)) {
    if (place.exists) {
      out += std::string(place.client) + ": " + place.shown + (place.folder ? "/" : "") + "\n";
    }
  }
  return out;
}

TEST_CASE("client locations: files of the user, of the project and of the system are found") {
  MemoryFiles files;
  files.files = {{"/home/u/.cursor/mcp.json", "{}"},
                 {"/home/u/.claude.json", "{}"},
                 {"/home/u/.claude/skills/x/SKILL.md", ""},
                 {"/home/u/.config/Code - Insiders/User/mcp.json", "{}"},
                 {"/home/u/.codex/work.config.toml", ""},
                 {".mcp.json", "{}"},
                 {"/etc/codex/config.toml", ""}};
  CHECK(found(files, surroundings({{"HOME", "/home/u"}})) ==
        "Claude Code: .mcp.json\n"
        "Claude Code: ~/.claude.json\n"
        "Claude Code: ~/.claude/skills/\n"
        "Codex CLI: /etc/codex/config.toml\n"
        "Codex CLI: ~/.codex/work.config.toml\n"
        "Cursor: ~/.cursor/mcp.json\n"
        "VS Code: ~/.config/Code - Insiders/User/mcp.json\n");
}

TEST_CASE("client locations: variables move the places") {
  MemoryFiles files;
  files.files = {
      {"/x/zed/settings.json", "{}"}, {"/c/.claude.json", "{}"}, {"/c/settings.json", "{}"}};
  CHECK(found(files,
              surroundings(
                  {{"HOME", "/home/u"}, {"XDG_CONFIG_HOME", "/x"}, {"CLAUDE_CONFIG_DIR", "/c"}})) ==
        "Claude Code: /c/.claude.json\nClaude Code: /c/settings.json\nZed: /x/zed/settings.json\n");
}

TEST_CASE("client locations: macOS and Windows have places of their own") {
  MemoryFiles mac;
  mac.files = {{"/Users/u/Library/Application Support/Claude/claude_desktop_config.json", "{}"},
               {"/Users/u/.config/zed/settings.json", "{}"}};
  CHECK(found(mac, surroundings({{"HOME", "/Users/u"}}, HostSystem::kMacOs)) ==
        "Claude Desktop: ~/Library/Application Support/Claude/claude_desktop_config.json\n"
        "Zed: ~/.config/zed/settings.json\n");
  MemoryFiles windows;
  windows.files = {{"C:/U/AppData/Roaming/Claude/claude_desktop_config.json", "{}"}};
  CHECK(found(windows, surroundings({{"USERPROFILE", "C:/U"}}, HostSystem::kWindows)) ==
        "Claude Desktop: ~/AppData/Roaming/Claude/claude_desktop_config.json\n");
}

TEST_CASE("client locations: without a home only the project and the system are looked at") {
  MemoryFiles files;
  files.files = {{".cursor/mcp.json", "{}"}, {"/.cursor/mcp.json", "{}"}};
  CHECK(found(files, surroundings({})) == "Cursor: .cursor/mcp.json\n");
}

TEST_CASE(
    "client locations: what cannot be read is an input that fails, and found files are not named") {
  MemoryFiles files;
  files.files = {{"/home/u/.cursor/mcp.json", "{}"}, {"/home/u/.claude/skills/x/SKILL.md", ""}};
  ScanInputs inputs;
  collect_clients(inputs, files, surroundings({{"HOME", "/home/u"}}), {});
  REQUIRE(inputs.files.size() == 2);
  CHECK(inputs.files[0].name == "~/.claude/skills/x/SKILL.md");
  CHECK(inputs.files[1].name == "~/.cursor/mcp.json");
  CHECK_FALSE(inputs.files[0].named);
  CHECK_FALSE(inputs.files[1].named);
  CHECK((*inputs.files[1].read(100))->name() == "~/.cursor/mcp.json");
}

TEST_CASE("client locations: rows are sorted, distinct, and start with a known place") {
  const std::set<std::string_view> known{"{home}",   "{here}",         "{app}",      "{config}",
                                         "{claude}", "{claude-state}", "{programs}", "{data}"};
  std::set<std::pair<std::string_view, std::string_view>> seen;
  std::string_view last;
  for (const ClientLocation& row : client_locations()) {
    CAPTURE(row.path);
    CHECK(row.client >= last);
    last = row.client;
    CHECK(row.systems != 0);
    CHECK((row.path.starts_with('/') || known.contains(row.path.substr(0, row.path.find('/')))));
    CHECK(seen.emplace(row.client, row.path).second);
  }
}

}  // namespace
}  // namespace merlon
