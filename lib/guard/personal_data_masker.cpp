#include "guard/personal_data_masker.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "guard/detector_scan.h"
#include "guard/personal_data_type.h"
#include "guard/secret_masker.h"
#include "guard/text_masking.h"

namespace merlon {
namespace {

/// No kind of personal data is shorter.
constexpr std::size_t kShortestPersonalData = 5;

std::vector<const PersonalDataType*> types_named(std::span<const std::string> names) {
  std::vector<const PersonalDataType*> out;
  for (const PersonalDataType& type : personal_data_types()) {
    if (std::ranges::find(names, type.name) != names.end()) {
      out.push_back(&type);
    }
  }
  return out;
}

std::vector<const DetectorKind*> detectors_of(const std::vector<const PersonalDataType*>& types) {
  std::vector<const DetectorKind*> out;
  out.reserve(types.size());
  for (const PersonalDataType* const type : types) {
    out.push_back(&detector_of(*type));
  }
  return out;
}

class PersonalDataMasking {
 public:
  explicit PersonalDataMasking(std::span<const std::string> names)
      : types_(types_named(names)), scan_(detectors_of(types_)) {}

  [[nodiscard]] std::optional<std::string> apply(std::string_view key, std::string_view text,
                                                 const SecretMark& mark) const {
    if (text.size() < kShortestPersonalData) {
      return std::nullopt;
    }
    FoldedText folded;
    std::vector<DetectorScanHit> hits;
    scan_.find(text, folded, hits);
    std::vector<MaskedPiece> pieces;
    for (const DetectorScanHit& hit : hits) {
      const unsigned score = score_of_find(*types_[hit.detector], text, hit.begin, key, false);
      if (score < kLeastPersonalScore) {
        continue;
      }
      if (!pieces.empty() && hit.begin < pieces.back().end) {
        pieces.back().end = std::max(pieces.back().end, hit.end);
      } else {
        pieces.push_back({.begin = hit.begin, .end = hit.end});
      }
    }
    return with_marks(text, pieces, mark);
  }

 private:
  std::vector<const PersonalDataType*> types_;
  DetectorScan scan_;
};

}  // namespace

TextMasker make_personal_data_masker(std::span<const std::string> types) {
  return [masking = std::make_shared<const PersonalDataMasking>(types)](
             std::string_view key, std::string_view text, const SecretMark& mark) {
    return masked_with_blobs(key, text, [&](std::string_view plain_key, std::string_view plain) {
      return masking->apply(plain_key, plain, mark);
    });
  };
}

TextMasker make_recording_masker(std::span<const std::string> personal_data) {
  TextMasker secrets = make_secret_masker();
  if (personal_data.empty()) {
    return secrets;
  }
  return [secrets = std::move(secrets), personal = make_personal_data_masker(personal_data)](
             std::string_view key, std::string_view text,
             const SecretMark& mark) -> std::optional<std::string> {
    auto first = secrets(key, text, mark);
    auto second = personal(key, first ? std::string_view(*first) : text, mark);
    return second ? std::move(second) : std::move(first);
  };
}

}  // namespace merlon
