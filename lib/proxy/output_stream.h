#pragma once
/// The writing end towards a peer: never blocks, keeps what the peer does not take yet.
///
///   OutputStream out = OutputStream::standard(STDOUT_FILENO, OutputStream::After::kNull);
///   out.add_line(line);
///   if (!out.flush()) { ... the peer does not read any more ... }
///   ... poll out.fd() for POLLOUT while out.queued() > 0 ...
///
/// The flags of a descriptor belong to everybody who has it (a terminal, a pipe shared with the
/// host), so none are changed: sockets are written with MSG_DONTWAIT, pipes and terminals are
/// opened anew for ourselves (`/proc/self/fd`), and where that cannot be, a write is made only when
/// poll(2) says that it fits. SIGPIPE must be ignored.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "base/process/unique_fd.h"

namespace merlon {

class OutputStream {
 public:
  /// A descriptor that is non-blocking already.
  explicit OutputStream(UniqueFd fd);
  /// What the number of a standard stream stands for afterwards: /dev/null, so that nothing else
  /// writes there and closing really closes, or the same as before.
  enum class After : std::uint8_t { kNull, kSame };
  [[nodiscard]] static OutputStream standard(int number, After after);

  /// A line feed is added. Nothing happens on a closed stream.
  void add_line(std::string_view line);
  void add_line(std::string&& line);
  /// Bytes as they are.
  void add(std::string_view bytes);

  /// Writes what fits. False when nobody reads there any more; the stream is closed then.
  [[nodiscard]] bool flush();
  [[nodiscard]] std::size_t queued() const { return queued_; }
  [[nodiscard]] bool open() const { return fd_.open(); }
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Throws away what is queued.
  void close();

 private:
  enum class Manner : std::uint8_t { kNonBlocking, kSocket, kCautious };

  OutputStream(UniqueFd fd, Manner manner);
  [[nodiscard]] std::string& tail(std::size_t size);
  [[nodiscard]] std::ptrdiff_t write_some();
  void drop_written(std::size_t bytes);

  UniqueFd fd_;
  Manner manner_;
  std::deque<std::string> chunks_;
  std::size_t written_{0};  ///< of the first chunk
  std::size_t queued_{0};
};

}  // namespace merlon
