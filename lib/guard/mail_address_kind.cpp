#include "guard/mail_address_kind.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kMostLocalPart = 64;  // RFC 5321, 4.5.3.1.1
constexpr std::size_t kMostDomain = 255;    // and 4.5.3.1.2
constexpr std::size_t kLeastTopDomain = 2;

bool is_mail_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_local_part_byte(char c) {
  return is_mail_alnum(c) || c == '.' || c == '_' || c == '+' || c == '-' || c == '%';
}
bool is_domain_byte(char c) {
  return is_mail_alnum(c) || c == '.' || c == '-';
}

bool is_reserved_domain(std::string_view domain) {
  constexpr std::array<std::string_view, 3> kDomains{"example.com", "example.org", "example.net"};
  constexpr std::array<std::string_view, 4> kTops{".example", ".test", ".invalid", ".localhost"};
  const std::string low = to_lower_ascii(domain);
  return std::any_of(kTops.begin(), kTops.end(),
                     [&low](std::string_view top) { return low.ends_with(top); }) ||
         std::any_of(kDomains.begin(), kDomains.end(), [&low](std::string_view reserved) {
           return low == reserved || low.ends_with("." + std::string(reserved));
         });
}

bool is_mail_domain(std::string_view domain) {
  const std::size_t dot = domain.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || domain.size() - dot - 1 < kLeastTopDomain ||
      domain.find("..") != std::string_view::npos || domain.front() == '-') {
    return false;
  }
  const std::string_view top = domain.substr(dot + 1);
  return std::none_of(top.begin(), top.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
         !is_reserved_domain(domain);
}

void find_personal_mail(std::string_view text, std::vector<DetectorHit>& hits) {
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && at - begin <= kMostLocalPart && is_local_part_byte(text[begin - 1])) {
      --begin;
    }
    std::size_t end = at + 1;
    while (end < text.size() && end - at <= kMostDomain && is_domain_byte(text[end])) {
      ++end;
    }
    while (end > at + 1 && !is_mail_alnum(text[end - 1])) {
      --end;
    }
    if (begin == at || at - begin > kMostLocalPart || text[begin] == '.' ||
        !is_mail_domain(text.substr(at + 1, end - at - 1))) {
      continue;
    }
    hits.push_back({.begin = begin, .end = end, .what = "mail address"});
  }
}

}  // namespace

const DetectorKind& mail_address_kind() {
  static constexpr std::array<std::string_view, 1> kSign{"@"};
  static const DetectorKind kKind{"mail-address", "mail addresses of people", kSign,
                                  find_personal_mail};
  return kKind;
}

}  // namespace merlon
