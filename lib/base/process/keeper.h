#pragma once
/// The process between us and a child: it owns everything that the child starts.
///
/// A launcher such as npx starts a shell that starts node; any of them may change its session, fork
/// twice or outlive its parent. The keeper is a forked copy of this program that is the *subreaper*
/// of all of them: whatever loses its parent becomes a child of the keeper, so at the end it can
/// kill until there is nobody left. It also sees when we die (its control socket ends), however we
/// die, and then ends everything by itself.
///
/// After fork() only async-signal-safe calls are made here: no allocation, no locks, no stdio.
#include <cstdint>

namespace merlon {

class ReadyContainment;

/// What the keeper tells and is told, one packet each.
enum class KeeperWord : std::int32_t {
  kStarted = 1,    ///< to us; value: process id of the server
  kFailed = 2,     ///< to us; value: errno; `stage` says where
  kEnded = 3,      ///< to us; value: wait status of the server
  kOutlived = 4,   ///< to us, last; value: processes that were left when everything was to end
  kStubborn = 5,   ///< to us, last; value: 1 when something could not be killed
  kTerminate = 6,  ///< to the keeper: SIGTERM to the group and to everything adopted
  kEndAll = 7,     ///< to the keeper: SIGKILL until nobody is left, then exit
  kSignal = 8,     ///< to the keeper; value: signal for the server's group
  kOverLimit = 9,  ///< to us; value: FamilyExcess; all of it was killed
};

enum class KeeperStage : std::int32_t {
  kNone = 0,
  kFork = 1,
  kFolder = 2,
  kExec = 3,
  kContain = 4
};

struct KeeperPacket {
  KeeperWord word{KeeperWord::kStarted};
  std::int32_t value{0};
  KeeperStage stage{KeeperStage::kNone};
};

/// Everything is prepared before the fork, because nothing may be allocated after it.
struct KeeperPlan {
  const char* path{nullptr};  ///< resolved program
  char* const* argv{nullptr};
  char* const* environment{nullptr};
  const char* folder{nullptr};  ///< working directory; null: ours
  int control{-1};
  int input{-1};  ///< becomes the child's standard input
  int output{-1};
  int error_output{-1};
  const ReadyContainment* containment{nullptr};
};

/// Runs in the forked process and never returns. All descriptors of the plan are 3 or above. All
/// signals are blocked.
[[noreturn]] void run_keeper(const KeeperPlan& plan);

}  // namespace merlon
