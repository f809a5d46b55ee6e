#include "guard/place_rules.h"

#include <algorithm>
#include <array>

#include "base/safe_path.h"
#include "base/text.h"
#include "guard/real_path.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 3> kPathRuleKeys{"within", "deny", "resolve"};
constexpr std::array<std::string_view, 3> kHostRuleKeys{"allow", "deny_private", "resolve"};

/// Folders as they are compared: one reading each, or a complaint.
std::vector<std::string> read_folders(TableReader& reader, NodeId table, std::string_view name) {
  std::vector<std::string> out;
  for (const NodeId node : reader.strings(table, name)) {
    const PathReadings path = read_path(reader.document().text(node));
    const std::string& folder = path.normal.front();
    if (path.normal.size() != 1 || path.climbs || path.nul) {
      reader.complain(node, "`", reader.document().text(node), "` is not one plain folder");
    } else if (!is_absolute_path(folder) && !path.home && folder != ".") {
      reader.complain(node, "`", folder, "` is not absolute")
          .hints.emplace_back("begin it with `/`, a drive or `~/`");
    }
    out.push_back(folder);
  }
  return out;
}

PlaceProblem path_problem(std::string_view rule, std::string_view message, bool failed = false) {
  return {.rule_id = std::string(rule), .message = std::string(message), .failed = failed};
}

/// The real path that an event knows; without one, why not, or nothing when it has to be asked for.
std::optional<std::string> known_path(std::string_view what, const Facts& facts,
                                      std::vector<Need>& needs,
                                      std::optional<PlaceProblem>& problem) {
  RealPath real = real_path(what, facts, needs);
  switch (real.answer) {
    case PathAnswer::kKnown: return std::move(real.path);
    case PathAnswer::kMissing: break;
    case PathAnswer::kAbsent:
      problem = path_problem("path-impossible", "the path cannot exist");
      break;
    case PathAnswer::kFailed:
      problem =
          path_problem("path-unresolved", "where the path leads could not be found out", true);
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<PathRule> PathRule::read(TableReader& reader, NodeId parent, std::string_view name) {
  const auto table = reader.table(parent, name);
  if (!table) {
    return std::nullopt;
  }
  reader.check_keys(*table, kPathRuleKeys, "`" + std::string(name) + "`");
  auto within = read_folders(reader, *table, "within");
  auto deny = read_folders(reader, *table, "deny");
  if (within.empty() && deny.empty() && !reader.has_errors()) {
    reader.complain(*table, "`", name, "` has neither `within` nor `deny`");
  }
  return PathRule(std::move(within), std::move(deny),
                  reader.boolean(*table, "resolve").value_or(true));
}

bool PathRule::may_be_within(const std::string& reading) const {
  if (within_.empty()) {
    return true;
  }
  // Where these begin is known to the front end only.
  const bool open = !is_absolute_path(reading) && !reading.starts_with("//");
  if (open && resolve_) {
    return true;
  }
  return std::ranges::any_of(within_, [&reading, open](const std::string& folder) {
    return folder == "." ? open && !reading.starts_with('~') : is_within(folder, reading);
  });
}

std::optional<PlaceProblem> PathRule::check_normal(std::string_view text) const {
  const PathReadings path = read_path(text);
  if (path.nul) {
    return path_problem("path-nul", "a path holds a NUL byte");
  }
  if (path.process) {
    return path_problem("path-process", "a path goes around through /proc");
  }
  const bool relative = !is_absolute_path(path.normal.front());
  if (relative && path.climbs && !within_.empty()) {
    return path_problem("path-outside", "a path leads out of its folder");
  }
  for (const std::string& reading : path.normal) {
    if (!may_be_within(reading)) {
      return path_problem("path-outside", "a path is outside of the folders that are allowed");
    }
    if (std::ranges::any_of(deny_, [&reading](const std::string& folder) {
          return is_within(folder, reading, PathCase::kIgnored);
        })) {
      return path_problem("path-denied", "a path is in a folder that is denied");
    }
  }
  return std::nullopt;
}

std::optional<PlaceProblem> PathRule::check_resolved(std::string_view text, const Facts& facts,
                                                     std::vector<Need>& needs) const {
  std::optional<PlaceProblem> problem;
  const auto real = known_path(text, facts, needs, problem);
  bool inside = within_.empty();
  bool denied = false;
  for (const std::string& folder : within_) {
    const auto real_folder = known_path(folder, facts, needs, problem);
    inside = inside || (real && real_folder && is_within(*real_folder, *real));
  }
  for (const std::string& folder : deny_) {
    const auto real_folder = known_path(folder, facts, needs, problem);
    denied =
        denied || (real && (is_within(folder, *real, PathCase::kIgnored) ||
                            (real_folder && is_within(*real_folder, *real, PathCase::kIgnored))));
  }
  if (problem || !needs.empty()) {
    return problem;
  }
  if (!inside) {
    return path_problem("path-outside", "a path leads out of the folders that are allowed");
  }
  return denied ? std::optional(path_problem("path-denied", "a path leads into a denied folder"))
                : std::nullopt;
}

std::optional<PlaceProblem> PathRule::check(std::string_view text, const Facts& facts,
                                            std::vector<Need>& needs) const {
  if (auto problem = check_normal(text)) {
    return problem;
  }
  return resolve_ ? check_resolved(text, facts, needs) : std::nullopt;
}

std::optional<HostRule> HostRule::read(TableReader& reader, NodeId parent, std::string_view name) {
  const auto table = reader.table(parent, name);
  if (!table) {
    return std::nullopt;
  }
  reader.check_keys(*table, kHostRuleKeys, "`" + std::string(name) + "`");
  HostRule out;
  for (const NodeId node : reader.strings(*table, "allow")) {
    const std::string glob = reader.document().text(node);
    if (glob.empty() || glob.find('/') != std::string::npos) {
      reader.complain(node, "`", glob, "` is not a host")
          .hints.emplace_back("write `example.com` or `*.example.com`, without scheme and path");
    }
    out.allow_.push_back(canonical_host(glob));
  }
  out.deny_private_ = reader.boolean(*table, "deny_private").value_or(true);
  out.resolve_ = reader.boolean(*table, "resolve").value_or(out.deny_private_);
  return out;
}

std::optional<std::string> inside_address(const std::vector<IpAddress>& addresses) {
  for (const IpAddress& address : addresses) {
    const IpRange range = range_of(address);
    if (range != IpRange::kPublic) {
      return "a " + std::string(to_string(range)) + " address";
    }
  }
  return std::nullopt;
}

std::optional<PlaceProblem> HostRule::check_addresses(const UrlHost& url, const Facts& facts,
                                                      std::vector<Need>& needs) const {
  if (const auto inside = inside_address(url.addresses)) {
    return path_problem("host-private", "a host is " + *inside);
  }
  if (!url.addresses.empty()) {
    return std::nullopt;
  }
  if (is_local_name(url.host)) {
    return path_problem("host-private", "a host is a name of this machine or network");
  }
  if (!resolve_) {
    return std::nullopt;
  }
  const Fact* const fact = facts.find(NeedKind::kHost, url.host);
  if (fact == nullptr) {
    needs.push_back({.kind = NeedKind::kHost, .what = url.host});
    return std::nullopt;
  }
  switch (fact->state) {
    case FactState::kKnown: break;
    case FactState::kAbsent: return path_problem("host-unknown", "a host does not exist");
    case FactState::kFailed:
    case FactState::kTimeout:
      return path_problem("host-unresolved", "a host's addresses could not be found out", true);
  }
  if (fact->values.empty()) {
    return path_problem("host-unknown", "a host has no address");
  }
  for (const std::string& value : fact->values) {
    const auto addresses = ip_readings(value);
    const auto inside = inside_address(addresses);
    if (addresses.empty() || inside) {
      return path_problem("host-private", "a host leads to " + inside.value_or("no address"));
    }
  }
  return std::nullopt;
}

std::optional<PlaceProblem> HostRule::check(std::string_view text, const Facts& facts,
                                            std::vector<Need>& needs) const {
  const UrlHost url = read_bare_host(text);
  if (url.ambiguous) {
    return path_problem("url-ambiguous", "programs would disagree about the host");
  }
  const bool allowed =
      allow_.empty() || std::ranges::any_of(allow_, [&url](const std::string& glob) {
        return glob_match(glob, url.host);
      });
  if (!allowed) {
    return path_problem("host-not-allowed", "a host is not among those that are allowed");
  }
  return deny_private_ ? check_addresses(url, facts, needs) : std::nullopt;
}

}  // namespace merlon
