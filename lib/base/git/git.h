#pragma once
/// Files of a git repository without a checkout. Door to libgit2, which is loaded at the first use.
///
///   MERLON_TRY(auto repository, GitRepository::open(".", GitSearch::kUpwards));
///   MERLON_TRY(const std::string tree, repository->resolve("origin/main"));
///   MERLON_TRY(const GitEntry entry, repository->find(tree, "servers/a.json"));
///   MERLON_TRY(const std::string bytes, repository->read(entry.oid, limits.file_bytes));
///
/// Only objects and references are read, and the repository's own configuration file; nothing that
/// it names is run. The configurations of the user and the system are not read. Safe to call from
/// many threads (calls wait for each other).
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

struct MerlonGitRepository;
struct MerlonGitFunctions;

namespace merlon {

enum class GitSearch { kHere, kUpwards };

enum class GitObjectKind { kCommit, kTag, kOther };

/// What a revision names.
struct GitObject {
  GitObjectKind kind{GitObjectKind::kOther};
  std::string oid;  ///< hex
};

enum class GitEntryKind { kFile, kFolder, kLink, kSubmodule };

struct GitEntry {
  std::string path;  ///< with forward slashes, as asked for or from the root of the listed tree
  GitEntryKind kind{GitEntryKind::kFile};
  std::string oid;  ///< hex
};

class GitRepository {
 public:
  GitRepository(const GitRepository&) = delete;
  GitRepository& operator=(const GitRepository&) = delete;
  ~GitRepository();

  /// `kNotFound` when there is no repository, `kUnsupported` when the plug-in is missing, `kIo`
  /// else.
  [[nodiscard]] static Result<std::shared_ptr<GitRepository>> open(const std::string& path,
                                                                   GitSearch search);

  /// The folder of the checked-out files, without a slash at its end; empty for a bare repository.
  [[nodiscard]] const std::string& work_tree() const { return work_tree_; }
  /// The tree of a revision (`HEAD~2`, a branch, a tag, a commit id), in hex. `kNotFound`, `kIo`.
  [[nodiscard]] Result<std::string> resolve(const std::string& revision) const;
  /// The object that a revision names, not followed: of an annotated tag the tag itself. `read`
  /// gives its bytes. `kNotFound`, `kIo`.
  [[nodiscard]] Result<GitObject> object(const std::string& revision) const;
  /// What stands at `path` of a tree, the tree itself for an empty path. `kNotFound`, `kIo`.
  [[nodiscard]] Result<GitEntry> find(const std::string& tree, const std::string& path) const;
  /// All files, links and submodules below a tree, sorted by path. `kLimit` above `walk_files` and
  /// `walk_depth`.
  [[nodiscard]] Result<std::vector<GitEntry>> list(const std::string& tree,
                                                   const Limits& limits) const;
  /// The bytes of a file as they are stored: no filter, no line-end conversion. `kLimit` above
  /// `max_bytes`.
  [[nodiscard]] Result<std::string> read(const std::string& oid, std::uint64_t max_bytes) const;

 private:
  GitRepository(const MerlonGitFunctions& functions, MerlonGitRepository* handle);

  const MerlonGitFunctions& functions_;
  MerlonGitRepository* handle_;
  std::string work_tree_;
  mutable std::mutex mutex_;
};

}  // namespace merlon
