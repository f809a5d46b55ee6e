#pragma once
/// Output formats of `scan`: one file <name>_writer.cpp and one row in writer_registry.cpp each.
#include <span>
#include <string>
#include <string_view>

#include "model/scan_report.h"

namespace merlon {

struct WriterOptions {
  bool color{false};    ///< ANSI colours (text only)
  bool explain{false};  ///< add each rule's description and references
  bool quiet{false};    ///< findings only, no summary
};

struct WriterKind {
  std::string_view name;  ///< the word of --format
  std::string_view summary;
  std::string_view media_type;
  /// Pure. Untrusted text is escaped for the format; a secret's bytes are already masked in the
  /// report.
  std::string (*write)(const ScanReport& report, const WriterOptions& options);
};

/// Sorted by name.
[[nodiscard]] std::span<const WriterKind> writer_kinds();
[[nodiscard]] const WriterKind* find_writer(std::string_view name);

}  // namespace merlon
