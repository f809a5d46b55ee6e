#pragma once
/// Where the bytes of a derived text (normalised, decoded) stand in the text it was made from.
#include <cstddef>
#include <cstdint>
#include <vector>

namespace merlon {

/// Filled from front to back; then const and safe to share.
class PlaceMap {
 public:
  /// Bytes from `at` on correspond one to one to bytes from `source` on, up to the next call.
  void linear(std::size_t at, std::size_t source);
  /// The bytes from `at` on, up to the next call, were made from [source, source_end) together.
  void block(std::size_t at, std::size_t source, std::size_t source_end);

  /// The first source byte of derived byte `at`.
  [[nodiscard]] std::size_t begin_of(std::size_t at) const;
  /// The source byte after what the derived bytes before `end` came from.
  [[nodiscard]] std::size_t end_of(std::size_t end) const;

 private:
  struct Piece {
    std::uint32_t at{0};
    std::uint32_t source{0};
    std::uint32_t source_end{0};  ///< 0: linear
  };
  [[nodiscard]] const Piece* piece_of(std::size_t at) const;

  std::vector<Piece> pieces_;
};

}  // namespace merlon
