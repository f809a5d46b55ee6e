#pragma once
/// Fingerprints of a text by which parts of it are known again: hashes of all runs of `gram` bytes
/// of its normalised form, thinned so that of every `window` hashes in a row at least one stays
/// (winnowing, Schleimer et al. 2003). Two texts that share `gram + window - 1` normalised bytes
/// share a fingerprint.
///
/// Normalised: case, blanks and invisible characters do not count. Pure; linear.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

struct TaintShape {
  std::size_t gram{20};
  std::size_t window{5};

  /// For a shared part of `bytes` (at least 16).
  [[nodiscard]] static TaintShape for_threshold(std::size_t bytes);
  [[nodiscard]] std::size_t threshold() const { return gram + window - 1; }
};

/// Appends the normalised form of valid UTF-8; other bytes stay as they are.
void append_taint_text(std::string& out, std::string_view text);

/// Appends the fingerprints of a normalised text; none of one that is shorter than the threshold.
void append_taint_prints(std::vector<std::int64_t>& out, std::string_view normalised,
                         const TaintShape& shape);

/// Sorted, each once.
void sort_taint_prints(std::vector<std::int64_t>& prints);

}  // namespace merlon
