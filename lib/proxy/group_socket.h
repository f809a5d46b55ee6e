#pragma once
/// Lines over a connected unix socket, without waiting and within bounds.
///
/// One thread at a time.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/process/unique_fd.h"

namespace merlon {

/// Whether the process at the other end runs as our user. What the kernel says, not the peer.
[[nodiscard]] bool is_same_user(int socket);

class GroupSocket {
 public:
  static constexpr std::size_t kMostWaitingBytes = 1U << 20U;

  GroupSocket() = default;
  /// A connected socket that does not block.
  explicit GroupSocket(UniqueFd fd) : fd_(std::move(fd)) {}

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] bool open() const { return fd_.open(); }
  void close() { fd_.reset(); }

  /// Adds the whole lines that are there, without their ends. False when the peer is gone or a line
  /// is longer than kMostGroupLineBytes: the socket is closed then; lines that came before count.
  [[nodiscard]] bool receive(std::vector<std::string>& lines);
  /// Queues a line and writes what can be written. False, and closed, when the peer is gone or
  /// takes nothing.
  [[nodiscard]] bool send(std::string_view line);
  /// Writes what was queued.
  [[nodiscard]] bool flush();
  [[nodiscard]] bool has_unsent() const { return !output_.empty(); }

 private:
  bool fail_socket();

  UniqueFd fd_;
  std::string input_;
  std::string output_;
};

}  // namespace merlon
