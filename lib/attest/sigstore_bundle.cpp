#include "attest/sigstore_bundle.h"

#include <array>

#include "base/json/json_reader.h"

namespace merlon {
namespace {

constexpr std::size_t kMostBundleItems = 32;
constexpr std::size_t kMostProofHashes = 64;

struct BundleMediaType {
  std::string_view text;
  BundleVersion version;
};
constexpr std::array kBundleMediaTypes{
    BundleMediaType{"application/vnd.dev.sigstore.bundle+json;version=0.1", BundleVersion::kV01},
    BundleMediaType{"application/vnd.dev.sigstore.bundle+json;version=0.2", BundleVersion::kV02},
    BundleMediaType{"application/vnd.dev.sigstore.bundle+json;version=0.3", BundleVersion::kV03},
    BundleMediaType{"application/vnd.dev.sigstore.bundle.v0.3+json", BundleVersion::kV03},
};

Result<BundleVersion> bundle_version(const std::string& text) {
  for (const BundleMediaType& type : kBundleMediaTypes) {
    if (type.text == text) {
      return type.version;
    }
  }
  Error error =
      make_error(ErrorCode::kUnsupported, "the bundle's media type `", text, "` is not known");
  error.hints.emplace_back("known are the Sigstore bundles v0.1, v0.2 and v0.3");
  return std::unexpected(std::move(error));
}

Result<std::string> one_certificate(const ProtoMessage& message) {
  MERLON_CHECK(message.allow_only({"rawBytes"}));
  MERLON_TRY(std::string der, message.bytes("rawBytes"));
  if (der.empty()) {
    return message.refuse("a certificate is empty");
  }
  return der;
}

Status read_chain(const ProtoMessage& material, SigstoreBundle& bundle) {
  MERLON_TRY(const ProtoMessage chain, material.required("x509CertificateChain"));
  MERLON_CHECK(chain.allow_only({"certificates"}));
  MERLON_TRY(const auto certificates, chain.messages("certificates", kMostBundleItems));
  for (const ProtoMessage& certificate : certificates) {
    MERLON_TRY(std::string der, one_certificate(certificate));
    bundle.certificates.push_back(std::move(der));
  }
  return bundle.certificates.empty() ? Status(chain.refuse("its certificate chain is empty"))
                                     : Status();
}

/// Exactly one of a key's hint, a certificate (v0.3) or a chain of them (before).
Status read_bundle_signer(const ProtoMessage& material, SigstoreBundle& bundle) {
  const bool key = material.has("publicKey");
  const bool chain = material.has("x509CertificateChain");
  const bool certificate = material.has("certificate");
  if (int{key} + int{chain} + int{certificate} != 1) {
    return material.refuse("it must hold one of a certificate, a chain or a key");
  }
  const bool chain_fits = bundle.version != BundleVersion::kV03;
  if ((chain && !chain_fits) || (certificate && chain_fits)) {
    return material.refuse("its kind of certificate does not belong to its version");
  }
  if (chain) {
    return read_chain(material, bundle);
  }
  if (certificate) {
    MERLON_TRY(const ProtoMessage message, material.required("certificate"));
    MERLON_TRY(std::string der, one_certificate(message));
    bundle.certificates.push_back(std::move(der));
    return {};
  }
  MERLON_TRY(const ProtoMessage message, material.required("publicKey"));
  MERLON_CHECK(message.allow_only({"hint"}));
  MERLON_TRY(bundle.key_hint, message.text("hint"));
  return {};
}

Result<LogInclusion> read_inclusion(const ProtoMessage& message) {
  MERLON_CHECK(message.allow_only({"logIndex", "rootHash", "treeSize", "hashes", "checkpoint"}));
  LogInclusion inclusion;
  MERLON_TRY(const auto index, message.integer("logIndex"));
  MERLON_TRY(const auto size, message.integer("treeSize"));
  MERLON_TRY(inclusion.root_hash, message.bytes("rootHash"));
  MERLON_TRY(inclusion.hashes, message.bytes_list("hashes", kMostProofHashes));
  MERLON_TRY(const auto checkpoint, message.message("checkpoint"));
  inclusion.log_index = index.value_or(0);
  inclusion.tree_size = size.value_or(0);
  if (inclusion.log_index < 0 || inclusion.tree_size < 0) {
    return message.refuse("a place in the log is below zero");
  }
  if (checkpoint) {
    MERLON_CHECK(checkpoint->allow_only({"envelope"}));
    MERLON_TRY(inclusion.checkpoint, checkpoint->text("envelope"));
  }
  return inclusion;
}

Status read_entry_names(const ProtoMessage& message, LogEntry& entry) {
  MERLON_TRY(const ProtoMessage log, message.required("logId"));
  MERLON_CHECK(log.allow_only({"keyId"}));
  MERLON_TRY(entry.log_id, log.bytes("keyId"));
  MERLON_TRY(const ProtoMessage kind, message.required("kindVersion"));
  MERLON_CHECK(kind.allow_only({"kind", "version"}));
  MERLON_TRY(entry.kind, kind.text("kind"));
  MERLON_TRY(entry.version, kind.text("version"));
  return {};
}

Result<LogEntry> read_entry(const ProtoMessage& message) {
  MERLON_CHECK(message.allow_only({"logIndex", "logId", "kindVersion", "integratedTime",
                                   "inclusionPromise", "inclusionProof", "canonicalizedBody"}));
  LogEntry entry;
  MERLON_CHECK(read_entry_names(message, entry));
  MERLON_TRY(const auto index, message.integer("logIndex"));
  MERLON_TRY(const auto time, message.integer("integratedTime"));
  MERLON_TRY(entry.body, message.bytes("canonicalizedBody"));
  entry.log_index = index.value_or(0);
  entry.integrated_time = time.value_or(0);
  if (entry.log_index < 0 || entry.integrated_time < 0) {
    return message.refuse("a place in the log or a time is below zero");
  }
  MERLON_TRY(const auto promise, message.message("inclusionPromise"));
  if (promise) {
    MERLON_CHECK(promise->allow_only({"signedEntryTimestamp"}));
    MERLON_TRY(entry.promise, promise->bytes("signedEntryTimestamp"));
  }
  MERLON_TRY(const auto proof, message.message("inclusionProof"));
  if (proof) {
    MERLON_TRY(entry.inclusion, read_inclusion(*proof));
  }
  return entry;
}

Status read_timestamps(const ProtoMessage& material, SigstoreBundle& bundle) {
  MERLON_TRY(const auto data, material.message("timestampVerificationData"));
  if (!data) {
    return {};
  }
  MERLON_CHECK(data->allow_only({"rfc3161Timestamps"}));
  MERLON_TRY(const auto stamps, data->messages("rfc3161Timestamps", kMostBundleItems));
  for (const ProtoMessage& stamp : stamps) {
    MERLON_CHECK(stamp.allow_only({"signedTimestamp"}));
    MERLON_TRY(std::string der, stamp.bytes("signedTimestamp"));
    bundle.timestamps.push_back(std::move(der));
  }
  return {};
}

Status read_material(const ProtoMessage& root, SigstoreBundle& bundle) {
  MERLON_TRY(const ProtoMessage material, root.required("verificationMaterial"));
  MERLON_CHECK(material.allow_only({"publicKey", "x509CertificateChain", "certificate",
                                    "tlogEntries", "timestampVerificationData"}));
  MERLON_CHECK(read_bundle_signer(material, bundle));
  MERLON_TRY(const auto entries, material.messages("tlogEntries", kMostBundleItems));
  for (const ProtoMessage& message : entries) {
    MERLON_TRY(LogEntry entry, read_entry(message));
    bundle.entries.push_back(std::move(entry));
  }
  return read_timestamps(material, bundle);
}

Result<HashAlgorithm> digest_algorithm(const ProtoMessage& digest) {
  MERLON_TRY(const std::string name, digest.text("algorithm"));
  if (name == "SHA2_256") {
    return HashAlgorithm::kSha256;
  }
  if (name == "SHA2_384") {
    return HashAlgorithm::kSha384;
  }
  if (name == "SHA2_512") {
    return HashAlgorithm::kSha512;
  }
  return fail(ErrorCode::kUnsupported, "the bundle's digest algorithm `", name, "` is not known");
}

Result<MessageSignature> read_message(const ProtoMessage& message) {
  MERLON_CHECK(message.allow_only({"messageDigest", "signature"}));
  MessageSignature signature;
  MERLON_TRY(signature.signature, message.bytes("signature"));
  MERLON_TRY(const auto digest, message.message("messageDigest"));
  if (digest) {
    MERLON_CHECK(digest->allow_only({"algorithm", "digest"}));
    MERLON_TRY(signature.hash, digest_algorithm(*digest));
    MERLON_TRY(signature.digest, digest->bytes("digest"));
  }
  return signature;
}

Result<DsseEnvelope> read_envelope(const ProtoMessage& message) {
  MERLON_CHECK(message.allow_only({"payload", "payloadType", "signatures"}));
  DsseEnvelope envelope;
  MERLON_TRY(envelope.payload, message.bytes("payload"));
  MERLON_TRY(envelope.payload_type, message.text("payloadType"));
  MERLON_TRY(const auto signatures, message.messages("signatures", kMostBundleItems));
  for (const ProtoMessage& entry : signatures) {
    MERLON_CHECK(entry.allow_only({"sig", "keyid"}));
    DsseSignature signature;
    MERLON_TRY(signature.bytes, entry.bytes("sig"));
    MERLON_TRY(signature.key_id, entry.text("keyid"));
    envelope.signatures.push_back(std::move(signature));
  }
  if (envelope.signatures.size() != 1) {
    return message.refuse("its envelope must have exactly one signature");
  }
  return envelope;
}

Status read_content(const ProtoMessage& root, SigstoreBundle& bundle) {
  MERLON_TRY(const auto message, root.message("messageSignature"));
  MERLON_TRY(const auto envelope, root.message("dsseEnvelope"));
  if (message.has_value() == envelope.has_value()) {
    return root.refuse("it must hold one of `messageSignature` and `dsseEnvelope`");
  }
  if (message) {
    bundle.content = BundleContent::kMessage;
    MERLON_TRY(bundle.message, read_message(*message));
  }
  if (envelope) {
    bundle.content = BundleContent::kEnvelope;
    MERLON_TRY(bundle.envelope, read_envelope(*envelope));
  }
  return {};
}

}  // namespace

std::string_view to_string(BundleVersion version) {
  switch (version) {
    case BundleVersion::kV01: return "v0.1";
    case BundleVersion::kV02: return "v0.2";
    case BundleVersion::kV03: return "v0.3";
  }
  return "unknown";
}

Result<SigstoreBundle> read_sigstore_bundle(const ProtoMessage& root) {
  MERLON_TRY(const std::string media_type, root.text("mediaType"));
  SigstoreBundle bundle;
  MERLON_TRY(bundle.version, bundle_version(media_type));
  MERLON_CHECK(
      root.allow_only({"mediaType", "verificationMaterial", "messageSignature", "dsseEnvelope"}));
  MERLON_CHECK(read_material(root, bundle));
  MERLON_CHECK(read_content(root, bundle));
  return bundle;
}

Result<SigstoreBundle> parse_sigstore_bundle(const std::shared_ptr<const SourceText>& source,
                                             const Limits& limits) {
  MERLON_TRY(const Document document, parse_json(source, JsonDialect::kStrict, limits));
  MERLON_TRY(const ProtoMessage root, ProtoMessage::root_of(document, "Sigstore bundle"));
  return read_sigstore_bundle(root);
}

}  // namespace merlon
