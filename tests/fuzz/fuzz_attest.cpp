// Challenges, statements, evidence, memories, key lists, public keys, commits and tags of
// strangers. What is read must be written back to something that is read as the same, and nothing
// is verified without a trusted key.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "attest/allowed_signers.h"
#include "attest/attestation_memory.h"
#include "attest/challenge.h"
#include "attest/evidence.h"
#include "attest/git_object.h"
#include "attest/scan_verdict.h"
#include "attest/surface_attestation.h"
#include "fuzz/document_invariants.h"
#include "proof/public_key_pem.h"
#include "rules/file_signature.h"
#include "rules/key_list_file.h"

namespace {

void demand(bool promise) {
  if (!promise) {
    std::abort();
  }
}

void check_challenge(const std::shared_ptr<const merlon::SourceText>& source) {
  const auto challenge = merlon::parse_challenge(source, {});
  if (!challenge) {
    merlon::test::check_error(challenge.error());
    return;
  }
  const auto again = merlon::parse_challenge(
      merlon::SourceText::copy_of("fuzz", merlon::challenge_text(*challenge)), {});
  demand(again && *again == *challenge);
}

void check_memory(const std::shared_ptr<const merlon::SourceText>& source) {
  const auto memory = merlon::parse_attestation_memory(source, {});
  if (!memory) {
    merlon::test::check_error(memory.error());
    return;
  }
  const auto again =
      merlon::parse_attestation_memory(merlon::SourceText::copy_of("fuzz", memory->text()), {});
  demand(again && again->text() == memory->text());
}

void check_signed_payloads(const std::string& text) {
  const auto payload = merlon::parse_signed_payload(text, "fuzz", {});
  if (!payload) {
    return;
  }
  if (const auto list = merlon::read_key_list(*payload)) {
    const auto written = merlon::parse_signed_payload(merlon::key_list_text(*list), "fuzz", {});
    demand(written.has_value());
    const auto again = merlon::read_key_list(*written);
    demand(again && again->keys.size() == list->keys.size());
  }
  (void)merlon::read_file_signature(*payload);
}

void check_statements(const std::shared_ptr<const merlon::SourceText>& source) {
  const merlon::StatementTerms terms{.trusted = {}, .now_ms = 0};
  const auto surface = merlon::verify_surface(source, {}, terms, {});
  demand(!surface || !surface->ok());
  const auto verdict = merlon::verify_scan_verdict(source, {}, terms, {});
  demand(!verdict || !verdict->ok());
  const auto evidence = merlon::check_evidence(source, source, {}, {});
  demand(!evidence || !evidence->steps.ok());
}

void check_pem(const std::string& text) {
  const auto key = merlon::parse_public_key_pem(text, "fuzz");
  if (key) {
    const auto again = merlon::parse_verifier_key(merlon::to_string(*key));
    demand(again && *again == *key);
  } else {
    merlon::test::check_error(key.error());
  }
}

/// What was signed and the signature are all of the object, in its order.
void check_git(const std::string& text) {
  if (const auto commit = merlon::parse_git_commit(text)) {
    demand(commit->payload.size() <= text.size());
    const auto again = merlon::parse_git_commit(commit->payload);
    demand(again && again->signature.empty() && again->payload == commit->payload);
  } else {
    merlon::test::check_error(commit.error());
  }
  if (const auto tag = merlon::parse_git_tag(text)) {
    demand(tag->payload + tag->signature == text);
  } else {
    merlon::test::check_error(tag.error());
  }
  if (const auto signers = merlon::parse_allowed_signers(text, "fuzz"); !signers) {
    merlon::test::check_error(signers.error());
  }
}

/// Payloads behind the signature: what a trusted signer may send.
void check_inside(const std::string& text) {
  const auto parsed = merlon::parse_sigstore_statement(text);
  if (!parsed) {
    return;
  }
  static const merlon::SigningKey key =
      merlon::make_signing_key("fuzz",
                               merlon::Ed25519PrivateKey::from_seed(std::string(32, 'f')).value())
          .value();
  const auto envelope = merlon::sign_statement(text, key);
  demand(envelope.has_value());
  const auto source = merlon::SourceText::copy_of("fuzz", merlon::to_string(*envelope));
  const merlon::StatementTerms terms{.trusted = {&key.verifier, 1}, .now_ms = 0};
  (void)merlon::verify_surface(source, {}, terms, {});
  (void)merlon::verify_scan_verdict(source, {}, terms, {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto source = merlon::SourceText::copy_of("fuzz", text);
  check_challenge(source);
  check_memory(source);
  check_signed_payloads(text);
  check_statements(source);
  check_pem(text);
  check_inside(text);
  check_git(text);
  return 0;
}
