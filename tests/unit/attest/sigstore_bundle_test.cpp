#include "attest/sigstore_bundle.h"

#include <string>

#include <doctest/doctest.h>

#include "attest/sigstore_entry_body.h"
#include "attest/sigstore_trusted_root.h"
#include "base/json/json_reader.h"

using namespace merlon;

namespace {

Result<SigstoreBundle> bundle_of(const std::string& text) {
  return parse_sigstore_bundle(SourceText::copy_of("bundle", text), {});
}

const std::string kSmallBundle =
    R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":)"
    R"({"publicKey":{"hint":"h"}},"messageSignature":{"signature":"AAAA"}})";

std::string with_replaced(std::string text, std::string_view old, std::string_view fresh) {
  const std::size_t at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), fresh);
}

}  // namespace

TEST_CASE("bundle: the smallest one is a key's hint and a signature") {
  const auto bundle = bundle_of(kSmallBundle);
  REQUIRE(bundle);
  CHECK(bundle->version == BundleVersion::kV03);
  CHECK(bundle->key_hint == "h");
  CHECK(bundle->message.signature == std::string(3, '\0'));
  CHECK(bundle->message.hash == HashAlgorithm::kNone);
  CHECK_FALSE(bundle->has_envelope());
}

TEST_CASE("bundle: a name may be written as in the proto file, and null is not there") {
  const auto bundle =
      bundle_of(R"({"media_type":"application/vnd.dev.sigstore.bundle+json;version=0.2",)"
                R"("verification_material":{"public_key":{"hint":"h"},"certificate":null},)"
                R"("message_signature":{"signature":"AA"},"dsse_envelope":null})");
  REQUIRE(bundle);
  CHECK(bundle->version == BundleVersion::kV02);
}

TEST_CASE("bundle: a field that stands twice is refused, in either spelling") {
  for (const std::string twice : {R"("mediaType":"x",)", R"("media_type":"x",)"}) {
    const auto bundle = bundle_of("{" + twice + kSmallBundle.substr(1));
    REQUIRE_FALSE(bundle);
    CHECK(bundle.error().message == "this is no Sigstore bundle: a field stands twice");
  }
}

TEST_CASE("bundle: what is not known is refused where it stands") {
  const auto bundle = bundle_of(with_replaced(kSmallBundle, R"("hint")", R"("hints")"));
  REQUIRE_FALSE(bundle);
  CHECK(bundle.error().code == ErrorCode::kFormat);
  CHECK(bundle.error().message == "this is no Sigstore bundle: it has a field that is not known");
}

TEST_CASE("bundle: exactly one kind of signer and one kind of content") {
  CHECK_FALSE(bundle_of(with_replaced(kSmallBundle, R"({"publicKey":{"hint":"h"}})", "{}")));
  CHECK_FALSE(bundle_of(with_replaced(kSmallBundle, R"({"publicKey":{"hint":"h"}})",
                                      R"({"publicKey":{},"certificate":{"rawBytes":"AA"}})")));
  CHECK_FALSE(
      bundle_of(with_replaced(kSmallBundle, R"("messageSignature":{"signature":"AAAA"})",
                              R"("messageSignature":{},"dsseEnvelope":{"signatures":[{}]})")));
}

TEST_CASE("bundle: lists are bounded") {
  std::string entries;
  for (int at = 0; at < 33; ++at) {
    entries += at == 0 ? "{}" : ",{}";
  }
  const auto bundle = bundle_of(with_replaced(
      kSmallBundle, R"({"publicKey":)", R"({"tlogEntries":[)" + entries + R"(],"publicKey":)"));
  REQUIRE_FALSE(bundle);
  CHECK(bundle.error().code == ErrorCode::kLimit);
}

TEST_CASE("trusted root: a validity without a start is refused, one without an end holds on") {
  const auto root_of = [](const std::string& window) {
    return parse_trusted_root(
        SourceText::copy_of(
            "root", R"({"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1",)"
                    R"("timestampAuthorities":[{"uri":"u","certChain":{},"validFor":)" +
                        window + "}]}"),
        {});
  };
  CHECK_FALSE(root_of("{}"));
  CHECK_FALSE(root_of(R"({"start":null,"end":"2030-01-01T00:00:00Z"})"));
  const auto root = root_of(R"({"start":"2020-01-01T00:00:00Z"})");
  REQUIRE(root);
  const TrustWindow window = root->timestamp_authorities.front().window;
  CHECK_FALSE(window.covers(1577836799));
  CHECK(window.covers(1577836800));
  CHECK(window.covers(INT64_MAX / 1000));
  CHECK_FALSE(window.covers(INT64_MAX));
}

TEST_CASE("log entry: an unknown kind is an error that names it") {
  const auto body = parse_entry_body(R"({"kind":"cose","apiVersion":"0.0.1","spec":{}})");
  REQUIRE_FALSE(body);
  CHECK(body.error().code == ErrorCode::kUnsupported);
  CHECK(body.error().message == "log entries of the kind `cose` 0.0.1 are not known");
}

TEST_CASE("log entry: a kind that stands twice is refused") {
  CHECK_FALSE(parse_entry_body(R"({"kind":"dsse","kind":"dsse","apiVersion":"0.0.1","spec":{}})"));
}
