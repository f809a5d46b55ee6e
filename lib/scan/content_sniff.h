#pragma once
/// A cheap look at a file that a folder walk found: could it be a manifest at all? The name says
/// nothing; an artefact chooses its names.
#include <string_view>

namespace merlon {

/// Bytes of a file that `could_be_manifest` wants to see.
inline constexpr std::size_t kSniffBytes = 4096;

/// False only for what no reader of manifest/ takes: binary data that is no zip, empty files, and
/// text whose first words are neither JSON, nor a front matter, nor a line `key: value`, `key =
/// value` or `[table]`.
[[nodiscard]] bool could_be_manifest(std::string_view head);

/// For a file that does not parse: whether words of a manifest stand in it, so that the failure
/// matters. A file of some other tool that merely looks like JSON or YAML has none.
[[nodiscard]] bool speaks_of_manifests(std::string_view bytes);

}  // namespace merlon
