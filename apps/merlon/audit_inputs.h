#pragma once
/// What `audit-verify` and `audit` are given: a log (its folder, one of its segments, or an export)
/// and whom to believe about it.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit/audit_export.h"
#include "audit/audit_verifier.h"
#include "env.h"

namespace merlon::cli {

/// `$XDG_STATE_HOME/merlon/audit`; empty where the environment names no place for state.
[[nodiscard]] std::string audit_state(const Env& env);

/// A log that was opened, and the pin of its folder.
struct AuditInput {
  std::optional<AuditLog> folder;
  std::optional<ExportedLog> exported;
  std::optional<AuditPin> pin;

  [[nodiscard]] AuditLogView view() const {
    if (folder) {
      return folder->view();
    }
    return exported ? exported->view() : AuditLogView{};
  }
};
[[nodiscard]] Result<AuditInput> open_audit_input(const Env& env, const std::string& path);

/// Words of the command line.
struct AuditTrustWords {
  std::vector<std::string> keys;
  std::string policy;
  std::vector<std::string> against;
  std::uint64_t max_age{0};  ///< seconds; 0: any
  std::uint64_t threads{0};  ///< 0: as many as there are processors
};
[[nodiscard]] Result<AuditTrust> read_audit_trust(const Env& env, const AuditTrustWords& words);

}  // namespace merlon::cli
