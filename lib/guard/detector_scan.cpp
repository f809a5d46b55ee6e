#include "guard/detector_scan.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace merlon {
namespace {

constexpr std::size_t kShortestLiteral = 3;  // what a literal table takes
constexpr std::size_t kMostDetectors = 64;
constexpr std::uint32_t kThreeBytes = 0x00FFFFFFU;

LiteralTableView view_of(const LiteralTable& table) {
  return {.bitmap = table.bitmap, .buckets = table.buckets, .entries = table.entries};
}

}  // namespace

DetectorScan::DetectorScan(std::vector<const DetectorKind*> kinds, Prefilter prefilter)
    : kinds_(std::move(kinds)), prefilter_(prefilter) {
  kinds_.resize(std::min(kinds_.size(), kMostDetectors));
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    const auto& literals = kinds_[i]->literals;
    const bool all_fit =
        !literals.empty() && std::all_of(literals.begin(), literals.end(), [](auto literal) {
          return literal.size() >= kShortestLiteral;
        });
    if (!all_fit) {
      always_ |= std::uint64_t{1} << i;
      continue;
    }
    for (const std::string_view literal : literals) {
      literals_.push_back(literal);
      owner_.push_back(i);
    }
  }
  tables_ = build_literal_tables(literals_);
  beginnings_.resize(LiteralTable::kBitmapWords);
  note_beginnings(tables_.four);
  note_beginnings(tables_.three);
}

void DetectorScan::note_beginnings(const LiteralTable& table) {
  for (const LiteralEntry& entry : table.entries) {
    const std::uint32_t hash = hash_gram(entry.gram & kThreeBytes);
    beginnings_[hash >> 6U] |= std::uint64_t{1} << (hash & 63U);
  }
}

std::uint64_t DetectorScan::candidates(const FoldedText& folded) const {
  if (prefilter_ == Prefilter::kOff) {
    return ~std::uint64_t{0};
  }
  std::uint64_t found = always_;
  const std::string_view text = folded.text();
  const auto compare = [this, text, &found](std::uint32_t literal, std::size_t begin) {
    const std::uint64_t bit = std::uint64_t{1} << owner_[literal];
    if ((found & bit) == 0 && has_literal_at(text, begin, literals_[literal])) {
      found |= bit;
    }
  };
  // The literals are few: one look at three bytes says for nearly every place that none is there.
  const LiteralTableView four = view_of(tables_.four);
  const LiteralTableView three = view_of(tables_.three);
  GramPlaces places({.four = nullptr, .three = beginnings_.data()}, text);
  for (auto near = places.next(); !near.empty(); near = places.next()) {
    for (const GramPlace& place : near) {
      std::uint32_t gram = 0;
      std::memcpy(&gram, text.data() + place.at, sizeof(gram));  // a folded text is padded
      compare_bucket(four, gram, place.at, compare);
      compare_bucket(three, gram & kThreeBytes, place.at, compare);
    }
  }
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    const std::uint64_t bit = std::uint64_t{1} << i;
    if ((found & bit) != 0 && !folded.has_token_run(kinds_[i]->token_run)) {
      found &= ~bit;
    }
  }
  return found;
}

void DetectorScan::find_folded(std::string_view text, const FoldedText& folded,
                               std::vector<DetectorScanHit>& hits) const {
  hits.clear();
  const std::uint64_t found = candidates(folded);
  std::vector<DetectorHit> raw;
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    if (((found >> i) & 1U) == 0) {
      continue;
    }
    raw.clear();
    kinds_[i]->find(text, raw);
    for (const DetectorHit& hit : raw) {
      if (hit.begin < hit.end && hit.end <= text.size()) {
        hits.push_back({.begin = hit.begin, .end = hit.end, .detector = i});
      }
    }
  }
  std::stable_sort(hits.begin(), hits.end(),
                   [](const DetectorScanHit& a, const DetectorScanHit& b) {
                     return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
                   });
}

}  // namespace merlon
