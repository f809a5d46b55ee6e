#include "attest/sigstore_trusted_root.h"

#include <algorithm>
#include <array>

#include "attest/proto_json.h"
#include "base/json/json_reader.h"
#include "base/timestamp.h"

namespace merlon {
namespace {

constexpr std::size_t kMostTrusted = 256;
constexpr std::size_t kMostChain = 16;
constexpr std::size_t kKeyHintBytes = 4;

constexpr std::array<std::string_view, 3> kTrustedRootTypes{
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "application/vnd.dev.sigstore.trustedroot+json;version=0.2",
    "application/vnd.dev.sigstore.trustedroot.v0.2+json",
};

struct KeyDetailRow {
  std::string_view name;
  std::string_view algorithm;
  HashAlgorithm hash;
};
/// Sigstore's names of algorithms that can be verified here.
constexpr std::array kKeyDetailRows{
    KeyDetailRow{"PKIX_ECDSA_P256_SHA_256", "P-256", HashAlgorithm::kSha256},
    KeyDetailRow{"PKIX_ECDSA_P384_SHA_384", "P-384", HashAlgorithm::kSha384},
    KeyDetailRow{"PKIX_ECDSA_P384_SHA_256", "P-384", HashAlgorithm::kSha256},
    KeyDetailRow{"PKIX_ECDSA_P521_SHA_512", "P-521", HashAlgorithm::kSha512},
    KeyDetailRow{"PKIX_ECDSA_P521_SHA_256", "P-521", HashAlgorithm::kSha256},
    KeyDetailRow{"PKIX_ED25519", "Ed25519", HashAlgorithm::kNone},
    KeyDetailRow{"PKIX_RSA_PKCS1V5", "RSA", HashAlgorithm::kSha256},
    KeyDetailRow{"PKIX_RSA_PKCS1V15_2048_SHA256", "RSA", HashAlgorithm::kSha256},
    KeyDetailRow{"PKIX_RSA_PKCS1V15_3072_SHA256", "RSA", HashAlgorithm::kSha256},
    KeyDetailRow{"PKIX_RSA_PKCS1V15_4096_SHA256", "RSA", HashAlgorithm::kSha256},
};

Result<std::optional<std::int64_t>> window_end(const ProtoMessage& window, std::string_view name) {
  MERLON_TRY(const std::string text, window.text(name));
  if (text.empty()) {
    return std::optional<std::int64_t>();
  }
  const auto time = parse_timestamp_ms(text);
  if (!time) {
    return window.refuse("`" + std::string(name) + "` is no time of RFC 3339");
  }
  return time;
}

Result<TrustWindow> read_window(const ProtoMessage& holder) {
  MERLON_TRY(const ProtoMessage window, holder.required("validFor"));
  MERLON_TRY(const auto start, window_end(window, "start"));
  MERLON_TRY(const auto end, window_end(window, "end"));
  if (!start) {
    return window.refuse("a validity has no `start`");
  }
  return TrustWindow{.start_ms = *start, .end_ms = end};
}

/// A key that cannot be used is no fault of the root: it may be one that is never asked for.
Status read_log_key(const ProtoMessage& message, TrustedLog& log) {
  MERLON_TRY(const std::string bytes, message.bytes("rawBytes"));
  MERLON_TRY(const std::string details, message.text("keyDetails"));
  for (const KeyDetailRow& row : kKeyDetailRows) {
    if (row.name != details) {
      continue;
    }
    auto key = parse_public_key(bytes);
    if (!key) {
      log.problem = key.error().message;
    } else if (key->algorithm != row.algorithm) {
      log.problem = "its key is of " + key->algorithm + ", not " + details;
    } else {
      key->hash = row.hash;
      log.key = *std::move(key);
    }
    return {};
  }
  log.problem = "the algorithm `" + details + "` is not known";
  return {};
}

Result<std::string> log_id_of(const ProtoMessage& log, std::string_view name) {
  MERLON_TRY(const auto id, log.message(name));
  return id ? id->bytes("keyId") : Result<std::string>(std::string());
}

Result<TrustedLog> read_log(const ProtoMessage& message) {
  TrustedLog log;
  MERLON_TRY(log.url, message.text("baseUrl"));
  MERLON_TRY(log.id, log_id_of(message, "logId"));
  MERLON_TRY(const std::string checkpoint_id, log_id_of(message, "checkpointKeyId"));
  MERLON_TRY(const ProtoMessage key, message.required("publicKey"));
  MERLON_CHECK(read_log_key(key, log));
  MERLON_TRY(log.window, read_window(key));
  log.hint = (checkpoint_id.empty() ? log.id : checkpoint_id).substr(0, kKeyHintBytes);
  if (log.id.empty() || log.hint.size() != kKeyHintBytes) {
    return message.refuse("a log has no `logId`");
  }
  return log;
}

Result<std::vector<TrustedLog>> read_logs(const ProtoMessage& root, std::string_view name) {
  MERLON_TRY(const auto messages, root.messages(name, kMostTrusted));
  std::vector<TrustedLog> logs;
  for (const ProtoMessage& message : messages) {
    MERLON_TRY(TrustedLog log, read_log(message));
    logs.push_back(std::move(log));
  }
  return logs;
}

Result<TrustedAuthority> read_authority(const ProtoMessage& message) {
  TrustedAuthority authority;
  MERLON_TRY(authority.url, message.text("uri"));
  MERLON_TRY(const ProtoMessage chain, message.required("certChain"));
  MERLON_TRY(const auto certificates, chain.messages("certificates", kMostChain));
  for (const ProtoMessage& certificate : certificates) {
    MERLON_TRY(std::string der, certificate.bytes("rawBytes"));
    authority.chain.push_back(std::move(der));
  }
  MERLON_TRY(authority.window, read_window(message));
  return authority;
}

Result<std::vector<TrustedAuthority>> read_authorities(const ProtoMessage& root,
                                                       std::string_view name) {
  MERLON_TRY(const auto messages, root.messages(name, kMostTrusted));
  std::vector<TrustedAuthority> authorities;
  for (const ProtoMessage& message : messages) {
    MERLON_TRY(TrustedAuthority authority, read_authority(message));
    authorities.push_back(std::move(authority));
  }
  return authorities;
}

}  // namespace

Result<TrustedRoot> parse_trusted_root(const std::shared_ptr<const SourceText>& source,
                                       const Limits& limits) {
  MERLON_TRY(const Document document, parse_json(source, JsonDialect::kStrict, limits));
  MERLON_TRY(const ProtoMessage root, ProtoMessage::root_of(document, "Sigstore trusted root"));
  MERLON_TRY(const std::string type, root.text("mediaType"));
  if (std::ranges::find(kTrustedRootTypes, type) == kTrustedRootTypes.end()) {
    return fail(ErrorCode::kUnsupported, "the trusted root's media type `", type, "` is not known");
  }
  TrustedRoot trusted;
  MERLON_TRY(trusted.logs, read_logs(root, "tlogs"));
  MERLON_TRY(trusted.certificate_logs, read_logs(root, "ctlogs"));
  MERLON_TRY(trusted.authorities, read_authorities(root, "certificateAuthorities"));
  MERLON_TRY(trusted.timestamp_authorities, read_authorities(root, "timestampAuthorities"));
  return trusted;
}

}  // namespace merlon
