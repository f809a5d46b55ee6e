#pragma once
/// Cuts a stream into lines at the byte 0x0A, in bounded memory and linear time.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace merlon {

class LineFramer {
 public:
  enum class Next : std::uint8_t {
    kLine,
    kNeedMore,
    kLineTooLong,  ///< nothing more can be read from this stream
    kTooMuch,      ///< the same, for the sum of all bytes
  };

  LineFramer(std::size_t max_line, std::uint64_t max_total)
      : max_line_(max_line), max_total_(max_total) {}

  void append(std::string_view bytes);
  /// Moves the next line into `line`, without its line feed and one carriage return before it.
  [[nodiscard]] Next next(std::string& line);
  /// What came after the last line feed.
  [[nodiscard]] std::string_view rest() const { return std::string_view(buffer_).substr(begin_); }

 private:
  std::size_t max_line_;
  std::uint64_t max_total_;
  std::uint64_t total_{0};
  std::string buffer_;
  std::size_t begin_{0};     ///< of the line that is not given out yet
  std::size_t searched_{0};  ///< no line feed before this
};

}  // namespace merlon
