#pragma once
/// Writes an audit log: numbers records, keeps them, and signs the log's state.
/// docs/spec/audit.md.
///
///   MERLON_TRY(auto log, AuditWriter::open({.folder = "audit", .state = state}, options));
///   if (!log->append("decision", members, AuditSync::kNow)) { ... do not forward ... }
///   MERLON_CHECK(log->seal());
///
/// When append() answers with a number, the record is in the file (and synced where `sync` or the
/// durability asks for it). An Error says that it is not: nothing may be forwarded then. One writer
/// for each folder, held by a lock; all members may be called from many threads. A thread of the
/// writer syncs, signs checkpoints and changes epochs.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "audit/audit_files.h"
#include "audit/audit_keys.h"
#include "base/clock.h"
#include "base/process/unique_fd.h"
#include "base/result.h"
#include "proof/tile.h"

namespace merlon {

/// docs/spec/audit.md, "Durability".
enum class AuditDurability : std::uint8_t { kBatch, kRecord, kNone };
[[nodiscard]] std::optional<AuditDurability> parse_audit_durability(std::string_view word);

enum class AuditSync : std::uint8_t {
  kSoon,  ///< within AuditWriterOptions::sync_every
  kNow,   ///< before append() returns
};

struct AuditPlaces {
  std::string folder;
  std::string state;   ///< `$XDG_STATE_HOME/merlon/audit`
  std::string origin;  ///< of a new log; empty: a random one
};

struct AuditWriterOptions {
  AuditDurability durability{AuditDurability::kBatch};
  std::chrono::milliseconds sync_every{100};
  std::chrono::milliseconds heartbeat{60'000};
  std::chrono::milliseconds epoch{3'600'000};
  std::uint64_t segment_bytes{256ULL << 20U};
  std::uint64_t checkpoint_records{65'536};
  std::uint64_t keep_segments{0};         ///< closed ones; 0: all
  std::chrono::milliseconds keep_for{0};  ///< closed segments whose last record is younger; 0: all
  std::string merlon;                     ///< version of the program
  const Clock* clock{&system_clock()};
  bool background{true};  ///< false: only append(), beat() and seal() do something
};

class AuditWriter {
 public:
  /// Makes the log, or goes on with it. `kBadConfig`: the folder can be used by others, or is in
  /// use; `kFormat`: the log is not as it was left (look with `merlon audit-verify`); `kIo`.
  [[nodiscard]] static Result<std::unique_ptr<AuditWriter>> open(const AuditPlaces& places,
                                                                 AuditWriterOptions options);
  AuditWriter(const AuditWriter&) = delete;
  AuditWriter& operator=(const AuditWriter&) = delete;
  /// Without a seal: as if the process had been killed, but for a last sync.
  ~AuditWriter();

  /// `members`: what follows the type, JSON from `,` to before the last `}`; may be empty. Returns
  /// the record's number. `kLimit` for a line above 65,535 bytes.
  [[nodiscard]] Result<std::uint64_t> append(std::string_view type, std::string_view members,
                                             AuditSync sync);
  /// A heartbeat and a checkpoint now; changes the epoch when it is time to.
  [[nodiscard]] Status beat();
  [[nodiscard]] Status change_epoch();
  /// The last record, and a checkpoint over it. Once; nothing can be appended after it.
  [[nodiscard]] Status seal();

  [[nodiscard]] const VerifierKey& key() const { return keys_.log.verifier; }
  /// What a name stands as in a log that is not to hold it: the same for the same name in one log,
  /// not to be tried out without the log's token key, which lies beside its other keys.
  [[nodiscard]] Result<std::string> token_of(std::string_view name) const;
  [[nodiscard]] std::uint64_t size() const;
  /// The newest signed checkpoint.
  [[nodiscard]] std::string checkpoint() const;

 private:
  AuditWriter(AuditPlaces places, AuditWriterOptions options, AuditKeys keys, UniqueFd lock);

  // audit_opening.cpp
  [[nodiscard]] Status begin_log();
  [[nodiscard]] Status continue_log(const AuditPin& pin);
  [[nodiscard]] Status restore_tree(std::uint64_t size);
  [[nodiscard]] Result<std::uint64_t> take_old_lines(const std::vector<MappedSegment>& segments,
                                                     std::uint64_t covered);
  [[nodiscard]] Status take_old_line(std::string_view line);
  [[nodiscard]] Status finish_interrupted_epoch();
  [[nodiscard]] Status cut_torn_line();

  // All below with the mutex held.
  [[nodiscard]] Result<std::uint64_t> append_record(std::string_view type, std::string_view members,
                                                    AuditSync sync);
  [[nodiscard]] Status write_line();
  [[nodiscard]] Status rotate_when_full(std::size_t members);
  [[nodiscard]] bool is_due_to_close(std::size_t members) const;
  [[nodiscard]] Status prune();
  [[nodiscard]] Result<std::size_t> count_old(const std::vector<std::uint64_t>& closed) const;
  [[nodiscard]] Status publish();
  [[nodiscard]] Status write_tiles();
  [[nodiscard]] Status sign_state();
  [[nodiscard]] Status beat_locked();
  [[nodiscard]] Status change_epoch_locked();
  [[nodiscard]] Status sync_log();
  [[nodiscard]] Status open_segment();
  [[nodiscard]] std::string path(std::string_view name) const;
  void start_thread();
  void serve(const std::stop_token& stop);
  void sync_in_background(std::unique_lock<std::mutex>& lock);

  AuditPlaces places_;
  AuditWriterOptions options_;
  AuditKeys keys_;
  UniqueFd lock_file_;

  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::shared_ptr<UniqueFd> log_;  ///< the open segment; shared with a sync that runs
  std::uint64_t segment_first_{0};
  std::uint64_t segment_size_{0};
  std::int64_t segment_began_ms_{0};  ///< time of its first record
  TileFrontier tree_;
  std::vector<Tile> tiles_;           ///< full ones that are not written yet
  std::vector<std::string> partial_;  ///< paths of the partial tiles of the last checkpoint
  std::string note_;                  ///< the newest checkpoint
  std::string line_;                  ///< one buffer for all lines
  std::int64_t last_time_ms_{0};
  std::uint64_t published_{0};  ///< size of the newest checkpoint
  std::uint64_t tried_{0};      ///< size at which append() last asked for one
  std::chrono::steady_clock::time_point last_beat_;
  std::chrono::steady_clock::time_point epoch_began_;
  bool dirty_{false};  ///< records that are not synced
  bool sealed_{false};
  std::optional<Error> broken_;
  std::jthread thread_;
};

}  // namespace merlon
