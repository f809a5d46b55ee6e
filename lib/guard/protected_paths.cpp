#include "guard/protected_paths.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/text.h"

namespace merlon {
namespace {

/// The names at the end of a path, lower case; `*` within a name. One that ends in `/` is a folder,
/// and all below it. tests/unit/cli/protected_locations_test.cpp holds this against the table of
/// what `merlon scan` looks for.
struct ProtectedEnd {
  ProtectedKind kind;
  std::string_view end;
};

constexpr auto kMerlonFile = ProtectedKind::kMerlon;
constexpr auto kClientFile = ProtectedKind::kClient;

constexpr std::array kProtectedEnds{
    ProtectedEnd{kMerlonFile, "state/merlon/"},
    ProtectedEnd{kMerlonFile, "etc/merlon/"},
    ProtectedEnd{kMerlonFile, ".config/merlon/"},
    ProtectedEnd{kMerlonFile, ".merlon/"},
    ProtectedEnd{kMerlonFile, "merlon.lock"},
    ProtectedEnd{kMerlonFile, "merlon.toml"},
    ProtectedEnd{kClientFile, ".agents/skills/"},
    ProtectedEnd{kClientFile, ".amazonq/mcp.json"},
    ProtectedEnd{kClientFile, ".amp/*.json"},
    ProtectedEnd{kClientFile, ".aws/amazonq/agents/"},
    ProtectedEnd{kClientFile, ".aws/amazonq/mcp.json"},
    ProtectedEnd{kClientFile, ".boltai/mcp.json"},
    ProtectedEnd{kClientFile, ".claude.json"},
    ProtectedEnd{kClientFile, ".claude/plugins/"},
    ProtectedEnd{kClientFile, ".claude/settings*.json"},
    ProtectedEnd{kClientFile, ".claude/skills/"},
    ProtectedEnd{kClientFile, ".cline/mcp_settings.json"},
    ProtectedEnd{kClientFile, ".codeium/mcp_config.json"},
    ProtectedEnd{kClientFile, ".codeium/windsurf/mcp_config.json"},
    ProtectedEnd{kClientFile, ".codex/*config.toml"},
    ProtectedEnd{kClientFile, ".codex/skills/"},
    ProtectedEnd{kClientFile, ".continue/config.*"},
    ProtectedEnd{kClientFile, ".continue/mcpservers/"},
    ProtectedEnd{kClientFile, ".copilot/mcp-config.json"},
    ProtectedEnd{kClientFile, ".cursor/mcp.json"},
    ProtectedEnd{kClientFile, ".cursor/plugins/"},
    ProtectedEnd{kClientFile, ".cursor/rules/mcp.json"},
    ProtectedEnd{kClientFile, ".cursor/skills*/"},
    ProtectedEnd{kClientFile, ".devcontainer/devcontainer.json"},
    ProtectedEnd{kClientFile, ".factory/mcp.json"},
    ProtectedEnd{kClientFile, ".gemini/*/mcp_config.json"},
    ProtectedEnd{kClientFile, ".gemini/extensions/"},
    ProtectedEnd{kClientFile, ".gemini/mcp_config.json"},
    ProtectedEnd{kClientFile, ".gemini/settings.json"},
    ProtectedEnd{kClientFile, ".github/skills/"},
    ProtectedEnd{kClientFile, ".junie/mcp/mcp.json"},
    ProtectedEnd{kClientFile, ".kilocode/mcp.json"},
    ProtectedEnd{kClientFile, ".kimi/mcp.json"},
    ProtectedEnd{kClientFile, ".kiro/agents/"},
    ProtectedEnd{kClientFile, ".kiro/settings/mcp.json"},
    ProtectedEnd{kClientFile, ".lmstudio/mcp.json"},
    ProtectedEnd{kClientFile, ".mcp.json"},
    ProtectedEnd{kClientFile, ".openclaw/openclaw.json"},
    ProtectedEnd{kClientFile, ".qoder/mcp.json"},
    ProtectedEnd{kClientFile, ".roo/mcp.json"},
    ProtectedEnd{kClientFile, ".vibe/config.toml"},
    ProtectedEnd{kClientFile, ".vscode-server*/data/user/mcp.json"},
    ProtectedEnd{kClientFile, ".vscode/mcp.json"},
    ProtectedEnd{kClientFile, ".vscode/settings.json"},
    ProtectedEnd{kClientFile, ".warp/mcp.json"},
    ProtectedEnd{kClientFile, ".windsurf/mcp.json"},
    ProtectedEnd{kClientFile, ".zed/settings.json"},
    ProtectedEnd{kClientFile, "amp/settings.json"},
    ProtectedEnd{kClientFile, "claude-code/managed-*.json"},
    ProtectedEnd{kClientFile, "claude_desktop_config.json"},
    ProtectedEnd{kClientFile, "claudecode/managed-*.json"},
    ProtectedEnd{kClientFile, "cline_mcp_settings.json"},
    ProtectedEnd{kClientFile, "code*/user/mcp.json"},
    ProtectedEnd{kClientFile, "code*/user/profiles/*/mcp.json"},
    ProtectedEnd{kClientFile, "code*/user/settings.json"},
    ProtectedEnd{kClientFile, "codex/config.toml"},
    ProtectedEnd{kClientFile, "cursor/user/mcp.json"},
    ProtectedEnd{kClientFile, "cursor/user/settings.json"},
    ProtectedEnd{kClientFile, "etc/codex/skills/"},
    ProtectedEnd{kClientFile, "etc/windsurf/skills/"},
    ProtectedEnd{kClientFile, "goose/config.yaml"},
    ProtectedEnd{kClientFile, "goose/config/config.yaml"},
    ProtectedEnd{kClientFile, "mcp_settings.json"},
    ProtectedEnd{kClientFile, "opencode.json"},
    ProtectedEnd{kClientFile, "opencode.jsonc"},
    ProtectedEnd{kClientFile, "trae/user/mcp.json"},
    ProtectedEnd{kClientFile, "zed/settings.json"},
    ProtectedEnd{kClientFile, "*.code-workspace"},
};

constexpr std::size_t kLongestEnd = 6;  ///< names of one end, with room

/// The names of an end by their places in it: no pointers, and nothing to be done per path.
struct EndNames {
  std::string_view end;
  std::array<std::uint8_t, kLongestEnd> begin{};
  std::array<std::uint8_t, kLongestEnd> length{};
  std::size_t size{0};

  [[nodiscard]] constexpr std::string_view name(std::size_t i) const {
    return end.substr(begin[i], length[i]);
  }
  [[nodiscard]] constexpr bool is_folder() const { return end.ends_with('/'); }
};

constexpr EndNames names_of_end(std::string_view end) {
  EndNames out{.end = end};
  std::size_t at = 0;
  while (at < end.size()) {
    const std::size_t slash = std::min(end.find('/', at), end.size());
    out.begin[out.size] = static_cast<std::uint8_t>(at);
    out.length[out.size] = static_cast<std::uint8_t>(slash - at);
    ++out.size;
    at = slash + 1;
  }
  return out;
}

constexpr std::array<EndNames, kProtectedEnds.size()> kEndNames = [] {
  std::array<EndNames, kProtectedEnds.size()> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = names_of_end(kProtectedEnds[i].end);
  }
  return out;
}();

/// Names that may be part of a match, by hash. Most paths have none of them and cost no more than
/// hashing their names.
class NameFilter {
 public:
  constexpr void add(std::string_view name) {
    const std::uint32_t hash = hash_of(name);
    bits_[hash >> 6U] |= std::uint64_t{1} << (hash & 63U);
  }
  [[nodiscard]] constexpr bool may_hold(std::string_view name) const {
    const std::uint32_t hash = hash_of(name);
    return ((bits_[hash >> 6U] >> (hash & 63U)) & 1U) != 0;
  }

 private:
  static constexpr std::uint32_t hash_of(std::string_view name) {
    std::uint32_t hash = 0x811C9DC5U;
    for (const char c : name) {
      const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
      hash = (hash ^ static_cast<unsigned char>(lower)) * 0x01000193U;
    }
    return (hash ^ (hash >> 16U)) & 0xFFFU;
  }
  std::array<std::uint64_t, 64> bits_{};
};

/// The longest name without `*` of each end: a path that matches has it. Ends of nothing but globs
/// are asked for by themselves.
constexpr NameFilter kAnchors = [] {
  NameFilter out;
  for (const EndNames& end : kEndNames) {
    std::string_view longest;
    for (std::size_t i = 0; i < end.size; ++i) {
      const bool plain = end.name(i).find('*') == std::string_view::npos;
      longest = plain && end.name(i).size() > longest.size() ? end.name(i) : longest;
    }
    if (!longest.empty()) {
      out.add(longest);
    }
  }
  return out;
}();
constexpr std::string_view kGlobOnly = "workspace";  ///< the end of `*.code-workspace`

/// Names that folders of ends have.
constexpr NameFilter kFolders = [] {
  NameFilter out;
  for (const EndNames& end : kEndNames) {
    for (std::size_t i = 0; i + 1 < end.size; ++i) {
      out.add(end.name(i));
    }
  }
  return out;
}();

bool may_be_protected(std::string_view path) {
  std::size_t at = 0;
  while (at <= path.size()) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    if (kAnchors.may_hold(path.substr(at, slash - at))) {
      return true;
    }
    at = slash + 1;
  }
  return path.size() > kGlobOnly.size() &&
         equals_ignoring_case(path.substr(path.size() - kGlobOnly.size()), kGlobOnly);
}

bool name_matches(std::string_view pattern, std::string_view name) {
  return pattern.find('*') == std::string_view::npos ? pattern == name : glob_match(pattern, name);
}

/// Whether the `count` first names of the end stand at `at`.
bool stands_at(const std::vector<std::string_view>& path, std::size_t at, const EndNames& end,
               std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (!name_matches(end.name(i), path[at + i])) {
      return false;
    }
  }
  return true;
}

bool matches_end(const std::vector<std::string_view>& path, const EndNames& end) {
  if (path.size() < end.size) {
    return false;
  }
  if (!end.is_folder()) {
    return name_matches(end.name(end.size - 1), path.back()) &&
           stands_at(path, path.size() - end.size, end, end.size);
  }
  for (std::size_t at = 0; at + end.size <= path.size(); ++at) {
    if (stands_at(path, at, end, end.size)) {
      return true;
    }
  }
  return false;
}

/// By the last two names: the last one may stand for a `*`.
bool may_hold_protected(std::string_view path) {
  for (int i = 0; i < 2 && !path.empty(); ++i) {
    const std::size_t slash = path.rfind('/');
    const std::string_view name = path.substr(slash + 1);
    if (name.starts_with('.') || kFolders.may_hold(name)) {
      return true;
    }
    path = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  }
  return false;
}

}  // namespace

ProtectedKind protected_kind(std::string_view normal) {
  if (!may_be_protected(normal)) {
    return ProtectedKind::kNone;
  }
  const std::string lower = to_lower_ascii(normal);
  const auto path = split(lower, '/');
  for (std::size_t i = 0; i < kProtectedEnds.size(); ++i) {
    if (matches_end(path, kEndNames[i])) {
      return kProtectedEnds[i].kind;
    }
  }
  return ProtectedKind::kNone;
}

bool holds_protected(std::string_view normal) {
  if (!may_hold_protected(normal)) {
    return false;
  }
  const std::string lower = to_lower_ascii(normal);
  const auto path = split(lower, '/');
  return std::ranges::any_of(kEndNames, [&path](const EndNames& end) {
    // Only names that are theirs: `.cursor`, not `user` or `etc`.
    const std::size_t most = std::min(end.size - 1, path.size());
    for (std::size_t count = 1; count <= most; ++count) {
      const bool own = end.name(count - 1).starts_with('.') || count > 1;
      if (own && stands_at(path, path.size() - count, end, count)) {
        return true;
      }
    }
    return false;
  });
}

}  // namespace merlon
