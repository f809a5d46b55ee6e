#pragma once
/// Keeps the bytes of secrets out of what the writers print.
///
/// A finding that is marked `secret` names a place whose bytes no output may show. The same bytes
/// can also stand in the source excerpt, the evidence or the message of another finding (a minified
/// file is one line; a URL with a password is also "plain HTTP"), so every writer sends untrusted
/// text through one SecretMask of the whole report.
///
///   const SecretMask mask(report);
///   Excerpt excerpt = mask.excerpt(finding.where, finding.secret);
///   std::string evidence = mask.text(finding.evidence.text);
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "model/scan_report.h"

namespace merlon {

/// Immutable after construction; safe to share between threads.
class SecretMask {
 public:
  explicit SecretMask(const ScanReport& report);

  /// `text` with every known secret of at least eight bytes replaced by `[secret]`.
  [[nodiscard]] std::string text(std::string_view text) const;
  /// The excerpt of a place with the bytes of all secrets of that file replaced. `own` is the
  /// finding's `secret` flag: then nothing of the marked part is left.
  [[nodiscard]] Excerpt excerpt(const Location& where, bool own) const;

 private:
  struct Range {
    std::uint64_t begin{0};
    std::uint64_t end{0};
  };
  void add_range(const Finding& finding);
  [[nodiscard]] std::size_t secret_length_at(std::string_view text) const;
  [[nodiscard]] std::string without_ranges(std::string_view bytes, std::uint64_t offset,
                                           const std::vector<Range>& ranges) const;

  bool masked_{false};  ///< the report is masked already: everything stays as it is
  std::map<std::string, std::vector<Range>, std::less<>> ranges_;  ///< per file: sorted, disjoint
  std::vector<std::string> secrets_;                               ///< sorted, unique
  std::unordered_set<std::string>
      cut_;  ///< those of them that are only the beginning of a longer one
  std::unordered_set<std::uint64_t> heads_;  ///< first eight bytes of each
};

}  // namespace merlon
