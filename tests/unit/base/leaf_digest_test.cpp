#include "base/digest/leaf_digest.h"

#include <doctest/doctest.h>

using namespace merlon;

TEST_CASE(
    "leaf digest: two side by side are what one by one gives, for all lengths of a few blocks") {
  std::string text(1200, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) {
    text[i] = static_cast<char>(i * 131 + 7);
  }
  const std::string_view bytes(text);
  for (std::size_t a = 0; a < 300; ++a) {
    for (const std::size_t b :
         {std::size_t{0}, a, a + 1, a / 2, std::size_t{64}, std::size_t{1024}}) {
      CAPTURE(a);
      CAPTURE(b);
      const auto pair = sha256_prefixed_pair('\1', bytes.substr(1, a), bytes.substr(3, b));
      CHECK(pair[0] == sha256_prefixed('\1', bytes.substr(1, a)));
      CHECK(pair[1] == sha256_prefixed('\1', bytes.substr(3, b)));
    }
  }
  CHECK(sha256_prefixed('a', "bc") == sha256("abc"));
}
