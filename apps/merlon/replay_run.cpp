#include "replay_run.h"

#include <ostream>
#include <utility>

#include "base/text.h"
#include "exit_code.h"

namespace merlon::cli {
namespace {

int exit_of(ReplayAnswer answer) {
  switch (answer) {
    case ReplayAnswer::kYes: return kYes;
    case ReplayAnswer::kNo: return kNo;
    case ReplayAnswer::kIncomplete: return kIncomplete;
  }
  return kBug;
}

ReplayAnswer worse_of(ReplayAnswer a, ReplayAnswer b) {
  if (a == ReplayAnswer::kNo || b == ReplayAnswer::kNo) {
    return ReplayAnswer::kNo;
  }
  return a == ReplayAnswer::kYes ? b : a;
}

}  // namespace

ReplayRun::ReplayRun(Env& env, ReplayRunOptions options)
    : env_(env),
      options_(std::move(options)),
      progress_(env, "replaying"),
      writer_(find_replay_writer(options_.format)->make(options_.demands)) {
  summary_.two_policies = options_.two_policies;
  summary_.seed = options_.seed;
  env_.out << writer_->begin();
}

bool ReplayRun::keep(const std::vector<SessionReplay>& sessions, const std::string& text) {
  if (options_.journal == nullptr) {
    env_.out << text;
    return true;
  }
  ReplaySummary alone;
  for (const SessionReplay& session : sessions) {
    alone.add(session);
  }
  // Coverage is a matter of all files together.
  const ReplayAnswer answer = answer_of(alone, {.no_change = options_.demands.no_change});
  const Status kept = options_.journal->append(
      {.file = sessions.front().file, .input = sessions.front().input_digest, .answer = answer},
      text);
  if (!kept) {
    env_.err << render(kept.error());
    failed_ = true;
  }
  return kept.has_value();
}

bool ReplayRun::take(const std::vector<SessionReplay>& sessions) {
  bool broken = false;
  std::string text;
  for (const SessionReplay& session : sessions) {
    summary_.add(session);
    broken = broken || !session.errors.empty();
    text += writer_->session(session);
  }
  if (broken) {
    progress_.clear();
  }
  for (const SessionReplay& session : sessions) {
    for (const Error& error : session.errors) {
      env_.err << render(error);
    }
  }
  if (!keep(sessions, text)) {
    return false;
  }
  ++done_;
  progress_.update(done_, options_.files, sessions.front().file);
  return !broken || options_.keep_going;
}

void ReplayRun::say_end() {
  if (summary_.reproduction.different > 0) {
    env_.err << "merlon: not reproducible: " << summary_.reproduction.different << " of "
             << counted(summary_.reproduction.compared(), "decision")
             << " differ from the recording under the same policy\n";
  }
  if (done_ < options_.files && !failed_) {
    env_.err << "merlon: stopped at a file that cannot be read; " << options_.files - done_
             << " of " << counted(options_.files, "file") << " were not looked at\n"
             << "merlon: hint: `--keep-going` goes on\n";
  }
}

int ReplayRun::finish() {
  progress_.clear();
  if (options_.journal == nullptr) {
    env_.out << writer_->end(summary_);
  } else {
    env_.err << "merlon: " << counted(done_, "file") << " done, " << options_.journal->files()
             << " were done before\n";
  }
  say_end();
  if (failed_) {
    return kEnvironment;
  }
  ReplayAnswer answer = answer_of(summary_, options_.demands);
  if (options_.journal != nullptr) {
    answer = worse_of(answer, options_.journal->answer());
  }
  return exit_of(answer);
}

}  // namespace merlon::cli
