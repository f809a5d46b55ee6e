#pragma once
/// Signed files that a command is given: opens, verifies, says why not, and remembers the highest
/// version of each under `$XDG_STATE_HOME/merlon/versions.json`.
///
///   SignedInputs signed_inputs(env, {.today = date, .rollback = Rollback::kRefused});
///   OpenedFile opened = signed_inputs.open(path, SignedFileKind::kRulePack, keys);
///   if (!opened.file) { return opened.exit; }
///   if (auto code = signed_inputs.remember()) { return *code; }
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "env.h"
#include "exit_code.h"
#include "rules/seen_versions.h"
#include "rules/signed_file.h"

namespace merlon::cli {

/// The keys that a user trusts: each word is a verifier key, or a file of them, one a line.
[[nodiscard]] Result<std::vector<VerifierKey>> read_trusted_keys(
    const FileSource& files, const std::vector<std::string>& words);

struct SignedInputTerms {
  Limits limits;
  Date today{};
  Rollback rollback{Rollback::kRefused};
};

struct OpenedFile {
  std::optional<SignedFile> file;       ///< verified
  std::vector<VerificationStep> steps;  ///< empty when nothing could be verified
  int exit{kIncomplete};                ///< when there is no file
};

class SignedInputs {
 public:
  SignedInputs(Env& env, SignedInputTerms terms) : env_(env), terms_(terms) {}
  SignedInputs(const SignedInputs&) = delete;
  SignedInputs& operator=(const SignedInputs&) = delete;
  ~SignedInputs() = default;

  /// Says on standard error what is wrong. Exit code 1 when the verification says no; 3 when it
  /// could not be made: no trusted key, no envelope, a memory of versions that cannot be read.
  [[nodiscard]] OpenedFile open(const std::string& path, SignedFileKind kind,
                                const std::vector<std::string>& key_words);
  /// Writes the memory when something rose. An exit code when it cannot be written.
  [[nodiscard]] std::optional<int> remember();

 private:
  [[nodiscard]] Status load_memory();
  int refuse(const Error& error, int code);
  void say_refused(const std::string& path, const VerificationStep& step);

  Env& env_;
  SignedInputTerms terms_;
  std::string memory_path_;
  bool loaded_{false};
  bool changed_{false};
  SeenVersions seen_;
};

}  // namespace merlon::cli
