#pragma once
/// Takes the results of a replay as they come and writes them down.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "env.h"
#include "progress.h"
#include "replay/replay_summary.h"
#include "replay/replay_writer.h"
#include "replay_journal.h"

namespace merlon::cli {

struct ReplayRunOptions {
  ReplayDemands demands;
  std::string format;
  bool two_policies{false};
  bool keep_going{false};
  std::uint64_t seed{1};
  std::size_t files{0};             ///< that are still to come
  ReplayJournal* journal{nullptr};  ///< takes the sessions instead of standard output
};

/// One thread at a time.
class ReplayRun {
 public:
  ReplayRun(Env& env, ReplayRunOptions options);

  /// The sessions of one file. False: the run ends here.
  bool take(const std::vector<SessionReplay>& sessions);
  /// An exit code.
  [[nodiscard]] int finish();

 private:
  [[nodiscard]] bool keep(const std::vector<SessionReplay>& sessions, const std::string& text);
  void say_end();

  Env& env_;
  ReplayRunOptions options_;
  std::size_t done_{0};
  Progress progress_;
  ReplaySummary summary_;
  std::unique_ptr<ReplayWriter> writer_;
  bool failed_{false};  ///< the journal could not be written
};

}  // namespace merlon::cli
