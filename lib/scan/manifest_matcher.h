#pragma once
/// One manifest × all rules and all checks of one manifest.
#include "base/limits.h"
#include "model/manifest.h"
#include "rules/matcher.h"
#include "scan/rule_table.h"
#include "scan/scan_hit.h"

namespace merlon {

/// Matches every string and key of the document in document order, then runs the coded checks.
/// `state` belongs to the calling thread.
[[nodiscard]] ManifestHits match_manifest(const Manifest& manifest, const RuleTable& rules,
                                          RuleMatcherState& state, const Limits& limits);

/// Collects what checks report, as hits per manifest. Hits of unknown or switched-off rules are
/// dropped, and so are those in a repeated part; above `limits.findings` per manifest the rest is
/// counted in `limits`.
class HitCollector final : public CheckSink {
 public:
  HitCollector(std::span<const Manifest* const> manifests, const RuleTable& rules,
               const Limits& limits, std::vector<ManifestHits>& out)
      : manifests_(manifests), rules_(rules), limits_(limits), out_(out) {}
  void report(CheckHit hit) override;

 private:
  std::span<const Manifest* const> manifests_;
  const RuleTable& rules_;
  const Limits& limits_;
  std::vector<ManifestHits>& out_;
};

}  // namespace merlon
