#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/document.h"
#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {
namespace {

// The pages of the protocol: 1 to 128 of these characters. Some clients cut at 63 bytes.
constexpr std::size_t kLongestTool = 128;
constexpr std::size_t kShortestCut = 63;

bool is_tool_name_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
         c == '-' || c == '.';
}

std::string why_invalid(std::string_view name) {
  if (name.empty()) {
    return "a tool has an empty name";
  }
  const std::size_t length = count_code_points(name);
  if (length > kLongestTool) {
    return "the name of a tool has " + counted(length, "character") + "; 128 are allowed";
  }
  const auto* bad = std::find_if_not(name.begin(), name.end(), is_tool_name_char);
  if (bad == name.end()) {
    return {};
  }
  return "the name " + in_ticks(name) +
         " has other characters than letters, digits, `_`, `-` and `.`";
}

struct Seen {
  std::string name;
  NodeId node{kNoNode};
};

/// Names of one server: exact, and as clients cut them.
class NamesOfServer {
 public:
  NamesOfServer(std::size_t manifest, CheckSink& sink) : manifest_(manifest), sink_(sink) {}

  void add(const std::string& name, NodeId node) {
    const auto [exact, is_new] = exact_.emplace(name, node);
    if (!is_new) {
      report("tool-name-duplicate", "the tool " + in_ticks(name) + " is defined twice", node,
             exact->second, "first here");
      return;
    }
    if (name.size() < kShortestCut) {
      return;
    }
    std::string cut = name.substr(0, kShortestCut);
    const auto [first, is_first] = cut_.emplace(std::move(cut), Seen{name, node});
    if (!is_first) {
      report(
          "tool-name-cut",
          "a client that cuts names at 63 characters takes " + in_ticks(name) + " for another tool",
          node, first->second.node, "the same first 63 characters");
    }
  }

 private:
  void report(std::string rule, std::string message, NodeId node, NodeId other,
              std::string_view why) {
    CheckHit hit{.rule_id = std::move(rule),
                 .manifest = manifest_,
                 .node = node,
                 .message = std::move(message)};
    hit.related.push_back({std::string(why), {manifest_, other}});
    sink_.report(std::move(hit));
  }

  std::size_t manifest_;
  CheckSink& sink_;
  std::unordered_map<std::string, NodeId> exact_;
  std::unordered_map<std::string, Seen> cut_;
};

}  // namespace

void check_tool_names(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    // A snapshot lists the same server once for each protocol era: those lists are not one.
    const bool by_list = manifest.format == "merlon-snapshot";
    std::map<std::pair<std::uint32_t, NodeId>, NamesOfServer> servers;
    for (const Item& item : manifest.items) {
      if (item.kind != ItemKind::kTool || item.name == kNoNode ||
          !is_text_node(manifest.document, item.name)) {
        continue;
      }
      const std::string name = manifest.document.text(item.name);
      std::string reason = why_invalid(name);
      if (!reason.empty()) {
        sink.report({.rule_id = "tool-name-invalid",
                     .manifest = index,
                     .node = item.name,
                     .message = std::move(reason)});
      }
      const NodeId list = by_list ? manifest.document.node(item.node).parent : kNoNode;
      servers.try_emplace({item.server, list}, index, sink).first->second.add(name, item.name);
    }
  }
}

}  // namespace merlon
