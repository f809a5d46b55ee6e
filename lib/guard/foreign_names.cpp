#include "guard/foreign_names.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "rules/name_look.h"

namespace merlon {
namespace {

constexpr std::size_t kLongestName = 256;
/// A short name is near to many others by chance.
constexpr std::size_t kShortestNearName = 8;
constexpr std::size_t kLongestNearName = 64;

bool is_glob(std::string_view pattern) {
  return pattern.find_first_of("*?[") != std::string_view::npos;
}

}  // namespace

std::string visible_look(std::string_view name) {
  std::string visible;
  for (std::size_t at = 0; at < name.size();) {
    const char32_t c = next_code_point(name, at);
    if (c != U' ' && c != 0xA0 && !needs_escape(c)) {
      append_utf8(visible, c);
    }
  }
  return look_of(visible);
}

void ForeignNames::add(std::string pattern, std::string owner) {
  if (is_glob(pattern)) {
    globs_.push_back({.name = std::move(pattern), .owner = std::move(owner)});
    return;
  }
  looks_.try_emplace(visible_look(pattern), Entry{.name = pattern, .owner = owner});
  names_.try_emplace(std::move(pattern), std::move(owner));
}

bool ForeignNames::contains(std::string_view name) const {
  if (names_.contains(name)) {
    return true;
  }
  for (const Entry& glob : globs_) {
    if (glob_match(glob.name, name)) {
      return true;
    }
  }
  return false;
}

std::optional<NameMatch> ForeignNames::match(std::string_view name) const {
  const auto same = names_.find(name);
  if (same != names_.end()) {
    return NameMatch{.likeness = NameLikeness::kSame, .name = same->first, .owner = same->second};
  }
  for (const Entry& glob : globs_) {
    if (glob_match(glob.name, name)) {
      return NameMatch{.likeness = NameLikeness::kSame, .name = glob.name, .owner = glob.owner};
    }
  }
  if (name.size() > kLongestName || names_.empty()) {
    return std::nullopt;
  }
  if (const auto look = looks_.find(visible_look(name)); look != looks_.end()) {
    return NameMatch{.likeness = NameLikeness::kLookalike,
                     .name = look->second.name,
                     .owner = look->second.owner};
  }
  return find_near(name);
}

std::optional<NameMatch> ForeignNames::find_near(std::string_view name) const {
  const std::string lower = to_lower_ascii(name);
  if (lower.size() < kShortestNearName || lower.size() > kLongestNearName) {
    return std::nullopt;
  }
  for (const auto& [other, owner] : names_) {
    const std::string other_lower = to_lower_ascii(other);
    const std::size_t longer = std::max(lower.size(), other_lower.size());
    const std::size_t shorter = std::min(lower.size(), other_lower.size());
    if (longer - shorter <= 1 && shorter >= kShortestNearName &&
        edit_distance(lower, other_lower, 1) == 1 && !is_ordinary_difference(other_lower, lower)) {
      return NameMatch{.likeness = NameLikeness::kNear, .name = other, .owner = owner};
    }
  }
  return std::nullopt;
}

}  // namespace merlon
