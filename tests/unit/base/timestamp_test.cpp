#include "base/timestamp.h"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace merlon {

TEST_CASE("timestamp: times with an offset are milliseconds since 1970") {
  const std::vector<std::pair<std::string, std::int64_t>> cases{
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01T00:00:01.2345Z", 1234},
      {"2027-01-15T08:00:00Z", 1'800'000'000'000},
      {"2027-01-15 10:00:00+02:00", 1'800'000'000'000},
      {"2027-01-15t03:30:00-04:30", 1'800'000'000'000},
      {"2016-12-31T23:59:60Z", 1'483'228'799'000},
      {"2024-02-29T00:00:00Z", 1'709'164'800'000}};
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(parse_timestamp_ms(text) == expected);
  }
}

TEST_CASE("timestamp: everything else is refused") {
  for (const char* const text :
       {"", "2027-01-15", "2027-01-15T08:00:00", "2027-02-29T00:00:00Z", "2027-13-01T00:00:00Z",
        "2027-01-15T24:00:00Z", "2027-01-15T08:00:00.Z", "2027-01-15T08:00:00Zx",
        "1969-12-31T23:59:59Z", "2027-1-15T08:00:00Z", "2027-01-15T08:00:00+2:00", "08:00:00"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_timestamp_ms(text).has_value());
  }
}

}  // namespace merlon
