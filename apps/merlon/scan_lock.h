#pragma once
/// The lock of one `merlon scan`: reads the one that judges, makes a check of it, and writes a new
/// one.
///
///   ScanLock lock(env, {...});
///   if (auto code = lock.prepare(settings, rules)) { return *code; }
///   ... scan(...) ...
///   if (auto code = lock.finish()) { return *code; }
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capability/lock.h"
#include "env.h"
#include "scan/scanner.h"
#include "signed_inputs.h"

namespace merlon::cli {

/// Masks command lines, and keeps texts in which the rules see a secret out of locks.
[[nodiscard]] LockOptions lock_options(const std::shared_ptr<const CompiledRules>& rules);

struct ScanLockWords {
  std::string compare;  ///< --lock
  std::string write;    ///< --write-lock
  std::string git;      ///< --git
  std::string rev;      ///< --rev
  std::string since;    ///< --since
  bool quiet{false};
  std::vector<std::string> keys;  ///< --lock-key
  SignedInputTerms signed_terms;  ///< under which its signature is judged
};

class ScanLock {
 public:
  ScanLock(Env& env, ScanLockWords words) : env_(env), words_(std::move(words)) {}
  ScanLock(const ScanLock&) = delete;
  ScanLock& operator=(const ScanLock&) = delete;
  ~ScanLock() = default;

  /// Adds the check to `settings`; an exit code when a lock cannot be read. Must outlive the scan.
  [[nodiscard]] std::optional<int> prepare(ScanSettings& settings,
                                           const std::shared_ptr<const CompiledRules>& rules);
  /// Writes the lock that `--write-lock` asked for.
  [[nodiscard]] std::optional<int> finish();

 private:
  std::optional<int> fail_with(const std::vector<Error>& errors, int code);
  std::optional<int> load_base(const Limits& limits);
  /// An exit code when the lock must be signed and is not, by who may.
  std::optional<int> check_signature(const SourceText& text, const Lock& lock,
                                     Result<std::shared_ptr<const SourceText>> signature);
  std::optional<int> load_previous(const Limits& limits);
  void run(const CheckInput& input, CheckSink& sink);

  Env& env_;
  ScanLockWords words_;
  LockOptions options_;
  std::optional<Lock> base_;      ///< judges
  std::string base_name_;         ///< where it came from, for messages
  bool changed_{false};           ///< the lock itself is another one than in the base revision
  std::optional<Lock> previous_;  ///< at the place where the new one goes
  std::optional<Checked<std::string>> written_;
  std::size_t manifests_{0};
};

}  // namespace merlon::cli
