#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "rules/detector_functions.h"

namespace merlon {
namespace {

// Services that give a machine its own credentials, and the other spellings of 169.254.169.254.
constexpr std::array<std::string_view, 13> kAddresses{
    "169.254.169.254",    "169.254.170.2", "169.254.170.23",
    "100.100.100.200",    "192.0.0.192",   "metadata.google.internal",
    "metadata.goog",      "fd00:ec2::254", "[::ffff:169.254.169.254]",
    "0xa9fea9fe",         "2852039166",    "0251.0376.0251.0376",
    "0xa9.0xfe.0xa9.0xfe"};

bool is_host_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

}  // namespace

void find_metadata_addresses(std::string_view text, DetectorHits& hits) {
  const std::string lower = to_lower_ascii(text);
  const auto first = static_cast<std::ptrdiff_t>(hits.size());
  for (const std::string_view address : kAddresses) {
    for (std::size_t at = lower.find(address); at != std::string::npos;
         at = lower.find(address, at + address.size())) {
      const std::size_t end = at + address.size();
      const bool whole = (at == 0 || (!is_host_char(lower[at - 1]) && lower[at - 1] != '.')) &&
                         (end == lower.size() || !is_host_char(lower[end]));
      if (whole) {
        hits.push_back({.begin = at, .end = end, .what = "metadata address"});
      }
    }
  }
  std::sort(hits.begin() + first, hits.end(), [](const DetectorHit& a, const DetectorHit& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
}

}  // namespace merlon
