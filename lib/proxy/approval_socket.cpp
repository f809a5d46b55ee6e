#include "proxy/approval_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/process/private_folder.h"
#include "proxy/unix_address.h"

namespace merlon {
namespace {

constexpr int kApprovalBacklog = 16;
constexpr std::string_view kApprovalSuffix = ".sock";
constexpr std::size_t kMostPasswdBytes = 4096;
/// Everybody may connect; the folder and the policy say who is heard.
constexpr mode_t kApprovalSocketMode = 0666;

std::string approval_reason(int error) {
  return std::generic_category().message(error);
}

const sockaddr* approval_address(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);  // as the system's interface wants it
}

std::optional<std::uint64_t> user_of_peer(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return std::nullopt;
  }
  return peer.uid;
}

void watch_descriptor(int epoll, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

/// One question to one proxy; nothing when nobody answers.
std::optional<std::string> ask_socket(const UniqueFd& folder, const std::string& name,
                                      std::string_view line) {
  const auto address = address_in(folder, name);
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!address || !socket.open() ||
      ::connect(socket.get(), approval_address(*address), sizeof *address) != 0) {
    return std::nullopt;
  }
  const std::string whole = std::string(line) + "\n";
  if (::send(socket.get(), whole.data(), whole.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(whole.size())) {
    return std::nullopt;
  }
  std::string text;
  std::array<char, 65536> buffer{};
  constexpr std::size_t kMostAnswer = std::size_t{8} << 20U;
  while (text.size() < kMostAnswer) {
    pollfd watched{.fd = socket.get(), .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, static_cast<int>(ApprovalSocket::kPatience.count())) <= 0) {
      return std::nullopt;
    }
    const ssize_t got = ::read(socket.get(), buffer.data(), buffer.size());
    if (got <= 0) {
      break;
    }
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

}  // namespace

Result<std::unique_ptr<ApprovalSocket>> ApprovalSocket::open(const std::string& folder,
                                                             const std::string& session,
                                                             const Clock& clock) {
  std::unique_ptr<ApprovalSocket> out(
      new ApprovalSocket(folder, session + std::string(kApprovalSuffix), clock));
  MERLON_CHECK(out->listen());
  return out;
}

Status ApprovalSocket::listen() {
  folder_.reset(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status{};
  if (!folder_.open() || ::fstat(folder_.get(), &status) != 0) {
    return fail(ErrorCode::kIo, "cannot open `", path_, "`: ", approval_reason(errno));
  }
  if ((status.st_mode & S_IWOTH) != 0) {
    return fail(ErrorCode::kIo, "everybody can write into `", path_, "`");
  }
  listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  ready_.reset(::epoll_create1(EPOLL_CLOEXEC));
  const auto address = address_in(folder_, name_);
  ::unlinkat(folder_.get(), name_.c_str(), 0);
  if (!listener_.open() || !ready_.open() || !address ||
      ::bind(listener_.get(), approval_address(*address), sizeof *address) != 0 ||
      ::fchmodat(folder_.get(), name_.c_str(), kApprovalSocketMode, 0) != 0 ||
      ::listen(listener_.get(), kApprovalBacklog) != 0) {
    return fail(ErrorCode::kIo, "cannot listen in `", path_, "`: ", approval_reason(errno));
  }
  watch_descriptor(ready_.get(), listener_.get());
  return {};
}

ApprovalSocket::~ApprovalSocket() {
  if (folder_.open() && listener_.open()) {
    ::unlinkat(folder_.get(), name_.c_str(), 0);
  }
}

void ApprovalSocket::accept_all() {
  for (;;) {
    UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.open()) {
      return;
    }
    const auto user = user_of_peer(fd.get());
    if (!user || peers_.size() >= kMostPeers) {
      continue;
    }
    watch_descriptor(ready_.get(), fd.get());
    peers_.push_back(
        {.fd = std::move(fd), .user = *user, .line = "", .until = clock_->steady() + kPatience});
  }
}

bool ApprovalSocket::serve_one(Peer& peer, const Handler& handler) {
  std::array<char, 65536> buffer{};
  const ssize_t got = ::read(peer.fd.get(), buffer.data(), buffer.size());
  if (got < 0) {
    return errno != EAGAIN && errno != EINTR;
  }
  peer.line.append(buffer.data(), static_cast<std::size_t>(got));
  const std::size_t end = peer.line.find('\n');
  if (end == std::string::npos) {
    return got == 0 || peer.line.size() > kMostLine;
  }
  const std::string answer = handler(std::string_view(peer.line).substr(0, end), peer.user) + "\n";
  // What does not fit into the socket at once is lost: nobody is waited for.
  static_cast<void>(::send(peer.fd.get(), answer.data(), answer.size(), MSG_NOSIGNAL));
  return true;
}

void ApprovalSocket::serve(const Handler& handler) {
  const auto now = clock_->steady();
  std::erase_if(peers_, [now](const Peer& peer) { return now >= peer.until; });
  accept_all();
  std::erase_if(peers_, [&handler](Peer& peer) { return serve_one(peer, handler); });
}

Result<std::vector<std::string>> ask_approval_sockets(const std::string& folder,
                                                      std::string_view line) {
  const UniqueFd open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!open.open()) {
    return fail(ErrorCode::kIo, "cannot open `", folder, "`: ", approval_reason(errno));
  }
  std::vector<std::string> out;
  for (const std::string& name : names_in_folder(open.get(), kApprovalSuffix)) {
    if (auto answer = ask_socket(open, name, line)) {
      out.push_back(*std::move(answer));
    }
  }
  return out;
}

bool names_user(const std::vector<std::string>& users, std::uint64_t user) {
  std::array<char, kMostPasswdBytes> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  const bool known =
      ::getpwuid_r(static_cast<uid_t>(user), &entry, buffer.data(), buffer.size(), &found) == 0 &&
      found != nullptr;
  const std::string name = known ? found->pw_name : "";
  return std::ranges::any_of(users, [&](const std::string& one) {
    return one == std::to_string(user) || (known && one == name);
  });
}

}  // namespace merlon
