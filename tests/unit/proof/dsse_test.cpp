#include "proof/dsse.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/base64.h"

namespace merlon {
namespace {

constexpr std::string_view kHello = "http://example.com/HelloWorld";

SigningKey dsse_key(std::string_view name, char seed) {
  return make_signing_key(name, Ed25519PrivateKey::from_seed(std::string(32, seed)).value())
      .value();
}

DsseEnvelope hello_signed_by(const std::vector<const SigningKey*>& keys) {
  DsseEnvelope envelope{.payload_type = std::string(kHello), .payload = "hello world"};
  for (const SigningKey* key : keys) {
    REQUIRE(sign_dsse(envelope, *key).has_value());
  }
  return envelope;
}

Result<DsseEnvelope> parse(const std::string& text) {
  return parse_dsse(SourceText::copy_of("e.json", text), Limits{});
}

DsseAnswer answer_of(const DsseEnvelope& envelope, const std::vector<VerifierKey>& keys) {
  return verify_dsse(envelope, kHello, keys).value().answer;
}

}  // namespace

TEST_CASE("DSSE: the encoding of the specification's example") {
  CHECK(dsse_encoding(kHello, "hello world") ==
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  CHECK(dsse_encoding("", "") == "DSSEv1 0  0 ");
}

TEST_CASE("DSSE: an envelope is read back as it was written, and verifies") {
  const SigningKey key = dsse_key("ours", 'a');
  const DsseEnvelope envelope = hello_signed_by({&key});
  const auto read = parse(to_string(envelope));
  REQUIRE(read.has_value());
  CHECK(*read == envelope);
  const auto verdict = verify_dsse(*read, kHello, std::vector{key.verifier}).value();
  CHECK(verdict.answer == DsseAnswer::kVerified);
  CHECK(verdict.keys == std::vector<std::size_t>{0});
  CHECK(verdict.named == std::vector{short_key(key.verifier)});
}

TEST_CASE("DSSE: payload, type and signature cannot be changed") {
  const SigningKey key = dsse_key("ours", 'a');
  const std::vector keys{key.verifier};
  DsseEnvelope other = hello_signed_by({&key});
  other.payload = "hello worlD";
  CHECK(answer_of(other, keys) == DsseAnswer::kBadSignature);
  other = hello_signed_by({&key});
  other.payload_type = "http://example.com/Other";
  CHECK(answer_of(other, keys) == DsseAnswer::kOtherType);
  CHECK(verify_dsse(other, "http://example.com/Other", keys).value().answer ==
        DsseAnswer::kBadSignature);
  for (std::size_t at = 0; at < 64; ++at) {
    other = hello_signed_by({&key});
    other.signatures[0].bytes[at] = static_cast<char>(other.signatures[0].bytes[at] ^ 4);
    CAPTURE(at);
    CHECK(answer_of(other, keys) == DsseAnswer::kBadSignature);
  }
}

TEST_CASE("DSSE: bytes cannot move between type and payload") {
  const SigningKey key = dsse_key("ours", 'a');
  DsseEnvelope envelope{.payload_type = "a", .payload = "1 b"};
  REQUIRE(sign_dsse(envelope, key).has_value());
  envelope.payload_type = "a 1";
  envelope.payload = "b";
  CHECK(verify_dsse(envelope, "a 1", std::vector{key.verifier}).value().answer ==
        DsseAnswer::kBadSignature);
}

TEST_CASE("DSSE: the key id only helps to find the key") {
  const SigningKey key = dsse_key("ours", 'a');
  const SigningKey stranger = dsse_key("stranger", 'b');
  DsseEnvelope envelope = hello_signed_by({&key});
  envelope.signatures[0].key_id = "";
  CHECK(answer_of(envelope, {stranger.verifier, key.verifier}) == DsseAnswer::kVerified);
  envelope.signatures[0].key_id = "whatever";
  CHECK(answer_of(envelope, {stranger.verifier, key.verifier}) == DsseAnswer::kVerified);
  CHECK(answer_of(envelope, {stranger.verifier}) == DsseAnswer::kUnknownKeys);
  CHECK(answer_of(envelope, {}) == DsseAnswer::kUnknownKeys);
  // A stranger's signature under our key's id is not ours.
  envelope = hello_signed_by({&stranger});
  envelope.signatures[0].key_id = short_key(key.verifier);
  CHECK(answer_of(envelope, {key.verifier}) == DsseAnswer::kBadSignature);
}

TEST_CASE("DSSE: one trusted signature suffices, and one key counts once") {
  const SigningKey one = dsse_key("one", 'a');
  const SigningKey two = dsse_key("two", 'b');
  const DsseEnvelope envelope = hello_signed_by({&one, &two, &one});
  const auto verdict =
      verify_dsse(envelope, kHello, std::vector{two.verifier, one.verifier}).value();
  CHECK(verdict.answer == DsseAnswer::kVerified);
  CHECK(verdict.keys == std::vector<std::size_t>{1, 0});
  CHECK(answer_of(envelope, {two.verifier}) == DsseAnswer::kVerified);
}

TEST_CASE("DSSE: readers take URL-safe base64 and ignore unknown members") {
  const SigningKey key = dsse_key("ours", 'a');
  const DsseEnvelope envelope = hello_signed_by({&key});
  const std::string signature = to_base64(envelope.signatures[0].bytes);
  std::string url_safe = signature;
  for (char& c : url_safe) {
    c = c == '+' ? '-' : c;
    c = c == '/' ? '_' : c;
  }
  url_safe.erase(url_safe.find('='));
  const std::string json = R"({"extra":{"payload":1},"payloadType":")" + std::string(kHello) +
                           R"(","payload":"aGVsbG8gd29ybGQ","signatures":[{"sig":")" + url_safe +
                           R"(","more":null}]})";
  const auto read = parse(json);
  REQUIRE(read.has_value());
  CHECK(answer_of(*read, {key.verifier}) == DsseAnswer::kVerified);
}

TEST_CASE("DSSE: other shapes are refused with a place") {
  const auto said = [](const std::string& text) {
    const auto envelope = parse(text);
    return envelope ? std::string("read") : envelope.error().message;
  };
  const std::string head = R"({"payloadType":"t","payload":"AAAA",)";
  CHECK(said("[]") == "this is no DSSE envelope: it is no object");
  CHECK(said("{}") == "this is no DSSE envelope: `payloadType` must be a string");
  CHECK(said(R"({"payloadType":"t","payload":"A","signatures":[]})") ==
        "this is no DSSE envelope: `payload` is not base64");
  CHECK(said(head + R"("payload":"AAAB","signatures":[{"sig":"AAAA"}]})") ==
        "this is no DSSE envelope: a member stands twice");
  CHECK(said(head + R"("pa\u0079load":"AAAB","signatures":[{"sig":"AAAA"}]})") ==
        "this is no DSSE envelope: a member stands twice");
  CHECK(said(head + R"("signatures":[]})") == "this is no DSSE envelope: it has no signature");
  CHECK(said(head + R"("signatures":{}})") ==
        "this is no DSSE envelope: `signatures` must be an array");
  CHECK(said(head + R"("signatures":[7]})") ==
        "this is no DSSE envelope: a signature must be an object");
  CHECK(said(head + R"("signatures":[{}]})") == "this is no DSSE envelope: `sig` must be a string");
  CHECK(said(head + R"("signatures":[{"sig":"AAAA","keyid":3}]})") ==
        "this is no DSSE envelope: `keyid` must be a string");
  CHECK(parse("{").error().code == ErrorCode::kSyntax);
}

TEST_CASE("DSSE: 32 signatures pass, one more is refused") {
  const auto with = [](std::size_t count) {
    std::string text = R"({"payloadType":"t","payload":"AAAA","signatures":[)";
    for (std::size_t at = 0; at < count; ++at) {
      text += (at == 0 ? "" : ",") + std::string(R"({"sig":"AAAA"})");
    }
    return parse(text + "]}");
  };
  CHECK(with(kMostDsseSignatures).has_value());
  CHECK(with(kMostDsseSignatures + 1).error().code == ErrorCode::kLimit);
}

}  // namespace merlon
