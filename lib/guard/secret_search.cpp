#include "guard/secret_search.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/text.h"
#include "rules/secret_names.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 15> kSecretDetectors{
    "anthropic-key",  "assigned-secret", "aws-key",     "github-token", "gitlab-token",
    "google-key",     "json-web-token",  "npm-token",   "openai-key",   "private-key",
    "provider-token", "pypi-token",      "slack-token", "stripe-key",   "url-password"};

/// No value that is named like a secret is one below this.
constexpr std::size_t kShortestNamed = 8;
/// No detector has a shorter hit but those of addresses: `p=hunter2!` is none, `://u:pass@` is one.
constexpr std::size_t kShortestHit = 12;

bool may_hold_secret(std::string_view text) {
  return text.size() >= kShortestHit || text.find("://") != std::string_view::npos;
}

/// Members whose names have `token` or `key` in them and whose values are places in a list.
bool is_place_in_list(std::string_view key) {
  constexpr std::array<std::string_view, 8> kWords{"page",   "next", "progress", "cursor",
                                                   "contin", "sync", "state",    "cache"};
  const std::string lower = to_lower_ascii(key.substr(0, 64));
  return std::any_of(kWords.begin(), kWords.end(), [&lower](std::string_view word) {
    return lower.find(word) != std::string::npos;
  });
}

}  // namespace

std::span<const std::string_view> secret_detector_names() {
  return kSecretDetectors;
}

std::vector<const DetectorKind*> default_secret_detectors() {
  std::vector<const DetectorKind*> out;
  out.reserve(kSecretDetectors.size());
  for (const std::string_view name : kSecretDetectors) {
    out.push_back(find_detector(name));
  }
  return out;
}

SecretSearch::SecretSearch(std::vector<const DetectorKind*> detectors, bool names,
                           Prefilter prefilter)
    : scan_(std::move(detectors), prefilter), names_(names), prefilter_(prefilter) {}

void SecretSearch::find(std::string_view key, std::string_view text, FoldedText& folded,
                        std::vector<SecretPiece>& pieces) const {
  std::vector<DetectorScanHit> hits;
  if (prefilter_ == Prefilter::kOff || may_hold_secret(text)) {
    scan_.find(text, folded, hits);
  }
  put_together(key, text, hits, pieces);
}

void SecretSearch::find_folded(std::string_view key, std::string_view text,
                               const FoldedText& folded, std::vector<SecretPiece>& pieces) const {
  std::vector<DetectorScanHit> hits;
  scan_.find_folded(text, folded, hits);
  put_together(key, text, hits, pieces);
}

// Overlapping hits are one piece; without a hit the member's name counts.
void SecretSearch::put_together(std::string_view key, std::string_view text,
                                const std::vector<DetectorScanHit>& hits,
                                std::vector<SecretPiece>& pieces) const {
  pieces.clear();
  for (const DetectorScanHit& hit : hits) {
    if (!pieces.empty() && hit.begin < pieces.back().end) {
      pieces.back().end = std::max(pieces.back().end, hit.end);
      continue;
    }
    pieces.push_back({hit.begin, hit.end, scan_.kinds()[hit.detector]->name});
  }
  if (!pieces.empty() || !names_ || key.empty() || text.size() < kShortestNamed) {
    return;
  }
  const SecretName name = classify_secret_name(key);
  if (name != SecretName::kNo && !is_place_in_list(key) && could_be_secret(name, text)) {
    pieces.push_back({0, text.size(), kSecretMember});
  }
}

}  // namespace merlon
