#include "proxy/group_socket.h"

#include <array>
#include <cerrno>

#include <sys/socket.h>
#include <sys/types.h>

#include "proxy/group_message.h"

namespace merlon {

bool is_same_user(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && size == sizeof peer &&
         peer.uid == ::geteuid();
}

bool GroupSocket::fail_socket() {
  fd_.reset();
  output_.clear();
  return false;
}

bool GroupSocket::receive(std::vector<std::string>& lines) {
  std::array<char, 4096> chunk{};
  // One buffer's worth at a time: a peer that never stops must not keep the others waiting.
  while (fd_.open() && lines.size() < 256) {
    const ssize_t got = ::recv(fd_.get(), chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return true;
    }
    if (got <= 0) {
      return fail_socket();
    }
    std::string_view bytes(chunk.data(), static_cast<std::size_t>(got));
    for (std::size_t end = bytes.find('\n'); end != std::string_view::npos;
         end = bytes.find('\n')) {
      input_.append(bytes.substr(0, end));
      bytes.remove_prefix(end + 1);
      lines.push_back(std::exchange(input_, {}));
    }
    input_.append(bytes);
    if (input_.size() > kMostGroupLineBytes) {
      return fail_socket();
    }
    // Until there is nothing: the end may stand behind what was said last, and who asks now must
    // know it now.
  }
  return fd_.open();
}

bool GroupSocket::send(std::string_view line) {
  if (!fd_.open() || output_.size() + line.size() > kMostWaitingBytes) {
    return fail_socket();
  }
  output_.append(line).push_back('\n');
  return flush();
}

bool GroupSocket::flush() {
  while (fd_.open() && !output_.empty()) {
    const ssize_t put =
        ::send(fd_.get(), output_.data(), output_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return true;
    }
    if (put <= 0) {
      return fail_socket();
    }
    output_.erase(0, static_cast<std::size_t>(put));
  }
  return fd_.open();
}

}  // namespace merlon
