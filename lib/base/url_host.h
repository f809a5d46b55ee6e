#pragma once
/// Whom a URL reaches, as a program would find out that has no doubts, and a note where programs
/// differ.
///
///   if (const auto url = read_url_host(" HTTP:\\\\0x7f.1:80/x")) { url->host == "0x7f.1" }
///
/// Lenient on purpose: what any common parser (WHATWG, RFC 3986, curl) would follow is read here,
/// so that a check cannot be gone around by spelling. Pure; linear; safe from many threads.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_range.h"

namespace merlon {

struct UrlHost {
  std::string scheme;  ///< lower case; empty for `//host/path` and for a bare host
  /// Percent-decoded, compatibility forms and case folded, invisible characters and the dot at the
  /// end taken off, labels beyond ASCII as punycode; of IPv6 without brackets.
  std::string host;
  std::optional<std::uint32_t> port;
  std::vector<IpAddress> addresses;  ///< when the host is an address, all that it is taken for
  /// Parsers disagree about the host (`\`, several `@`, control characters, a percent sign left, a
  /// broken port): nobody can say whom it reaches.
  bool ambiguous{false};
  bool has_userinfo{false};
};

/// Of a text that is a URL with an authority, `scheme://host`, `//host`, or a web scheme in any
/// other spelling that browsers follow (`https:host`, `http:\host`); nothing for other texts.
[[nodiscard]] std::optional<UrlHost> read_url_host(std::string_view text);
/// Of a text that is a host with or without a port (a parameter `host`).
[[nodiscard]] UrlHost read_bare_host(std::string_view text);
/// The canonical form of a host or of a glob over hosts: what UrlHost::host would be.
[[nodiscard]] std::string canonical_host(std::string_view host);

/// Names that never leave the machine or the network: `localhost`, `*.internal`, a name without a
/// dot, and the metadata services' names. Addresses are judged by ip_range.h.
[[nodiscard]] bool is_local_name(std::string_view host);

}  // namespace merlon
