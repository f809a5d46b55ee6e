#pragma once
/// Secrets in one text: by their form, and by the name of the member that the text is the value of.
///
///   const SecretSearch search(default_secret_detectors(), true);
///   std::vector<SecretPiece> pieces;
///   search.find(key, text, folded, pieces);
///
/// Immutable; safe from many threads, each with its own FoldedText and pieces.
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "guard/detector_scan.h"

namespace merlon {

/// The rule of a piece that was found by its member's name and not by its form.
inline constexpr std::string_view kSecretMember = "secret-member";

struct SecretPiece {
  std::size_t begin{0};
  std::size_t end{0};
  std::string_view rule;  ///< the detector, or kSecretMember
};

/// The names of all detectors of secrets, sorted.
[[nodiscard]] std::span<const std::string_view> secret_detector_names();
[[nodiscard]] std::vector<const DetectorKind*> default_secret_detectors();

class SecretSearch {
 public:
  /// `names`: look at the names of members as well.
  SecretSearch(std::vector<const DetectorKind*> detectors, bool names,
               Prefilter prefilter = Prefilter::kOn);

  /// Replaces `pieces` by those of `text`, sorted and disjoint: overlapping finds are one piece
  /// under the name of the first. `key` is empty where the text is no member's value.
  void find(std::string_view key, std::string_view text, FoldedText& folded,
            std::vector<SecretPiece>& pieces) const;
  /// The same of a text that is folded already.
  void find_folded(std::string_view key, std::string_view text, const FoldedText& folded,
                   std::vector<SecretPiece>& pieces) const;

 private:
  void put_together(std::string_view key, std::string_view text,
                    const std::vector<DetectorScanHit>& hits,
                    std::vector<SecretPiece>& pieces) const;

  DetectorScan scan_;
  bool names_;
  Prefilter prefilter_;
};

}  // namespace merlon
