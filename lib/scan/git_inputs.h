#pragma once
/// Inputs from a git repository, and the earlier state of inputs for `--since`. Nothing is checked
/// out and nothing of the repository is run; see base/git/git.h.
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/git/git.h"
#include "base/result.h"
#include "scan/folder_walk.h"
#include "scan/inputs.h"

namespace merlon {

/// A revision of a repository: files of its tree by path.
struct GitRevision {
  std::shared_ptr<const GitRepository> repository;
  std::string tree;  ///< hex

  /// The bytes of a file; `kNotFound` when there is none at `path`.
  [[nodiscard]] Result<std::shared_ptr<const SourceText>> read(const std::string& path,
                                                               std::string shown,
                                                               std::uint64_t max_bytes) const;
};

[[nodiscard]] Result<GitRevision> open_git_revision(const std::string& repository, GitSearch search,
                                                    const std::string& revision);

/// Adds the files and folders `paths` of a revision, the whole tree for none. They are shown by
/// their path in the repository. Links and submodules are left out with a reason. Fails for a path
/// that is not there and for a tree beyond the limits.
[[nodiscard]] Status collect_git(ScanInputs& inputs, const GitRevision& revision,
                                 const std::vector<std::string>& paths, const WalkOptions& options);

/// Gives every input that collect_git added its state in an earlier revision of the same
/// repository.
void compare_with_revision(ScanInputs& inputs, const GitRevision& earlier);

/// Gives every input its state in `revision` of the work tree that it lies in. Fails for an input
/// that lies in none, and for standard input.
[[nodiscard]] Status compare_since(ScanInputs& inputs, const std::string& revision);

/// Gives the only input of `inputs` the earlier state `path`, for `--diff`.
void compare_with_file(ScanInputs& inputs, const FileSource& files, const std::string& path);

}  // namespace merlon
