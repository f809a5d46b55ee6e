#pragma once
/// Several detectors of rules/detector.h over many texts: one pass over the literals of all of
/// them, then those that can have a hit.
///
/// Immutable; safe from many threads, each with its own FoldedText.
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/regex/folded_text.h"
#include "base/regex/literal_index.h"
#include "rules/detector.h"
#include "rules/matcher.h"

namespace merlon {

struct DetectorScanHit {
  std::size_t begin{0};
  std::size_t end{0};
  std::size_t detector{0};  ///< index into DetectorScan::kinds()
};

class DetectorScan {
 public:
  explicit DetectorScan(std::vector<const DetectorKind*> kinds,
                        Prefilter prefilter = Prefilter::kOn);

  [[nodiscard]] const std::vector<const DetectorKind*>& kinds() const { return kinds_; }
  /// Replaces `hits` by those of the text, sorted by begin, the longer first; overlapping ones
  /// stay.
  void find(std::string_view text, FoldedText& folded, std::vector<DetectorScanHit>& hits) const {
    folded.assign(text);
    find_folded(text, folded, hits);
  }
  /// The same of a text that is folded already.
  void find_folded(std::string_view text, const FoldedText& folded,
                   std::vector<DetectorScanHit>& hits) const;

 private:
  void note_beginnings(const LiteralTable& table);
  [[nodiscard]] std::uint64_t candidates(const FoldedText& folded) const;

  std::vector<const DetectorKind*> kinds_;
  std::vector<std::string_view> literals_;
  std::vector<std::size_t> owner_;  ///< by literal
  LiteralTables tables_;
  /// By the hash of three bytes: whether a literal's gram begins with them.
  std::vector<std::uint64_t> beginnings_;
  std::uint64_t always_{0};
  Prefilter prefilter_;
};

}  // namespace merlon
