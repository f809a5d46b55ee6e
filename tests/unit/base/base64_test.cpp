#include "base/base64.h"

#include <array>
#include <utility>

#include <doctest/doctest.h>

namespace merlon {

TEST_CASE("base64: the test vectors of RFC 4648") {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kVectors{{
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  }};
  for (const auto& [bytes, text] : kVectors) {
    CAPTURE(text);
    CHECK(to_base64(bytes) == text);
    CHECK(from_base64(text, Base64Alphabet::kStandard) == std::string(bytes));
  }
}

TEST_CASE("base64: a second spelling of the same bytes is refused") {
  for (const std::string_view text :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "=", "Z", "Zm9v=", "Zm9v\n", " Zm9v", "Zm=v",
        "Z===", "_-8=", "Zm9vY"}) {
    CAPTURE(text);
    CHECK(from_base64(text, Base64Alphabet::kStandard) == std::nullopt);
  }
}

TEST_CASE("base64: readers of DSSE take both alphabets, but not mixed in one text") {
  const std::string bytes = "\xFF\xEF\xBE\xFF\xEF";
  CHECK(to_base64(bytes) == "/+++/+8=");
  CHECK(from_base64("/+++/+8=", Base64Alphabet::kEither) == bytes);
  CHECK(from_base64("_---_-8=", Base64Alphabet::kEither) == bytes);
  CHECK(from_base64("_---_-8", Base64Alphabet::kEither) == bytes);
  CHECK(from_base64("_---/-8", Base64Alphabet::kEither) == std::nullopt);
  CHECK(from_base64("_---_-9", Base64Alphabet::kEither) == std::nullopt);
}

}  // namespace merlon
