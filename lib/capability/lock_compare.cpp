#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "capability/classify.h"
#include "capability/lock.h"
#include "capability/observed_servers.h"
#include "capability/rule_of_two.h"

namespace merlon {
namespace {

constexpr std::size_t kMostRenames = 64;
constexpr double kAlike = 0.8;
constexpr std::size_t kMostNames = 8;

std::string quoted(std::string_view text) {
  return "`" + shorten(text, 80) + "`";
}

std::string_view noun_of(LockList list) {
  switch (list) {
    case LockList::kInstructions: return "instructions";
    case LockList::kTools: return "tool";
    case LockList::kPrompts: return "prompt";
    case LockList::kResources: return "resource";
    case LockList::kResourceTemplates: return "resource template";
    case LockList::kSkills: return "skill";
  }
  return "tool";
}

std::string title_of(LockList list, std::string_view name) {
  return list == LockList::kInstructions ? "instructions"
                                         : std::string(noun_of(list)) + " " + quoted(name);
}

std::string shown_name(const std::string& name, const std::string& file) {
  return name.empty() ? file : name;
}

using ItemKey = std::pair<LockList, std::string>;

class Comparison {
 public:
  Comparison(const Lock& lock, std::span<const Manifest* const> manifests)
      : lock_(lock), manifests_(manifests), used_(lock.servers.size(), false) {}

  std::vector<LockDrift> run(const std::vector<ObservedServer>& observed) {
    const auto partners = find_partners(observed);
    for (std::size_t i = 0; i < observed.size(); ++i) {
      if (const auto& partner = partners[i]) {
        compare_server(lock_.servers[*partner], observed[i]);
      } else {
        add_new_server(observed[i]);
      }
    }
    add_missing_servers();
    std::ranges::stable_sort(drift_, {}, [](const LockDrift& one) {
      return std::tie(one.manifest, one.node, one.server, one.item);
    });
    return std::move(drift_);
  }

 private:
  /// The locked server of each observed one: the very same first, then one of the same name.
  std::vector<std::optional<std::size_t>> find_partners(
      const std::vector<ObservedServer>& observed) {
    std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> by_name;
    for (std::size_t i = 0; i < lock_.servers.size(); ++i) {
      by_name[{lock_.servers[i].name, lock_.servers[i].file}].push_back(i);
    }
    std::vector<std::optional<std::size_t>> partners(observed.size());
    for (const bool exact : {true, false}) {
      for (std::size_t i = 0; i < observed.size(); ++i) {
        const auto found = by_name.find({observed[i].name, observed[i].file});
        if (partners[i] || found == by_name.end()) {
          continue;
        }
        partners[i] = take_partner(found->second, observed[i], exact);
      }
    }
    return partners;
  }

  std::optional<std::size_t> take_partner(const std::vector<std::size_t>& candidates,
                                          const ObservedServer& observed, bool exact) {
    for (const std::size_t candidate : candidates) {
      const LockedServer& server = lock_.servers[candidate];
      const bool same =
          server.launch_digest == observed.launch_digest && server.url == observed.url;
      if (!used_[candidate] && (same || !exact)) {
        used_[candidate] = true;
        return candidate;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] LockDrift start(DriftKind kind, std::string rule,
                                const ObservedServer& server) const {
    return {.kind = kind,
            .rule_id = std::move(rule),
            .manifest = server.manifest,
            .node = server.node,
            .server = shown_name(server.name, server.file)};
  }

  void add_new_server(const ObservedServer& server) {
    LockDrift drift = start(DriftKind::kNewServer, "lock-new-server", server);
    drift.risk_grew = true;
    drift.message = "server " + quoted(drift.server) + " is not in the lock";
    drift_.push_back(std::move(drift));
  }

  /// One finding for all of them: whoever scans one file of many would else drown in them.
  void add_missing_servers() {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < lock_.servers.size(); ++i) {
      if (!used_[i]) {
        names.push_back(quoted(shown_name(lock_.servers[i].name, lock_.servers[i].file)));
      }
    }
    if (names.empty() || manifests_.empty()) {
      return;
    }
    const std::size_t more = names.size() > kMostNames ? names.size() - kMostNames : 0;
    names.resize(names.size() - more);
    LockDrift drift{.kind = DriftKind::kMissingServer, .rule_id = "lock-missing-server", .node = 0};
    drift.message =
        (names.size() == 1 ? "a server" : std::to_string(names.size() + more) + " servers") +
        std::string(" of the lock ") + (names.size() == 1 ? "is" : "are") +
        " not in the input: " + join(names, ", ") +
        (more > 0 ? " and " + std::to_string(more) + " more" : "");
    drift_.push_back(std::move(drift));
  }

  void compare_server(const LockedServer& locked, const ObservedServer& server) {
    compare_launch(locked, server);
    if (server.items.empty() && !locked.items.empty()) {
      LockDrift drift = start(DriftKind::kNotCompared, "lock-missing-server", server);
      drift.message = "the input has no definitions of server " + quoted(drift.server) + ": " +
                      std::to_string(locked.items.size()) + " of the lock were not compared";
      drift_.push_back(std::move(drift));
      return;
    }
    compare_items(locked, server);
  }

  void compare_launch(const LockedServer& locked, const ObservedServer& server) {
    // A file that lists only definitions says nothing about how the server is started or reached.
    const bool launch = !server.launch.empty() && server.launch_digest != locked.launch_digest;
    const bool url = !server.url.empty() && server.url != locked.url;
    if (!launch && !url) {
      return;
    }
    LockDrift drift = start(DriftKind::kLaunch, "lock-drift-risk", server);
    drift.risk_grew = true;
    const std::string before = locked.launch.empty() ? locked.url : join(locked.launch, " ");
    const std::string now = launch ? join(server.launch, " ") : server.url;
    drift.message = "server " + quoted(drift.server) +
                    (launch ? " is started by another command: " : " is at another address: ") +
                    (before.empty() ? "none" : quoted(before)) + " was locked, now " + quoted(now);
    drift.changes.push_back(
        {.pointer = launch ? "/launch" : "/url",
         .before = before,
         .after = now,
         .risk_grew = true,
         .why = launch ? "another program or version runs" : "another host answers",
         .node = server.node});
    drift_.push_back(std::move(drift));
  }

  void compare_items(const LockedServer& locked, const ObservedServer& server) {
    std::map<ItemKey, std::vector<const LockedItem*>> before;
    for (const LockedItem& item : locked.items) {
      before[{item.list, item.name}].push_back(&item);
    }
    std::vector<const ObservedItem*> added;
    std::set<ItemKey> there;
    for (const ObservedItem& item : server.items) {
      there.emplace(item.list, item.name);
      const auto found = before.find({item.list, item.name});
      if (found == before.end()) {
        added.push_back(&item);
        continue;
      }
      const auto same = [&](const LockedItem* one) { return one->digest == item.digest; };
      if (std::ranges::none_of(found->second, same)) {
        add_changed(*found->second.front(), item, server);
      }
    }
    std::vector<const LockedItem*> removed;
    for (const auto& [key, items] : before) {
      if (!there.contains(key)) {
        removed.push_back(items.front());
      }
    }
    take_renames(added, removed, server);
    for (const ObservedItem* item : added) {
      add_new_item(*item, server);
    }
    for (const LockedItem* item : removed) {
      LockDrift drift = start(DriftKind::kRemovedItem, "lock-removed-tool", server);
      drift.item = item->name;
      drift.message = title_of(item->list, item->name) + " of the lock is gone";
      drift_.push_back(std::move(drift));
    }
  }

  /// Pairs of a new and a removed tool that say the same are one tool with another name.
  void take_renames(std::vector<const ObservedItem*>& added,
                    std::vector<const LockedItem*>& removed, const ObservedServer& server) {
    if (added.size() > kMostRenames || removed.size() > kMostRenames) {
      return;
    }
    std::erase_if(added, [&](const ObservedItem* item) {
      const Document& document = manifests_[item->manifest]->document;
      for (auto old = removed.begin(); old != removed.end(); ++old) {
        if ((*old)->list != item->list || (*old)->definition == kNoNode ||
            item->list != LockList::kTools) {
          continue;
        }
        if (definition_similarity(lock_.document, (*old)->definition, document, item->node) <
            kAlike) {
          continue;
        }
        LockDrift drift = changed(**old, *item, server);
        drift.kind = DriftKind::kRenamed;
        drift.message = title_of(item->list, (*old)->name) + " of the lock is now called " +
                        quoted(item->name) + summary(drift.changes, "/name");
        drift_.push_back(std::move(drift));
        removed.erase(old);
        return true;
      }
      return false;
    });
  }

  void add_new_item(const ObservedItem& item, const ObservedServer& server) {
    LockDrift drift = start(DriftKind::kNewItem, "lock-new-tool", server);
    drift.node = item.node;
    drift.manifest = item.manifest;
    drift.item = item.name;
    drift.message = title_of(item.list, item.name) + " is not in the lock";
    if (item.list == LockList::kTools) {
      const Document& document = manifests_[item.manifest]->document;
      const CapabilitySet set = classify_tool(document, find_tool_nodes(document, item.node)).set;
      if (set != 0) {
        drift.message += "; capabilities: " + to_string_list(set);
      }
      drift.risk_grew = (set & (kSevereEffect | capability_bit(Capability::kDestroys))) != 0;
    }
    drift_.push_back(std::move(drift));
  }

  void add_changed(const LockedItem& locked, const ObservedItem& item,
                   const ObservedServer& server) {
    LockDrift drift = changed(locked, item, server);
    drift.message =
        title_of(item.list, item.name) + " is not as locked" + summary(drift.changes, "");
    if (locked.definition == kNoNode) {
      drift.message += ": the lock holds only its digest, so what changed is not known";
    } else if (item.digest.empty()) {
      drift.message += ": " + item.error.message;
    }
    drift_.push_back(std::move(drift));
  }

  [[nodiscard]] LockDrift changed(const LockedItem& locked, const ObservedItem& item,
                                  const ObservedServer& server) const {
    LockDrift drift = start(DriftKind::kChanged, "lock-drift", server);
    drift.manifest = item.manifest;
    drift.node = item.node;
    drift.item = item.name;
    const Document& document = manifests_[item.manifest]->document;
    // What cannot be compared must not pass as harmless.
    drift.risk_grew = locked.definition == kNoNode || item.digest.empty();
    if (locked.definition != kNoNode) {
      drift.changes =
          item.list == LockList::kTools
              ? diff_tools(lock_.document, locked.definition, document, item.node)
              : diff_definitions(lock_.document, locked.definition, document, item.node);
    }
    for (const DefinitionChange& change : drift.changes) {
      drift.risk_grew = drift.risk_grew || change.risk_grew;
    }
    if (drift.risk_grew) {
      drift.rule_id = "lock-drift-risk";
    }
    return drift;
  }

  /// ": what changed first; and 2 more changes". Changes at `except` are known already.
  static std::string summary(const std::vector<DefinitionChange>& changes,
                             std::string_view except) {
    std::string text;
    std::size_t more = 0;
    for (const DefinitionChange& change : changes) {
      if (!except.empty() && change.pointer == except) {
        continue;
      }
      if (text.empty()) {
        text = ": " + (change.pointer.empty() ? "" : quoted(change.pointer) + " ") + change.why;
      } else {
        ++more;
      }
    }
    if (more > 0) {
      text += "; and " + std::to_string(more) + (more == 1 ? " more change" : " more changes");
    }
    return text;
  }

  const Lock& lock_;
  std::span<const Manifest* const> manifests_;
  std::vector<bool> used_;
  std::vector<LockDrift> drift_;
};

}  // namespace

std::vector<LockDrift> compare_lock(const Lock& lock, std::span<const Manifest* const> manifests,
                                    const LockOptions& options) {
  return Comparison(lock, manifests).run(observe_servers(manifests, options));
}

}  // namespace merlon
