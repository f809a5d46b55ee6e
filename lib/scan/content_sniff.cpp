#include "scan/content_sniff.h"

#include <algorithm>
#include <array>

namespace merlon {
namespace {

// Keys that clients, registries and servers use. Only files that failed to parse are searched for
// them.
constexpr std::array<std::string_view, 17> kWords{
    "mcpServers",       "mcp_servers",  "context_servers", "mcp-server",    "modelcontextprotocol",
    "inputSchema",      "input_schema", "protocolVersion", "allowed-tools", "allowedTools",
    "manifest_version", "dxt_version",  "\"tools\"",       "\"servers\"",   "\"prompts\"",
    "\"permissions\"",  "\"hooks\""};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// After blanks and comments of the `//`, `/* */` and `#` kinds.
std::string_view skip_blanks_and_comments(std::string_view text) {
  for (;;) {
    while (!text.empty() && is_blank(text.front())) {
      text.remove_prefix(1);
    }
    if (text.starts_with("//") || text.starts_with("#")) {
      text.remove_prefix(std::min(text.find('\n'), text.size()));
    } else if (text.starts_with("/*")) {
      const std::size_t end = text.find("*/", 2);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    } else {
      return text;
    }
  }
}

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == '"' || c == '\'';
}

/// `key: value`, `key = value`, `- item`, `[table]`.
bool starts_like_yaml_or_toml(std::string_view text) {
  if (text.starts_with("- ") || text.starts_with("-\n") || text.starts_with("%YAML")) {
    return true;
  }
  std::size_t at = 0;
  while (at < text.size() && is_key_character(text[at])) {
    ++at;
  }
  if (at == 0) {
    return false;
  }
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) {
    ++at;
  }
  if (at == text.size()) {
    return false;
  }
  const bool colon = text[at] == ':' && (at + 1 == text.size() || is_blank(text[at + 1]));
  return colon || (text[at] == '=' && !text.substr(at).starts_with("=="));
}

}  // namespace

bool could_be_manifest(std::string_view head) {
  if (head.starts_with("PK\x03\x04")) {
    return true;
  }
  if (head.starts_with("\xEF\xBB\xBF")) {
    head.remove_prefix(3);
  }
  const std::string_view text = skip_blanks_and_comments(head);
  if (text.empty()) {
    // A head that is all comment may go on as anything.
    return head.size() >= kSniffBytes - 3;
  }
  if (text.front() == '{' || text.front() == '[' || text.starts_with("---")) {
    return true;
  }
  return head.find('\0') == std::string_view::npos && starts_like_yaml_or_toml(text);
}

bool speaks_of_manifests(std::string_view bytes) {
  return std::any_of(kWords.begin(), kWords.end(), [bytes](std::string_view word) {
    return bytes.find(word) != std::string_view::npos;
  });
}

}  // namespace merlon
