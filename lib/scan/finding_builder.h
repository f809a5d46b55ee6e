#pragma once
/// Hits of one manifest into findings: places, texts, overrides, masks.
#include <span>
#include <vector>

#include "model/finding.h"
#include "model/manifest.h"
#include "scan/rule_table.h"
#include "scan/scan_hit.h"
#include "scan/score.h"
#include "scan/secret_places.h"

namespace merlon {

/// What findings are made from. Views of what scan() holds.
struct FindingContextView {
  std::span<const Manifest* const> manifests;
  std::span<const SecretPlaces> secrets;  ///< one per manifest
  const SecretTexts& texts;
  const SecretTexts& key_texts;  ///< of secrets that stand in keys, and so in pointers
  const RuleTable& rules;
};

/// Adds the bytes of the secrets that `hits` name.
void collect_secrets(const Manifest& manifest, const std::vector<ScanHit>& hits,
                     SecretPlaces& places, SecretTexts& texts, SecretTexts& key_texts);

/// Findings of manifest number `number`; `counted` as from add_score_hits. Sorted, without
/// repetitions.
[[nodiscard]] std::vector<Finding> build_findings(const FindingContextView& context,
                                                  std::size_t number, const ManifestIndex& index,
                                                  const std::vector<ScanHit>& hits,
                                                  const std::vector<bool>& counted);

/// The report's order: file, offset, length, rule id, message.
[[nodiscard]] bool finding_before(const Finding& a, const Finding& b);

}  // namespace merlon
