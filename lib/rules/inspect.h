#pragma once
/// One manifest × all rules and all checks of one manifest: the loop that scans and guards share.
/// What a hit means (severity, overrides, sums of soft scores) is the caller's business.
///
///   inspect_texts(manifest, state, limits, sink);       // every string and key, in document order
///   run_manifest_checks(manifest, limits, check_sink);  // the coded checks
///
/// Deterministic. `state` belongs to the calling thread.
#include <cstddef>
#include <cstdint>

#include "base/limits.h"
#include "model/manifest.h"
#include "rules/check.h"
#include "rules/matcher.h"

namespace merlon {

class TextHitSink {
 public:
  TextHitSink() = default;
  TextHitSink(const TextHitSink&) = delete;
  TextHitSink& operator=(const TextHitSink&) = delete;
  virtual ~TextHitSink() = default;
  /// One rule hit in the text of `node`; the places are bytes of its decoded text.
  virtual void text_hit(NodeId node, RuleHit hit) = 0;
  /// Of the `whole` bytes of a text only the first `seen` were looked at. Comes before its hits.
  virtual void text_cut(NodeId node, std::size_t seen, std::size_t whole) = 0;
};

/// The number of strings and keys that were looked at; those in a repeated part are not.
std::uint64_t inspect_texts(const Manifest& manifest, RuleMatcherState& state, const Limits& limits,
                            TextHitSink& sink);

/// Runs the checks that see one manifest at a time. Their hits are of manifest number 0.
void run_manifest_checks(const Manifest& manifest, const Limits& limits, CheckSink& sink);

}  // namespace merlon
