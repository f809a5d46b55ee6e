#pragma once
/// What a started process, and all that it starts, may not do: prepared before the fork, taken on
/// between fork and exec, and never given back.
///
///   MERLON_TRY(const ReadyContainment ready, ReadyContainment::prepare(wanted));
///   for (const std::string& what : ready.lacking()) { ... tell a person ... }
///   ... in the forked child: if (!ready.apply()) { _exit(127); } execve(...);
///
/// Always: no new privileges, no core files, for root no CAP_SYS_ADMIN, CAP_SYS_PTRACE and the
/// like, and, from Landlock's second version on, no look into processes outside and no block
/// devices; from the sixth on, no signals to them either.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/process/unique_fd.h"
#include "base/result.h"
#include "base/sandbox/syscall_filter.h"

namespace merlon {

enum class NetworkAccess : std::uint8_t {
  kOpen,
  kUnix,  ///< unix sockets only
  kNone,  ///< no sockets; a pair of connected ones can still be made
};

/// Below which files and folders something may be read, and changed. Nothing: everywhere. What may
/// be changed may be read.
struct PathLayer {
  std::optional<std::vector<std::string>> read;
  std::optional<std::vector<std::string>> write;
  friend bool operator==(const PathLayer&, const PathLayer&) = default;
};

struct Containment {
  std::vector<std::string>
      hidden;                     ///< folders that are seen as empty ones, as far as they are there
  bool must_hide{false};          ///< else it is done where the kernel can
  std::vector<PathLayer> layers;  ///< each of them must allow; at most kMostLayers
  NetworkAccess network{NetworkAccess::kOpen};
  std::uint64_t memory_bytes{0};  ///< of all its processes; 0: no limit, as with the others
  std::uint64_t processes{0};
  std::uint64_t open_files{0};  ///< of each process
  bool may_lack{false};         ///< what this kernel cannot do is left out
};

/// For who watches: limits of all the processes together. 0: none.
struct FamilyLimits {
  std::uint64_t processes{0};
  std::uint64_t bytes{0};
};

class ReadyContainment {
 public:
  static constexpr std::size_t kMostLayers = 4;
  static constexpr std::size_t kMostDescriptors = kMostLayers + 1;

  /// Tries in a forked process what only trying can tell. `kUnsupported` for what this kernel
  /// cannot do and that may not be lacking; `kIo` for a path of a layer that cannot be opened.
  [[nodiscard]] static Result<ReadyContainment> prepare(const Containment& wanted);

  /// What is left out, each as a line for people.
  [[nodiscard]] std::span<const std::string> lacking() const { return lacking_; }

  /// Takes it on. False: errno says why; then nothing may be executed. Safe after fork.
  [[nodiscard]] bool apply() const;
  /// They are to stay open until then.
  [[nodiscard]] std::span<const int> descriptors() const { return descriptors_; }
  [[nodiscard]] FamilyLimits family_limits() const { return family_; }

 private:
  enum class Spaces : std::uint8_t { kNone, kOwn, kAsUser };
  ReadyContainment() = default;
  [[nodiscard]] Status prepare_paths(const Containment& wanted);
  [[nodiscard]] Status prepare_network(const Containment& wanted);
  [[nodiscard]] Status prepare_hidden(const Containment& wanted);
  void prepare_limits(const Containment& wanted);
  [[nodiscard]] Status lack(std::string what, bool may_be);
  [[nodiscard]] bool enter_spaces() const;
  [[nodiscard]] bool limit() const;
  /// How apply() goes in a process that is thrown away; 0, or an errno.
  [[nodiscard]] int trial() const;

  std::vector<std::string> lacking_;
  std::vector<UniqueFd> rulesets_;
  std::vector<int> descriptors_;
  std::vector<std::string> covers_;
  std::string folder_;  ///< ours, where it has to be entered again
  Spaces spaces_{Spaces::kNone};
  bool own_network_{false};
  std::string user_map_;
  std::string group_map_;
  std::vector<char> filter_;  ///< sock_filter, as bytes
  FamilyLimits family_;
  std::uint64_t data_bytes_{0};
  std::uint64_t own_processes_{0};  ///< RLIMIT_NPROC, where it counts this family alone
  std::uint64_t open_files_{0};
};

}  // namespace merlon
