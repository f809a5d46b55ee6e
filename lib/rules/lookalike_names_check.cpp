#include <algorithm>
#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/document.h"
#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"
#include "rules/name_look.h"

namespace merlon {
namespace {

constexpr std::size_t kLongestCompared = 256;
// A short name is near to many others by chance.
constexpr std::size_t kShortestLookalike = 6;
constexpr std::size_t kShortestNear = 14;
// Above this many names the workspace is a collection and no client's.
constexpr std::size_t kMostNearNames = 5'000;

/// A name and where it stands first for its server.
struct Named {
  std::string name;
  std::size_t manifest{0};
  std::uint32_t server{kNoServer};
  NodeId node{kNoNode};
};

bool same_but_for_case(std::string_view a, std::string_view b) {
  return equals_ignoring_case(a, b);
}

// NOLINTNEXTLINE(readability-function-size): what one finding about two names is made of
void report_pair(std::string rule, const Named& first, const Named& second, std::string message,
                 std::optional<Severity> severity, CheckSink& sink) {
  CheckHit hit{.rule_id = std::move(rule),
               .manifest = second.manifest,
               .node = second.node,
               .message = std::move(message)};
  hit.severity = severity;
  hit.related.push_back({"the other name", {first.manifest, first.node}});
  sink.report(std::move(hit));
}

using NameOwner = std::pair<std::size_t, std::uint32_t>;

std::vector<Named> tool_names(const CheckInput& input) {
  std::vector<Named> names;
  std::set<std::tuple<std::size_t, std::uint32_t, std::string>> seen;
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    for (const Item& item : manifest.items) {
      std::string name = item.kind == ItemKind::kTool ? text_or_empty(manifest.document, item.name)
                                                      : std::string();
      if (name.empty() || name.size() > kLongestCompared ||
          !seen.emplace(index, item.server, name).second) {
        continue;
      }
      names.push_back(
          {.name = std::move(name), .manifest = index, .server = item.server, .node = item.name});
    }
  }
  return names;
}

std::vector<Named> server_names(const CheckInput& input) {
  std::vector<Named> names;
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    for (std::uint32_t i = 0; i < manifest.servers.size(); ++i) {
      const Server& server = manifest.servers[i];
      if (server.name.empty() || server.name.size() > kLongestCompared ||
          server.name_node == kNoNode) {
        continue;
      }
      names.push_back(
          {.name = server.name, .manifest = index, .server = i, .node = server.name_node});
    }
  }
  return names;
}

bool same_owner(const Named& a, const Named& b) {
  return a.manifest == b.manifest && a.server == b.server;
}

// Different spellings of one look, on different servers.
void find_lookalikes(const std::vector<Named>& names, std::string_view rule, CheckSink& sink) {
  std::unordered_map<std::string, std::vector<std::size_t>> by_look;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].name.size() < kShortestLookalike) {
      continue;
    }
    std::vector<std::size_t>& group = by_look[look_of(names[i].name)];
    // The first spelling is what the others are held against; equal ones are collisions, not
    // look-alikes.
    const Named* first = group.empty() ? nullptr : &names[group.front()];
    group.push_back(i);
    if (first == nullptr || first->name == names[i].name || same_owner(*first, names[i])) {
      continue;
    }
    const bool case_only = same_but_for_case(first->name, names[i].name);
    if (case_only) {
      continue;
    }
    report_pair(std::string(rule), *first, names[i],
                in_ticks(names[i].name) + " looks like " + in_ticks(first->name), std::nullopt,
                sink);
  }
}

/// A name with one byte left out, as a hash.
struct NameRest {
  std::uint64_t hash{0};
  std::size_t name{0};
  friend auto operator<=>(const NameRest&, const NameRest&) = default;
};

// The name itself, and what is left of it without each of its bytes.
std::vector<std::uint64_t> rests_of(std::string_view lower) {
  std::vector<std::uint64_t> hashes;
  hashes.reserve(lower.size() + 1);
  for (std::size_t left_out = 0; left_out <= lower.size(); ++left_out) {
    std::uint64_t hash = 0xCBF29CE484222325ULL;
    for (std::size_t i = 0; i < lower.size(); ++i) {
      if (i != left_out) {
        hash = (hash ^ static_cast<unsigned char>(lower[i])) * 0x100000001B3ULL;
      }
    }
    hashes.push_back(hash);
  }
  return hashes;
}

/// Names by their rests: those within one edit of each other share one.
class NamesByRest {
 public:
  explicit NamesByRest(const std::vector<Named>& names) : lower_(names.size()) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      std::string lower = to_lower_ascii(names[i].name);
      if (lower.size() < kShortestNear || lower.size() > 64 || !is_ascii(lower)) {
        continue;
      }
      for (const std::uint64_t hash : rests_of(lower)) {
        rests_.push_back({.hash = hash, .name = i});
      }
      lower_[i] = std::move(lower);
    }
    std::sort(rests_.begin(), rests_.end());
  }

  /// In lower case; empty for a name that is not compared.
  [[nodiscard]] const std::string& lower(std::size_t name) const { return lower_[name]; }
  /// Earlier names that share a rest with this one, ascending; a few others whose hashes are equal.
  [[nodiscard]] std::vector<std::size_t> earlier_near(std::size_t name) const {
    std::vector<std::size_t> out;
    for (const std::uint64_t hash : rests_of(lower_[name])) {
      for (auto at = std::lower_bound(rests_.begin(), rests_.end(), NameRest{.hash = hash});
           at != rests_.end() && at->hash == hash && at->name < name; ++at) {
        out.push_back(at->name);
      }
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

 private:
  std::vector<std::string> lower_;
  std::vector<NameRest> rests_;
};

void find_near_names(const std::vector<Named>& names, CheckSink& sink) {
  if (names.size() > kMostNearNames) {
    return;
  }
  const NamesByRest by_rest(names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& lower = by_rest.lower(i);
    if (lower.empty()) {
      continue;
    }
    for (const std::size_t other : by_rest.earlier_near(i)) {
      const std::string& other_lower = by_rest.lower(other);
      if (same_owner(names[other], names[i]) || other_lower == lower ||
          edit_distance(lower, other_lower, 1) != 1 || is_ordinary_difference(other_lower, lower)) {
        continue;
      }
      report_pair(
          "tool-name-near", names[other], names[i],
          in_ticks(names[i].name) + " is one letter away from " + in_ticks(names[other].name),
          std::nullopt, sink);
      break;
    }
  }
}

// Names are held against those of other servers only.
bool have_one_owner(const std::vector<Named>& names) {
  return std::all_of(names.begin(), names.end(),
                     [&](const Named& one) { return same_owner(one, names.front()); });
}

}  // namespace

void check_lookalike_names(const CheckInput& input, CheckSink& sink) {
  if (const std::vector<Named> tools = tool_names(input); !have_one_owner(tools)) {
    find_lookalikes(tools, "tool-name-lookalike", sink);
    find_near_names(tools, sink);
  }
  find_lookalikes(server_names(input), "server-name-lookalike", sink);
}

}  // namespace merlon
