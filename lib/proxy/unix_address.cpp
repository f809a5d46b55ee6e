#include "proxy/unix_address.h"

#include <algorithm>
#include <string>

#include <sys/socket.h>

namespace merlon {

std::optional<sockaddr_un> address_in(const UniqueFd& folder, std::string_view name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path =
      "/proc/self/fd/" + std::to_string(folder.get()) + "/" + std::string(name);
  if (path.size() >= sizeof address.sun_path) {
    return std::nullopt;
  }
  std::copy(path.begin(), path.end(), &address.sun_path[0]);
  return address;
}

}  // namespace merlon
