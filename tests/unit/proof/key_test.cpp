#include "proof/key.h"

#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "base/base64.h"
#include "base/digest/digest.h"

namespace merlon {
namespace {

// The key pair of the documentation of Go's sumdb/note.
constexpr std::string_view kPeterKey =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view kPeterPrivate =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

std::string refusal(std::string_view text) {
  const auto key = parse_verifier_key(text);
  return key ? std::string("taken") : key.error().message;
}

}  // namespace

TEST_CASE("verifier key: Go's example is read, and written back byte for byte") {
  const auto key = parse_verifier_key(kPeterKey);
  REQUIRE(key.has_value());
  CHECK(key->name == "PeterNeumann");
  CHECK(key->algorithm == KeyAlgorithm::kEd25519);
  CHECK(to_hex(key->id) == "c74f20a3");
  CHECK(to_string(*key) == kPeterKey);
  CHECK(short_key(*key) == "PeterNeumann+c74f20a3");
}

TEST_CASE("signing key: Go's private key has Go's public key") {
  const auto key = parse_signing_key(kPeterPrivate);
  REQUIRE(key.has_value());
  CHECK(to_string(key->verifier) == kPeterKey);
  CHECK_FALSE(parse_signing_key(kPeterKey).has_value());
}

TEST_CASE("verifier key: what is none is refused with its reason") {
  CHECK(refusal("") == "this is no verifier key: it has not three parts with `+` between");
  CHECK(refusal("a+b") == "this is no verifier key: it has not three parts with `+` between");
  CHECK(refusal("+c74f20a3+AQ==") ==
        "this is no verifier key: its name is empty, too long or has a blank");
  CHECK(refusal("a b+c74f20a3+AQ==") ==
        "this is no verifier key: its name is empty, too long or has a blank");
  CHECK(refusal("a\xC2\xA0"
                "b+c74f20a3+AQ==") ==
        "this is no verifier key: its name is empty, too long or has a blank");
  CHECK(refusal("PeterNeumann+c74f20a3+!") ==
        "this is no verifier key: its last part is not base64");
  CHECK(refusal("PeterNeumann+c74f20a3+AQ==") ==
        "this is no verifier key: an Ed25519 key has 32 bytes");
  CHECK(refusal("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW") ==
        "this is no verifier key: its digest does not fit its name and key");
  CHECK(refusal("PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW") ==
        "this is no verifier key: its digest does not fit its name and key");
  CHECK(refusal(kPeterPrivate) ==
        "this is no verifier key: it is a private key, which must not be given here");
}

TEST_CASE("verifier key: a point of small order is refused") {
  const VerifierKey small = make_verifier_key("a", Ed25519PublicKey{1});
  CHECK(refusal(to_string(small)) ==
        "this is no verifier key: the point has a small order, or a second spelling");
}

TEST_CASE("verifier key: an unknown algorithm is an error that names it") {
  const auto key = parse_verifier_key("log+01020304+" + to_base64("\x06" + std::string(32, 'k')));
  REQUIRE_FALSE(key.has_value());
  CHECK(key.error().code == ErrorCode::kUnsupported);
  CHECK(key.error().message ==
        "the key `log` has the unknown algorithm 0x06 (ML-DSA-44 cosignature)");
  CHECK(refusal("log+01020304+" + to_base64("\x7f" + std::string(32, 'k'))) ==
        "the key `log` has the unknown algorithm 0x7f");
}

TEST_CASE("verifier keys: a file of them, with comments; the place of a bad one is named") {
  const std::string text = "# ours\n\n" + std::string(kPeterKey) + "\r\n";
  const auto keys = parse_verifier_keys(text, "keys.txt");
  REQUIRE(keys.has_value());
  REQUIRE(keys->size() == 1);
  CHECK(to_string(keys->front()) == kPeterKey);
  const auto bad = parse_verifier_keys(text + "nonsense\n", "keys.txt");
  REQUIRE_FALSE(bad.has_value());
  CHECK(bad.error().where.file == "keys.txt");
  CHECK(bad.error().where.line == 4);
  CHECK(parse_verifier_keys("# none\n", "keys.txt").value().empty());
}

TEST_CASE("did:key: the vectors of its specification") {
  auto zero = Ed25519PrivateKey::from_seed(std::string(32, '\0'));
  REQUIRE(zero.has_value());
  const auto key = make_signing_key("a", *std::move(zero));
  REQUIRE(key.has_value());
  CHECK(did_key(key->verifier) == "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp");
}

TEST_CASE("verifier key: ECDSA P-256 is read, verified, shown, and off the curve refused") {
  // The key and signature of RFC 6979, A.2.5.
  const auto bytes = [](std::string_view hex) {
    std::string out;
    for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
      out.push_back(static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16)));
    }
    return out;
  };
  std::string material = bytes(
      "3059301306072a8648ce3d020106082a8648ce3d030107034200"
      "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
      "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
  const auto text = [&] {
    const Sha256 digest = sha256(material);
    return "log+" + to_hex(KeyId{digest[0], digest[1], digest[2], digest[3]}) + "+" +
           to_base64("\x02" + material);
  };
  const auto key = parse_verifier_key(text());
  REQUIRE(key.has_value());
  CHECK(key->algorithm == KeyAlgorithm::kEcdsaP256);
  CHECK(to_string(*key) == text());
  CHECK(did_key(*key).starts_with("did:key:zDn"));
  const std::string signature = bytes(
      "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
      "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
  CHECK(verify_with(*key, "sample", signature).value());
  CHECK_FALSE(verify_with(*key, "other", signature).value());
  material.back() = static_cast<char>(material.back() ^ 1);
  CHECK_FALSE(parse_verifier_key(text()).has_value());
}

TEST_CASE("key name: blanks, plus signs and control characters are refused") {
  CHECK(is_key_name("example.com/rules"));
  CHECK(is_key_name("sl\xC3\xB8k"));
  for (const std::string_view name : {"", "a b", "a+b", "a\n", "a\t", "\xFF", "a\xE2\x80\x8B"}) {
    CAPTURE(name);
    CHECK_FALSE(is_key_name(name));
  }
  CHECK(is_key_name(std::string(256, 'a')));
  CHECK_FALSE(is_key_name(std::string(257, 'a')));
}

}  // namespace merlon
