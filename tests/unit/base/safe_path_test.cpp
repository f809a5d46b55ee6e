#include "base/safe_path.h"

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace merlon {
namespace {

using Readings = std::vector<std::string>;

bool all_within(std::string_view folder, std::string_view text) {
  const PathReadings path = read_path(text);
  return !path.nul && std::ranges::all_of(path.normal, [folder](const std::string& one) {
    return is_within(folder, one);
  });
}

}  // namespace

TEST_CASE("safe path: ordinary paths have one reading") {
  CHECK(read_path("/srv/a/./b//c/").normal == Readings{"/srv/a/b/c"});
  CHECK(read_path("/srv/a/../b").normal == Readings{"/srv/b"});
  CHECK(read_path("src/x/../y.cpp").normal == Readings{"src/y.cpp"});
  CHECK(read_path("").normal == Readings{"."});
  CHECK(read_path("/").normal == Readings{"/"});
  CHECK(read_path("~/a/b").normal == Readings{"~/a/b"});
  CHECK(read_path("C:/a/../b").normal == Readings{"C:/b"});
  CHECK_FALSE(read_path("/srv/a/../b").climbs);
  CHECK_FALSE(read_path("notes 50%.txt").encoded);
  CHECK_FALSE(read_path("/a/b%20c").encoded);
}

TEST_CASE("safe path: every way up is seen") {
  for (const char* const text :
       {"../etc/passwd", "a/../../b", "/../etc", "%2e%2e/x", "..%2fx", "%252e%252e%252fx", "..\\x",
        "a\\..\\..\\x", "%c0%ae%c0%ae/x", "%e0%80%ae%e0%80%ae/x", "\xEF\xBC\x8E\xEF\xBC\x8E/x",
        "..;/x", ".. \\x", "a/..\\../x", "file:../x", "..\xE2\x88\x95x", "~/../x"}) {
    CAPTURE(text);
    CHECK(read_path(text).climbs);
  }
}

TEST_CASE("safe path: what holds has to hold for each reading") {
  CHECK(all_within("/srv", "/srv/a/b"));
  CHECK(all_within("/srv", "/srv"));
  CHECK_FALSE(all_within("/srv", "/srvx"));
  CHECK_FALSE(all_within("/srv", "/srv/../etc"));
  CHECK_FALSE(all_within("/srv", "/srv/a\\b/../../etc"));
  CHECK_FALSE(all_within("/srv", "/srv/a\\..\\..\\..\\etc"));
  CHECK_FALSE(all_within("/srv", "/srv/a%2fb/../../etc"));
  CHECK_FALSE(all_within("/srv", std::string("/srv/a\0b", 8)));
  CHECK_FALSE(all_within("/srv", "/srv/a%00b"));
  CHECK_FALSE(all_within("/srv", "//srv/a"));
  CHECK_FALSE(all_within("/srv", "srv/a"));
  CHECK(is_within("/Srv", "/sRV/a", PathCase::kIgnored));
  CHECK_FALSE(is_within("/Srv", "/sRV/a"));
  CHECK(is_within("/", "/a"));
}

TEST_CASE("safe path: shares, URLs, homes and ways through /proc are named") {
  CHECK(read_path("//host/share").network);
  CHECK(read_path("\\\\host\\share").network);
  CHECK(read_path("file://host/etc").network);
  CHECK_FALSE(read_path("file:///etc").network);
  CHECK(read_path("file:///etc/passwd").normal == Readings{"/etc/passwd"});
  CHECK(read_path("FILE:///C:/x").normal == Readings{"C:/x"});
  CHECK(read_path("~root/x").home);
  CHECK(read_path("/proc/self/root/etc").process);
  CHECK(read_path("/proc/./1//cwd/x").process);
  CHECK(read_path("//proc/self/root").process);
  CHECK_FALSE(read_path("/proc/cpuinfo").process);
  CHECK(read_path("a%00b").nul);
}

TEST_CASE("safe path: random spellings of a way out are never within") {
  std::mt19937 random(7);
  const std::vector<std::string> dots{"..", "%2e%2e", ".%2E", "%252e%252e", "..", "%c0%ae."};
  const std::vector<std::string> slashes{"/", "\\", "%2f", "%5C", "//", "/./", "%252f"};
  for (int run = 0; run < 3000; ++run) {
    std::string text = "/srv";
    int depth = 0;
    const auto slash = [&] { return slashes[random() % slashes.size()]; };
    for (std::size_t i = 0, most = random() % 4; i < most; ++i, ++depth) {
      text += slash() + "d";
    }
    for (int i = 0; i <= depth; ++i) {
      text += slash() + dots[random() % dots.size()];
    }
    text += slash() + "etc";
    CAPTURE(text);
    REQUIRE_FALSE(all_within("/srv", text));
  }
}

TEST_CASE("safe path: random bytes are read without harm, within bounds") {
  std::mt19937 random(11);
  constexpr auto kBytes = std::to_array("./\\%2eEf5cC0a:~ab \xC0\xAE\0;");
  for (int run = 0; run < 3000; ++run) {
    std::string text;
    for (std::size_t i = 0, most = random() % 24; i < most; ++i) {
      text += kBytes[random() % kBytes.size()];
    }
    const PathReadings path = read_path(text);
    REQUIRE_FALSE(path.normal.empty());
    REQUIRE(path.normal.size() <= 48);
    for (const std::string& one : path.normal) {
      const bool climbs = one.starts_with("/") && (one + "/").find("/../") != std::string::npos;
      REQUIRE_FALSE(climbs);
    }
  }
}

}  // namespace merlon
