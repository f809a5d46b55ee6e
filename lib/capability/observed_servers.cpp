#include "capability/observed_servers.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/digest/digest.h"
#include "base/process/launch_digest.h"
#include "proof/canonical_json.h"

namespace merlon {
namespace {

LockList list_of(ItemKind kind) {
  switch (kind) {
    case ItemKind::kTool: return LockList::kTools;
    case ItemKind::kPrompt: return LockList::kPrompts;
    case ItemKind::kResource: return LockList::kResources;
    case ItemKind::kResourceTemplate: return LockList::kResourceTemplates;
    case ItemKind::kSkill: return LockList::kSkills;
  }
  return LockList::kTools;
}

/// Which one of its list it is; what a resource is called is no more than its title.
std::string identity_of(const Manifest& manifest, const Item& item, LockList list) {
  const Document& document = manifest.document;
  std::string name = item.name == kNoNode ? "" : document.text(item.name);
  const std::string_view member = identity_member(list);
  return member == "name" ? name : document.string_or(document.find(item.node, member), name);
}

ObservedItem observe_item(const Manifest& manifest, std::size_t index, LockList list,
                          std::string name, NodeId node) {
  ObservedItem item{.list = list, .name = std::move(name), .manifest = index, .node = node};
  auto canonical = canonical_json(manifest.document, node);
  if (canonical) {
    item.digest = "sha256:" + sha256_hex(*canonical);
  } else {
    item.error = std::move(canonical).error();
  }
  return item;
}

using Key = std::tuple<std::string, std::string, std::string, std::string>;

class Observer {
 public:
  explicit Observer(const LockOptions& options) : options_(options) {}

  void add(const Manifest& manifest, std::size_t index) {
    std::vector<ObservedServer*> servers;
    servers.reserve(manifest.servers.size());
    for (const Server& server : manifest.servers) {
      servers.push_back(&add_server(manifest, index, server));
    }
    for (const Item& item : manifest.items) {
      ObservedServer& server =
          item.server < servers.size() ? *servers[item.server] : nameless(manifest, index);
      const LockList list = list_of(item.kind);
      server.items.push_back(
          observe_item(manifest, index, list, identity_of(manifest, item, list), item.node));
    }
  }

  std::vector<ObservedServer> take() {
    std::vector<ObservedServer> all;
    for (auto& [key, server] : servers_) {
      const auto order = [](const ObservedItem& item) {
        return std::tie(item.list, item.name, item.digest, item.manifest, item.node);
      };
      const auto same = [](const ObservedItem& a, const ObservedItem& b) {
        return a.list == b.list && a.name == b.name && a.digest == b.digest && !a.digest.empty();
      };
      std::ranges::sort(server.items, {}, order);
      const auto rest = std::ranges::unique(server.items, same);
      server.items.erase(rest.begin(), rest.end());
      all.push_back(std::move(server));
    }
    return all;
  }

 private:
  ObservedServer& add_server(const Manifest& manifest, std::size_t index, const Server& from) {
    ObservedServer server{.name = from.name, .manifest = index, .node = from.node};
    if (server.name.empty()) {
      server.file = manifest.file();
    }
    for (const LaunchWord& word : from.launch) {
      server.launch.push_back(word.text);
    }
    server.launch = masked(server.launch);
    if (!server.launch.empty()) {
      server.launch_digest = launch_digest(server.launch);
    }
    if (from.url != kNoNode) {
      server.url = masked({manifest.document.text(from.url)}).front();
    }
    ObservedServer& kept = keep(std::move(server));
    if (from.instructions != kNoNode) {
      kept.items.push_back(
          observe_item(manifest, index, LockList::kInstructions, "", from.instructions));
    }
    return kept;
  }

  ObservedServer& nameless(const Manifest& manifest, std::size_t index) {
    return keep({.file = manifest.file(), .manifest = index, .node = manifest.document.root()});
  }

  ObservedServer& keep(ObservedServer&& server) {
    Key key(server.name, server.file, server.launch_digest, server.url);
    return servers_.try_emplace(std::move(key), std::move(server)).first->second;
  }

  [[nodiscard]] std::vector<std::string> masked(const std::vector<std::string>& words) const {
    return options_.mask_words ? options_.mask_words(words) : words;
  }

  const LockOptions& options_;
  std::map<Key, ObservedServer> servers_;
};

}  // namespace

std::vector<ObservedServer> observe_servers(std::span<const Manifest* const> manifests,
                                            const LockOptions& options) {
  Observer observer(options);
  for (std::size_t index = 0; index < manifests.size(); ++index) {
    observer.add(*manifests[index], index);
  }
  return observer.take();
}

}  // namespace merlon
