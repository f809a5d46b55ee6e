#pragma once
/// The scan: many inputs × one rule pack → one report. This header is the manual of the module.
///
///   ScanInputs inputs;
///   collect_path(inputs, files, ".mcp.json", {});                 // folder_walk.h
///   MERLON_TRY(auto rules, CompiledRules::built_in());            // rules/matcher.h
///   const ScanReport report = scan(inputs, ScanSettings{}, rules);
///   for (const Finding& finding : report.findings) { ... }
///   if (report.incomplete()) { ... }                              // something was not looked at:
///   see report.coverage
///
/// What happens to each input, in this order:
///
///   1. It is read and becomes manifests (manifest/format.h). What cannot be read, parsed or
///   understood becomes a coverage
///      entry, never silence. A file that only a folder walk found and that is no manifest is
///      `skipped`.
///   2. Every string and every key of the document is matched against the rules under its surface
///   label, in document order;
///      the coded checks of one manifest run. Inputs are spread over `jobs` threads.
///   3. With an earlier state (`ScanInput::read_before`): what stands in an item or server that has
///   not changed is dropped.
///   4. Checks over all manifests together run: the registry's, the Rule of Two,
///   `ScanSettings::extra_checks` (the lock).
///   5. Soft signals are summed per tool, prompt, resource or skill; a sum at or above
///   `score_threshold` becomes a hard
///      finding that lists its signals.
///   6. The configuration's overrides are applied; places, excerpts and fingerprints are filled in;
///   every byte of a secret is
///      masked in all texts of the report, also where another finding's context shows it.
///   7. Findings are sorted by (file, offset, length, rule id, message), and equal ones removed.
///
/// The scan starts no process and opens no socket, and writes nothing. The report is a function of
/// the inputs' bytes and names, the settings (but for `jobs` and `progress`) and the rules: neither
/// the number of threads nor the order of the inputs changes a byte of it.
///
/// Memory: a document costs its bytes (mapped, for large files) and 24 bytes for each key and
/// value, and lives until the checks over all manifests have run. Files that are no manifests are
/// freed at once.
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "model/scan_report.h"
#include "rules/check.h"
#include "rules/matcher.h"
#include "scan/inputs.h"

namespace merlon {

/// A change of a rule by the scan configuration. Later entries win over earlier ones.
struct RuleOverride {
  std::string rule;                ///< a rule's id, or a glob over ids
  std::vector<std::string> files;  ///< globs over file names; empty: all files
  bool disable{false};             ///< findings stay in the report as suppressed
  std::optional<Severity> severity;
  std::optional<Tier> tier;
  std::string reason;
};

/// How far a scan is. `bytes` counts what has been read so far.
struct ScanProgress {
  std::size_t done{0};
  std::size_t total{0};
  std::uint64_t bytes{0};
  std::string_view file;  ///< the input that was done last
};

/// A check that needs more than the manifests (a lock file, a baseline), handed in by the caller.
struct ExtraCheck {
  std::vector<Rule>
      rules;  ///< metadata of what it reports; a rule of the pack with the same id wins
  std::function<void(const CheckInput& input, CheckSink& sink)> run;
};

struct ScanSettings {
  Limits limits;
  std::string manifest_format;  ///< force this format for all inputs; empty: detect
  unsigned jobs{0};             ///< threads; 0: as many as the machine has
  int score_threshold{60};      ///< a tool's sum of soft scores from which it is a finding
  std::vector<RuleOverride> overrides;
  std::vector<ExtraCheck> extra_checks;
  /// Called after each input, from any thread but never by two at once. Must be quick.
  std::function<void(const ScanProgress& progress)> progress;
};

/// Cannot fail: what goes wrong with an input is in the report's coverage. `report.fail_on`,
/// `tool_version` and `unused_baseline` are left to the caller.
[[nodiscard]] ScanReport scan(ScanInputs inputs, const ScanSettings& settings,
                              const std::shared_ptr<const CompiledRules>& rules);

/// Metadata of the findings that the scanner itself makes (`suspicious-definition`,
/// `rule-budget-exceeded`). A pack may hold a rule of the same id, which then wins.
[[nodiscard]] std::vector<Rule> engine_rules();

}  // namespace merlon
