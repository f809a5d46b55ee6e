#include "base/digest/hmac.h"

#include <string>

#include <doctest/doctest.h>

#include "base/random.h"

namespace merlon {

TEST_CASE("hmac: the vectors of RFC 4231") {
  CHECK(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(to_hex(hmac_sha256(std::string(131, '\xaa'),
                           "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("random: as many bytes as asked for, and other ones each time") {
  const auto a = random_bytes(32);
  const auto b = random_bytes(32);
  REQUIRE(a.has_value());
  REQUIRE(b.has_value());
  CHECK(a->size() == 32);
  CHECK(*a != *b);
  CHECK(random_bytes(0)->empty());
}

}  // namespace merlon
