#include "proof/key.h"

#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "base/base64.h"

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
