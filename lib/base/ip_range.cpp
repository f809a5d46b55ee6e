#include "base/ip_range.h"

#include <algorithm>
#include <span>

#include "base/text.h"

namespace merlon {
namespace {

struct Ipv4Block {
  std::uint32_t network;
  unsigned bits;
  IpRange range;
};

constexpr std::uint32_t quad(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return (a << 24U) | (b << 16U) | (c << 8U) | d;
}

// RFC 6890 and what clouds use; the first that matches.
constexpr std::array kIpv4Blocks{
    Ipv4Block{quad(169, 254, 169, 254), 32, IpRange::kMetadata},
    Ipv4Block{quad(169, 254, 170, 0), 23, IpRange::kMetadata},    // ECS task credentials
    Ipv4Block{quad(100, 100, 100, 200), 32, IpRange::kMetadata},  // Alibaba
    Ipv4Block{quad(168, 63, 129, 16), 32, IpRange::kMetadata},    // Azure
    Ipv4Block{quad(192, 0, 0, 192), 32, IpRange::kMetadata},      // Oracle
    Ipv4Block{quad(0, 0, 0, 0), 8, IpRange::kUnspecified},
    Ipv4Block{quad(127, 0, 0, 0), 8, IpRange::kLoopback},
    Ipv4Block{quad(10, 0, 0, 0), 8, IpRange::kPrivate},
    Ipv4Block{quad(172, 16, 0, 0), 12, IpRange::kPrivate},
    Ipv4Block{quad(192, 168, 0, 0), 16, IpRange::kPrivate},
    Ipv4Block{quad(169, 254, 0, 0), 16, IpRange::kLinkLocal},
    Ipv4Block{quad(100, 64, 0, 0), 10, IpRange::kShared},
    Ipv4Block{quad(192, 0, 0, 0), 24, IpRange::kReserved},
    Ipv4Block{quad(192, 0, 2, 0), 24, IpRange::kReserved},
    Ipv4Block{quad(192, 88, 99, 0), 24, IpRange::kReserved},
    Ipv4Block{quad(198, 18, 0, 0), 15, IpRange::kReserved},
    Ipv4Block{quad(198, 51, 100, 0), 24, IpRange::kReserved},
    Ipv4Block{quad(203, 0, 113, 0), 24, IpRange::kReserved},
    Ipv4Block{quad(224, 0, 0, 0), 3, IpRange::kReserved},
};

IpRange range_of_v4(std::uint32_t value) {
  for (const Ipv4Block& block : kIpv4Blocks) {
    if (((value ^ block.network) >> (32U - block.bits)) == 0) {
      return block.range;
    }
  }
  return IpRange::kPublic;
}

std::uint32_t word_at(const IpAddress& address, std::size_t at) {
  return quad(address.bytes[at], address.bytes[at + 1], address.bytes[at + 2],
              address.bytes[at + 3]);
}

constexpr std::array<std::uint8_t, 16> kMetadataV6{0xFD, 0x00, 0x0E, 0xC2, 0, 0, 0,    0,
                                                   0,    0,    0,    0,    0, 0, 0x02, 0x54};

bool starts_with_bytes(const IpAddress& address, std::span<const std::uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), address.bytes.begin());
}

/// The IPv4 address inside, for the ways in which one is carried.
std::optional<std::uint32_t> carried_v4(const IpAddress& address) {
  constexpr std::array<std::uint8_t, 10> kZeros{};
  constexpr std::array<std::uint8_t, 4> kNat64{0x00, 0x64, 0xFF, 0x9B};
  constexpr std::array<std::uint8_t, 4> kTeredo{0x20, 0x01, 0x00, 0x00};
  const std::uint32_t last = word_at(address, 12);
  const std::uint32_t before = word_at(address, 8);
  if (starts_with_bytes(address, kZeros)) {
    const std::uint32_t middle = before & 0xFFFFU;
    // ::a.b.c.d is long dead, but still read; :: and ::1 have ranges of their own.
    return middle == 0xFFFFU || (middle == 0 && last > 1) ? std::optional(last) : std::nullopt;
  }
  // ::ffff:0:a.b.c.d (SIIT)
  if (word_at(address, 0) == 0 && word_at(address, 4) == 0 && before == 0xFFFF0000U) {
    return last;
  }
  if (starts_with_bytes(address, kNat64)) {
    return last;
  }
  if (address.bytes[0] == 0x20 && address.bytes[1] == 0x02) {
    return word_at(address, 2);
  }
  if (starts_with_bytes(address, kTeredo)) {
    return ~last;
  }
  if ((before | 0x02000000U) == 0x02005EFEU) {
    return last;
  }
  return std::nullopt;
}

IpRange own_range_of_v6(const IpAddress& address) {
  const std::uint8_t first = address.bytes[0];
  const std::uint8_t second = address.bytes[1];
  if (address.bytes == kMetadataV6) {
    return IpRange::kMetadata;
  }
  if (std::all_of(address.bytes.begin(), address.bytes.end() - 1,
                  [](std::uint8_t byte) { return byte == 0; }) &&
      address.bytes[15] <= 1) {
    return address.bytes[15] == 0 ? IpRange::kUnspecified : IpRange::kLoopback;
  }
  if ((first & 0xFEU) == 0xFC || (first == 0xFE && (second & 0xC0U) == 0xC0)) {
    return IpRange::kPrivate;
  }
  if (first == 0xFE && (second & 0xC0U) == 0x80) {
    return IpRange::kLinkLocal;
  }
  const std::uint32_t top = word_at(address, 0);
  const bool documentation = top == 0x20010DB8U || (top >> 12U) == 0x3FFF0U;
  // 2000::/3 is all that is assigned; the embedding prefixes outside of it are judged before.
  if (documentation || (first & 0xE0U) != 0x20) {
    return IpRange::kReserved;
  }
  return IpRange::kPublic;
}

struct AddressPart {
  std::uint64_t octal{0};  ///< as inet_aton reads it
  std::uint64_t decimal{0};
  bool two_ways{false};
};

/// One part of an IPv4 address, or nothing. Numbers saturate at a multiple of 2^32, so that what is
/// far too large is read as 0.0.0.0.
std::optional<AddressPart> read_part(std::string_view text) {
  constexpr std::uint64_t kLarge = 1ULL << 48U;
  unsigned base = 10;
  AddressPart out;
  if (text.size() >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text[0] == '0') {
    base = 8;
  }
  if (text.empty() && base != 16) {
    return std::nullopt;
  }
  bool octal_digits = true;
  for (const char c : text) {
    const unsigned digit = c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
                           : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a') + 10
                           : c >= 'A' && c <= 'F' ? static_cast<unsigned>(c - 'A') + 10
                                                  : 99U;
    if (digit >= (base == 8 ? 10U : base)) {
      return std::nullopt;
    }
    octal_digits = octal_digits && digit < 8;
    out.octal = std::min((out.octal * base) + digit, kLarge);
    out.decimal = std::min((out.decimal * 10) + digit, kLarge);
  }
  if (base == 8 && !octal_digits) {
    out.octal = out.decimal;
  }
  out.two_ways = base == 8 && octal_digits && out.octal != out.decimal;
  if (base != 8) {
    out.decimal = out.octal;
  }
  return out;
}

/// The last part fills what the others leave.
std::optional<std::uint32_t> join_parts(const std::vector<std::uint64_t>& parts) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (parts[i] > 0xFF) {
      return std::nullopt;
    }
    value |= parts[i] << (24U - (8U * i));
  }
  const unsigned rest = 32U - (8U * static_cast<unsigned>(parts.size() - 1));
  if (parts.size() > 1 && (parts.back() >> rest) != 0) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(value | (parts.back() & 0xFFFFFFFFU));
}

void add_reading(std::vector<IpAddress>& out, std::optional<std::uint32_t> value) {
  if (!value) {
    return;
  }
  const IpAddress address = ipv4_address(*value);
  if (std::find(out.begin(), out.end(), address) == out.end()) {
    out.push_back(address);
  }
}

std::vector<IpAddress> v4_readings(std::string_view text) {
  std::vector<AddressPart> parts;
  for (const std::string_view piece : split(text, '.')) {
    const auto part = read_part(piece);
    if (!part || parts.size() == 4) {
      return {};
    }
    parts.push_back(*part);
  }
  std::vector<IpAddress> out;
  // Each part that can be read in two ways is; at most 16 combinations.
  for (unsigned choice = 0; choice < (1U << parts.size()); ++choice) {
    std::vector<std::uint64_t> values;
    bool needed = true;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const bool decimal = ((choice >> i) & 1U) != 0;
      needed = needed && (!decimal || parts[i].two_ways);
      values.push_back(decimal ? parts[i].decimal : parts[i].octal);
    }
    if (needed) {
      add_reading(out, join_parts(values));
    }
  }
  return out;
}

std::optional<std::uint16_t> read_group(std::string_view text) {
  if (text.empty() || text.size() > 4) {
    return std::nullopt;
  }
  std::uint32_t value = 0;
  for (const char c : text) {
    const std::size_t digit = std::string_view("0123456789abcdefABCDEF").find(c);
    if (digit == std::string_view::npos) {
      return std::nullopt;
    }
    value = (value << 4U) | static_cast<std::uint32_t>(digit > 15 ? digit - 6 : digit);
  }
  return static_cast<std::uint16_t>(value);
}

/// The groups of one side of `::`; IPv4 at the very end is two groups.
std::optional<std::vector<std::uint16_t>> read_groups(std::string_view text, bool v4_allowed) {
  std::vector<std::uint16_t> out;
  if (text.empty()) {
    return out;
  }
  const auto pieces = split(text, ':');
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (out.size() > 8) {
      return std::nullopt;
    }
    if (const auto group = read_group(pieces[i])) {
      out.push_back(*group);
      continue;
    }
    const auto v4 = v4_readings(pieces[i]);
    if (!v4_allowed || i + 1 != pieces.size() || v4.empty() ||
        pieces[i].find('.') == std::string_view::npos) {
      return std::nullopt;
    }
    const std::uint32_t value = word_at(v4.front(), 0);
    out.push_back(static_cast<std::uint16_t>(value >> 16U));
    out.push_back(static_cast<std::uint16_t>(value & 0xFFFFU));
  }
  return out;
}

std::optional<IpAddress> read_v6(std::string_view text) {
  text = text.substr(0, text.find('%'));
  const std::size_t gap = text.find("::");
  const bool has_gap = gap != std::string_view::npos;
  const auto head = read_groups(text.substr(0, gap), !has_gap);
  const auto tail = has_gap ? read_groups(text.substr(gap + 2), true)
                            : std::optional(std::vector<std::uint16_t>{});
  if (!head || !tail || (has_gap ? head->size() + tail->size() > 7 : head->size() != 8)) {
    return std::nullopt;
  }
  IpAddress out;
  out.v6 = true;
  const auto put = [&out](std::size_t at, std::uint16_t group) {
    out.bytes[2 * at] = static_cast<std::uint8_t>(group >> 8U);
    out.bytes[(2 * at) + 1] = static_cast<std::uint8_t>(group & 0xFFU);
  };
  for (std::size_t i = 0; i < head->size(); ++i) {
    put(i, (*head)[i]);
  }
  for (std::size_t i = 0; i < tail->size(); ++i) {
    put(8 - tail->size() + i, (*tail)[i]);
  }
  return out;
}

}  // namespace

IpAddress ipv4_address(std::uint32_t value) {
  IpAddress out;
  for (std::size_t i = 0; i < 4; ++i) {
    out.bytes[i] = static_cast<std::uint8_t>((value >> (24U - (8U * i))) & 0xFFU);
  }
  return out;
}

std::string to_string(const IpAddress& address) {
  std::string out;
  if (!address.v6) {
    for (std::size_t i = 0; i < 4; ++i) {
      out += (i > 0 ? "." : "") + std::to_string(address.bytes[i]);
    }
    return out;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  for (std::size_t i = 0; i < 16; ++i) {
    out += i > 0 && i % 2 == 0 ? ":" : "";
    out += kHex[address.bytes[i] >> 4U];
    out += kHex[address.bytes[i] & 0xFU];
  }
  return out;
}

std::vector<IpAddress> ip_readings(std::string_view text) {
  constexpr std::size_t kLongest = 256;
  if (text.empty() || text.size() > kLongest) {
    return {};
  }
  if (text.find(':') == std::string_view::npos) {
    return v4_readings(text);
  }
  const auto v6 = read_v6(text);
  return v6 ? std::vector<IpAddress>{*v6} : std::vector<IpAddress>{};
}

bool ends_in_number(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  if (last.empty()) {
    return false;
  }
  return read_part(last).has_value() ||
         std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view to_string(IpRange range) {
  switch (range) {
    case IpRange::kPublic: return "public";
    case IpRange::kUnspecified: return "unspecified";
    case IpRange::kLoopback: return "loopback";
    case IpRange::kPrivate: return "private";
    case IpRange::kLinkLocal: return "link-local";
    case IpRange::kMetadata: return "cloud metadata";
    case IpRange::kShared: return "shared";
    case IpRange::kReserved: return "reserved";
  }
  return "reserved";
}

IpRange range_of(const IpAddress& address) {
  if (!address.v6) {
    return range_of_v4(word_at(address, 0));
  }
  // What carries an IPv4 address is judged by it, and by nothing better than its own range.
  const auto carried = carried_v4(address);
  const IpRange own = own_range_of_v6(address);
  if (!carried) {
    return own;
  }
  const IpRange inner = range_of_v4(*carried);
  if (inner != IpRange::kPublic) {
    return inner;
  }
  return own == IpRange::kReserved ? IpRange::kPublic : own;
}

}  // namespace merlon
