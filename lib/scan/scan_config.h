#pragma once
/// merlon.toml: what a project wants from its scans. docs/spec/config.md is the format's
/// specification.
///
///   Checked<ScanConfig> config = load_scan_config(files, "merlon.toml", rule_ids, limits);
///   apply_config(*config, settings);
///
/// A configuration is used only when the user names it: one that lies in a scanned folder is a file
/// like any other, because an artefact must not be able to switch off the rules that would find it.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/limits.h"
#include "base/result.h"
#include "scan/scanner.h"

namespace merlon {

inline constexpr int kScanConfigVersion = 1;

struct ScanConfig {
  std::optional<Severity> fail_on;
  std::optional<Severity> min_severity;
  std::optional<int> score_threshold;
  std::vector<std::string> exclude;
  std::vector<RuleOverride> overrides;
  std::vector<std::pair<std::string, std::uint64_t>>
      limits;  ///< names of limit_infos() and their values
};

/// All problems at once (`syntax`, `bad-config`), each with its place: unknown keys, rules that
/// match none of `rule_ids`, entries that change nothing, and changes without a reason.
[[nodiscard]] Checked<ScanConfig> parse_scan_config(std::shared_ptr<const SourceText> source,
                                                    const std::vector<std::string_view>& rule_ids,
                                                    const Limits& limits);
[[nodiscard]] Checked<ScanConfig> load_scan_config(const FileSource& files, std::string_view path,
                                                   const std::vector<std::string_view>& rule_ids,
                                                   const Limits& limits);

/// Fills in threshold, limits and overrides. `fail_on`, `min_severity` and `exclude` are the
/// caller's.
void apply_config(const ScanConfig& config, ScanSettings& settings);

/// Sets one limit by name; `kUsage` with a hint for an unknown one or a value that it cannot hold.
[[nodiscard]] Status set_limit(Limits& limits, std::string_view name, std::uint64_t value);

}  // namespace merlon
