#pragma once
/// Where a path leads for another process of this user on this machine: the answer to
/// NeedKind::kPath of model/event.h.
///
///   resolve_path("docs/../link/x", {.folder = "/srv/project", .home = "/home/ann"})
///
/// Each step is taken as the kernel takes it, links before `..`; what a program does that folds
/// `..` first is the guards' business (base/safe_path.h). From the first part that does not exist
/// the rest is only text, with `.` and `..` folded; where `..` comes back to what does exist, steps
/// are real again, as they are for a program that folds the text before it opens the file.
///
/// `file:` URLs are taken as the path in them, percent-decoded, since a server that is given one
/// opens that. `~` is `home`, `~name` the home of that user when there is one. A path through
/// `/proc/self` or `/proc/thread-self` (`/dev/stdin`, `/dev/fd/3` ...) is kFailed: these are other
/// files for us than for the server. Loops, folders that may not be searched, and every other
/// failure of the system are kFailed.
///
/// May block for as long as the file system does. No allocation beyond the answer's size; bounded
/// by kMostPathBytes, kMostPathSteps and kMostPathLinks. Safe from many threads.
#include <cstddef>
#include <string>
#include <string_view>

#include "model/event.h"

namespace merlon {

/// The process that the path is meant for.
struct PathWorld {
  std::string folder;  ///< its working directory, absolute
  std::string home;    ///< its HOME; empty: not known
};

inline constexpr std::size_t kMostPathBytes = 16384;
inline constexpr std::size_t kMostPathSteps = 8192;  ///< parts, those of links included
inline constexpr std::size_t kMostPathLinks = 40;    ///< as the kernel

[[nodiscard]] Fact resolve_path(const std::string& what, const PathWorld& world);

}  // namespace merlon
