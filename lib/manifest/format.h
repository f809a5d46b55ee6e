#pragma once
/// Manifest and client-configuration formats: one file <name>_format.cpp and one row in
/// format_registry.cpp each.
///
/// A format is recognised by content, never by file name. A reader fills servers and items and puts
/// a Surface label on every string it knows; strings without a label stay Surface::kOther and are
/// scanned all the same.
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "model/manifest.h"
#include "model/scan_report.h"

namespace merlon {

struct ManifestFormat {
  std::string_view name;     ///< kebab-case, unique, e.g. "tools-list", "vscode-mcp"
  std::string_view summary;  ///< one line: which product and file
  std::string_view typical;  ///< a usual path, e.g. ".vscode/mcp.json"
  /// How sure this is the format: 0 (no) to 100. Looks at keys, not at names of files. Cheap.
  int (*recognise)(const Document& document);
  /// Fills `manifest` from its document, which `recognise` accepted or the user forced. Fails
  /// (`kFormat` with a place) only when nothing can be read; a bad sibling becomes a note and the
  /// rest is read.
  Status (*read)(Manifest& manifest);
};

/// Sorted by name.
[[nodiscard]] std::span<const ManifestFormat> manifest_formats();
[[nodiscard]] const ManifestFormat* find_manifest_format(std::string_view name);

struct LoadOptions {
  std::string format;  ///< force this format; empty: detect
  Limits limits;
  /// Called before the source line of an error is written into a coverage entry: whoever knows what
  /// a secret is takes it out of the excerpt. May be empty.
  std::function<void(const SourceText& source, Location& where)> mask_excerpt;
};

/// What one input file became: one manifest for most; several for a bundle (zip); none when it was
/// skipped or failed.
struct LoadedFile {
  std::vector<Manifest> manifests;
  /// One entry per manifest, plus one for each part that failed or was skipped. `strings` is filled
  /// by the scanner.
  std::vector<CoverageEntry> coverage;
};

/// Reads one input of any syntax (JSON, JSONC, JSON lines, TOML, YAML, Markdown with front matter,
/// zip). Never throws; whatever goes wrong is a coverage entry. Thread-safe.
[[nodiscard]] LoadedFile load_manifests(std::shared_ptr<const SourceText> source,
                                        const LoadOptions& options);

}  // namespace merlon
