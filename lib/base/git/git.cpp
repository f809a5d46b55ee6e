#include "base/git/git.h"

#include <algorithm>
#include <utility>

#include "base/git/git_interface.h"
#include "base/plugin.h"

namespace merlon {
namespace {

Result<const MerlonGitFunctions*> load_functions() {
  MERLON_TRY(void* symbol, load_plugin_symbol("git", "merlon_git_functions"));
  const auto get = reinterpret_cast<MerlonGitFunctionsGetter>(symbol);
  const MerlonGitFunctions* functions = get();
  if (functions->version != kMerlonGitVersion) {
    return fail(ErrorCode::kUnsupported,
                "the plug-in `merlon_plugin_git.so` is of another version");
  }
  return functions;
}

Error to_error(int status, const MerlonGitMessage& message, std::string_view doing) {
  ErrorCode code = ErrorCode::kIo;
  if (status == kMerlonGitNotFound) {
    code = ErrorCode::kNotFound;
  } else if (status == kMerlonGitLimit) {
    code = ErrorCode::kLimit;
  }
  return make_error(code, doing, ": ", std::string_view(&message.text[0]));
}

GitEntryKind kind_of(std::uint32_t mode) {
  switch (mode) {
    case kMerlonGitTree: return GitEntryKind::kFolder;
    case kMerlonGitLink: return GitEntryKind::kLink;
    case kMerlonGitSubmodule: return GitEntryKind::kSubmodule;
    default: return GitEntryKind::kFile;
  }
}

GitObjectKind object_kind_of(std::uint32_t kind) {
  switch (kind) {
    case kMerlonGitCommitObject: return GitObjectKind::kCommit;
    case kMerlonGitTagObject: return GitObjectKind::kTag;
    default: return GitObjectKind::kOther;
  }
}

struct Listing {
  std::vector<GitEntry> entries;
  std::uint32_t seen{0};
  std::uint32_t most{0};
};

int add_entry(void* user, const char* path, std::uint32_t mode, const char* oid) {
  auto& listing = *static_cast<Listing*>(user);
  if (listing.seen++ >= listing.most) {
    return 1;
  }
  if (mode != kMerlonGitTree) {
    listing.entries.push_back({.path = path, .kind = kind_of(mode), .oid = oid});
  }
  return 0;
}

void take_bytes(void* user, const char* bytes, std::size_t size) {
  static_cast<std::string*>(user)->assign(bytes, size);
}

}  // namespace

GitRepository::GitRepository(const MerlonGitFunctions& functions, MerlonGitRepository* handle)
    : functions_(functions), handle_(handle) {
  if (const char* folder = functions_.work_tree(handle_)) {
    work_tree_ = folder;
    while (work_tree_.size() > 1 && work_tree_.ends_with('/')) {
      work_tree_.pop_back();
    }
  }
}

GitRepository::~GitRepository() {
  functions_.close(handle_);
}

Result<std::shared_ptr<GitRepository>> GitRepository::open(const std::string& path,
                                                           GitSearch search) {
  MERLON_TRY(const MerlonGitFunctions* functions, load_functions());
  MerlonGitRepository* handle = nullptr;
  MerlonGitMessage message{};
  const int status =
      functions->open(path.c_str(), search == GitSearch::kUpwards ? 1 : 0, &handle, &message);
  if (status != kMerlonGitOk) {
    return std::unexpected(
        to_error(status, message, "cannot open the git repository `" + path + "`"));
  }
  return std::shared_ptr<GitRepository>(new GitRepository(*functions, handle));
}

Result<std::string> GitRepository::resolve(const std::string& revision) const {
  const std::lock_guard lock(mutex_);
  char oid[kMerlonGitOidBytes] = {};
  MerlonGitMessage message{};
  const int status = functions_.resolve(handle_, revision.c_str(), &oid[0], &message);
  if (status != kMerlonGitOk) {
    return std::unexpected(
        to_error(status, message, "cannot find the revision `" + revision + "`"));
  }
  return std::string(&oid[0]);
}

Result<GitObject> GitRepository::object(const std::string& revision) const {
  const std::lock_guard lock(mutex_);
  char oid[kMerlonGitOidBytes] = {};
  std::uint32_t kind = 0;
  MerlonGitMessage message{};
  const int status = functions_.object(handle_, revision.c_str(), &oid[0], &kind, &message);
  if (status != kMerlonGitOk) {
    return std::unexpected(
        to_error(status, message, "cannot find the revision `" + revision + "`"));
  }
  return GitObject{.kind = object_kind_of(kind), .oid = &oid[0]};
}

Result<GitEntry> GitRepository::find(const std::string& tree, const std::string& path) const {
  const std::lock_guard lock(mutex_);
  char oid[kMerlonGitOidBytes] = {};
  std::uint32_t mode = 0;
  MerlonGitMessage message{};
  const int status = functions_.find(handle_, tree.c_str(), path.c_str(), &mode, &oid[0], &message);
  if (status != kMerlonGitOk) {
    return std::unexpected(to_error(status, message, "cannot find `" + path + "`"));
  }
  return GitEntry{.path = path, .kind = kind_of(mode), .oid = &oid[0]};
}

Result<std::vector<GitEntry>> GitRepository::list(const std::string& tree,
                                                  const Limits& limits) const {
  const std::lock_guard lock(mutex_);
  Listing listing{.most = limits.walk_files};
  MerlonGitMessage message{};
  const int status =
      functions_.list(handle_, tree.c_str(), limits.walk_depth, add_entry, &listing, &message);
  if (status != kMerlonGitOk) {
    return std::unexpected(to_error(status, message, "cannot list the tree"));
  }
  std::sort(listing.entries.begin(), listing.entries.end(),
            [](const GitEntry& a, const GitEntry& b) { return a.path < b.path; });
  return std::move(listing.entries);
}

Result<std::string> GitRepository::read(const std::string& oid, std::uint64_t max_bytes) const {
  const std::lock_guard lock(mutex_);
  std::string bytes;
  MerlonGitMessage message{};
  const int status = functions_.read(handle_, oid.c_str(), max_bytes, take_bytes, &bytes, &message);
  if (status != kMerlonGitOk) {
    return std::unexpected(to_error(status, message, "cannot read the git object `" + oid + "`"));
  }
  return bytes;
}

}  // namespace merlon
