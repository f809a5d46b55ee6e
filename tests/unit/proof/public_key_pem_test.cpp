#include "proof/public_key_pem.h"

#include <string>

#include <doctest/doctest.h>

namespace merlon {
namespace {

// `openssl genpkey -algorithm ed25519`, `openssl ecparam -name prime256v1 -genkey`, `openssl
// genpkey -algorithm rsa`, each with `openssl pkey -pubout`. The private keys are gone.
constexpr std::string_view kEd25519Pem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAjWES4mqkpIyCc4KFxbbSOnIqiqKjpKetcMYTQ4kMZgA=\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view kP256Pem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAED9HmzG4AW2Y1qajdjOVAHcIM/VK0\n"
    "cwUvRRefBGjfH2Djx0/9Ri7LUaxmtRwzT+oe5F+J5xbBjSNu05eEIzIkWg==\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view kRsaPem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAyY0PzDrlCYB/3I6hWNOR\n"
    "jcZg12j8NRFua6FRFRTjY5XkJTSzjJyjR/ZEQbd4kkJ0u1IWVjwvpXbNna+AFHwC\n"
    "rIX3/o7HaZVvKKKC5U4a6AUukjoyqtYv3iUkunjy+R9nDxe6uCQj2llzpFw1eysI\n"
    "XSOHcdyQKT809Flf6li67SgCS0p+J+nmg43vIPQANMsRXl1DBtlKQbE82TtyWIAB\n"
    "dsLVl3K3FTVQSjlhbBY+azjzFaYPji8Zt5Fo6V/3ipPqdTNKFgBNfyv2cX/7YQiW\n"
    "h4nQBBgSsPpMmeVKZn51Q1YXLD+l67ArzIXnkhoA8E4U568Lfb+WTuLlX/aeExIP\n"
    "HQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

std::string pem_problem(std::string_view text) {
  return parse_public_key_pem(text, "a.pem").error().message;
}

}  // namespace

TEST_CASE("public key: Ed25519 and P-256 in PEM become verifier keys") {
  const auto ed25519 = parse_public_key_pem(kEd25519Pem, "a.pem");
  REQUIRE(ed25519.has_value());
  CHECK(ed25519->name == "key");
  CHECK(ed25519->algorithm == KeyAlgorithm::kEd25519);
  CHECK(parse_verifier_key(to_string(*ed25519)).value() == *ed25519);
  const auto p256 = parse_public_key_pem(kP256Pem, "a.pem");
  REQUIRE(p256.has_value());
  CHECK(p256->algorithm == KeyAlgorithm::kEcdsaP256);
  CHECK(parse_verifier_key(to_string(*p256)).value() == *p256);
  CHECK(did_key(*p256).starts_with("did:key:zDn"));
  const auto named =
      parse_public_key_pem("Key-Name: acme/locks\n" + std::string(kEd25519Pem), "a.pem");
  REQUIRE(named.has_value());
  CHECK(named->name == "acme/locks");
}

TEST_CASE("public key: an unknown algorithm is an error that names it") {
  CHECK(pem_problem(kRsaPem) ==
        "the public key `a.pem` has the algorithm 1.2.840.113549.1.1.1, which is not known here");
  CHECK(parse_public_key_pem(kRsaPem, "a.pem").error().code == ErrorCode::kUnsupported);
}

TEST_CASE("public key: what is none is refused with the reason") {
  CHECK(pem_problem("") == "`a.pem` holds no public key in PEM: there is no BEGIN and END line");
  CHECK(pem_problem(std::string(kP256Pem) + std::string(kP256Pem)) ==
        "`a.pem` holds no public key in PEM: there are two keys in it");
  CHECK(pem_problem("-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----\n") ==
        "`a.pem` holds no public key in PEM: it is not base64");
  CHECK(pem_problem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n") ==
        "`a.pem` holds no public key in PEM: it is no SubjectPublicKeyInfo");
  CHECK(pem_problem("Key-Name: a b\n" + std::string(kP256Pem)) ==
        "`a.pem` holds no public key in PEM: its name is too long or has a blank");
  CHECK(pem_problem("-----BEGIN PUBLIC KEY-----\n"
                    "MCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                    "-----END PUBLIC KEY-----\n") ==
        "this is no verifier key: the point has a small order, or a second spelling");
}

}  // namespace merlon
