#include "scan/scan_config.h"

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "base/toml/toml_reader.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 4> kTopKeys{"format", "scan", "limits", "rule"};
constexpr std::array<std::string_view, 4> kScanKeys{"fail_on", "min_severity", "score_threshold",
                                                    "exclude"};
constexpr std::array<std::string_view, 6> kRuleKeys{"id",   "disable", "severity",
                                                    "tier", "files",   "reason"};
constexpr std::string_view kSeverities = "info, low, medium, high or critical";

const LimitInfo* find_limit(std::string_view name) {
  for (const LimitInfo& info : limit_infos()) {
    if (info.name == name) {
      return &info;
    }
  }
  return nullptr;
}

std::vector<std::string_view> limit_names() {
  std::vector<std::string_view> names;
  for (const LimitInfo& info : limit_infos()) {
    names.push_back(info.name);
  }
  return names;
}

/// Reads the tree and keeps all problems.
class ConfigReader {
 public:
  ConfigReader(const Document& document, const std::vector<std::string_view>& rule_ids)
      : document_(document), rule_ids_(rule_ids) {}

  Checked<ScanConfig> read() {
    check_keys(document_.root(), kTopKeys, "merlon.toml");
    read_format();
    if (const auto table = table_of("scan")) {
      read_scan(*table);
    }
    if (const auto table = table_of("limits")) {
      read_limits(*table);
    }
    if (const auto rules = document_.find(document_.root(), "rule")) {
      read_rules(*rules);
    }
    if (!errors_.empty()) {
      std::stable_sort(errors_.begin(), errors_.end(), [](const Error& a, const Error& b) {
        return std::tie(a.where.line, a.where.column) < std::tie(b.where.line, b.where.column);
      });
      return std::unexpected(std::move(errors_));
    }
    return std::move(config_);
  }

 private:
  template <class... Parts>
  Error& complain(NodeId node, const Parts&... parts) {
    Error error = make_error(ErrorCode::kBadConfig, parts...);
    // Keys and values of the file may hold line breaks; a message is one line.
    error.message = escape_for_display(error.message);
    error.where = document_.locate(node);
    errors_.push_back(std::move(error));
    return errors_.back();
  }

  static void add_nearest(Error& error, std::string_view word,
                          const std::vector<std::string_view>& choices) {
    if (const std::string_view near = nearest(word, choices); !near.empty()) {
      error.hints.push_back("did you mean `" + std::string(near) + "`?");
    }
  }

  void check_keys(NodeId object, std::span<const std::string_view> known, std::string_view what) {
    for (const auto& [key, value] : document_.members(object)) {
      const std::string name = document_.text(key);
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        add_nearest(complain(key, "unknown key `", name, "` in ", what), name,
                    {known.begin(), known.end()});
      }
    }
  }

  std::optional<NodeId> table_of(std::string_view name) {
    const auto table = document_.find(document_.root(), name);
    if (table && !document_.is(*table, NodeKind::kObject)) {
      complain(*table, "`", name, "` must be a table `[", name, "]`");
      return std::nullopt;
    }
    return table;
  }

  void read_format() {
    const auto format = document_.find(document_.root(), "format");
    if (!format) {
      Error& error = complain(document_.root(), "`format` is missing");
      error.where = document_.source().locate(0, 0);
      error.hints.emplace_back("begin the file with `format = 1`");
    } else if (unsigned_of(*format) != std::uint64_t{kScanConfigVersion}) {
      complain(*format, "`format` must be 1, the only version that this merlon knows");
    }
  }

  [[nodiscard]] std::optional<std::uint64_t> unsigned_of(NodeId node) const {
    if (!document_.is(node, NodeKind::kNumber)) {
      return std::nullopt;
    }
    std::string digits = document_.text(node);
    std::erase(digits, '_');
    return parse_unsigned(digits);
  }

  std::optional<Severity> severity_of(NodeId node, std::string_view name) {
    const auto severity =
        document_.is(node, NodeKind::kString) ? parse_severity(document_.text(node)) : std::nullopt;
    if (!severity) {
      complain(node, "`", name, "` must be ", kSeverities);
    }
    return severity;
  }

  std::vector<std::string> globs_of(NodeId node, std::string_view name) {
    std::vector<std::string> out;
    if (!document_.is(node, NodeKind::kArray)) {
      complain(node, "`", name, "` must be a list of globs");
      return out;
    }
    for (const NodeId element : document_.elements(node)) {
      if (document_.is(element, NodeKind::kString) && !document_.text(element).empty()) {
        out.push_back(document_.text(element));
      } else {
        complain(element, "`", name, "` must be a list of globs");
      }
    }
    return out;
  }

  void read_scan(NodeId table) {
    check_keys(table, kScanKeys, "`[scan]`");
    if (const auto value = document_.find(table, "fail_on")) {
      config_.fail_on = severity_of(*value, "fail_on");
    }
    if (const auto value = document_.find(table, "min_severity")) {
      config_.min_severity = severity_of(*value, "min_severity");
    }
    if (const auto value = document_.find(table, "score_threshold")) {
      const auto number = unsigned_of(*value);
      if (number && *number >= 1 && *number <= 1000) {
        config_.score_threshold = static_cast<int>(*number);
      } else {
        complain(*value, "`score_threshold` must be a whole number from 1 to 1000");
      }
    }
    if (const auto value = document_.find(table, "exclude")) {
      config_.exclude = globs_of(*value, "exclude");
    }
  }

  void read_limits(NodeId table) {
    for (const auto& [key, value] : document_.members(table)) {
      const std::string name = document_.text(key);
      const auto number = unsigned_of(value);
      Limits scratch;
      if (find_limit(name) == nullptr) {
        add_nearest(complain(key, "unknown limit `", name, "`"), name, limit_names());
      } else if (!number || !set_limit(scratch, name, *number)) {
        complain(value, "`", name, "` must be a whole number in its range");
      } else {
        config_.limits.emplace_back(name, *number);
      }
    }
  }

  void read_rules(NodeId rules) {
    if (!document_.is(rules, NodeKind::kArray)) {
      complain(rules, "`rule` must be a list of tables `[[rule]]`");
      return;
    }
    for (const NodeId rule : document_.elements(rules)) {
      if (document_.is(rule, NodeKind::kObject)) {
        read_rule(rule);
      } else {
        complain(rule, "`rule` must be a list of tables `[[rule]]`");
      }
    }
  }

  void read_rule(NodeId rule) {
    check_keys(rule, kRuleKeys, "`[[rule]]`");
    RuleOverride out;
    read_id(rule, out);
    if (const auto value = document_.find(rule, "disable")) {
      if (!document_.is(*value, NodeKind::kBool)) {
        complain(*value, "`disable` must be true or false");
      }
      out.disable = document_.is_true(value);
    }
    if (const auto value = document_.find(rule, "severity")) {
      out.severity = severity_of(*value, "severity");
    }
    if (const auto value = document_.find(rule, "tier")) {
      out.tier = document_.is(*value, NodeKind::kString) ? parse_tier(document_.text(*value))
                                                         : std::nullopt;
      if (!out.tier) {
        complain(*value, "`tier` must be hard or soft");
      }
    }
    if (const auto value = document_.find(rule, "files")) {
      out.files = globs_of(*value, "files");
    }
    out.reason = document_.string_or(document_.find(rule, "reason"), "");
    if (trim(out.reason).empty()) {
      complain(rule, "a change of a rule needs a `reason`");
    }
    if (!out.disable && !out.severity && !out.tier) {
      complain(rule, "this entry changes nothing: give `disable`, `severity` or `tier`");
    }
    config_.overrides.push_back(std::move(out));
  }

  void read_id(NodeId rule, RuleOverride& out) {
    const auto id = document_.find(rule, "id", NodeKind::kString);
    if (!id) {
      complain(rule, "`id` is missing: which rule is meant");
      return;
    }
    out.rule = document_.text(*id);
    const bool known = std::any_of(rule_ids_.begin(), rule_ids_.end(), [&](std::string_view name) {
      return glob_match(out.rule, name);
    });
    if (!known) {
      add_nearest(complain(*id, "there is no rule `", out.rule, "`"), out.rule, rule_ids_);
    }
  }

  const Document& document_;
  const std::vector<std::string_view>& rule_ids_;
  ScanConfig config_;
  std::vector<Error> errors_;
};

}  // namespace

Status set_limit(Limits& limits, std::string_view name, std::uint64_t value) {
  const LimitInfo* info = find_limit(name);
  if (info == nullptr) {
    Error error = make_error(ErrorCode::kUsage, "unknown limit `", name, "`");
    const std::string_view near = nearest(name, limit_names());
    error.hints.push_back(near.empty() ? "docs/spec/limits.md lists the limits"
                                       : "did you mean `" + std::string(near) + "`?");
    return std::unexpected(std::move(error));
  }
  info->set(limits, value);
  if (value == 0 || info->get(limits) != value) {
    return fail(ErrorCode::kUsage, "limit `", name, "` cannot be ", std::to_string(value));
  }
  return {};
}

Checked<ScanConfig> parse_scan_config(std::shared_ptr<const SourceText> source,
                                      const std::vector<std::string_view>& rule_ids,
                                      const Limits& limits) {
  auto document = parse_toml(std::move(source), limits);
  if (!document) {
    return std::unexpected(std::vector<Error>{document.error()});
  }
  return ConfigReader(*document, rule_ids).read();
}

Checked<ScanConfig> load_scan_config(const FileSource& files, std::string_view path,
                                     const std::vector<std::string_view>& rule_ids,
                                     const Limits& limits) {
  auto source = files.read(path, limits.toml_bytes);
  if (!source) {
    return std::unexpected(std::vector<Error>{source.error()});
  }
  return parse_scan_config(*std::move(source), rule_ids, limits);
}

void apply_config(const ScanConfig& config, ScanSettings& settings) {
  settings.score_threshold = config.score_threshold.value_or(settings.score_threshold);
  for (const auto& [name, value] : config.limits) {
    (void)set_limit(settings.limits, name, value);  // checked when it was read
  }
  settings.overrides.insert(settings.overrides.end(), config.overrides.begin(),
                            config.overrides.end());
}

}  // namespace merlon
