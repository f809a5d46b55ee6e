#include "required_attestations.h"

#include <ostream>
#include <utility>
#include <vector>

#include "attest/surface_attestation.h"
#include "attest_measure.h"
#include "attest_words.h"
#include "base/text.h"
#include "capability/lock.h"
#include "policy/attestation_section.h"
#include "rules/key_list_file.h"
#include "signed_policy.h"

namespace merlon::cli {
namespace {

std::vector<std::string> key_texts(const std::vector<VerifierKey>& keys) {
  std::vector<std::string> out;
  out.reserve(keys.size());
  for (const VerifierKey& key : keys) {
    out.push_back(to_string(key));
  }
  return out;
}

Result<Verification> verify_pinned_surface(Env& env, const RequiredAttestation& required,
                                           const PinnedServer& server,
                                           const std::vector<VerifierKey>& trusted) {
  const Limits limits;
  auto lock =
      load_lock(SourceText::copy_of(server.path, std::string(server.pins->bytes())), limits);
  if (!lock) {
    return std::unexpected(lock.error().front());
  }
  auto claim = surface_of_lock(*lock, server.path);
  if (!claim) {
    return std::unexpected(claim.error().front());
  }
  MERLON_TRY(const auto source, env.files.read(required.surface, limits.file_bytes));
  MERLON_TRY(const std::int64_t now, attest_now_ms(env, ""));
  return verify_surface(source, *claim, {.trusted = trusted, .now_ms = now}, limits);
}

std::optional<Error> check_required_surface(Env& env, SignedInputs& inputs,
                                            const RequiredAttestation& required,
                                            const PinnedServer& server) {
  if (server.pins == nullptr) {
    Error error = make_error(ErrorCode::kNotFound, "the policy demands an attested surface of `",
                             server.name, "`, and nothing of it is approved");
    error.hints.emplace_back(
        "`merlon pins approve` approves what the attestation is compared with");
    return error;
  }
  int exit = kIncomplete;
  const auto trusted = inputs.trusted(kAttestationUse, key_texts(required.surface_keys), exit);
  if (!trusted) {
    return make_error(ErrorCode::kBadPolicy, "no key is left for the attestation of `", server.name,
                      "`");
  }
  const auto steps = verify_pinned_surface(env, required, server, *trusted);
  if (!steps) {
    return steps.error();
  }
  for (const VerificationStep& step : steps->steps) {
    if (!step.ok) {
      return make_error(ErrorCode::kBadPolicy, "`", server.name,
                        "` is not started: its attestation `", required.surface,
                        "` does not hold, ", step.name, ": ", escape_for_display(step.text));
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Error> check_required_attestations(Env& env, SignedInputs& inputs,
                                                 const Policy& policy, const PinnedServer& server) {
  for (const RequiredAttestation& required : required_attestations(policy, server.name)) {
    if (!required.pins_keys.empty()) {
      if (auto error = check_pins_signature(env, inputs, server.path, server.pins,
                                            key_texts(required.pins_keys))) {
        return error;
      }
    }
    if (!required.surface.empty()) {
      if (auto error = check_required_surface(env, inputs, required, server)) {
        return error;
      }
    }
  }
  return std::nullopt;
}

}  // namespace merlon::cli
