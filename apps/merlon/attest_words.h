#pragma once
/// What the actions of `merlon attest` have in common: keys, times, files to write.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attest/surface_attestation.h"
#include "env.h"
#include "exit_code.h"
#include "model/verification.h"
#include "options.h"
#include "proof/dsse.h"
#include "proof/key.h"
#include "signed_inputs.h"

namespace merlon::cli {

/// Says what is wrong on standard error; the exit code: kUsageError for a wrong command line, else
/// `code`.
[[nodiscard]] int fail_attest_action(Env& env, const Error& error, int code);

/// `--now`: the time that is judged by, for reproducible runs; the clock's when it is empty.
[[nodiscard]] Result<std::int64_t> attest_now_ms(const Env& env, const std::string& word);
/// From now to the end of the day `expires`, YYYY-MM-DD. `kUsage` when that lies in the past.
[[nodiscard]] Result<StatementTimes> times_until(const std::string& expires, std::int64_t now_ms);

/// To the file, or to standard output for none.
[[nodiscard]] int write_attestation(Env& env, const std::string& path, std::string_view text);

/// `--key`, `--key-name`: the private key that signs.
struct SignerWords {
  std::string file;
  std::string name;

  void declare(Options& options);
  /// `kUsage` without `--key`.
  [[nodiscard]] Result<SigningKey> load() const;
};

/// `--key`, `--key-list`: the keys that attestations are trusted by.
struct TrustWords {
  std::vector<std::string> keys;
  KeyListWords lists;

  void declare(Options& options);
  /// Nothing when there are none; it was said then, and `exit` is set.
  [[nodiscard]] std::optional<std::vector<VerifierKey>> load(Env& env, std::int64_t now_ms,
                                                             int& exit) const;
};

/// The steps, as text or JSON, and the exit code that they mean.
[[nodiscard]] int write_verification(Env& env, const Verification& steps,
                                     const std::string& format);

}  // namespace merlon::cli
