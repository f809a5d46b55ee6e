#include "scan/git_inputs.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace merlon {
namespace {

CoverageEntry left_out(const std::string& file, std::string reason) {
  CoverageEntry out;
  out.file = file;
  out.state = CoverageState::kSkipped;
  out.reason = std::move(reason);
  return out;
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

/// Without `./` and slashes at the ends: a path of a tree.
std::string tree_path(std::string_view path) {
  while (path.starts_with("./")) {
    path.remove_prefix(2);
  }
  while (path.starts_with('/')) {
    path.remove_prefix(1);
  }
  while (path.ends_with('/')) {
    path.remove_suffix(1);
  }
  return path == "." ? std::string() : std::string(path);
}

class TreeCollector {
 public:
  TreeCollector(ScanInputs& inputs, const GitRevision& revision, const WalkOptions& options)
      : inputs_(inputs), revision_(revision), options_(options) {}

  Status add(const std::string& path) {
    MERLON_TRY(const GitEntry entry, revision_.repository->find(revision_.tree, path));
    if (entry.kind != GitEntryKind::kFolder) {
      add_entry(entry, path, true);
      return {};
    }
    MERLON_TRY(const std::vector<GitEntry> entries,
               revision_.repository->list(entry.oid, options_.limits));
    for (const GitEntry& child : entries) {
      add_child(child, path.empty() ? child.path : path + "/" + child.path);
    }
    return {};
  }

 private:
  void add_child(const GitEntry& child, const std::string& path) {
    for (const std::string& glob : options_.exclude) {
      if (glob_match(glob, child.path) || glob_match(glob, file_name(child.path))) {
        inputs_.left_out.push_back(left_out(path, "excluded by `" + glob + "`"));
        return;
      }
    }
    add_entry(child, path, false);
  }

  void add_entry(const GitEntry& entry, const std::string& path, bool named) {
    if (entry.kind == GitEntryKind::kLink) {
      inputs_.left_out.push_back(left_out(path, "symbolic link"));
      return;
    }
    if (entry.kind == GitEntryKind::kSubmodule) {
      inputs_.left_out.push_back(left_out(path, "submodule: its files are in another repository"));
      return;
    }
    ScanInput input;
    input.name = path;
    input.named = named;
    input.read = [repository = revision_.repository, oid = entry.oid,
                  path](std::uint64_t most) -> Result<std::shared_ptr<const SourceText>> {
      MERLON_TRY(std::string bytes, repository->read(oid, most));
      return SourceText::copy_of(path, std::move(bytes));
    };
    inputs_.files.push_back(std::move(input));
  }

  ScanInputs& inputs_;
  const GitRevision& revision_;
  const WalkOptions& options_;
};

/// The work trees that inputs lie in, each opened once.
class WorkTrees {
 public:
  explicit WorkTrees(const std::string& revision) : revision_(revision) {}

  /// The revision and the path of `file` (canonical) in it.
  Result<std::pair<GitRevision, std::string>> find(const std::string& file) {
    for (const GitRevision& known : trees_) {
      if (const auto path = path_in(known, file)) {
        return std::pair(known, *path);
      }
    }
    const std::string folder = file.substr(0, file.rfind('/'));
    MERLON_TRY(GitRevision opened,
               open_git_revision(folder.empty() ? "/" : folder, GitSearch::kUpwards, revision_));
    const auto path = path_in(opened, file);
    if (!path) {
      return fail(ErrorCode::kNotFound, "`", file, "` lies in no git work tree");
    }
    trees_.push_back(opened);
    return std::pair(std::move(opened), *path);
  }

 private:
  static std::optional<std::string> path_in(const GitRevision& revision, const std::string& file) {
    const std::string& root = revision.repository->work_tree();
    if (root.empty() || !file.starts_with(root + "/")) {
      return std::nullopt;
    }
    return file.substr(root.size() + 1);
  }

  const std::string& revision_;
  std::vector<GitRevision> trees_;
};

}  // namespace

Result<std::shared_ptr<const SourceText>> GitRevision::read(const std::string& path,
                                                            std::string shown,
                                                            std::uint64_t max_bytes) const {
  MERLON_TRY(const GitEntry entry, repository->find(tree, path));
  if (entry.kind != GitEntryKind::kFile) {
    return fail(ErrorCode::kNotFound, "`", path, "` is no file in that revision");
  }
  MERLON_TRY(std::string bytes, repository->read(entry.oid, max_bytes));
  return SourceText::copy_of(std::move(shown), std::move(bytes));
}

Result<GitRevision> open_git_revision(const std::string& repository, GitSearch search,
                                      const std::string& revision) {
  MERLON_TRY(auto opened, GitRepository::open(repository, search));
  MERLON_TRY(std::string tree, opened->resolve(revision));
  return GitRevision{.repository = std::move(opened), .tree = std::move(tree)};
}

Status collect_git(ScanInputs& inputs, const GitRevision& revision,
                   const std::vector<std::string>& paths, const WalkOptions& options) {
  TreeCollector collector(inputs, revision, options);
  if (paths.empty()) {
    return collector.add("");
  }
  for (const std::string& path : paths) {
    MERLON_CHECK(collector.add(tree_path(path)));
  }
  return {};
}

void compare_with_revision(ScanInputs& inputs, const GitRevision& earlier) {
  for (ScanInput& input : inputs.files) {
    input.read_before = [earlier, name = input.name](std::uint64_t most) {
      return earlier.read(name, name, most);
    };
  }
}

Status compare_since(ScanInputs& inputs, const std::string& revision) {
  WorkTrees trees(revision);
  for (ScanInput& input : inputs.files) {
    if (input.identity.empty()) {
      return fail(ErrorCode::kUsage, "`--since` cannot tell the earlier state of `", input.name,
                  "`");
    }
    MERLON_TRY(const auto place, trees.find(input.identity));
    input.read_before = [earlier = place.first, path = place.second, name = input.name](
                            std::uint64_t most) { return earlier.read(path, name, most); };
  }
  return {};
}

void compare_with_file(ScanInputs& inputs, const FileSource& files, const std::string& path) {
  for (ScanInput& input : inputs.files) {
    input.read_before = [&files,
                         path](std::uint64_t most) -> Result<std::shared_ptr<const SourceText>> {
      auto source = files.read(path, most);
      if (!source && source.error().code == ErrorCode::kNotFound) {
        // Here a missing earlier state is a mistake of the caller, not a new file.
        source.error().code = ErrorCode::kIo;
      }
      return source;
    };
  }
}

}  // namespace merlon
