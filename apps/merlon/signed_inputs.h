#pragma once
/// Signed files that a command is given: opens, verifies, says why not, and remembers the highest
/// version of each under `$XDG_STATE_HOME/merlon/versions.json`.
///
///   SignedInputs signed_inputs(env, {.today = date, .rollback = Rollback::kRefused});
///   OpenedFile opened = signed_inputs.open(path, SignedFileKind::kRulePack, keys);
///   if (!opened.file) { return opened.exit; }
///   if (auto code = signed_inputs.remember()) { return *code; }
///
/// Key lists (`--key-list`) add keys and take revoked ones away, for everything that is opened.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "env.h"
#include "exit_code.h"
#include "options.h"
#include "rules/file_signature.h"
#include "rules/key_list_file.h"
#include "rules/seen_versions.h"
#include "rules/signed_file.h"

namespace merlon::cli {

/// The keys that a user trusts: each word is a verifier key, or a file of them, one a line, or a
/// public key in PEM.
[[nodiscard]] Result<std::vector<VerifierKey>> read_trusted_keys(
    const FileSource& files, const std::vector<std::string>& words);

/// Key lists and the keys that they are trusted by.
struct KeyListWords {
  std::vector<std::string> lists;
  std::vector<std::string> keys;

  void declare(Options& options);
};

struct SignedInputTerms {
  Limits limits;
  Date today{};
  Rollback rollback{Rollback::kRefused};
  KeyListWords key_lists;
};

struct OpenedFile {
  std::optional<SignedFile> file;       ///< verified
  std::vector<VerificationStep> steps;  ///< empty when nothing could be verified
  int exit{kIncomplete};                ///< when there is no file
};

class SignedInputs {
 public:
  SignedInputs(Env& env, SignedInputTerms terms) : env_(env), terms_(std::move(terms)) {}
  SignedInputs(const SignedInputs&) = delete;
  SignedInputs& operator=(const SignedInputs&) = delete;
  ~SignedInputs() = default;

  /// Says on standard error what is wrong. Exit code 1 when the verification says no; 3 when it
  /// could not be made: no trusted key, no envelope, a memory of versions that cannot be read.
  [[nodiscard]] OpenedFile open(const std::string& path, SignedFileKind kind,
                                const std::vector<std::string>& key_words);
  /// The same for a signature beside a file; `shown` is that file's name, for messages.
  [[nodiscard]] OpenedFile open_beside(const std::string& shown,
                                       Result<std::shared_ptr<const SourceText>> signature,
                                       const FileSubject& subject,
                                       const std::vector<std::string>& key_words);
  /// Whether such a file must be signed: keys were given, or a key list speaks of them. Nothing
  /// when a list cannot be used; `exit` is set then.
  [[nodiscard]] std::optional<bool> demands(SignedFileKind kind,
                                            const std::vector<std::string>& key_words, int& exit);
  /// The keys that are trusted for a use (`lock`, `attestation`): those given and those of the key
  /// lists, without revoked ones. Nothing when a list cannot be used or no key is left; it was said
  /// then, and `exit` is set.
  [[nodiscard]] std::optional<std::vector<VerifierKey>> trusted(
      std::string_view use, const std::vector<std::string>& key_words, int& exit);
  /// Writes the memory when something rose. An exit code when it cannot be written.
  [[nodiscard]] std::optional<int> remember();

 private:
  using Verify = std::function<Result<SignedFileVerdict>(const SignedFileTerms& terms)>;

  [[nodiscard]] Status load_memory();
  [[nodiscard]] std::optional<int> load_key_lists();
  [[nodiscard]] OpenedFile open_key_list(const std::string& path);
  [[nodiscard]] OpenedFile judge(const std::string& shown, SignedFileKind kind,
                                 const std::vector<VerifierKey>& keys, const Verify& verify);
  int refuse(const Error& error, int code);
  void say_refused(const std::string& path, const VerificationStep& step);

  Env& env_;
  SignedInputTerms terms_;
  std::string memory_path_;
  bool loaded_{false};
  bool changed_{false};
  SeenVersions seen_;
  bool lists_loaded_{false};
  std::vector<KeyListFile> lists_;
};

}  // namespace merlon::cli
