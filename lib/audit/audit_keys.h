#pragma once
/// The keys of audit logs and what is remembered of each log, outside of its folder: who can change
/// the folder cannot change these with it. docs/spec/audit.md, "Files".
///
///   MERLON_TRY(auto pin, find_audit_pin(state, canonical_folder));      // nothing: not known
///   MERLON_TRY(AuditKeys keys, create_audit_keys(state, canonical_folder, origin));
///   MERLON_TRY(AuditKeys keys, load_audit_keys(state, origin));
///
/// `state` is `$XDG_STATE_HOME/merlon/audit`. Not for many writers of the same log: the log's lock
/// must be held.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "proof/key.h"

namespace merlon {

/// What was pinned when a log was made.
struct AuditPin {
  std::string origin;
  VerifierKey log_key;
  VerifierKey first_epoch_key;
  std::string checkpoint;  ///< the newest that was kept outside; empty: none yet
};

struct AuditKeys {
  std::string folder;  ///< `state/ID`
  SigningKey log;
  SigningKey epoch;
  std::uint64_t epoch_number{0};
  std::optional<SigningKey> next;  ///< a change of epoch was interrupted
};

/// `ORIGIN/epoch-3`.
[[nodiscard]] std::string epoch_key_name(std::string_view origin, std::uint64_t epoch);
/// Nothing for another name.
[[nodiscard]] std::optional<std::uint64_t> epoch_of_key_name(std::string_view origin,
                                                             std::string_view name);
/// `state/ID`.
[[nodiscard]] std::string audit_key_folder(std::string_view state, std::string_view origin);

/// By the log's folder.
[[nodiscard]] Result<std::optional<AuditPin>> find_audit_pin(const std::string& state,
                                                             std::string_view folder);
/// By origin.
[[nodiscard]] Result<std::optional<AuditPin>> find_audit_pin_of(const std::string& state,
                                                                std::string_view origin);

/// New keys, and the pin. `kIo` when there are some already.
[[nodiscard]] Result<AuditKeys> create_audit_keys(const std::string& state, std::string_view folder,
                                                  std::string_view origin);
[[nodiscard]] Result<AuditKeys> load_audit_keys(const std::string& state, std::string_view origin);

/// Makes the key of the next epoch, in `epoch.next`. Returns its verifier key as text.
[[nodiscard]] Result<std::string> begin_epoch_change(AuditKeys& keys);
/// Overwrites and replaces the epoch's key by the next one.
[[nodiscard]] Status finish_epoch_change(AuditKeys& keys);
/// Forgets the next key: no record names it.
[[nodiscard]] Status drop_epoch_change(AuditKeys& keys);
/// What names are made tokens with where the log is not to hold them: 32 bytes, made when they are
/// asked for first, and kept beside the log's keys.
[[nodiscard]] Result<std::string> audit_token_key(const AuditKeys& keys);
/// Keeps the newest checkpoint.
[[nodiscard]] Status keep_audit_checkpoint(const AuditKeys& keys, std::string_view note);

/// A folder with mode 0700, and those above it.
[[nodiscard]] Status make_private_folder(const std::string& path);

}  // namespace merlon
