#include "attest/sigstore_entry_body.h"

#include <array>

#include "attest/proto_json.h"
#include "base/base64.h"
#include "base/hex.h"
#include "base/json/json_reader.h"
#include "base/x509/pem.h"

namespace merlon {
namespace {

constexpr std::size_t kMostEntrySigners = 32;

/// `sha256` of Rekor v1 and `SHA2_256` of v2.
Result<HashAlgorithm> entry_hash(const std::string& name) {
  if (name == "sha256" || name == "SHA2_256") {
    return HashAlgorithm::kSha256;
  }
  if (name == "sha384" || name == "SHA2_384") {
    return HashAlgorithm::kSha384;
  }
  if (name == "sha512" || name == "SHA2_512") {
    return HashAlgorithm::kSha512;
  }
  return fail(ErrorCode::kUnsupported, "the log entry's digest algorithm `", name,
              "` is not known");
}

/// {"algorithm": "sha256", "value": hex} of v1.
Status read_hex_digest(const ProtoMessage& holder, std::string_view name, EntryBody& body) {
  MERLON_TRY(const ProtoMessage hash, holder.required(name));
  MERLON_TRY(const std::string algorithm, hash.text("algorithm"));
  MERLON_TRY(const std::string value, hash.text("value"));
  MERLON_TRY(body.hash, entry_hash(algorithm));
  const auto digest = from_hex(value);
  if (!digest) {
    return hash.refuse("a digest is not hex");
  }
  body.digest = *digest;
  return {};
}

/// {"algorithm": "SHA2_256", "digest": base64} of v2.
Status read_digest(const ProtoMessage& holder, std::string_view name, EntryBody& body) {
  MERLON_TRY(const ProtoMessage hash, holder.required(name));
  MERLON_TRY(const std::string algorithm, hash.text("algorithm"));
  MERLON_TRY(body.hash, entry_hash(algorithm));
  MERLON_TRY(body.digest, hash.bytes("digest"));
  return {};
}

/// A certificate or a key as PEM.
Result<std::string> der_of_pem(const ProtoMessage& place, std::string_view pem) {
  const auto blocks = parse_pem(pem);
  const bool fits =
      blocks && blocks->size() == 1 &&
      (blocks->front().label == "CERTIFICATE" || blocks->front().label == "PUBLIC KEY");
  return fits ? Result<std::string>(blocks->front().der)
              : Result<std::string>(place.refuse("its key is no PEM of a certificate or key"));
}

/// {"content": base64, "verifier": {"x509Certificate" or "publicKey": {"rawBytes"}}} of v2.
Result<EntrySigner> read_v2_signer(const ProtoMessage& message) {
  EntrySigner signer;
  MERLON_TRY(signer.signature, message.bytes("content"));
  MERLON_TRY(const ProtoMessage verifier, message.required("verifier"));
  const bool certificate = verifier.has("x509Certificate");
  if (certificate == verifier.has("publicKey")) {
    return verifier.refuse("it must name one of a certificate and a key");
  }
  MERLON_TRY(const ProtoMessage raw,
             verifier.required(certificate ? "x509Certificate" : "publicKey"));
  MERLON_TRY(signer.verifier, raw.bytes("rawBytes"));
  return signer;
}

Status read_hashedrekord_v1(const ProtoMessage& spec, EntryBody& body) {
  MERLON_TRY(const ProtoMessage data, spec.required("data"));
  MERLON_CHECK(read_hex_digest(data, "hash", body));
  MERLON_TRY(const ProtoMessage signature, spec.required("signature"));
  MERLON_TRY(const ProtoMessage key, signature.required("publicKey"));
  EntrySigner signer;
  MERLON_TRY(signer.signature, signature.bytes("content"));
  MERLON_TRY(const std::string pem, key.bytes("content"));
  MERLON_TRY(signer.verifier, der_of_pem(key, pem));
  body.signers.push_back(std::move(signer));
  return {};
}

Status read_hashedrekord_v2(const ProtoMessage& spec, EntryBody& body) {
  MERLON_TRY(const ProtoMessage inner, spec.required("hashedRekordV002"));
  MERLON_CHECK(read_digest(inner, "data", body));
  MERLON_TRY(const ProtoMessage signature, inner.required("signature"));
  MERLON_TRY(EntrySigner signer, read_v2_signer(signature));
  body.signers.push_back(std::move(signer));
  return {};
}

Status read_dsse_v1(const ProtoMessage& spec, EntryBody& body) {
  MERLON_CHECK(read_hex_digest(spec, "payloadHash", body));
  MERLON_TRY(const auto signatures, spec.messages("signatures", kMostEntrySigners));
  for (const ProtoMessage& message : signatures) {
    EntrySigner signer;
    MERLON_TRY(signer.signature, message.bytes("signature"));
    MERLON_TRY(const std::string pem, message.bytes("verifier"));
    MERLON_TRY(signer.verifier, der_of_pem(message, pem));
    body.signers.push_back(std::move(signer));
  }
  return {};
}

Status read_dsse_v2(const ProtoMessage& spec, EntryBody& body) {
  MERLON_TRY(const ProtoMessage inner, spec.required("dsseV002"));
  MERLON_CHECK(read_digest(inner, "payloadHash", body));
  MERLON_TRY(const auto signatures, inner.messages("signatures", kMostEntrySigners));
  for (const ProtoMessage& message : signatures) {
    MERLON_TRY(EntrySigner signer, read_v2_signer(message));
    body.signers.push_back(std::move(signer));
  }
  return {};
}

Status read_intoto(const ProtoMessage& spec, EntryBody& body) {
  MERLON_TRY(const ProtoMessage content, spec.required("content"));
  MERLON_CHECK(read_hex_digest(content, "payloadHash", body));
  MERLON_TRY(const ProtoMessage envelope, content.required("envelope"));
  MERLON_TRY(const auto signatures, envelope.messages("signatures", kMostEntrySigners));
  for (const ProtoMessage& message : signatures) {
    // Rekor encodes what is base64 already a second time.
    MERLON_TRY(const std::string text, message.bytes("sig"));
    const auto signature = from_base64(text, Base64Alphabet::kEither);
    MERLON_TRY(const std::string pem, message.bytes("publicKey"));
    EntrySigner signer;
    MERLON_TRY(signer.verifier, der_of_pem(message, pem));
    if (!signature) {
      return message.refuse("a signature is not base64 twice");
    }
    signer.signature = *signature;
    body.signers.push_back(std::move(signer));
  }
  return {};
}

struct EntryKind {
  std::string_view kind;
  std::string_view version;
  Status (*read)(const ProtoMessage& spec, EntryBody& body);
};
constexpr std::array kEntryKinds{
    EntryKind{"hashedrekord", "0.0.1", read_hashedrekord_v1},
    EntryKind{"hashedrekord", "0.0.2", read_hashedrekord_v2},
    EntryKind{"dsse", "0.0.1", read_dsse_v1},
    EntryKind{"dsse", "0.0.2", read_dsse_v2},
    EntryKind{"intoto", "0.0.2", read_intoto},
};

}  // namespace

Result<EntryBody> parse_entry_body(std::string_view json) {
  const auto source = SourceText::copy_of("log entry", std::string(json));
  MERLON_TRY(const Document document, parse_json(source, JsonDialect::kStrict, {}));
  MERLON_TRY(const ProtoMessage root, ProtoMessage::root_of(document, "log entry"));
  EntryBody body;
  MERLON_TRY(body.kind, root.text("kind"));
  MERLON_TRY(body.version, root.text("apiVersion"));
  MERLON_TRY(const ProtoMessage spec, root.required("spec"));
  for (const EntryKind& kind : kEntryKinds) {
    if (kind.kind == body.kind && kind.version == body.version) {
      MERLON_CHECK(kind.read(spec, body));
      return body;
    }
  }
  return fail(ErrorCode::kUnsupported, "log entries of the kind `", body.kind, "` ", body.version,
              " are not known");
}

}  // namespace merlon
