#pragma once
/// What a policy's `[attestation]` demands before a server is started: signed pins, and a surface
/// attestation that covers what the pins approve. docs/spec/attestation.md.
///
///   if (auto error = check_required_attestations(env, inputs, policy, server)) { ... }
#include <optional>
#include <string>

#include "base/error.h"
#include "env.h"
#include "model/policy.h"
#include "signed_inputs.h"

namespace merlon::cli {

/// The pins of one server: where they are, and what stands there.
struct PinnedServer {
  std::string name;                 ///< configured
  std::string path;                 ///< of the file of pins
  const SourceText* pins{nullptr};  ///< null: there are none
};

/// Nothing when everything holds. Else one line for the client; the steps that failed were said on
/// standard error.
[[nodiscard]] std::optional<Error> check_required_attestations(Env& env, SignedInputs& inputs,
                                                               const Policy& policy,
                                                               const PinnedServer& server);

}  // namespace merlon::cli
