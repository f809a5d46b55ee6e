#pragma once
/// A log as one file, for other programs and other places: JSON lines that keep number, leaf and
/// record, and the checkpoint as the last one. docs/spec/audit.md, "Formats of others".
///
///   const std::string text = export_audit_log(log.view(), tree);
///   MERLON_TRY(const ExportedLog log, parse_audit_export(text));
///   verify_audit_log(log.view(), trust);
#include <memory>
#include <string>
#include <string_view>

#include "audit/audit_verifier.h"

namespace merlon {

/// One line, without its line feed.
[[nodiscard]] std::string export_line(std::uint64_t seq, std::string_view record);
[[nodiscard]] std::string export_checkpoint(std::string_view note);

class ExportedLog {
 public:
  /// Lives as long as this.
  [[nodiscard]] AuditLogView view() const;

 private:
  friend Result<ExportedLog> parse_audit_export(std::string_view text);
  std::uint64_t first_{0};
  std::string lines_;
  std::optional<std::string> checkpoint_;
};

/// `kFormat`, `kSyntax`: it is none, or a leaf is not that of its record.
[[nodiscard]] Result<ExportedLog> parse_audit_export(std::string_view text);

}  // namespace merlon
