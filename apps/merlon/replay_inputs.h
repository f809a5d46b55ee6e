#pragma once
/// What `replay` reads: sessions and policies.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "env.h"
#include "policy/shipped_policies.h"
#include "replay/importer.h"
#include "replay/policy_source.h"
#include "replay/session_notes.h"
#include "replay/session_source.h"
#include "signed_inputs.h"

namespace merlon::cli {

struct ReplayPolicyChoice {
  std::string policy;   ///< empty: what the recordings hold
  std::string against;  ///< empty: none
  std::string system;   ///< of the command line
  bool no_system{false};
  std::vector<std::string> policy_keys;  ///< not empty: both must be signed by one of them
  KeyListWords key_lists;
};

/// The one or two policies that decide.
class ReplayPolicies {
 public:
  /// Nothing when a policy is wrong or cannot be read; it has been said then, and `code` is set.
  [[nodiscard]] static std::unique_ptr<ReplayPolicies> make(
      Env& env, const ReplayPolicyChoice& choice, std::shared_ptr<const CompiledRules> rules,
      int& code);

  [[nodiscard]] const PolicySource* policy() const { return &*policy_; }
  /// Null: none.
  [[nodiscard]] const PolicySource* against() const { return against_ ? &*against_ : nullptr; }

 private:
  explicit ReplayPolicies(Env& env) : files_(env.files) {}
  [[nodiscard]] Checked<std::string> find(Env& env, const std::string& word) const;
  [[nodiscard]] std::vector<Error> prepare(Env& env, const ReplayPolicyChoice& choice,
                                           const std::shared_ptr<const CompiledRules>& rules);

  /// Problems with the signature of what `source` decides by.
  [[nodiscard]] std::vector<Error> check_signed(Env& env, const ReplayPolicyChoice& choice,
                                                const std::string& path,
                                                const PolicySource& source) const;

  ShippedFiles files_;
  std::optional<PolicySource> policy_;
  std::optional<PolicySource> against_;
};

/// Files, and those below folders that end in `.jsonl`, sorted, each once. Problems are written to
/// standard error, and `code` is set.
[[nodiscard]] std::vector<std::string> find_recordings(Env& env,
                                                       const std::vector<std::string>& inputs,
                                                       int& code);

/// What is said about sessions: `NAME.expect.toml` beside `NAME.jsonl`, and a file of labels, whose
/// names are those of files seen from its folder. Safe from many threads.
class ReplayNotes {
 public:
  /// `labels`: empty: none. Nothing when it is wrong; it has been said then, and `code` is set.
  [[nodiscard]] static std::unique_ptr<ReplayNotes> load(Env& env, const std::string& labels,
                                                         int& code);
  /// Null: nothing is said.
  [[nodiscard]] Checked<std::shared_ptr<const SessionNotes>> of(const std::string& path) const;

 private:
  explicit ReplayNotes(Env& env) : env_(env) {}

  Env& env_;
  SessionLabels labels_;
};

/// All sessions of a file: a recording, or what an importer makes of it.
[[nodiscard]] Result<ImportedFile> open_sessions(std::shared_ptr<const SourceText> source,
                                                 const ImportOptions& options);

/// `from`: an importer's name, or empty; `tools`: a file with a `tools/list` result, or empty.
[[nodiscard]] Result<ImportOptions> import_options(const Env& env, const std::string& from,
                                                   const std::string& tools);

}  // namespace merlon::cli
