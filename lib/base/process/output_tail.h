#pragma once
/// The last bytes of a stream, in bounded memory: what a child wrote to its standard error.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

class OutputTail {
 public:
  explicit OutputTail(std::size_t capacity) : capacity_(capacity) {}

  void append(std::string_view bytes);
  /// All bytes that ever came.
  [[nodiscard]] std::uint64_t total() const { return total_; }
  /// The last `max_lines` lines that are not blank, oldest first, raw: escape before showing. A
  /// line whose beginning was lost starts with `…`.
  [[nodiscard]] std::vector<std::string> last_lines(std::size_t max_lines) const;

 private:
  std::size_t capacity_;
  std::uint64_t total_{0};
  std::string kept_;  ///< at most twice the capacity, so that cutting is rare
};

}  // namespace merlon
