#pragma once
/// Keeps secrets out of a report: by place (the bytes of a source that hold one) in excerpts, and
/// by text (what such bytes say, also decoded) in every other string.
///
///   SecretPlaces places;                     // one per source
///   SecretTexts texts;                       // one per report
///   places.add(120, 160); texts.add("ghp_...");
///   places.finish(); texts.finish();
///   places.mask(source, finding.where);
///   finding.message = texts.mask(finding.message);
///
/// Const members are safe to call from many threads once finish() was called.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/location.h"
#include "base/source_text.h"

namespace merlon {

class SecretPlaces {
 public:
  void add(std::uint64_t begin, std::uint64_t end);
  void finish();
  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  /// Replaces in the excerpt of `where` all bytes that belong to a secret.
  void mask(const SourceText& source, Location& where) const;

 private:
  [[nodiscard]] std::string masked(std::string_view bytes, std::uint64_t begin,
                                   std::uint64_t end) const;

  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges_;  ///< sorted and disjoint
};

class SecretTexts {
 public:
  /// Texts of less than kShortest bytes are too common to be looked for; their places are masked
  /// all the same.
  static constexpr std::size_t kShortest = 6;

  void add(std::string_view secret);
  void finish();
  [[nodiscard]] bool empty() const { return secrets_.empty(); }
  /// `text` without any secret, and without any piece of kWindow bytes of one. Linear in the text.
  [[nodiscard]] std::string mask(std::string_view text) const;

 private:
  static constexpr std::size_t kWindow = 12;
  static constexpr std::size_t kIndexed = 4096;  ///< bytes of one secret that are looked for

  [[nodiscard]] std::size_t match_at(std::string_view text, std::size_t at) const;

  std::unordered_set<std::string> secrets_;
  /// Windows of kWindow bytes of the long ones; the whole of short ones, by length.
  std::array<std::unordered_set<std::string_view>, kWindow + 1> windows_;
};

}  // namespace merlon
