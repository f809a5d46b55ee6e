#include "proxy/output_stream.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace merlon {
namespace {

constexpr std::size_t kChunkBytes = 64U << 10U;
constexpr std::size_t kMostChunks = 16;
/// POSIX: so much always fits into a pipe that poll(2) calls writable (PIPE_BUF of Linux).
constexpr std::size_t kCautiousBytes = 4096;

bool is_socket(int fd) {
  struct stat status{};
  return ::fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

bool is_plain_file(int fd) {
  struct stat status{};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

/// The same pipe or terminal, with flags of its own.
UniqueFd opened_anew(int fd) {
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  return UniqueFd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

UniqueFd duplicate(int fd) {
  return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

void point_to_null(int number) {
  const UniqueFd null_device(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (null_device.open()) {
    ::dup2(null_device.get(), number);
  }
}

}  // namespace

OutputStream::OutputStream(UniqueFd fd) : OutputStream(std::move(fd), Manner::kNonBlocking) {}

OutputStream::OutputStream(UniqueFd fd, Manner manner) : fd_(std::move(fd)), manner_(manner) {
  if (is_socket(fd_.get())) {
    manner_ = Manner::kSocket;
  }
}

OutputStream OutputStream::standard(int number, After after) {
  UniqueFd own;
  Manner manner = Manner::kNonBlocking;
  if (!is_socket(number) && !is_plain_file(number)) {
    own = opened_anew(number);
  }
  if (!own.open()) {
    // A write to a plain file does not wait for anybody.
    manner = is_plain_file(number) ? Manner::kNonBlocking : Manner::kCautious;
    own = duplicate(number);
  }
  OutputStream stream(std::move(own), manner);
  if (after == After::kNull) {
    point_to_null(number);
  }
  return stream;
}

std::string& OutputStream::tail(std::size_t size) {
  if (chunks_.empty() || chunks_.back().size() + size > kChunkBytes) {
    chunks_.emplace_back();
  }
  return chunks_.back();
}

void OutputStream::add(std::string_view bytes) {
  if (!fd_.open()) {
    return;
  }
  tail(bytes.size()).append(bytes);
  queued_ += bytes.size();
}

void OutputStream::add_line(std::string_view line) {
  if (!fd_.open()) {
    return;
  }
  std::string& chunk = tail(line.size() + 1);
  chunk.append(line);
  chunk.push_back('\n');
  queued_ += line.size() + 1;
}

void OutputStream::add_line(std::string&& line) {
  if (line.size() < kChunkBytes) {
    add_line(std::string_view(line));
    return;
  }
  if (fd_.open()) {
    queued_ += line.size() + 1;
    chunks_.push_back(std::move(line));
    chunks_.back().push_back('\n');
  }
}

std::ptrdiff_t OutputStream::write_some() {
  std::array<iovec, kMostChunks> parts{};
  std::size_t count = 0;
  for (std::string& chunk : chunks_) {
    if (count == parts.size()) {
      break;
    }
    const std::size_t skipped = count == 0 ? written_ : 0;
    parts[count++] = {.iov_base = chunk.data() + skipped, .iov_len = chunk.size() - skipped};
  }
  switch (manner_) {
    case Manner::kNonBlocking: return ::writev(fd_.get(), parts.data(), static_cast<int>(count));
    case Manner::kSocket: {
      msghdr message{};
      message.msg_iov = parts.data();
      message.msg_iovlen = count;
      return ::sendmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    case Manner::kCautious: break;
  }
  pollfd watched{.fd = fd_.get(), .events = POLLOUT, .revents = 0};
  if (::poll(&watched, 1, 0) == 0) {
    errno = EAGAIN;
    return -1;
  }
  return ::write(fd_.get(), parts[0].iov_base, std::min(parts[0].iov_len, kCautiousBytes));
}

void OutputStream::drop_written(std::size_t bytes) {
  queued_ -= bytes;
  bytes += written_;
  while (!chunks_.empty() && bytes >= chunks_.front().size()) {
    bytes -= chunks_.front().size();
    if (chunks_.size() == 1 && chunks_.front().capacity() <= 2 * kChunkBytes) {
      chunks_.front().clear();  // keeps its memory for the next lines
      break;
    }
    chunks_.pop_front();
  }
  written_ = bytes;
}

bool OutputStream::flush() {
  while (queued_ > 0) {
    const std::ptrdiff_t put = write_some();
    if (put >= 0) {
      drop_written(static_cast<std::size_t>(put));
    } else if (errno == EAGAIN) {
      return true;
    } else if (errno != EINTR) {
      close();
      return false;
    }
  }
  return fd_.open();
}

void OutputStream::close() {
  fd_.reset();
  chunks_.clear();
  written_ = queued_ = 0;
}

}  // namespace merlon
