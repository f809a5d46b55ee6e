#include "replay/replay_files.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/digest/digest.h"

namespace merlon {
namespace {

/// As much as the reader can place in a file.
constexpr std::uint64_t kMostFileBytes = 0xFFFFFFF0ULL;
constexpr unsigned kMostJobs = 256;

std::vector<SessionReplay> broken_file(const std::string& path, std::vector<Error> errors) {
  SessionReplay out;
  out.file = path;
  out.complete = false;
  out.errors = std::move(errors);
  for (Error& error : out.errors) {
    if (error.where.file.empty()) {
      error.where.file = path;
    }
  }
  std::vector<SessionReplay> all;
  all.push_back(std::move(out));
  return all;
}

std::vector<SessionReplay> replay_one(const Replayer& replayer, const ReplayFiles& run,
                                      const std::string& path) {
  if (run.audited) {
    if (auto sessions = run.audited(path)) {
      return *std::move(sessions);
    }
  }
  std::shared_ptr<const SessionNotes> notes;
  if (run.notes) {
    auto found = run.notes(path);
    if (!found) {
      return broken_file(path, std::move(found).error());
    }
    notes = *std::move(found);
  }
  auto source = run.files.read(path, kMostFileBytes);
  if (!source) {
    return broken_file(path, {source.error()});
  }
  const std::string digest =
      run.digests ? replay_input_digest(**source, notes.get()) : std::string();
  auto file = run.open(*std::move(source));
  if (!file) {
    return broken_file(path, {file.error()});
  }
  std::vector<SessionReplay> out;
  for (const std::unique_ptr<SessionSource>& session : file->sessions) {
    out.push_back(replayer.replay(*session, path, notes.get()));
    out.back().input_digest = digest;
  }
  if (out.empty()) {
    file->errors.push_back(make_error(ErrorCode::kFormat, "the file holds no session"));
    return broken_file(path, std::move(file->errors));
  }
  // Lines that no importer could read belong to no session of their own.
  out.front().errors.insert(out.front().errors.begin(), file->errors.begin(), file->errors.end());
  return out;
}

/// Hands out files in order and takes results in order.
class ReplayQueue {
 public:
  ReplayQueue(const Replayer& replayer, const ReplayFiles& run, std::size_t ahead)
      : replayer_(replayer), run_(run), ahead_(ahead) {}

  void work() {
    for (;;) {
      std::unique_lock lock(mutex_);
      // Nobody runs so far ahead that results pile up behind a slow file.
      room_.wait(lock, [&] { return stopped_ || next_ < taken_ + ahead_; });
      if (stopped_ || next_ >= run_.paths.size()) {
        return;
      }
      const std::size_t at = next_++;
      lock.unlock();
      auto done = replay_one(replayer_, run_, run_.paths[at]);
      lock.lock();
      done_.emplace(at, std::move(done));
      give();
    }
  }

 private:
  /// With the mutex held.
  void give() {
    for (auto found = done_.find(taken_); found != done_.end() && !stopped_;
         found = done_.find(taken_)) {
      auto sessions = std::move(found->second);
      done_.erase(found);
      stopped_ = !run_.take(std::move(sessions));
      ++taken_;
    }
    room_.notify_all();
  }

  const Replayer& replayer_;
  const ReplayFiles& run_;
  std::size_t ahead_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::map<std::size_t, std::vector<SessionReplay>> done_;
  std::size_t next_{0};
  std::size_t taken_{0};
  bool stopped_{false};
};

}  // namespace

std::string replay_input_digest(const SourceText& source, const SessionNotes* notes) {
  return sha256_hex(sha256_hex(source.bytes()) + (notes != nullptr ? notes->digest : ""));
}

void replay_files(const Replayer& replayer, const ReplayFiles& run) {
  const unsigned wanted = run.jobs != 0 ? run.jobs : std::thread::hardware_concurrency();
  const auto threads = static_cast<unsigned>(std::min<std::size_t>(
      std::clamp(wanted, 1U, kMostJobs), std::max<std::size_t>(run.paths.size(), 1)));
  ReplayQueue queue(replayer, run, threads);
  std::vector<std::jthread> pool;
  for (unsigned i = 1; i < threads; ++i) {
    pool.emplace_back([&queue] { queue.work(); });
  }
  queue.work();
}

}  // namespace merlon
