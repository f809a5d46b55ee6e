#pragma once
/// The signed rule packs and package lists of one `merlon scan`.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "env.h"
#include "rules/matcher.h"
#include "scan/scanner.h"
#include "signed_inputs.h"

namespace merlon::cli {

struct ScanSignedWords {
  std::vector<std::string> rule_packs;         ///< --rules-pack
  std::vector<std::string> rule_keys;          ///< --rules-key
  std::vector<std::string> package_lists;      ///< --package-list
  std::vector<std::string> package_list_keys;  ///< --package-list-key
  std::vector<std::string> lock_keys;          ///< --lock-key
  KeyListWords key_lists;                      ///< --key-list, --key-list-key
  bool allow_rollback{false};
  bool quiet{false};
};

/// Verifies them, merges the packs' rules into `rules` and adds the lists as a check to `settings`.
/// An exit code when one of them is not to be used: the scan then does not run.
[[nodiscard]] std::optional<int> add_signed_files(Env& env, const ScanSignedWords& words,
                                                  Date today, ScanSettings& settings,
                                                  std::shared_ptr<const CompiledRules>& rules);

/// The terms under which all of them are judged, and the lock.
[[nodiscard]] SignedInputTerms scan_signed_terms(const ScanSignedWords& words, Date today,
                                                 const Limits& limits);

}  // namespace merlon::cli
