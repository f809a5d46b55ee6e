// Everything that reads signatures of strangers beside the program's own: bundles, trusted roots,
// log entries, certificates, promises, time stamps, statements, npm's lists, the end of a .mcpb.
// Nothing may verify: the fuzzer knows no key.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "attest/mcpb_signature.h"
#include "attest/npm_attestations.h"
#include "attest/sigstore_entry_body.h"
#include "attest/sigstore_statement.h"
#include "attest/sigstore_verifier.h"
#include "base/x509/certificate.h"
#include "base/x509/pem.h"
#include "base/x509/promise.h"
#include "base/x509/timestamp_token.h"
#include "fuzz/document_invariants.h"

namespace {

void demand_sigstore(bool promise) {
  if (!promise) {
    std::abort();
  }
}

template <class T>
bool well(const merlon::Result<T>& result) {
  if (!result) {
    merlon::test::check_error(result.error());
  }
  return result.has_value();
}

void check_json(const std::string& text) {
  const auto source = merlon::SourceText::copy_of("fuzz", text);
  const auto root = merlon::parse_trusted_root(source, {});
  (void)well(root);
  const auto bundle = merlon::parse_sigstore_bundle(source, {});
  if (well(bundle)) {
    const auto verdict = merlon::verify_sigstore_bundle(
        *bundle, {}, {.key = std::nullopt, .identity = std::nullopt, .issuers = {}},
        merlon::SigstoreArtifact::of_sha256(std::string(32, 'x')));
    demand_sigstore(!verdict || !verdict->verification.ok());
  }
  (void)well(merlon::parse_entry_body(text));
  (void)well(merlon::parse_sigstore_statement(text));
  (void)well(merlon::parse_npm_keys(source, {}));
  const auto npm = merlon::parse_npm_attestations(source, {});
  if (well(npm)) {
    const auto verdict = merlon::verify_npm_package(
        *npm, {}, {}, merlon::SigstoreArtifact::of_sha256(std::string(32, 'x')));
    demand_sigstore(!verdict || !verdict->verification.ok());
  }
}

void check_der(const std::string& bytes) {
  const auto certificate = merlon::parse_certificate(bytes);
  if (well(certificate)) {
    // What is no authority's vouches for nobody but itself.
    (void)merlon::verify_chain(*certificate, {bytes}, certificate->not_before);
  }
  (void)well(merlon::parse_promises(bytes));
  const auto token = merlon::parse_timestamp(bytes);
  if (well(token)) {
    const auto verdict = merlon::verify_timestamp(*token, {});
    demand_sigstore(!verdict || !verdict->ok);
  }
  (void)well(merlon::parse_public_key(bytes));
}

void check_mcpb(const std::string& bytes) {
  const auto parts = merlon::split_mcpb(bytes);
  if (well(parts) && *parts) {
    demand_sigstore((*parts)->content.size() + (*parts)->signature.size() + 27 == bytes.size());
    const auto verdict = merlon::verify_mcpb(**parts, {}, 0);
    demand_sigstore(!verdict || !verdict->verification.ok());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (text.find_first_not_of(" \t\r\n") != std::string::npos && text.find('{') < 8) {
    check_json(text);
  }
  check_der(text);
  check_mcpb(text);
  (void)well(merlon::parse_pem(text));
  return 0;
}
