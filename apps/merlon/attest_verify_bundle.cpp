#include <ostream>
#include <utility>

#include "attest_actions.h"
#include "attest_inputs.h"
#include "exit_code.h"
#include "options.h"
#include "verification_output.h"

namespace merlon::cli {
namespace {

struct BundleWords {
  bool staging{false};
  std::string bundle;
  std::string identity;
  std::string issuer;
  std::string key;
  std::string trusted_root;
  std::string artifact;
  std::string format{"text"};
};

Options& declare_bundle_words(Options& options, BundleWords& words) {
  options.describe(
      "Verifies a file, or only its SHA-256, against a Sigstore bundle: certificate, time, log, "
      "identity and signature, step by step. Opens no socket: the authorities and logs that are "
      "trusted stand in the file that --trusted-root names. Exit code 0: verified; 1: not; 3: it "
      "could not be found out, as without a trusted root.");
  options.positional("FILE_OR_DIGEST", words.artifact,
                     "the file, or `sha256:` and 64 hex digits where no such file is", true);
  options.value("--bundle", words.bundle, "FILE", "the Sigstore bundle (v0.1, v0.2, v0.3)");
  options.value("--certificate-identity", words.identity, "ID",
                "whom the certificate must name: an address or URI, exactly");
  options.value("--certificate-oidc-issuer", words.issuer, "URL",
                "who must have vouched for that, exactly");
  options.value("--key", words.key, "PEM", "the signer's public key, for a bundle without names");
  options.value("--trusted-root", words.trusted_root, "FILE",
                "authorities and logs that are trusted (`trusted_root.json`)");
  options.flag("--staging", words.staging,
               "the bundle is of Sigstore's staging instance; changes only the advice");
  options.choice("--format,-f", words.format, {"text", "json"}, "how the verdict is written");
  options.example(
      "merlon attest verify-bundle --bundle app.sigstore.json --certificate-identity "
      "dev@example.com "
      "--certificate-oidc-issuer https://accounts.example.com --trusted-root trusted_root.json app",
      "by the identity of its signer");
  options.example("merlon attest verify-bundle --bundle app.sigstore.json --key signer.pem app",
                  "by a key");
  return options;
}

/// Empty when the words fit together.
std::string fault_of(const BundleWords& words) {
  if (words.bundle.empty()) {
    return "`--bundle` is required";
  }
  const bool named = !words.identity.empty() || !words.issuer.empty();
  if (named && !words.key.empty()) {
    return "`--key` and `--certificate-identity` exclude each other";
  }
  if (words.key.empty() && (words.identity.empty() || words.issuer.empty())) {
    return "`--certificate-identity` and `--certificate-oidc-issuer`, or `--key`, are required";
  }
  return "";
}

/// A word that names a file is that file, whatever else it looks like.
Result<SigstoreArtifact> load_artifact(const Env& env, const std::string& word) {
  const auto digest = SigstoreArtifact::parse_digest(word);
  const auto kind = env.files.kind_of(word);
  if (digest && !kind) {
    return SigstoreArtifact::of_sha256(*digest);
  }
  MERLON_TRY(auto source, env.files.read(word, Limits{}.file_bytes));
  return SigstoreArtifact::of_file(std::move(source));
}

Result<SigstoreExpectation> load_expectation(const Env& env, const BundleWords& words) {
  if (words.key.empty()) {
    return SigstoreExpectation{
        .key = std::nullopt, .identity = words.identity, .issuers = {words.issuer}};
  }
  MERLON_TRY(PublicKey key, load_public_key(env, words.key));
  return SigstoreExpectation{.key = std::move(key), .identity = std::nullopt, .issuers = {}};
}

/// A bare key without log entries and time stamps rests on nothing of a root.
bool needs_root(const SigstoreBundle& bundle, const BundleWords& words) {
  return words.key.empty() || !bundle.entries.empty() || !bundle.timestamps.empty();
}

Result<SigstoreVerdict> verify_bundle_words(const Env& env, const BundleWords& words) {
  MERLON_TRY(const auto source, env.files.read(words.bundle, kMostAttestationBytes));
  MERLON_TRY(const SigstoreBundle bundle, parse_sigstore_bundle(source, {}));
  MERLON_TRY(const SigstoreExpectation expected, load_expectation(env, words));
  TrustedRoot root;
  if (needs_root(bundle, words) || !words.trusted_root.empty()) {
    MERLON_TRY(root, load_trusted_root(env, words.trusted_root, words.staging));
  }
  MERLON_TRY(const SigstoreArtifact artifact, load_artifact(env, words.artifact));
  return verify_sigstore_bundle(bundle, root, expected, artifact);
}

}  // namespace

int attest_verify_bundle(Env& env, std::span<const std::string> args) {
  BundleWords words;
  Options options("attest verify-bundle", "verify a file by its Sigstore bundle, offline");
  if (const auto code = declare_bundle_words(options, words).parse(env, args)) {
    return *code;
  }
  if (const std::string fault = fault_of(words); !fault.empty()) {
    env.err << render(make_error(ErrorCode::kUsage, fault));
    return kUsageError;
  }
  const auto verdict = verify_bundle_words(env, words);
  if (!verdict) {
    return fail_attestation(env, verdict.error());
  }
  const bool verified = verdict->verification.ok();
  if (words.format == "json") {
    JsonWriter json(JsonStyle::kPretty);
    json.begin_object();
    write_steps_json(json, verdict->verification.steps, verified);
    write_facts_json(json, verdict->facts);
    json.end_object();
    env.out << std::move(json).take() << '\n';
  } else {
    write_steps_text(env, verdict->verification.steps, verified);
  }
  return verified ? kYes : kNo;
}

}  // namespace merlon::cli
