#include "scan/score.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kScoreNameBytes = 80;

/// The signals of one item, server or file.
struct Unit {
  const Item* item{nullptr};
  const Server* server{nullptr};
  std::vector<std::size_t> hits;  ///< one per distinct rule, the first in the document
  int sum{0};
};

std::vector<NodeId> roots_of(const std::vector<Item>& items, NodeId Item::* part) {
  std::vector<NodeId> out;
  out.reserve(items.size());
  for (const Item& item : items) {
    out.push_back(item.*part);
  }
  return out;
}

std::string describe(const Manifest& manifest, const Unit& unit) {
  const auto quoted = [](std::string_view name) {
    return name.empty() ? std::string() : " `" + shorten(name, kScoreNameBytes) + "`";
  };
  if (unit.item != nullptr) {
    const NodeId name = unit.item->name;
    return std::string(to_string(unit.item->kind)) +
           quoted(name == kNoNode ? "" : manifest.document.text(name));
  }
  if (unit.server != nullptr) {
    return "server" + quoted(unit.server->name);
  }
  return "this file";
}

NodeId place_of(const Unit& unit, const std::vector<ScanHit>& hits) {
  if (unit.item != nullptr && unit.item->name != kNoNode) {
    return unit.item->name;
  }
  if (unit.item == nullptr && unit.server != nullptr && unit.server->name_node != kNoNode) {
    return unit.server->name_node;
  }
  return hits[unit.hits.front()].node;
}

ScanHit score_hit(const Manifest& manifest, const Unit& unit, const Rule& rule, int threshold,
                  const std::vector<ScanHit>& hits) {
  ScanHit out;
  out.rule = &rule;
  out.node = place_of(unit, hits);
  out.score = unit.sum;
  // One sign alone, however strong, is a reason to look and not to fail a build; two independent
  // ones are.
  if (unit.hits.size() == 1) {
    out.severity = Severity::kMedium;
  }
  out.message = describe(manifest, unit) + " shows " + std::to_string(unit.hits.size()) +
                (unit.hits.size() == 1 ? " weak sign" : " weak signs") +
                " of manipulation that add up to " + std::to_string(unit.sum) + " (threshold " +
                std::to_string(threshold) + ")";
  for (const std::size_t at : unit.hits) {
    const ScanHit& hit = hits[at];
    if (hit.signals.empty()) {
      out.signals.push_back(
          {.rule_id = hit.rule->id, .score = hit.score, .evidence = hit.evidence.text});
    }
    out.signals.insert(out.signals.end(), hit.signals.begin(), hit.signals.end());
    out.related.push_back({.message = hit.message.empty() ? hit.rule->title : hit.message,
                           .node = hit.node,
                           .begin = hit.begin,
                           .end = hit.end});
  }
  return out;
}

}  // namespace

ManifestIndex::ManifestIndex(const Manifest& manifest)
    : manifest_(manifest),
      items_(manifest.document, roots_of(manifest.items, &Item::node)),
      names_(manifest.document, roots_of(manifest.items, &Item::name)) {
  std::vector<NodeId> servers;
  servers.reserve(manifest.servers.size());
  for (const Server& server : manifest.servers) {
    servers.push_back(server.node);
  }
  servers_ = SubtreeIndex(manifest.document, servers);
}

const Item* ManifestIndex::item_at(NodeId node) const {
  if (const auto item = items_.innermost(node)) {
    return &manifest_.items[*item];
  }
  // A tool in a map is named by its key, which stands before its subtree; the key's subtree is key
  // and value.
  const auto name = names_.innermost(node);
  return name && manifest_.items[*name].name == node ? &manifest_.items[*name] : nullptr;
}

const Server* ManifestIndex::server_at(NodeId node) const {
  if (const auto server = servers_.innermost(node)) {
    return &manifest_.servers[*server];
  }
  const Item* item = item_at(node);
  return item != nullptr && item->server < manifest_.servers.size()
             ? &manifest_.servers[item->server]
             : nullptr;
}

std::vector<bool> add_score_hits(const Manifest& manifest, const ManifestIndex& index,
                                 const RuleTable& rules, int threshold,
                                 std::vector<ScanHit>& hits) {
  std::map<std::pair<const Item*, const Server*>, Unit> units;
  const auto add = [&](std::size_t at, const ScanHit& hit) {
    const Item* item = index.item_at(hit.node);
    const Server* server = item == nullptr ? index.server_at(hit.node) : nullptr;
    Unit& unit = units[{item, server}];
    unit.item = item;
    unit.server = server;
    const auto same = [&](std::size_t other) { return hits[other].rule == hit.rule; };
    if (std::none_of(unit.hits.begin(), unit.hits.end(), same)) {
      unit.hits.push_back(at);
      unit.sum += hit.score;
    }
  };
  for (std::size_t at = 0; at < hits.size(); ++at) {
    const EffectiveRule effective = rules.effective(*hits[at].rule, manifest.file());
    if (effective.tier == Tier::kSoft && effective.disabled_by == nullptr && !hits[at].unfinished) {
      add(at, hits[at]);
    }
  }
  std::vector<bool> counted(hits.size(), false);
  const Rule* rule = rules.find("suspicious-definition");
  std::vector<ScanHit> found;
  for (const auto& [key, unit] : units) {
    if (unit.sum < threshold || rule == nullptr || !rule->enabled) {
      continue;
    }
    for (const std::size_t at : unit.hits) {
      counted[at] = true;
    }
    found.push_back(score_hit(manifest, unit, *rule, threshold, hits));
  }
  counted.resize(hits.size() + found.size(), false);
  std::move(found.begin(), found.end(), std::back_inserter(hits));
  return counted;
}

}  // namespace merlon
