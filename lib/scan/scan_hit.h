#pragma once
/// What rules and checks said about nodes of a manifest, before places and texts are worked out.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/finding.h"
#include "model/rule.h"
#include "rules/check.h"

namespace merlon {

/// In a hit of one manifest, a related place of that same manifest: its number is not known yet.
inline constexpr std::size_t kSameManifest = static_cast<std::size_t>(-1);

struct RelatedHit {
  std::string message;
  std::size_t manifest{kSameManifest};
  NodeId node{0};
  std::size_t begin{0};
  std::size_t end{kWholeNode};

  /// The manifest's number, for a hit of manifest number `own`.
  [[nodiscard]] std::size_t manifest_of(std::size_t own) const {
    return manifest == kSameManifest ? own : manifest;
  }
};

struct ScanHit {
  const Rule* rule{nullptr};
  NodeId node{0};
  std::size_t begin{0};  ///< bytes of the node's decoded text
  std::size_t end{kWholeNode};
  std::string message;  ///< empty: the rule's
  Evidence evidence;    ///< empty text: the bytes of the place
  bool secret{false};
  bool unfinished{false};  ///< the rule reached a bound: coverage is partial
  int score{0};
  std::optional<Severity> severity;  ///< instead of the rule's
  std::vector<RelatedHit> related;
  std::vector<ScoreSignal> signals;
};

/// All hits in one manifest.
struct ManifestHits {
  std::vector<ScanHit> hits;
  std::uint64_t strings{0};         ///< strings and keys looked at
  std::vector<std::string> limits;  ///< what was not looked at because of a limit, as text
  bool full{false};                 ///< the limit on findings was reached: later hits are not here
};

}  // namespace merlon
