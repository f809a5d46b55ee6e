#include "base/ip_range.h"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace merlon {
namespace {

std::string readings_of(std::string_view text) {
  std::string out;
  for (const IpAddress& address : ip_readings(text)) {
    out += (out.empty() ? "" : " ") + to_string(address);
  }
  return out;
}

std::string ranges_of(std::string_view text) {
  std::string out;
  for (const IpAddress& address : ip_readings(text)) {
    out += (out.empty() ? "" : ", ") + std::string(to_string(range_of(address)));
  }
  return out;
}

}  // namespace

TEST_CASE("ip range: every spelling of an IPv4 address is read") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"127.0.0.1", "127.0.0.1"},
      {"127.1", "127.0.0.1"},
      {"2130706433", "127.0.0.1"},
      {"0x7f000001", "127.0.0.1"},
      {"0X7F.1", "127.0.0.1"},
      {"017700000001", "127.0.0.1 31.0.145.1"},
      {"0177.0.0.1", "127.0.0.1 177.0.0.1"},
      {"10.0.258", "10.0.1.2"},
      {"0", "0.0.0.0"},
      {"08.1.1.1", "8.1.1.1"},
      {"4294967297", "0.0.0.1"},
      {"99999999999999999999999", "0.0.0.0"},
      {"1.2.3.256", ""},
      {"1.2.3.4.5", ""},
      {"1..2", ""},
      {"", ""},
      {"example.com", ""}};
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(readings_of(text) == expected);
  }
}

TEST_CASE("ip range: IPv6 is read with gaps, IPv4 at the end and zones") {
  CHECK(readings_of("::1") == "0000:0000:0000:0000:0000:0000:0000:0001");
  CHECK(readings_of("::") == "0000:0000:0000:0000:0000:0000:0000:0000");
  CHECK(readings_of("fe80::1%25eth0") == "fe80:0000:0000:0000:0000:0000:0000:0001");
  CHECK(readings_of("::ffff:127.0.0.1") == "0000:0000:0000:0000:0000:ffff:7f00:0001");
  CHECK(readings_of("1:2:3:4:5:6:7:8") == "0001:0002:0003:0004:0005:0006:0007:0008");
  for (const char* const bad : {":", ":::", "1:2", "1:2:3:4:5:6:7:8:9", "::1::", "12345::", "g::",
                                "1:2:3:4:5:6:7::8:9", "::1.2.3.4:5", "1.2.3.4::"}) {
    CAPTURE(bad);
    CHECK(readings_of(bad).empty());
  }
}

TEST_CASE("ip range: ranges, and IPv4 inside IPv6") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"8.8.8.8", "public"},
      {"127.255.255.255", "loopback"},
      {"128.0.0.0", "public"},
      {"10.0.0.1", "private"},
      {"172.15.255.255", "public"},
      {"172.16.0.0", "private"},
      {"172.31.255.255", "private"},
      {"172.32.0.0", "public"},
      {"192.168.1.1", "private"},
      {"169.254.169.254", "cloud metadata"},
      {"169.254.1.1", "link-local"},
      {"100.64.0.1", "shared"},
      {"100.100.100.200", "cloud metadata"},
      {"0.0.0.0", "unspecified"},
      {"224.0.0.1", "reserved"},
      {"255.255.255.255", "reserved"},
      {"::", "unspecified"},
      {"::1", "loopback"},
      {"fd00:ec2::254", "cloud metadata"},
      {"fd12::1", "private"},
      {"fe80::1", "link-local"},
      {"2606:4700::1111", "public"},
      {"2001:db8::1", "reserved"},
      {"::ffff:10.0.0.1", "private"},
      {"::ffff:a9fe:a9fe", "cloud metadata"},
      {"::ffff:8.8.8.8", "public"},
      {"::7f00:1", "loopback"},
      {"64:ff9b::10.0.0.1", "private"},
      {"2002:7f00:1::", "loopback"},
      {"2001:0:4136:e378:8000:63bf:80ff:fffe", "loopback"},
      {"2606:4700::5efe:10.0.0.1", "private"},
      {"::ffff:0:127.0.0.1", "loopback"},
      {"ff02::1", "reserved"}};
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(ranges_of(text) == expected);
  }
}

TEST_CASE("ip range: random spellings of random inside addresses never look public") {
  std::mt19937 random(4);
  const std::vector<std::uint32_t> networks{0x7F000000U, 0x0A000000U, 0xC0A80000U, 0xA9FEA900U};
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto spell = [&random, kHex](std::uint32_t value) {
    std::string digits;
    const unsigned base = random() % 3 == 0 ? 16 : random() % 2 == 0 ? 8 : 10;
    do {
      const char digit = kHex[value % base];
      digits.insert(digits.begin(), base == 16 && random() % 2 == 0 && digit >= 'a'
                                        ? static_cast<char>(digit - 32)
                                        : digit);
      value /= base;
    } while (value != 0);
    return (base == 16  ? std::string(random() % 2 == 0 ? "0x" : "0X")
            : base == 8 ? "0"
                        : "") +
           std::string(base == 10 ? 0 : random() % 3, '0') + digits;
  };
  for (int run = 0; run < 5000; ++run) {
    const std::uint32_t value =
        networks[random() % networks.size()] | static_cast<std::uint32_t>(random() & 0xFFU);
    std::string text;
    const auto parts = static_cast<unsigned>(1 + (random() % 4));
    for (unsigned i = 0; i + 1 < parts; ++i) {
      text += spell((value >> (24U - (8U * i))) & 0xFFU) + ".";
    }
    const unsigned rest = 32U - (8U * (parts - 1));
    text += spell(rest == 32 ? value : value & ((1U << rest) - 1));
    CAPTURE(text);
    const auto readings = ip_readings(text);
    REQUIRE_FALSE(readings.empty());
    bool inside = false;
    for (const IpAddress& address : readings) {
      inside = inside || range_of(address) != IpRange::kPublic;
    }
    REQUIRE(inside);
  }
}

}  // namespace merlon
