#pragma once
/// Files and folders of a command line into inputs. A folder is walked whole: ignore files hide
/// nothing, since an artefact may not suppress itself; only the person who starts the scan may
/// leave something out.
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/limits.h"
#include "scan/inputs.h"

namespace merlon {

struct WalkOptions {
  /// Globs over the path below the walked folder, and over each name alone. What matches is listed
  /// as skipped.
  std::vector<std::string> exclude;
  Limits limits;
};

/// Adds a file or everything below a folder. What was left out is in `inputs.left_out` with its
/// reason: excluded names, links to folders and out of the folder, pipes and devices, what git
/// itself keeps in a `.git` folder (one entry), unreadable folders (failed), and what is beyond
/// `walk_depth` and `walk_files` (failed). A link to a file inside the folder is followed; the file
/// is scanned once. `files` must outlive `inputs`.
void collect_path(ScanInputs& inputs, const FileSource& files, std::string_view path,
                  const WalkOptions& options);
/// The same with other names in the report: `shown` stands for `path`.
void collect_path(ScanInputs& inputs, const FileSource& files, std::string_view path,
                  std::string_view shown, const WalkOptions& options);

/// Adds one file by name, shown as `shown`.
void collect_file(ScanInputs& inputs, const FileSource& files, const std::string& path,
                  const std::string& shown);

}  // namespace merlon
