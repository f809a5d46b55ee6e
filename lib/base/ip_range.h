#pragma once
/// IP addresses in every spelling that some program takes for one, and the ranges they are in.
///
///   for (const IpAddress& address : ip_readings("0x7f.1")) {
///     if (range_of(address) != IpRange::kPublic) { ... an inside address ... }
///   }
///
/// Pure; no allocation beyond the answer; safe from many threads.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  ///< of IPv4 the first four
  bool v6{false};
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};
[[nodiscard]] IpAddress ipv4_address(std::uint32_t value);
/// `127.0.0.1`; of IPv6 eight groups of hex without shortening.
[[nodiscard]] std::string to_string(const IpAddress& address);

/// All addresses that programs take this text for. IPv4: one to four parts, each decimal, octal
/// (`0177`) or hexadecimal (`0x7f`), the last one filling the rest; a part with a leading zero is
/// read as octal and as decimal, a number that is too large also modulo 2^32. IPv6: RFC 4291 with
/// IPv4 at the end, a zone (`%eth0`) ignored. No brackets. Empty when it is no address.
[[nodiscard]] std::vector<IpAddress> ip_readings(std::string_view text);
/// Whether programs would try to read the last part as a number: what then is no address is a trick
/// or a mistake, never a name.
[[nodiscard]] bool ends_in_number(std::string_view host);

/// Who is reached under an address.
enum class IpRange : std::uint8_t {
  kPublic,
  kUnspecified,  ///< 0.0.0.0/8, ::
  kLoopback,     ///< 127.0.0.0/8, ::1
  kPrivate,      ///< 10/8, 172.16/12, 192.168/16, fc00::/7, fec0::/10
  kLinkLocal,    ///< 169.254/16, fe80::/10
  kMetadata,     ///< where clouds hand out credentials: 169.254.169.254, fd00:ec2::254, ...
  kShared,       ///< 100.64/10
  kReserved,     ///< documentation, benchmarks, multicast, broadcast, what is not assigned
};
[[nodiscard]] std::string_view to_string(IpRange range);
/// An IPv6 address that carries an IPv4 one (mapped, compatible, NAT64, 6to4, Teredo, ISATAP) is in
/// the range of that, unless it is in one itself.
[[nodiscard]] IpRange range_of(const IpAddress& address);

}  // namespace merlon
