#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/document.h"
#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {
namespace {

constexpr std::size_t kShortestName = 8;
constexpr std::size_t kLongestShadowed = 64;
constexpr std::size_t kSentence = 240;

struct ToolOwner {
  std::size_t manifest{0};
  std::uint32_t server{kNoServer};
  NodeId node{kNoNode};
  std::size_t servers{1};  ///< how many servers have a tool of this name
};

bool is_identifier_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
         c == '-';
}

// A name that does not stand in a text by chance: of at least two words, joined by a sign or a
// hump.
bool is_distinctive(std::string_view name) {
  if (name.size() < kShortestName || name.size() > kLongestShadowed) {
    return false;
  }
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    if (name[i] == '_') {
      return true;
    }
    if (name[i] >= 'A' && name[i] <= 'Z' && name[i - 1] >= 'a' && name[i - 1] <= 'z') {
      return true;
    }
  }
  return false;
}

using Names = std::unordered_map<std::string, ToolOwner>;

Names collect_names(const CheckInput& input) {
  Names names;
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    for (const Item& item : manifest.items) {
      if (item.kind != ItemKind::kTool) {
        continue;
      }
      std::string name = text_or_empty(manifest.document, item.name);
      if (!is_distinctive(name)) {
        continue;
      }
      const auto [place, is_new] = names.try_emplace(
          std::move(name), ToolOwner{.manifest = index, .server = item.server, .node = item.name});
      ToolOwner& owner = place->second;
      if (!is_new && (owner.manifest != index || owner.server != item.server)) {
        ++owner.servers;
      }
    }
  }
  return names;
}

// The sentence around [begin, end), at most kSentence bytes to each side.
std::string sentence_around(std::string_view text, std::size_t begin, std::size_t end) {
  std::size_t first = begin;
  while (first > 0 && begin - first < kSentence && text[first - 1] != '\n' &&
         text[first - 1] != '.' && text[first - 1] != '!') {
    --first;
  }
  std::size_t last = end;
  while (last < text.size() && last - end < kSentence && text[last] != '\n' && text[last] != '.' &&
         text[last] != '!') {
    ++last;
  }
  return to_lower_ascii(text.substr(first, last - first));
}

// Words by which a text rules over a tool that it does not define.
bool is_directive(std::string_view sentence) {
  constexpr std::array<std::string_view, 18> kWords{
      "always",       "never",           " must ",        "do not ",      "don't ",
      "whenever",     "instead of",      "override",      "replaces",     "before calling",
      "before using", "before invoking", "after calling", "make sure to", "is deprecated",
      "is unsafe",    "is compromised",  "also pass"};
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
    return sentence.find(word) != std::string_view::npos;
  });
}

constexpr SurfaceSet kProse =
    surface_bit(Surface::kToolDescription) | surface_bit(Surface::kSchemaDescription) |
    surface_bit(Surface::kInstructions) | surface_bit(Surface::kPromptDescription) |
    surface_bit(Surface::kResourceDescription) | surface_bit(Surface::kServerDescription);

bool is_prose(Surface surface) {
  return (kProse & surface_bit(surface)) != 0;
}

/// Looks for names of other servers' tools in the texts of one manifest.
class ShadowInspector {
 public:
  ShadowInspector(const Manifest& manifest, std::size_t index, const Names& names, CheckSink& sink)
      : manifest_(manifest), index_(index), names_(names), sink_(sink) {}

  void inspect(NodeId node) {
    std::string scratch;
    const std::string_view text = manifest_.document.text(node, scratch);
    for (std::size_t at = 0; at < text.size();) {
      if (!is_identifier_char(text[at])) {
        ++at;
        continue;
      }
      std::size_t end = at;
      while (end < text.size() && is_identifier_char(text[end])) {
        ++end;
      }
      if (inspect_word(node, text, at, end)) {
        return;
      }
      at = end;
    }
  }

 private:
  bool inspect_word(NodeId node, std::string_view text, std::size_t begin, std::size_t end) {
    const std::string_view word = text.substr(begin, end - begin);
    if (!is_distinctive(word)) {
      return false;
    }
    const auto found = names_.find(std::string(word));
    if (found == names_.end() || found->second.servers > 1) {
      return false;
    }
    const ToolOwner& owner = found->second;
    if (owner.manifest == index_ && owner.server == server_of(node)) {
      return false;
    }
    if (!is_directive(sentence_around(text, begin, end))) {
      return false;
    }
    CheckHit hit{.rule_id = "steers-other-server",
                 .manifest = index_,
                 .node = node,
                 .begin = begin,
                 .end = end,
                 .message = "rules over the tool " + in_ticks(word) + " of another server"};
    hit.related.push_back({"the tool", {owner.manifest, owner.node}});
    sink_.report(std::move(hit));
    return true;
  }

  // Nodes are asked for in order, so the servers found so far are mostly the same.
  std::uint32_t server_of(NodeId node) {
    const Item* item = manifest_.item_at(node);
    if (item != nullptr) {
      return item->server;
    }
    const Server* server = manifest_.server_at(node);
    return server == nullptr ? kNoServer
                             : static_cast<std::uint32_t>(server - manifest_.servers.data());
  }

  const Manifest& manifest_;
  std::size_t index_;
  const Names& names_;
  CheckSink& sink_;
};

}  // namespace

void check_shadowing(const CheckInput& input, CheckSink& sink) {
  const Names names = collect_names(input);
  if (names.empty()) {
    return;
  }
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    ShadowInspector inspector(manifest, index, names, sink);
    for (NodeId node = 0; node < manifest.document.size(); ++node) {
      if (manifest.document.is(node, NodeKind::kString) && is_prose(manifest.surface_of(node))) {
        inspector.inspect(node);
      }
    }
  }
}

}  // namespace merlon
