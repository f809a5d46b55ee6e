#include "attest_inputs.h"

#include <ostream>

#include "attest/sigstore_claims.h"
#include "attest/utc_time.h"
#include "base/x509/pem.h"
#include "exit_code.h"

namespace merlon::cli {
namespace {

std::unexpected<Error> no_trusted_root(bool staging) {
  Error error = make_error(ErrorCode::kUsage,
                           "no trusted root: `--trusted-root FILE` names the authorities and logs "
                           "that you trust");
  if (staging) {
    error.hints.emplace_back(
        "for Sigstore's staging instance it is `trusted_root.json` of its TUF repository");
  } else {
    error.hints.emplace_back(
        "for Sigstore's public instance it is `trusted_root.json`, which is inside the npm package "
        "`@sigstore/tuf` (docs/spec/sigstore.md shows how to take it out)");
    error.hints.emplace_back(
        "or: `gh attestation trusted-root > trusted_root.jsonl`, whose lines are one root each");
  }
  return std::unexpected(std::move(error));
}

}  // namespace

int fail_attestation(Env& env, const Error& error) {
  env.err << render(error);
  return kIncomplete;
}

Result<TrustedRoot> load_trusted_root(const Env& env, const std::string& path, bool staging) {
  if (path.empty()) {
    return no_trusted_root(staging);
  }
  MERLON_TRY(const auto source, env.files.read(path, kMostAttestationBytes));
  return parse_trusted_root(source, {});
}

Result<PublicKey> load_public_key(const Env& env, const std::string& path) {
  MERLON_TRY(const auto source, env.files.read(path, kMostAttestationBytes));
  MERLON_TRY(const auto blocks, parse_pem(source->bytes()));
  if (blocks.size() != 1 || blocks.front().label != "PUBLIC KEY") {
    return fail(ErrorCode::kFormat, "`", path, "` is no PEM of one public key");
  }
  return parse_public_key(blocks.front().der);
}

Result<std::vector<std::string>> load_certificates(const Env& env,
                                                   const std::vector<std::string>& paths) {
  std::vector<std::string> certificates;
  for (const std::string& path : paths) {
    MERLON_TRY(const auto source, env.files.read(path, kMostAttestationBytes));
    MERLON_TRY(const auto blocks, parse_pem(source->bytes()));
    for (const PemBlock& block : blocks) {
      if (block.label != "CERTIFICATE") {
        return fail(ErrorCode::kFormat, "`", path, "` holds a `", block.label,
                    "` where only certificates belong");
      }
      certificates.push_back(block.der);
    }
  }
  return certificates;
}

void write_facts_json(JsonWriter& json, const SigstoreFacts& facts) {
  json.field("identity", facts.identity).field("issuer", facts.issuer);
  json.key("times").begin_array();
  for (const std::int64_t time : facts.times) {
    json.string(utc_time_text(time));
  }
  json.end_array();
  json.field("predicate_type", facts.predicate_type);
  json.key("claims").begin_object();
  for (const SigstoreClaim& claim : sigstore_claims()) {
    for (const auto& [number, text] : facts.claims) {
      if (number == claim.number) {
        json.field(claim.name, text);
        break;
      }
    }
  }
  json.end_object();
}

}  // namespace merlon::cli
