#pragma once
/// Where a call may reach: folders and hosts. Used by every guard that has `paths` or `hosts`.
///
///   paths = {within = ["/srv/project"], deny = ["/srv/project/.git"], resolve = true}
///   hosts = {allow = ["*.example.com"], deny_private = true, resolve = true}
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/table_reader.h"
#include "base/url_host.h"
#include "model/event.h"

namespace merlon {

/// Why a path or URL is refused.
struct PlaceProblem {
  std::string rule_id;
  std::string message;
  /// A fact could not be found out: the guard cannot tell.
  bool failed{false};
};

class PathRule {
 public:
  /// Reads the table `name` of `parent`; nothing when it is absent or wrong (the reader has the
  /// complaints then).
  [[nodiscard]] static std::optional<PathRule> read(TableReader& reader, NodeId parent,
                                                    std::string_view name);
  PathRule(std::vector<std::string> within, std::vector<std::string> deny, bool resolve)
      : within_(std::move(within)), deny_(std::move(deny)), resolve_(resolve) {}

  /// Nothing when all is well, or when `needs` has grown: then facts are missing.
  [[nodiscard]] std::optional<PlaceProblem> check(std::string_view text, const Facts& facts,
                                                  std::vector<Need>& needs) const;

 private:
  [[nodiscard]] std::optional<PlaceProblem> check_normal(std::string_view text) const;
  [[nodiscard]] std::optional<PlaceProblem> check_resolved(std::string_view text,
                                                           const Facts& facts,
                                                           std::vector<Need>& needs) const;
  [[nodiscard]] bool may_be_within(const std::string& reading) const;

  std::vector<std::string> within_;  ///< normal; empty: everywhere
  std::vector<std::string> deny_;
  bool resolve_;
};

class HostRule {
 public:
  [[nodiscard]] static std::optional<HostRule> read(TableReader& reader, NodeId parent,
                                                    std::string_view name);

  /// `text`: a URL or a host.
  [[nodiscard]] std::optional<PlaceProblem> check(std::string_view text, const Facts& facts,
                                                  std::vector<Need>& needs) const;

 private:
  [[nodiscard]] std::optional<PlaceProblem> check_addresses(const UrlHost& url, const Facts& facts,
                                                            std::vector<Need>& needs) const;

  std::vector<std::string> allow_;  ///< globs over canonical hosts; empty: all
  bool deny_private_{true};
  bool resolve_{true};
};

/// The first of these addresses that is not public, in words; nothing when all are.
[[nodiscard]] std::optional<std::string> inside_address(const std::vector<IpAddress>& addresses);

}  // namespace merlon
