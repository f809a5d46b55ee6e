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

namespace merlon {
namespace {

// First words of a name that change something whatever comes after them.
constexpr std::array<std::string_view, 24> kChanging{
    "delete", "remove",  "drop",   "destroy", "erase",  "purge",    "wipe", "truncate",
    "create", "insert",  "update", "write",   "edit",   "send",     "post", "publish",
    "upload", "execute", "exec",   "kill",    "deploy", "transfer", "pay",  "uninstall"};
constexpr std::array<std::string_view, 8> kDestroying{"delete", "remove", "drop", "destroy",
                                                      "erase",  "purge",  "wipe", "truncate"};
// What makes such a word harmless: `delete_preview`, `create_query`, `execute_read_query`.
constexpr std::array<std::string_view, 20> kHarmless{
    "preview", "dry",  "simulate", "plan",   "validate", "check",    "query",
    "sql",     "read", "search",   "select", "draft",    "estimate", "history",
    "list",    "get",  "status",   "graph",  "diagram",  "explain"};

std::vector<std::string> words_of_name(std::string_view name) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool upper = c >= 'A' && c <= 'Z';
    if (c == '_' || c == '-' || c == '.' || c == '/' || c == ' ') {
      words.emplace_back();
      continue;
    }
    if (upper && i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z') {
      words.emplace_back();
    }
    words.back().push_back(upper ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return words;
}

template <std::size_t N>
bool is_one_of_words(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// The verb of a name: among its first three words, so that `github_delete_repo` is read too.
template <std::size_t N>
std::optional<std::string> verb_in(std::string_view name,
                                   const std::array<std::string_view, N>& verbs) {
  const std::vector<std::string> words = words_of_name(name);
  if (std::any_of(words.begin(), words.end(),
                  [](const std::string& word) { return is_one_of_words(kHarmless, word); })) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < words.size() && i < 3; ++i) {
    if (is_one_of_words(verbs, words[i])) {
      return words[i];
    }
  }
  return std::nullopt;
}

bool is_false(const Document& document, std::optional<NodeId> node) {
  return node && document.is(*node, NodeKind::kBool) && document.text(*node) == "false";
}

void check_tool(const Manifest& manifest, const Item& item, std::size_t index, CheckSink& sink) {
  const Document& document = manifest.document;
  const std::string name = text_or_empty(document, item.name);
  const auto read_only = document.find(item.annotations, "readOnlyHint");
  const auto destructive = document.find(item.annotations, "destructiveHint");
  const auto report = [&](std::string_view rule, NodeId node, std::string message) {
    CheckHit hit{.rule_id = std::string(rule),
                 .manifest = index,
                 .node = node,
                 .message = std::move(message)};
    hit.related.push_back({"the name of the tool", {index, item.name}});
    sink.report(std::move(hit));
  };
  if (read_only && document.is_true(read_only)) {
    if (const auto verb = verb_in(name, kChanging)) {
      report("annotation-read-only-changes", *read_only,
             "claims to be read-only, but is named " + in_ticks(name));
      return;
    }
    if (destructive && document.is_true(destructive)) {
      report("annotation-contradiction", *destructive,
             "claims to be read-only and destructive at once");
    }
    return;
  }
  if (destructive && is_false(document, destructive)) {
    if (const auto verb = verb_in(name, kDestroying)) {
      report("annotation-not-destructive", *destructive,
             "claims not to be destructive, but is named " + in_ticks(name));
    }
  }
}

}  // namespace

void check_annotation_contradictions(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    for (const Item& item : manifest.items) {
      if (item.kind != ItemKind::kTool || item.annotations == kNoNode || item.name == kNoNode) {
        continue;
      }
      check_tool(manifest, item, index, sink);
    }
  }
}

}  // namespace merlon
