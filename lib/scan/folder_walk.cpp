#include "scan/folder_walk.h"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "base/text.h"

namespace merlon {
namespace {

CoverageEntry entry(std::string file, CoverageState state, std::string reason) {
  CoverageEntry out;
  out.file = std::move(file);
  out.state = state;
  out.reason = std::move(reason);
  return out;
}

CoverageEntry failed(const std::string& file, const Error& error) {
  CoverageEntry out = entry(file, CoverageState::kFailed, error.message);
  out.rendered_error = render(error);
  return out;
}

ScanInput make_input(const FileSource& files, const std::string& path, const std::string& shown,
                     std::string identity, bool named) {
  ScanInput input;
  input.name = shown;
  input.identity = std::move(identity);
  input.named = named;
  input.read = [&files, path,
                shown](std::uint64_t max_bytes) -> Result<std::shared_ptr<const SourceText>> {
    MERLON_TRY(auto source, files.read(path, max_bytes));
    return renamed(source, shown);
  };
  input.head = [&files, path](std::size_t bytes) { return files.head(path, bytes); };
  return input;
}

std::string below(const std::string& folder, const std::string& name) {
  if (folder == ".") {
    return name;
  }
  return folder.ends_with('/') ? folder + name : folder + "/" + name;
}

std::string without_last_slashes(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) {
    path.remove_suffix(1);
  }
  return std::string(path);
}

/// What git itself keeps in a `.git` folder, sorted. Everything else that stands there is walked:
/// an artefact may not hide in it.
constexpr std::array<std::string_view, 22> kGitParts{
    "AUTO_MERGE", "COMMIT_EDITMSG", "FETCH_HEAD", "HEAD",     "MERGE_HEAD",  "MERGE_MODE",
    "MERGE_MSG",  "ORIG_HEAD",      "branches",   "config",   "description", "gitk.cache",
    "hooks",      "index",          "info",       "lfs",      "logs",        "modules",
    "objects",    "packed-refs",    "refs",       "worktrees"};
static_assert(std::is_sorted(kGitParts.begin(), kGitParts.end()));

/// One folder that is waiting for its turn, by its path below the walked folder.
struct Folder {
  std::string relative;
  std::uint32_t depth{0};
};

class Walk {
 public:
  Walk(ScanInputs& inputs, const FileSource& files, const WalkOptions& options, std::string root,
       std::string shown_root, std::string canonical_root)
      : inputs_(inputs),
        files_(files),
        options_(options),
        root_(std::move(root)),
        shown_root_(std::move(shown_root)),
        canonical_root_(std::move(canonical_root)) {}

  void run() {
    std::vector<Folder> waiting{{"", 0}};
    while (!waiting.empty() && !full_) {
      const Folder folder = std::move(waiting.back());
      waiting.pop_back();
      auto children = files_.list(real(folder.relative));
      if (!children) {
        inputs_.left_out.push_back(failed(shown(folder.relative), children.error()));
        continue;
      }
      if (is_git_folder(folder, *children)) {
        std::erase_if(*children, [](const DirectoryEntry& child) {
          return std::binary_search(kGitParts.begin(), kGitParts.end(), child.name);
        });
        skip(folder.relative, "what git itself keeps; `--git` scans its revisions");
      }
      for (const DirectoryEntry& child : *children) {
        visit(folder, child, waiting);
      }
    }
    // Links come last, so that a file is known by its own name and not by that of a link to it.
    for (const std::string& link : links_) {
      follow(link);
    }
  }

 private:
  [[nodiscard]] std::string real(const std::string& relative) const {
    return relative.empty() ? root_ : below(root_, relative);
  }
  [[nodiscard]] std::string shown(const std::string& relative) const {
    return relative.empty() ? shown_root_ : below(shown_root_, relative);
  }

  void skip(const std::string& relative, std::string reason) {
    inputs_.left_out.push_back(entry(shown(relative), CoverageState::kSkipped, std::move(reason)));
  }

  [[nodiscard]] const std::string* excluded_by(const std::string& relative,
                                               const std::string& name) const {
    for (const std::string& glob : options_.exclude) {
      if (glob_match(glob, relative) || glob_match(glob, name)) {
        return &glob;
      }
    }
    return nullptr;
  }

  /// A folder that is only called `.git` is a folder like any other.
  static bool is_git_folder(const Folder& folder, const std::vector<DirectoryEntry>& children) {
    const auto holds = [&](std::string_view name, FileKind kind) {
      return std::any_of(children.begin(), children.end(), [&](const DirectoryEntry& child) {
        return child.name == name && child.kind == kind;
      });
    };
    return (folder.relative == ".git" || folder.relative.ends_with("/.git")) &&
           holds("HEAD", FileKind::kRegular) && holds("objects", FileKind::kDirectory) &&
           holds("refs", FileKind::kDirectory);
  }

  void visit(const Folder& folder, const DirectoryEntry& child, std::vector<Folder>& waiting) {
    const std::string relative =
        folder.relative.empty() ? child.name : folder.relative + "/" + child.name;
    if (const std::string* glob = excluded_by(relative, child.name)) {
      skip(relative, "excluded by `" + *glob + "`");
      return;
    }
    switch (child.kind) {
      case FileKind::kRegular: add_file(relative); return;
      case FileKind::kSymlink: links_.push_back(relative); return;
      case FileKind::kOther: skip(relative, "not a regular file (pipe, socket or device)"); return;
      case FileKind::kDirectory: break;
    }
    if (folder.depth >= options_.limits.walk_depth) {
      inputs_.left_out.push_back(entry(shown(relative), CoverageState::kFailed,
                                       "too many nested folders (limit `walk-depth`)"));
    } else {
      waiting.push_back({relative, folder.depth + 1});
    }
  }

  bool add_file(const std::string& relative) {
    if (full_) {
      return false;
    }
    if (known_.size() >= options_.limits.walk_files) {
      full_ = true;
      inputs_.left_out.push_back(
          entry(shown_root_, CoverageState::kFailed, "too many files (limit `walk-files`)"));
      return false;
    }
    const std::string identity = below(canonical_root_, relative);
    known_.insert(identity);
    inputs_.files.push_back(make_input(files_, real(relative), shown(relative), identity, false));
    return true;
  }

  void follow(const std::string& link) {
    const auto kind = files_.kind_of(real(link));
    const auto target = files_.canonical(real(link));
    if (!kind || !target) {
      skip(link, "link to nowhere, or in a circle");
      return;
    }
    if (*kind == FileKind::kDirectory) {
      skip(link, "link to a folder");
      return;
    }
    if (*kind != FileKind::kRegular) {
      skip(link, "not a regular file (pipe, socket or device)");
      return;
    }
    const std::string prefix =
        canonical_root_.ends_with('/') ? canonical_root_ : canonical_root_ + "/";
    if (!target->starts_with(prefix)) {
      skip(link, "link out of the folder");
      return;
    }
    const std::string relative = target->substr(prefix.size());
    if (known_.contains(*target)) {
      skip(link, "link to `" + relative + "`, which is scanned itself");
      return;
    }
    // The target stands inside but was not met: it is in a part that was left out. The link brings
    // it in, once.
    if (add_file(link)) {
      inputs_.files.back().identity = *target;
      known_.insert(*target);
    }
  }

  ScanInputs& inputs_;
  const FileSource& files_;
  const WalkOptions& options_;
  std::string root_;
  std::string shown_root_;
  std::string canonical_root_;
  std::unordered_set<std::string> known_;
  std::vector<std::string> links_;
  bool full_{false};
};

}  // namespace

void collect_file(ScanInputs& inputs, const FileSource& files, const std::string& path,
                  const std::string& shown) {
  const auto identity = files.canonical(path);
  inputs.files.push_back(
      make_input(files, path, shown, identity ? *identity : std::string(), true));
}

void collect_path(ScanInputs& inputs, const FileSource& files, std::string_view path,
                  std::string_view shown, const WalkOptions& options) {
  const std::string name = without_last_slashes(path);
  const std::string shown_name = without_last_slashes(shown);
  const auto kind = files.kind_of(name);
  if (!kind) {
    inputs.left_out.push_back(failed(shown_name, kind.error()));
    return;
  }
  if (*kind != FileKind::kDirectory) {
    collect_file(inputs, files, name, shown_name);
    return;
  }
  const auto canonical = files.canonical(name);
  if (!canonical) {
    inputs.left_out.push_back(failed(shown_name, canonical.error()));
    return;
  }
  Walk(inputs, files, options, name, shown_name, *canonical).run();
}

void collect_path(ScanInputs& inputs, const FileSource& files, std::string_view path,
                  const WalkOptions& options) {
  collect_path(inputs, files, path, path, options);
}

}  // namespace merlon
