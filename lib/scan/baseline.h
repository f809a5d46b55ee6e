#pragma once
/// Findings that somebody accepted: who, why, and until when. docs/spec/baseline.md is the format's
/// specification.
///
///   MERLON_TRY(auto source, files.read("merlon.baseline.json", kMaxBaselineBytes));
///   Checked<Baseline> baseline = parse_baseline(source, limits);
///   apply_baseline(report, *baseline, today(clock));
///
/// A baseline is used only when the user names it; one that lies in a scanned folder is a file like
/// any other, because an artefact must not be able to suppress what is found in it.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/scan_report.h"

namespace merlon {

inline constexpr int kBaselineVersion = 1;

struct BaselineEntry {
  std::string fingerprint;  ///< 32 hex digits
  std::string rule;
  std::string file;  ///< as it was named when the entry was written
  std::string owner;
  std::string reason;
  Date expires{};  ///< the last day on which it suppresses
  std::optional<Date> first_seen;
  Location where;  ///< of the entry in the baseline
};

struct Baseline {
  std::string file;
  std::vector<BaselineEntry> entries;
};

/// All problems of the file at once (`syntax`, `bad-config`), each with its place: unknown keys,
/// missing keys, empty owners or reasons, dates that are none, fingerprints listed twice for one
/// file.
[[nodiscard]] Checked<Baseline> parse_baseline(std::shared_ptr<const SourceText> source,
                                               const Limits& limits);
[[nodiscard]] Checked<Baseline> load_baseline(const FileSource& files, std::string_view path,
                                              const Limits& limits);

/// Why this finding can never be accepted in a baseline; empty when it can. Secrets must be
/// revoked, and what is known to be malicious must go.
[[nodiscard]] std::string_view never_accepted(const ScanReport& report, const Finding& finding);

/// Suppresses the findings that have an entry: same fingerprint and rule, and one file's name ends
/// in the other's. An entry that is expired on `today`, that matches nothing, or whose finding can
/// never be accepted, does nothing and is listed in `report.unused_baseline`. Findings that are
/// suppressed already stay as they are.
void apply_baseline(ScanReport& report, const Baseline& baseline, Date today);

/// Who accepts, why, until when.
struct BaselineTerms {
  std::string owner;
  std::string reason;
  Date expires{};
  Date today{};                       ///< becomes `first_seen` of what is new
  const Baseline* previous{nullptr};  ///< the one that was applied to the report, if any
};

struct WrittenBaseline {
  std::string text;
  std::size_t entries{0};
  std::size_t refused{0};  ///< findings that can never be accepted
};

/// A baseline of all findings that no configuration suppresses. Findings that a baseline of this
/// run accepts keep their owner, reason and expiry. The text depends on nothing else than the
/// arguments.
[[nodiscard]] WrittenBaseline write_baseline(const ScanReport& report, const BaselineTerms& terms);

}  // namespace merlon
