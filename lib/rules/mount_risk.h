#pragma once
/// How much of a host a container sees through a mount.
#include <cstdint>
#include <string_view>

namespace merlon {

enum class MountRisk : std::uint8_t {
  kNone,
  kBroad,   ///< the root, a home, a system folder or a place of credentials
  kDocker,  ///< the socket of a container engine: the whole host
};

/// `source` is the host's side of the mount, as it is written.
[[nodiscard]] MountRisk judge_mount(std::string_view source);

}  // namespace merlon
