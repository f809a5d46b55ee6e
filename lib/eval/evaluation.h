#pragma once
/// How a scan fares on a labelled corpus. Every case is scanned alone, in memory, by the same
/// scan() as `merlon scan`; flagged means that the scan of this case would exit with 1 (hard
/// findings at or above `fail_on`).
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "eval/corpus.h"
#include "eval/wrapper.h"
#include "model/severity.h"
#include "rules/matcher.h"

namespace merlon {

enum class HalfChoice : std::uint8_t { kA, kB, kAll };

struct EvalSettings {
  HalfChoice half{HalfChoice::kAll};
  bool strip_wrapper{false};                 ///< also without the wrapper's own words
  std::vector<const WrapperKind*> wrappers;  ///< also payloads in these, in benign tools
  Severity fail_on{Severity::kHigh};
  unsigned jobs{0};  ///< threads; 0: as many as the machine has
  Limits limits;
};

enum class RowKind : std::uint8_t {
  kCaught,  ///< attacks that were flagged: more is better
  kAlarm,   ///< harmless cases that were flagged: fewer is better
};

/// One line of the table.
struct EvalRow {
  std::string id;  ///< e.g. "poisoned", "wrapper:when-called", "text:de"
  RowKind kind{RowKind::kCaught};
  std::uint64_t hits{0};
  std::uint64_t cases{0};
};

/// A rule that fired (hard) on harmless cases.
struct AlarmCount {
  std::uint64_t tools{0};
  std::uint64_t texts{0};
};

/// A case that came out wrong, by its place only: corpora's texts are not copied.
struct EvalMiss {
  std::string place;
  std::string row;
  std::vector<std::string> rules;  ///< ids of what was found
};

struct EvalReport {
  RulePackInfo pack;
  std::string half;
  std::vector<EvalRow> rows;
  std::map<std::string, AlarmCount> alarms;
  std::vector<EvalMiss> misses;
  /// How many cases each rule was seen in, whatever its severity; rules that no case fires have 0.
  std::map<std::string, std::uint64_t> coverage;
  std::uint64_t benign_rows{0};
  double precision{0};  ///< of all cases of this corpus together: depends on its mixture

  [[nodiscard]] const EvalRow* find(std::string_view id) const;
};

/// Deterministic: depends on corpus, settings (but for `jobs`) and rules only.
[[nodiscard]] EvalReport evaluate(const Corpus& corpus, const EvalSettings& settings,
                                  const std::shared_ptr<const CompiledRules>& rules);

}  // namespace merlon
