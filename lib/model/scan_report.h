#pragma once
/// The result of one scan: findings, and what was and was not looked at.
#include <cstdint>
#include <string>
#include <vector>

#include "model/finding.h"
#include "model/rule.h"

namespace merlon {

enum class CoverageState : std::uint8_t {
  kScanned,  ///< read and looked at as a whole
  kPartial,  ///< read, but a part was not looked at (a limit, an unknown part, a list with a next
             ///< page)
  kSkipped,  ///< not a manifest of any known format; nothing was expected of it
  kFailed,   ///< could not be read or parsed
};
[[nodiscard]] std::string_view to_string(CoverageState state);

/// One input. Everything that was found on the way is listed, so that "0 findings" can be believed.
struct CoverageEntry {
  std::string file;
  CoverageState state{CoverageState::kScanned};
  std::string format;          ///< name of the manifest format; empty when unknown
  std::string reason;          ///< for all but kScanned
  std::string rendered_error;  ///< the whole error text with its place, for stderr; may be empty
  std::uint64_t bytes{0};
  std::uint32_t servers{0};
  std::uint32_t tools{0};
  std::uint32_t items{0};    ///< tools, prompts, resources and skills together
  std::uint64_t strings{0};  ///< strings looked at
};

struct RulePackInfo {
  std::string name;
  std::string version;
  std::string digest;  ///< sha256 of the compiled pack, hex
  std::uint32_t rules{0};
};

struct ScanReport {
  std::string tool_version;
  RulePackInfo pack;
  std::vector<Finding> findings;        ///< suppressed ones included; sorted
  std::vector<CoverageEntry> coverage;  ///< sorted by file
  std::vector<Rule> rules;              ///< metadata of the rules named by `findings`, sorted by id
  Severity fail_on{Severity::kHigh};
  std::uint64_t estimated_tokens{0};  ///< of all tool definitions, about 4 bytes each
  std::vector<std::string>
      unused_baseline;  ///< entries of the baseline that matched nothing or are expired, as text

  /// scan() has masked every secret in all texts and excerpts, and so their lengths no longer are
  /// those of the source.
  bool masked{false};

  [[nodiscard]] bool incomplete() const;
  /// Not suppressed and at least this severe.
  [[nodiscard]] std::size_t count_at_least(Severity severity) const;
  /// What decides the exit code: hard findings, not suppressed, at or above `fail_on`. Soft signals
  /// never count alone.
  [[nodiscard]] std::size_t count_failing() const;
};

}  // namespace merlon
