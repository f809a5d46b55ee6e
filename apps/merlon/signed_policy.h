#pragma once
/// Signed policies: FILE.sig beside the policy vouches for it and for all that it extends.
/// docs/spec/signatures.md.
///
///   SignedInputs inputs(env, terms);
///   if (auto error = check_policy_signature(env, inputs, policy, files, key_words)) { ... }
///   if (auto code = inputs.remember()) { ... }
#include <optional>
#include <string>
#include <vector>

#include "env.h"
#include "model/policy.h"
#include "policy/recorded_policy.h"
#include "signed_inputs.h"

namespace merlon::cli {

/// What the signature of a policy is about: its name, version and the files that were read for it
/// through `files`. The system's minimum is its administrator's and no part of it. `kInternal` when
/// a file of it was not read through `files`.
[[nodiscard]] Result<FileSubject> policy_subject(const Policy& policy,
                                                 const RememberingFiles& files);

/// Nothing when the policy may be used: it need not be signed, or a trusted key signed it. What is
/// wrong was said on standard error; the Error says so in one line, for a client or a log.
[[nodiscard]] std::optional<Error> check_policy_signature(
    Env& env, SignedInputs& inputs, const Policy& policy, const RememberingFiles& files,
    const std::vector<std::string>& key_words);

/// The same for a file of pins; `pins` is null where there is none, which is refused when they must
/// be signed.
[[nodiscard]] std::optional<Error> check_pins_signature(Env& env, SignedInputs& inputs,
                                                        const std::string& path,
                                                        const SourceText* pins,
                                                        const std::vector<std::string>& key_words);

}  // namespace merlon::cli
