// The run, and the steps about the bundle, the signer, identity and signature.
#include "attest/sigstore_verifier.h"

#include <algorithm>
#include <array>

#include "attest/sigstore_check.h"
#include "attest/sigstore_statement.h"
#include "attest/utc_time.h"
#include "base/digest/digest.h"
#include "base/hex.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr int kIssuerClaimOld = 1;
constexpr int kIssuerClaim = 8;

std::vector<std::string> names_of(const Certificate& leaf) {
  std::vector<std::string> names = leaf.uris;
  names.insert(names.end(), leaf.emails.begin(), leaf.emails.end());
  names.insert(names.end(), leaf.other_names.begin(), leaf.other_names.end());
  return names;
}

/// The hash that SHA-2's name in a statement means; none for another algorithm.
HashAlgorithm statement_hash(std::string_view name) {
  for (const HashAlgorithm hash :
       {HashAlgorithm::kSha256, HashAlgorithm::kSha384, HashAlgorithm::kSha512}) {
    if (to_string(hash) == name) {
      return hash;
    }
  }
  return HashAlgorithm::kNone;
}

/// Whether a subject is the artifact: of the digests that can be compared there is one, and all
/// are equal.
Result<bool> is_subject(const StatementSubject& subject, const SigstoreArtifact& artifact) {
  bool any = false;
  for (const auto& [name, hex] : subject.digests) {
    const HashAlgorithm hash = statement_hash(name);
    MERLON_TRY(const auto digest, artifact.digest(hash));
    if (!digest) {
      continue;
    }
    if (to_hex(std::string_view(*digest)) != to_lower_ascii(hex)) {
      return false;
    }
    any = true;
  }
  return any;
}

}  // namespace

bool SigstoreCheck::pass(std::string_view step, std::string text) {
  verdict_.verification.pass(step, std::move(text));
  return true;
}

bool SigstoreCheck::refuse(std::string_view step, std::string text, std::string_view hint) {
  verdict_.verification.refuse(step, std::move(text), hint);
  return false;
}

const std::string& SigstoreCheck::signature() const {
  return bundle_.has_envelope() ? bundle_.envelope.signatures.front().bytes
                                : bundle_.message.signature;
}

Result<SigstoreVerdict> SigstoreCheck::run() {
  constexpr std::array kSteps{
      &SigstoreCheck::check_bundle,
      &SigstoreCheck::check_signer,
      &SigstoreCheck::check_times,
      &SigstoreCheck::check_authority,
      &SigstoreCheck::check_certificate_logs,
      &SigstoreCheck::check_log,
      &SigstoreCheck::check_entries,
      &SigstoreCheck::check_identity,
      &SigstoreCheck::check_signature,
      &SigstoreCheck::check_artifact,
  };
  for (const auto step : kSteps) {
    MERLON_TRY(const bool go_on, (this->*step)());
    if (!go_on) {
      break;
    }
  }
  return std::move(verdict_);
}

// --- bundle and signer --------------------------------------------------------------------------

std::string SigstoreCheck::fault_of_bundle() const {
  if (signature().empty()) {
    return "it has no signature";
  }
  if (has_certificate() && bundle_.entries.empty()) {
    return "it has no log entry";
  }
  for (std::size_t at = 0; at < bundle_.entries.size(); ++at) {
    const LogEntry& entry = bundle_.entries[at];
    const bool proof = entry.inclusion && !entry.inclusion->checkpoint.empty();
    if (bundle_.version == BundleVersion::kV01 ? entry.promise.empty() : !proof) {
      return bundle_.version == BundleVersion::kV01
                 ? "a log entry has no promise (SET), which v0.1 demands"
                 : "a log entry has no inclusion proof with a checkpoint";
    }
    for (std::size_t other = 0; other < at; ++other) {
      if (bundle_.entries[other].body == entry.body &&
          bundle_.entries[other].log_id == entry.log_id) {
        return "a log entry stands twice";
      }
    }
  }
  return {};
}

Result<bool> SigstoreCheck::check_bundle() {
  const std::string fault = fault_of_bundle();
  if (!fault.empty()) {
    return refuse("bundle", fault);
  }
  return pass("bundle", "Sigstore bundle " + std::string(to_string(bundle_.version)) + " with " +
                            (bundle_.has_envelope() ? "a signed envelope" : "a signature") + ", " +
                            counted(bundle_.entries.size(), "log entry") + ", " +
                            counted(bundle_.timestamps.size(), "time stamp"));
}

Result<bool> SigstoreCheck::check_signer() {
  if (!has_certificate()) {
    if (!expected_.key) {
      return refuse("certificate", "it was signed with a bare key, not with a certificate",
                    "give the signer's key with `--key`");
    }
    key_ = *expected_.key;
    return pass("key", key_.algorithm + " key, SHA-256 " + sha256_hex(key_.der));
  }
  if (expected_.key) {
    return refuse("key", "it was signed with a certificate, not with a bare key",
                  "say whom it must name with `--certificate-identity` and "
                  "`--certificate-oidc-issuer`");
  }
  MERLON_TRY(leaf_, parse_certificate(bundle_.certificates.front()));
  for (std::size_t at = 1; at < bundle_.certificates.size(); ++at) {
    MERLON_TRY(const Certificate other, parse_certificate(bundle_.certificates[at]));
    if (other.self_issued && !expected_.root_may_come_along) {
      return refuse("certificate", "a root certificate came along with it");
    }
  }
  MERLON_TRY(key_, parse_public_key(leaf_.key));
  verdict_.facts.claims = leaf_.claims;
  verdict_.facts.identity = join(names_of(leaf_), ", ");
  if (leaf_.authority || !leaf_.code_signing || !leaf_.signs_data) {
    return refuse("certificate", "the certificate is not for signing code");
  }
  return pass("certificate", key_.algorithm + " key, issued by " + leaf_.issuer + ", for " +
                                 utc_time_text(leaf_.not_before) + " to " +
                                 utc_time_text(leaf_.not_after));
}

// --- identity, signature, artifact --------------------------------------------------------------

Result<bool> SigstoreCheck::check_identity() {
  if (!has_certificate()) {
    return true;
  }
  const std::vector<std::string> names = names_of(leaf_);
  const std::string old_issuer = leaf_.claim(kIssuerClaimOld);
  const std::string new_issuer = leaf_.claim(kIssuerClaim);
  verdict_.facts.issuer = new_issuer.empty() ? old_issuer : new_issuer;
  if (expected_.identity && std::ranges::find(names, *expected_.identity) == names.end()) {
    return refuse("identity", "the certificate names " +
                                  (names.empty() ? std::string("nobody") : join(names, ", ")) +
                                  ", not " + *expected_.identity);
  }
  pass("identity", "the certificate names " + join(names, ", "));
  if (!old_issuer.empty() && !new_issuer.empty() && old_issuer != new_issuer) {
    return refuse("issuer", "the certificate names two issuers");
  }
  if (std::ranges::find(expected_.issuers, verdict_.facts.issuer) == expected_.issuers.end()) {
    return refuse("issuer", "the identity was vouched for by " +
                                (verdict_.facts.issuer.empty() ? std::string("nobody")
                                                               : verdict_.facts.issuer) +
                                ", not by " + join(expected_.issuers, " or "));
  }
  return pass("issuer", "the identity was vouched for by " + verdict_.facts.issuer);
}

/// A signature over a file, or over its digest where that is all there is. Signers with larger
/// curves use the digest of their curve, that of the bundle, or SHA-256: each names the same file.
Result<bool> SigstoreCheck::message_holds() const {
  if (key_.hash == HashAlgorithm::kNone) {
    return artifact_.source() != nullptr
               ? verify_message(key_, key_.hash, artifact_.source()->bytes(), signature())
               : verify_digest(key_, key_.hash, {}, signature());
  }
  for (const HashAlgorithm hash : {key_.hash, bundle_.message.hash, HashAlgorithm::kSha256}) {
    MERLON_TRY(const auto digest, artifact_.digest(hash));
    if (!digest) {
      continue;
    }
    MERLON_TRY(const bool good, verify_digest(key_, hash, *digest, signature()));
    if (good) {
      return true;
    }
  }
  return false;
}

Result<bool> SigstoreCheck::signature_holds() const {
  if (!bundle_.has_envelope()) {
    return message_holds();
  }
  const std::string message =
      dsse_encoding(bundle_.envelope.payload_type, bundle_.envelope.payload);
  MERLON_TRY(const bool good, verify_message(key_, key_.hash, message, signature()));
  // Signers with larger curves have used SHA-256 all the same.
  const bool again = !good && key_.hash != HashAlgorithm::kNone;
  return again ? verify_message(key_, HashAlgorithm::kSha256, message, signature())
               : Result<bool>(good);
}

Result<bool> SigstoreCheck::check_signature() {
  MERLON_TRY(const bool good, signature_holds());
  if (!good) {
    return refuse("signature", !bundle_.has_envelope()
                                   ? "the signature is not over this artifact, or not "
                                     "by this key"
                                   : "the signature is not over this envelope, or not "
                                     "by this key");
  }
  return pass("signature",
              !bundle_.has_envelope() ? "the artifact is signed" : "the envelope is signed");
}

bool SigstoreCheck::check_message_digest(const std::string& digest) {
  return digest == bundle_.message.digest
             ? pass("artifact", "its digest is the one that the bundle names")
             : refuse("artifact", "the bundle names the digest of another artifact");
}

Result<bool> SigstoreCheck::check_statement() {
  if (bundle_.envelope.payload_type != kInTotoPayloadType) {
    return refuse("artifact", "the envelope holds no in-toto statement but `" +
                                  bundle_.envelope.payload_type + "`");
  }
  const auto statement = parse_sigstore_statement(bundle_.envelope.payload);
  if (!statement) {
    return refuse("artifact", statement.error().message);
  }
  verdict_.facts.predicate_type = statement->predicate_type;
  for (const StatementSubject& subject : statement->subjects) {
    MERLON_TRY(const bool found, is_subject(subject, artifact_));
    if (found) {
      return pass("artifact", "it is the subject `" + subject.name + "` of a statement of type " +
                                  statement->predicate_type);
    }
  }
  return refuse("artifact", "it is no subject of the statement");
}

Result<bool> SigstoreCheck::check_artifact() {
  if (bundle_.has_envelope()) {
    return check_statement();
  }
  if (bundle_.message.hash == HashAlgorithm::kNone) {
    return pass("artifact", "the signature is over it");
  }
  MERLON_TRY(const auto digest, artifact_.digest(bundle_.message.hash));
  if (!digest) {
    return fail(ErrorCode::kUnsupported, "the bundle names a ", to_string(bundle_.message.hash),
                " digest: give the file and not its SHA-256");
  }
  return check_message_digest(*digest);
}

Result<SigstoreVerdict> verify_sigstore_bundle(const SigstoreBundle& bundle,
                                               const TrustedRoot& root,
                                               const SigstoreExpectation& expected,
                                               const SigstoreArtifact& artifact) {
  return SigstoreCheck(bundle, root, expected, artifact).run();
}

}  // namespace merlon
