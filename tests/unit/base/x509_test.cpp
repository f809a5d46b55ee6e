#include <string>

#include <doctest/doctest.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/signature/signature.h"
#include "base/x509/certificate.h"
#include "base/x509/cms.h"
#include "base/x509/pem.h"
#include "base/x509/promise.h"
#include "base/x509/public_key.h"
#include "base/x509/timestamp_token.h"

using namespace merlon;

TEST_CASE("hex: either case is read, lower case is written") {
  CHECK(to_hex(std::string_view("\x01\xAB", 2)) == "01ab");
  CHECK(from_hex("01Ab") == std::string("\x01\xAB", 2));
  CHECK_FALSE(from_hex("1"));
  CHECK_FALSE(from_hex("0g"));
}

TEST_CASE("pem: blocks in order, text between them is skipped") {
  const auto blocks = parse_pem(
      "words\n-----BEGIN A-----\r\naGk=\r\n-----END A-----\nmore\n-----BEGIN B-----\naG\nk=\n"
      "-----END B-----");
  REQUIRE(blocks);
  CHECK(*blocks == std::vector<PemBlock>{{"A", "hi"}, {"B", "hi"}});
}

TEST_CASE("pem: another end, no end, no base64 and no block are refused") {
  CHECK_FALSE(parse_pem("-----BEGIN A-----\naGk=\n-----END B-----\n"));
  CHECK_FALSE(parse_pem("-----BEGIN A-----\naGk=\n"));
  CHECK_FALSE(parse_pem("-----BEGIN A-----\na?k=\n-----END A-----\n"));
  CHECK_FALSE(parse_pem("nothing"));
}

TEST_CASE("promise: a list is read to its last byte") {
  std::string sct(1, '\0');
  sct += std::string(32, 'i') + std::string("\0\0\0\0\0\0\x01\x02", 8) + std::string(2, '\0') +
         std::string("\x04\x03\0\x02", 4) + "ss";
  const std::string one = std::string(1, '\0') + static_cast<char>(sct.size()) + sct;
  const std::string list = std::string(1, '\0') + static_cast<char>(one.size()) + one;
  const auto promises = parse_promises(list);
  REQUIRE(promises);
  CHECK(*promises == std::vector<CertificatePromise>{{.log_id = std::string(32, 'i'),
                                                      .time_ms = 258,
                                                      .extensions = "",
                                                      .hash = HashAlgorithm::kSha256,
                                                      .signature = "ss"}});
  for (std::size_t size = 0; size < list.size(); ++size) {
    CHECK_FALSE(parse_promises(list.substr(0, size)));
  }
  CHECK_FALSE(parse_promises(list + "x"));
  std::string newer = list;
  newer[4] = 1;
  CHECK(parse_promises(newer).error().code == ErrorCode::kUnsupported);
  CHECK(to_hex(promise_message(promises->front(), Sha256{}, "body")) ==
        "0000"
        "0000000000000102"
        "0001" +
            std::string(64, '0') + "000004" + to_hex("body") + "0000");
}

TEST_CASE("certificate: bytes that are none, and bytes behind one, are refused") {
  CHECK(parse_certificate("").error().code == ErrorCode::kFormat);
  CHECK(parse_certificate("0").error().code == ErrorCode::kFormat);
  CHECK(parse_certificate(std::string(3'000'000, '0')).error().code == ErrorCode::kLimit);
}

TEST_CASE("public key: an algorithm that is not known is named") {
  // id-X25519, which signs nothing.
  const auto key = parse_public_key(*from_hex("302a300506032b656e032100" + std::string(64, '1')));
  REQUIRE_FALSE(key);
  CHECK(key.error().code == ErrorCode::kUnsupported);
  CHECK(key.error().message == "signatures of the algorithm `X25519` cannot be verified here");
  CHECK(parse_public_key("junk").error().code == ErrorCode::kFormat);
}

TEST_CASE("public key: Ed25519 agrees with the other door, and a bit more is a no") {
  const auto secret = generate_ed25519();
  REQUIRE(secret);
  const auto bare = public_key_of(*secret);
  const auto signature = sign_ed25519(*secret, "text");
  REQUIRE((bare && signature));
  const auto key =
      parse_public_key(*from_hex("302a300506032b6570032100") + std::string(bytes_of(*bare)));
  REQUIRE(key);
  CHECK(key->algorithm == "Ed25519");
  CHECK(verify_message(*key, key->hash, "text", bytes_of(*signature)).value());
  CHECK_FALSE(verify_message(*key, key->hash, "texu", bytes_of(*signature)).value());
  CHECK_FALSE(verify_message(*key, key->hash, "text", "short").value());
  CHECK(verify_digest(*key, HashAlgorithm::kSha256, std::string(32, '0'), "").error().code ==
        ErrorCode::kUnsupported);
}

TEST_CASE("digests: SHA-2 in its three sizes") {
  CHECK(to_hex(*hash_bytes(HashAlgorithm::kSha256, "abc")).starts_with("ba7816bf"));
  CHECK(to_hex(*hash_bytes(HashAlgorithm::kSha384, "abc")).starts_with("cb00753f"));
  CHECK(to_hex(*hash_bytes(HashAlgorithm::kSha512, "abc")).starts_with("ddaf35a1"));
}

TEST_CASE("time stamp, CMS: bytes that are none are refused with the reason") {
  CHECK(parse_timestamp("junk").error().message ==
        "a time stamp cannot be read: it is no TimeStampResp of RFC 3161");
  CHECK(claimed_signers("junk").error().message == "the signature cannot be read: it is no CMS");
  const auto verdict = verify_cms("junk", "content", {}, 0);
  REQUIRE(verdict);
  CHECK_FALSE(verdict->ok);
}
