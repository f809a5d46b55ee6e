// merlon_plugin_git.so: libgit2 behind git_interface.h. Loaded only for `--git` and `--since`.
//
// Nothing of the repository is ever run: objects are read from the object store, no work tree is
// written, no hook, filter or credential helper is called, and no remote is asked.
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <git2.h>

#include "base/git/git_interface.h"

struct MerlonGitRepository {
  git_repository* handle;
};

namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Object = std::unique_ptr<git_object, Freer<git_object_free>>;
using Tree = std::unique_ptr<git_tree, Freer<git_tree_free>>;
using TreeEntry = std::unique_ptr<git_tree_entry, Freer<git_tree_entry_free>>;
using Odb = std::unique_ptr<git_odb, Freer<git_odb_free>>;
using OdbObject = std::unique_ptr<git_odb_object, Freer<git_odb_object_free>>;

void say_git(MerlonGitMessage* message, const char* text) {
  std::strncpy(message->text, text, sizeof message->text - 1);
  message->text[sizeof message->text - 1] = '\0';
}

int failed(int code, MerlonGitMessage* message) {
  const git_error* error = git_error_last();
  say_git(message,
          error != nullptr && error->message != nullptr ? error->message : "unknown reason");
  return code == GIT_ENOTFOUND ? kMerlonGitNotFound : kMerlonGitFailed;
}

void write_oid(const git_oid* oid, char* out) {
  git_oid_tostr(out, kMerlonGitOidBytes, oid);
}

/// Once per process. The user's and the system's configuration is not read: what a scan sees must
/// not depend on it.
int set_up() {
  const int ready = git_libgit2_init();
  if (ready != 1) {
    return ready;
  }
  for (const int level : {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
                          GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL}) {
    (void)git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
  }
  // The check of the owner protects those who run what a repository's configuration names (hooks,
  // filters, pagers). Here nothing of it is run, and looking at somebody else's repository is what
  // a scan is for.
  (void)git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
  // An object whose bytes do not have its name is an error.
  (void)git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
  return ready;
}

int open_repository(const char* path, int search, MerlonGitRepository** out,
                    MerlonGitMessage* message) {
  if (set_up() < 0) {
    return failed(-1, message);
  }
  git_repository* handle = nullptr;
  const unsigned flags = search != 0 ? 0U : unsigned{GIT_REPOSITORY_OPEN_NO_SEARCH};
  if (const int code = git_repository_open_ext(&handle, path, flags, nullptr); code != 0) {
    return failed(code, message);
  }
  *out = new MerlonGitRepository{handle};
  return kMerlonGitOk;
}

void close_repository(MerlonGitRepository* repository) {
  git_repository_free(repository->handle);
  delete repository;
}

const char* work_tree(MerlonGitRepository* repository) {
  return git_repository_workdir(repository->handle);
}

int resolve(MerlonGitRepository* repository, const char* revision, char* oid,
            MerlonGitMessage* message) {
  git_object* found = nullptr;
  if (const int code = git_revparse_single(&found, repository->handle, revision); code != 0) {
    return failed(code, message);
  }
  const Object object(found);
  git_object* tree = nullptr;
  if (const int code = git_object_peel(&tree, object.get(), GIT_OBJECT_TREE); code != 0) {
    return failed(code, message);
  }
  const Object peeled(tree);
  write_oid(git_object_id(peeled.get()), oid);
  return kMerlonGitOk;
}

// NOLINTNEXTLINE(readability-function-size): a C interface of plain values
int named_object(MerlonGitRepository* repository, const char* revision, char* oid,
                 std::uint32_t* kind, MerlonGitMessage* message) {
  git_object* found = nullptr;
  if (const int code = git_revparse_single(&found, repository->handle, revision); code != 0) {
    return failed(code, message);
  }
  const Object object(found);
  *kind = static_cast<std::uint32_t>(git_object_type(object.get()));
  write_oid(git_object_id(object.get()), oid);
  return kMerlonGitOk;
}

int look_up_tree(MerlonGitRepository* repository, const git_oid* oid, Tree& out,
                 MerlonGitMessage* message) {
  git_tree* tree = nullptr;
  if (const int code = git_tree_lookup(&tree, repository->handle, oid); code != 0) {
    return failed(code, message);
  }
  out.reset(tree);
  return kMerlonGitOk;
}

int parse_oid(const char* text, git_oid* out, MerlonGitMessage* message) {
  const int code = git_oid_fromstr(out, text);
  return code == 0 ? kMerlonGitOk : failed(code, message);
}

// NOLINTNEXTLINE(readability-function-size): a C interface of plain values
int find(MerlonGitRepository* repository, const char* tree_oid, const char* path,
         std::uint32_t* mode, char* oid, MerlonGitMessage* message) {
  git_oid id;
  if (const int code = parse_oid(tree_oid, &id, message); code != 0) {
    return code;
  }
  if (path[0] == '\0') {
    *mode = kMerlonGitTree;
    write_oid(&id, oid);
    return kMerlonGitOk;
  }
  Tree tree;
  if (const int code = look_up_tree(repository, &id, tree, message); code != 0) {
    return code;
  }
  git_tree_entry* found = nullptr;
  if (const int code = git_tree_entry_bypath(&found, tree.get(), path); code != 0) {
    return failed(code, message);
  }
  const TreeEntry entry(found);
  *mode = static_cast<std::uint32_t>(git_tree_entry_filemode(entry.get()));
  write_oid(git_tree_entry_id(entry.get()), oid);
  return kMerlonGitOk;
}

struct Pending {
  std::string prefix;
  git_oid oid{};
  std::uint32_t depth{0};
};

// NOLINTNEXTLINE(readability-function-size): a C interface of plain values
int list_one(MerlonGitRepository* repository, const Pending& folder, std::vector<Pending>& waiting,
             MerlonGitOnEntry on_entry, void* user, MerlonGitMessage* message) {
  Tree tree;
  if (const int code = look_up_tree(repository, &folder.oid, tree, message); code != 0) {
    return code;
  }
  for (std::size_t i = 0; i < git_tree_entrycount(tree.get()); ++i) {
    const git_tree_entry* entry = git_tree_entry_byindex(tree.get(), i);
    const auto mode = static_cast<std::uint32_t>(git_tree_entry_filemode(entry));
    const std::string path = folder.prefix + git_tree_entry_name(entry);
    if (mode == kMerlonGitTree) {
      waiting.push_back({path + "/", *git_tree_entry_id(entry), folder.depth + 1});
      continue;
    }
    char oid[kMerlonGitOidBytes];
    write_oid(git_tree_entry_id(entry), oid);
    if (on_entry(user, path.c_str(), mode, oid) != 0) {
      say_git(message, "too many files");
      return kMerlonGitLimit;
    }
  }
  return kMerlonGitOk;
}

// NOLINTNEXTLINE(readability-function-size): a C interface of plain values
int list(MerlonGitRepository* repository, const char* tree_oid, std::uint32_t depth,
         MerlonGitOnEntry on_entry, void* user, MerlonGitMessage* message) {
  std::vector<Pending> waiting(1);
  if (const int code = parse_oid(tree_oid, &waiting[0].oid, message); code != 0) {
    return code;
  }
  while (!waiting.empty()) {
    const Pending folder = std::move(waiting.back());
    waiting.pop_back();
    // Trees that hold themselves many times over are cheap to make; folders without files count as
    // well.
    if (folder.depth > depth || on_entry(user, folder.prefix.c_str(), kMerlonGitTree, "") != 0) {
      say_git(message, folder.depth > depth ? "too many nested folders" : "too many files");
      return kMerlonGitLimit;
    }
    if (const int code = list_one(repository, folder, waiting, on_entry, user, message);
        code != 0) {
      return code;
    }
  }
  return kMerlonGitOk;
}

// NOLINTNEXTLINE(readability-function-size): a C interface of plain values
int read(MerlonGitRepository* repository, const char* blob, std::uint64_t most,
         MerlonGitOnBytes on_bytes, void* user, MerlonGitMessage* message) {
  git_oid id;
  if (const int code = parse_oid(blob, &id, message); code != 0) {
    return code;
  }
  git_odb* store = nullptr;
  if (const int code = git_repository_odb(&store, repository->handle); code != 0) {
    return failed(code, message);
  }
  const Odb odb(store);
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  if (const int code = git_odb_read_header(&size, &type, odb.get(), &id); code != 0) {
    return failed(code, message);
  }
  if (size > most) {
    say_git(message, "too many bytes");
    return kMerlonGitLimit;
  }
  git_odb_object* found = nullptr;
  if (const int code = git_odb_read(&found, odb.get(), &id); code != 0) {
    return failed(code, message);
  }
  const OdbObject object(found);
  on_bytes(user, static_cast<const char*>(git_odb_object_data(object.get())),
           git_odb_object_size(object.get()));
  return kMerlonGitOk;
}

/// No exception may cross the interface.
template <auto Function, class... Args>
int guarded(Args... args) {
  try {
    return Function(args...);
  } catch (const std::exception&) {
    return kMerlonGitFailed;
  }
}

constexpr MerlonGitFunctions kFunctions{
    .version = kMerlonGitVersion,
    .open = guarded<open_repository>,
    .close = close_repository,
    .work_tree = work_tree,
    .resolve = guarded<resolve>,
    .object = guarded<named_object>,
    .find = guarded<find>,
    .list = guarded<list>,
    .read = guarded<read>,
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const MerlonGitFunctions* merlon_git_functions() {
  return &kFunctions;
}
