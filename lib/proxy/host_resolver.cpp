#include "proxy/host_resolver.h"

#include <algorithm>
#include <array>
#include <memory>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace merlon {
namespace {

constexpr std::size_t kMostHostBytes = 255;
constexpr std::size_t kMostHostAddresses = 1024;

/// The text of an address, or empty for a family that is not IP.
std::string text_of_address(const addrinfo& entry) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (entry.ai_family == AF_INET) {
    bytes = &reinterpret_cast<const sockaddr_in*>(entry.ai_addr)->sin_addr;
  } else if (entry.ai_family == AF_INET6) {
    bytes = &reinterpret_cast<const sockaddr_in6*>(entry.ai_addr)->sin6_addr;
  } else {
    return {};
  }
  return ::inet_ntop(entry.ai_family, bytes, text.data(), text.size()) == nullptr
             ? std::string()
             : std::string(text.data());
}

bool is_absent_host(int error) {
#ifdef EAI_NODATA
  if (error == EAI_NODATA) {
    return true;
  }
#endif
  return error == EAI_NONAME;
}

}  // namespace

Fact resolve_host(const std::string& what) {
  Fact fact{
      .need = {.kind = NeedKind::kHost, .what = what}, .state = FactState::kAbsent, .values = {}};
  if (what.empty() || what.size() > kMostHostBytes || what.find('\0') != std::string::npos) {
    return fact;
  }
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;  // else each address comes once per kind of socket
  addrinfo* raw = nullptr;
  const int error = ::getaddrinfo(what.c_str(), nullptr, &hints, &raw);
  if (error != 0) {
    fact.state = is_absent_host(error) ? FactState::kAbsent : FactState::kFailed;
    return fact;
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(raw, ::freeaddrinfo);
  fact.state = FactState::kKnown;
  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
    std::string text = text_of_address(*entry);
    if (text.empty() || fact.values.size() == kMostHostAddresses) {
      // Half an answer could hide the address that matters.
      return Fact{.need = std::move(fact.need), .state = FactState::kFailed, .values = {}};
    }
    fact.values.push_back(std::move(text));
  }
  // The resolver rotates the order; the same answer should have the same bytes in a recording.
  std::sort(fact.values.begin(), fact.values.end());
  fact.values.erase(std::unique(fact.values.begin(), fact.values.end()), fact.values.end());
  return fact;
}

}  // namespace merlon
