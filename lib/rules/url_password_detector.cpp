#include "rules/detector_functions.h"
#include "rules/placeholder.h"

namespace merlon {
namespace {

constexpr std::size_t kLongestUserInfo = 512;

// Words that stand for the password in documentation: postgres://user:password@host/db.
bool is_documentation(std::string_view user, std::string_view password) {
  return is_placeholder(password) || password == user || password == "pass" || password == "pwd" ||
         password == "PASSWORD" || password == "passwd" || password == "postgres" ||
         password == "root" || password == "mysql" || password == "user" || password == "guest";
}

bool ends_user_info(char c) {
  return c == '/' || c == '?' || c == '#' || c == '"' || c == '\'' || c == '<' || c == '>' ||
         static_cast<unsigned char>(c) <= 0x20;
}

}  // namespace

// scheme://user:password@host
void find_url_passwords(std::string_view text, DetectorHits& hits) {
  for (std::size_t at = text.find("://"); at != std::string_view::npos;
       at = text.find("://", at + 3)) {
    const std::size_t start = at + 3;
    std::size_t end = start;
    std::size_t sign = std::string_view::npos;
    while (end < text.size() && end - start < kLongestUserInfo && !ends_user_info(text[end])) {
      if (text[end] == '@') {
        sign = end;
      }
      ++end;
    }
    if (sign == std::string_view::npos) {
      continue;
    }
    const std::string_view info = text.substr(start, sign - start);
    const std::size_t colon = info.find(':');
    if (colon == std::string_view::npos || colon + 1 == info.size()) {
      continue;
    }
    const std::string_view password = info.substr(colon + 1);
    // A reference may stand inside: `${USER}:${PASSWORD}`.
    if (is_documentation(info.substr(0, colon), password) || password.size() < 4) {
      continue;
    }
    hits.push_back({.begin = start + colon + 1, .end = sign, .what = "password in an address"});
  }
}

}  // namespace merlon
