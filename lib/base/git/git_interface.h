#pragma once
/// The C interface between git.cpp and the plug-in over libgit2. Both are built from the same
/// source; `version` catches a plug-in that was left behind by an update.
#include <cstddef>
#include <cstdint>

extern "C" {

struct MerlonGitRepository;

enum MerlonGitStatus : int {
  kMerlonGitOk = 0,
  kMerlonGitNotFound = 1,
  kMerlonGitLimit = 2,
  kMerlonGitFailed = 3,
};

inline constexpr std::uint32_t kMerlonGitVersion = 2;
inline constexpr std::size_t kMerlonGitOidBytes = 65;

/// Modes of tree entries, as git has them.
inline constexpr std::uint32_t kMerlonGitTree = 0040000;
inline constexpr std::uint32_t kMerlonGitLink = 0120000;
inline constexpr std::uint32_t kMerlonGitSubmodule = 0160000;

/// Kinds of objects, as git has them.
inline constexpr std::uint32_t kMerlonGitCommitObject = 1;
inline constexpr std::uint32_t kMerlonGitTagObject = 4;

/// Where a function puts the reason of a failure; NUL-terminated, cut to fit.
struct MerlonGitMessage {
  char text[256];
};

/// One entry of a tree. `path` is valid during the call only. Answer 0 to go on, anything else to
/// stop.
using MerlonGitOnEntry = int (*)(void* user, const char* path, std::uint32_t mode, const char* oid);
using MerlonGitOnBytes = void (*)(void* user, const char* bytes, std::size_t size);

struct MerlonGitFunctions {
  std::uint32_t version;
  /// `search` not 0: look in the folders above as well.
  int (*open)(const char* path, int search, MerlonGitRepository** out, MerlonGitMessage* message);
  void (*close)(MerlonGitRepository* repository);
  /// With a slash at its end; null for a bare repository.
  const char* (*work_tree)(MerlonGitRepository* repository);
  /// The tree of a revision.
  int (*resolve)(MerlonGitRepository* repository, const char* revision, char* oid,
                 MerlonGitMessage* message);
  /// The object that a revision names, not followed: of an annotated tag the tag itself.
  int (*object)(MerlonGitRepository* repository, const char* revision, char* oid,
                std::uint32_t* kind, MerlonGitMessage* message);
  /// What stands at a path of a tree; the tree itself for an empty path.
  int (*find)(MerlonGitRepository* repository, const char* tree, const char* path,
              std::uint32_t* mode, char* oid, MerlonGitMessage* message);
  /// All entries below a tree that are no trees, paths from that tree; kMerlonGitLimit when nested
  /// deeper than `depth` or when `on_entry` stopped.
  int (*list)(MerlonGitRepository* repository, const char* tree, std::uint32_t depth,
              MerlonGitOnEntry on_entry, void* user, MerlonGitMessage* message);
  /// The bytes of an object of any kind, in one call; kMerlonGitLimit when it has more than `most`.
  int (*read)(MerlonGitRepository* repository, const char* oid, std::uint64_t most,
              MerlonGitOnBytes on_bytes, void* user, MerlonGitMessage* message);
};

/// The plug-in's only symbol.
using MerlonGitFunctionsGetter = const MerlonGitFunctions* (*)();

}  // extern "C"
