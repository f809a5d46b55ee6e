#include "proxy/status_socket.h"

#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/process/private_folder.h"
#include "base/text.h"
#include "proxy/group_places.h"
#include "proxy/group_socket.h"
#include "proxy/unix_address.h"

namespace merlon {
namespace {

constexpr int kStatusBacklog = 8;
constexpr int kAskMilliseconds = 1000;
constexpr std::size_t kMostStatusBytes = 1U << 20U;
constexpr std::string_view kStatusPrefix = "proxy-";
constexpr std::string_view kStatusSuffix = ".sock";

Result<UniqueFd> status_folder(const VariableLookup& variable) {
  MERLON_TRY(const GroupPlaces places, find_group_places(variable));
  return open_private_folder(places.runtime_folder.empty() ? places.state_folder + "/proxies"
                                                           : places.runtime_folder + "/merlon");
}

bool is_status_name(std::string_view name) {
  return name.starts_with(kStatusPrefix) && name.ends_with(kStatusSuffix) &&
         name.size() <= kStatusPrefix.size() + kStatusSuffix.size() + 20;
}

std::vector<std::string> status_names(const UniqueFd& folder) {
  std::vector<std::string> names = names_in_folder(folder.get(), kStatusSuffix);
  std::erase_if(names, [](const std::string& name) { return !is_status_name(name); });
  return names;
}

/// All that comes until the end, within bounds of size and time.
Result<std::string> read_status(const UniqueFd& socket) {
  std::string text;
  std::array<char, 65536> buffer{};
  for (;;) {
    pollfd watched{.fd = socket.get(), .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, kAskMilliseconds) <= 0) {
      return fail(ErrorCode::kIo, "it does not answer");
    }
    const ssize_t got = ::read(socket.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0 || text.size() > kMostStatusBytes) {
      return fail(ErrorCode::kIo, "its answer cannot be read");
    }
    if (got == 0) {
      return text;
    }
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

StatusSocket::StatusSocket(UniqueFd folder, UniqueFd listener, std::string name)
    : folder_(std::move(folder)), listener_(std::move(listener)), name_(std::move(name)) {}

StatusSocket::~StatusSocket() {
  if (listener_.open()) {
    ::unlinkat(folder_.get(), name_.c_str(), 0);
  }
}

Result<std::unique_ptr<StatusSocket>> StatusSocket::open(const VariableLookup& variable) {
  MERLON_TRY(UniqueFd folder, status_folder(variable));
  std::string name =
      std::string(kStatusPrefix) + std::to_string(::getpid()) + std::string(kStatusSuffix);
  const auto address = address_in(folder, name);
  UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  // What has the name of our process id was left by one that had it before.
  ::unlinkat(folder.get(), name.c_str(), 0);
  if (!address || !listener.open() ||
      ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
      ::listen(listener.get(), kStatusBacklog) != 0) {
    return fail(ErrorCode::kIo, "cannot listen for `merlon status`");
  }
  return std::unique_ptr<StatusSocket>(
      new StatusSocket(std::move(folder), std::move(listener), std::move(name)));
}

void StatusSocket::answer(const std::function<std::string()>& say) const {
  for (;;) {
    const UniqueFd peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!peer.open()) {
      return;
    }
    if (is_same_user(peer.get())) {
      const std::string text = say();
      // What does not fit into the socket at once is lost: we wait for nobody.
      static_cast<void>(::send(peer.get(), text.data(), text.size(), MSG_NOSIGNAL));
    }
  }
}

Result<std::vector<ProxyStatus>> ask_all_proxies(const VariableLookup& variable) {
  MERLON_TRY(const UniqueFd folder, status_folder(variable));
  std::vector<ProxyStatus> out;
  for (const std::string& name : status_names(folder)) {
    const auto address = address_in(folder, name);
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!address || !socket.open()) {
      continue;
    }
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) !=
        0) {
      if (errno == ECONNREFUSED) {
        ::unlinkat(folder.get(), name.c_str(), 0);
      }
      continue;
    }
    out.push_back({.socket = name, .json = read_status(socket)});
  }
  return out;
}

}  // namespace merlon
