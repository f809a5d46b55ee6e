#pragma once
/// Tells a command of the policy that a ticket waits: its standard input is the ticket's line. It
/// gets PATH, HOME and LANG, and kPatience; what it says is thrown away. Nobody waits for it: it
/// runs on a thread of its own, one after the other, and what does not fit into the queue is not
/// told.
///
///   ApprovalNotifier notifier(variable);
///   notifier.tell({"/usr/local/bin/notify"}, line);
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/process/environment.h"

namespace merlon {

class ApprovalNotifier {
 public:
  static constexpr std::size_t kMostWaiting = 16;
  static constexpr std::chrono::milliseconds kPatience{10'000};

  explicit ApprovalNotifier(std::vector<EnvironmentVariable> environment);
  ApprovalNotifier(const ApprovalNotifier&) = delete;
  ApprovalNotifier& operator=(const ApprovalNotifier&) = delete;
  ~ApprovalNotifier();

  /// Never blocks. False: too many wait.
  bool tell(std::vector<std::string> command, std::string line);

 private:
  struct Queue;
  std::shared_ptr<Queue> queue_;
};

}  // namespace merlon
