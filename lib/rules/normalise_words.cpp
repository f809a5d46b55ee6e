#include <algorithm>
#include <array>
#include <cstdint>

#include "rules/normalise_units.h"

namespace merlon {
namespace {

template <std::size_t N>
consteval std::array<std::string_view, N> sorted_table(std::array<std::string_view, N> words) {
  std::sort(words.begin(), words.end());
  return words;
}

// Looked up only for text that looks like spaced-out or leet.
constexpr auto kDisguisedWords = sorted_table(std::to_array<std::string_view>({
    "above",        "answer",       "as",        "at",           "be",        "by",
    "earlier",      "if",           "is",        "its",          "no",        "obey",
    "rsa",          "so",           "when",      "access",       "admin",     "after",
    "agent",        "all",          "always",    "and",          "any",       "api",
    "append",       "are",          "ask",       "assistant",    "attach",    "bash",
    "before",       "begin",        "bypass",    "call",         "command",   "conceal",
    "config",       "confidential", "content",   "conversation", "copy",      "credential",
    "credentials",  "curl",         "data",      "delete",       "developer", "directory",
    "disregard",    "do",           "download",  "email",        "env",       "every",
    "execute",      "exfiltrate",   "file",      "files",        "first",     "follow",
    "following",    "for",          "forget",    "forward",      "from",      "get",
    "hack",         "hidden",       "hide",      "history",      "human",     "ignore",
    "important",    "in",           "include",   "inform",       "instead",   "instruction",
    "instructions", "it",           "keep",      "key",          "keys",      "leak",
    "log",          "mention",      "message",   "messages",     "mode",      "must",
    "my",           "never",        "new",       "not",          "now",       "of",
    "on",           "operator",     "or",        "order",        "orders",    "output",
    "override",     "password",     "passwords", "previous",     "print",     "prior",
    "private",      "prompt",       "prompts",   "read",         "repeat",    "reply",
    "report",       "response",     "reveal",    "root",         "rule",      "rules",
    "run",          "safety",       "say",       "secret",       "secretly",  "secrets",
    "security",     "send",         "shell",     "show",         "silently",  "ssh",
    "steal",        "sudo",         "system",    "tell",         "text",      "that",
    "the",          "them",         "then",      "this",         "to",        "token",
    "tokens",       "tool",         "tools",     "upload",       "url",       "use",
    "user",         "users",        "wallet",    "webhook",      "with",      "without",
    "write",        "you",          "your",
}));

/// By the first letter: the lengths of the words, a bit each.
constexpr auto kLengths = [] {
  std::array<std::uint32_t, 256> out{};
  for (const std::string_view word : kDisguisedWords) {
    out[static_cast<unsigned char>(word.front())] |= std::uint32_t{1} << word.size();
  }
  return out;
}();

}  // namespace

bool is_disguised_word(std::string_view word) {
  // Most are none, and most of those do not begin like one of their length.
  if (word.empty() ||
      ((kLengths[static_cast<unsigned char>(word.front())] >> (word.size() & 31U)) & 1U) == 0) {
    return false;
  }
  return std::binary_search(kDisguisedWords.begin(), kDisguisedWords.end(), word);
}

}  // namespace merlon
