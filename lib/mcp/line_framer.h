#pragma once
/// Cuts a stream into lines at the byte 0x0A and nowhere else, in bounded memory and linear time.
/// A carriage return before it stays: what is judged is what is forwarded.
///
///   const std::span<char> room = framer.room(64 << 10);
///   framer.commit(read(fd, room.data(), room.size()));
///   while (framer.next(line) == LineFramer::Next::kLine) { ... }
///
/// A line above the bound is reported once, as soon as that is known; its bytes are thrown away up
/// to its line feed, and the lines after it are given out as usual.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace merlon {

class LineFramer {
 public:
  enum class Next : std::uint8_t { kLine, kNeedMore, kLineTooLong };

  /// `max_line`: bytes of a line without its line feed.
  explicit LineFramer(std::size_t max_line) : max_line_(max_line) {}

  /// Lines that begin from now on are bound by this.
  void set_max_line(std::size_t max_line) { max_line_ = max_line; }

  /// At least `size` bytes to read into; good until the next call of anything.
  [[nodiscard]] std::span<char> room(std::size_t size);
  /// The first `size` bytes of the room have been filled.
  void commit(std::size_t size);
  void append(std::string_view bytes);

  /// Moves the next line into `line`, without its line feed.
  [[nodiscard]] Next next(std::string& line);
  /// After kLineTooLong: the line as far as it had come then; good until the next call of anything
  /// but rest().
  [[nodiscard]] std::string_view too_long() const {
    return std::string_view(buffer_).substr(long_begin_, long_size_);
  }
  /// What came after the last line feed, as far as it is kept.
  [[nodiscard]] std::string_view rest() const {
    return std::string_view(buffer_).substr(begin_, end_ - begin_);
  }

 private:
  void drop_consumed();
  /// Gives the whole buffer away instead of copying a long line out of it.
  void hand_over(std::size_t line_end, std::string& line);

  std::size_t max_line_;
  std::string buffer_;         ///< as large as it ever had to be; [begin_, end_) is filled
  std::size_t begin_{0};       ///< of the line that is not given out yet
  std::size_t end_{0};         ///< of what was read
  std::size_t searched_{0};    ///< no line feed before this
  std::size_t long_begin_{0};  ///< of the last line that was too long
  std::size_t long_size_{0};
  bool skipping_{false};  ///< inside of a line that was too long
};

}  // namespace merlon
