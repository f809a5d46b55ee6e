#include "base/url_host.h"

#include <algorithm>
#include <array>

#include "base/percent_decode.h"
#include "base/punycode.h"
#include "base/text.h"
#include "base/unicode/unicode.h"

namespace merlon {
namespace {

/// Schemes whose URLs browsers repair: any number of slashes, either way.
constexpr std::array<std::string_view, 5> kSpecialSchemes{"http", "https", "ws", "wss", "ftp"};
constexpr std::size_t kLongestHost = 1024;
constexpr std::array<std::string_view, 10> kLocalEndings{
    ".localhost", ".local", ".localdomain", ".internal",  ".intranet",
    ".lan",       ".home",  ".corp",        ".home.arpa", ".svc"};

bool is_slash(char c) {
  return c == '/' || c == '\\';
}

bool is_scheme_char(char c, bool first) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (!first && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'));
}

/// The bytes before a `:` that can be a scheme, or nothing.
std::optional<std::string_view> scheme_of(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == ':') {
      return at > 0 ? std::optional(text.substr(0, at)) : std::nullopt;
    }
    if (!is_scheme_char(text[at], at == 0)) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

/// As browsers do: blanks and control characters around it and tabs and line breaks inside it do
/// not count. Whether there were any inside.
bool strip_url(std::string_view text, std::string& out) {
  const auto counts = [](char c) { return static_cast<unsigned char>(c) > 0x20; };
  const auto* const first = std::find_if(text.begin(), text.end(), counts);
  const auto last = std::find_if(text.rbegin(), text.rend(), counts);
  if (first == text.end()) {
    return false;
  }
  bool found = false;
  for (const char* at = first; at != last.base(); ++at) {
    const auto byte = static_cast<unsigned char>(*at);
    found = found || byte < 0x20;
    if (byte >= 0x20) {
      out += *at;
    }
  }
  return found;
}

/// Compatibility forms, case and invisible characters folded; ideographic full stops are dots.
std::string fold_host(std::string_view host) {
  if (is_ascii(host)) {
    return to_lower_ascii(host);
  }
  std::string out;
  for (std::size_t at = 0; at < host.size();) {
    const char32_t c = next_code_point(host, at);
    if (c == 0x3002 || c == 0xFF0E || c == 0xFF61) {
      out += '.';
    } else if (!is_invisible(c)) {
      const std::array<char32_t, 1> one{c};
      append_nfkc(out, one);
    }
  }
  std::string folded;
  for (std::size_t at = 0; at < out.size();) {
    append_utf8(folded, to_lower(next_code_point(out, at)));
  }
  return folded;
}

bool is_host_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7F &&
         std::string_view("#%/<>?@[\\]^|\"`{}").find(c) == std::string_view::npos;
}

/// Reads `authority`, what stands between the slashes and the path.
void read_authority(std::string_view authority, UrlHost& out) {
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    out.has_userinfo = true;
    // Old parsers take the first @, new ones the last.
    out.ambiguous = out.ambiguous || authority.find('@') != at;
    authority.remove_prefix(at + 1);
  }
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    out.ambiguous = out.ambiguous || close == std::string_view::npos;
    if (close != std::string_view::npos && close + 1 < authority.size()) {
      port = authority.substr(close + 1);
    }
    out.host = to_lower_ascii(
        percent_decode(authority.substr(1, close == std::string_view::npos ? close : close - 1)));
    out.host.erase(std::min(out.host.find('%'), out.host.size()));
    out.addresses = ip_readings(out.host);
    out.ambiguous =
        out.ambiguous || out.addresses.empty() || out.host.find(':') == std::string::npos;
  } else {
    const std::size_t colon = authority.rfind(':');
    if (colon != std::string_view::npos) {
      port = authority.substr(colon);
      authority = authority.substr(0, colon);
    }
    out.host = canonical_host(authority);
    out.addresses = ip_readings(out.host);
    const bool plain = std::all_of(out.host.begin(), out.host.end(), is_host_byte) &&
                       out.host.find(':') == std::string::npos;
    out.ambiguous = out.ambiguous || !plain || out.host.empty() ||
                    (out.addresses.empty() && ends_in_number(out.host));
  }
  if (port.size() > 1) {
    const auto number = parse_unsigned(port.substr(1));
    const bool good = port[0] == ':' && number && *number <= 0xFFFF;
    out.ambiguous = out.ambiguous || !good;
    out.port = good ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
  }
}

}  // namespace

std::string canonical_host(std::string_view host) {
  std::string folded = fold_host(percent_decode(host.substr(0, kLongestHost)));
  while (folded.ends_with('.')) {
    folded.pop_back();
  }
  if (is_ascii(folded)) {
    return folded;
  }
  std::string out;
  for (const std::string_view label : split(folded, '.')) {
    out += out.empty() ? "" : ".";
    // A label that has no code is left as it is: it is no host byte for byte, and compares unequal.
    out += punycode_label(label).value_or(std::string(label));
  }
  return out;
}

std::optional<UrlHost> read_url_host(std::string_view text) {
  std::string stripped;
  UrlHost out;
  out.ambiguous = strip_url(text, stripped);
  std::string_view rest = stripped;
  if (const auto scheme = scheme_of(rest)) {
    out.scheme = to_lower_ascii(*scheme);
    rest.remove_prefix(scheme->size() + 1);
  }
  const bool special = std::find(kSpecialSchemes.begin(), kSpecialSchemes.end(), out.scheme) !=
                       kSpecialSchemes.end();
  std::size_t slashes = 0;
  while (slashes < rest.size() && is_slash(rest[slashes]) && (special || slashes < 2)) {
    out.ambiguous = out.ambiguous || rest[slashes] == '\\';
    ++slashes;
  }
  if (!special && slashes < 2) {
    return std::nullopt;
  }
  out.ambiguous = out.ambiguous || (special && slashes != 2);
  rest.remove_prefix(slashes);
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, end);
  // Browsers end the host at a backslash, others read on to an `@`.
  if (const std::size_t back = authority.find('\\'); back != std::string_view::npos) {
    out.ambiguous = true;
    authority = special ? authority.substr(0, back) : authority;
  }
  out.ambiguous = out.ambiguous || authority.size() > kLongestHost;
  if (authority.empty() && !special) {
    return std::nullopt;  // `file:///x` has no host
  }
  read_authority(authority, out);
  return out;
}

UrlHost read_bare_host(std::string_view text) {
  if (auto url = read_url_host(text)) {
    return *std::move(url);
  }
  std::string stripped;
  UrlHost out;
  out.ambiguous = strip_url(text, stripped);
  // `::1` without brackets has more than one colon.
  const bool v6 = std::count(stripped.begin(), stripped.end(), ':') > 1 && stripped[0] != '[';
  const std::size_t end = std::min(stripped.find_first_of("/?#\\"), stripped.size());
  if (v6) {
    out.host = to_lower_ascii(std::string_view(stripped).substr(0, end));
    out.host.erase(std::min(out.host.find('%'), out.host.size()));
    out.addresses = ip_readings(out.host);
    out.ambiguous = out.ambiguous || out.addresses.empty();
    return out;
  }
  read_authority(std::string_view(stripped).substr(0, end), out);
  return out;
}

bool is_local_name(std::string_view host) {
  if (host == "metadata.google.internal" || host == "instance-data" || host.empty()) {
    return true;
  }
  if (host.find('.') == std::string_view::npos) {
    return host.find(':') == std::string_view::npos && !ends_in_number(host);
  }
  return std::any_of(kLocalEndings.begin(), kLocalEndings.end(),
                     [host](std::string_view ending) { return host.ends_with(ending); });
}

}  // namespace merlon
