#pragma once
/// PEM blocks (RFC 7468) of public things: certificates and keys.
///
///   MERLON_TRY(const auto blocks, parse_pem(text));   // {label: "CERTIFICATE", der: ...}
///
/// Text between blocks is skipped. Pure; linear.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace merlon {

struct PemBlock {
  std::string label;
  std::string der;
  [[nodiscard]] bool operator==(const PemBlock&) const = default;
};

/// `kFormat` for a block without its end, with another end, or that is not base64, and for a text
/// without a block; `kLimit` above 256 blocks.
[[nodiscard]] Result<std::vector<PemBlock>> parse_pem(std::string_view text);

}  // namespace merlon
