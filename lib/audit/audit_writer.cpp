#include "audit/audit_writer.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "audit/audit_files.h"
#include "audit/audit_line.h"
#include "base/digest/hmac.h"
#include "base/files.h"
#include "base/json/json_writer.h"
#include "proof/checkpoint.h"

namespace merlon {
namespace {

/// Whole or nothing: a part of a line is cut off again.
Status write_whole(int fd, std::string_view bytes, std::uint64_t size_before) {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t put = ::write(fd, rest.data(), rest.size());
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      const int why = put < 0 ? errno : ENOSPC;
      if (rest.size() != bytes.size() && ::ftruncate(fd, static_cast<off_t>(size_before)) != 0) {
        return fail(ErrorCode::kInternal, "a half-written record could not be cut off");
      }
      return audit_io_error("cannot append to", kOpenSegment, why);
    }
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace

std::optional<AuditDurability> parse_audit_durability(std::string_view word) {
  if (word == "batch") {
    return AuditDurability::kBatch;
  }
  if (word == "record") {
    return AuditDurability::kRecord;
  }
  return word == "none" ? std::optional(AuditDurability::kNone) : std::nullopt;
}

AuditWriter::AuditWriter(AuditPlaces places, AuditWriterOptions options, AuditKeys keys,
                         UniqueFd lock)
    : places_(std::move(places)),
      options_(std::move(options)),
      keys_(std::move(keys)),
      lock_file_(std::move(lock)) {}

AuditWriter::~AuditWriter() {
  thread_.request_stop();
  wake_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
  const std::scoped_lock lock(mutex_);
  if (dirty_ && !broken_) {
    (void)sync_log();  // nobody is left to tell
  }
}

std::string AuditWriter::path(std::string_view name) const {
  return places_.folder + "/" + std::string(name);
}

std::uint64_t AuditWriter::size() const {
  const std::scoped_lock lock(mutex_);
  return tree_.size();
}

Result<std::string> AuditWriter::token_of(std::string_view name) const {
  constexpr std::size_t kTokenDigits = 32;
  const std::scoped_lock lock(mutex_);
  MERLON_TRY(const std::string key, audit_token_key(keys_));
  const Sha256 token = hmac_sha256(key, name);
  return "token:" + to_hex(token).substr(0, kTokenDigits);
}

std::string AuditWriter::checkpoint() const {
  const std::scoped_lock lock(mutex_);
  return note_;
}

Result<std::uint64_t> AuditWriter::append(std::string_view type, std::string_view members,
                                          AuditSync sync) {
  const std::scoped_lock lock(mutex_);
  if (sealed_) {
    return fail(ErrorCode::kInternal, "the audit log is sealed");
  }
  if (keys_.next) {
    // A change of epoch was begun and could not be finished: nothing may stand between its records.
    MERLON_CHECK(change_epoch_locked());
  }
  MERLON_TRY(const std::uint64_t seq, append_record(type, members, sync));
  if (tree_.size() - std::max(published_, tried_) >= options_.checkpoint_records) {
    // The record is kept, whatever becomes of the checkpoint, which is tried again later.
    tried_ = tree_.size();
    (void)beat_locked();
  }
  return seq;
}

Result<std::uint64_t> AuditWriter::append_record(std::string_view type, std::string_view members,
                                                 AuditSync sync) {
  if (broken_) {
    return std::unexpected(*broken_);
  }
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      options_.clock->now().time_since_epoch());
  last_time_ms_ = std::max<std::int64_t>(last_time_ms_, now.count());
  MERLON_CHECK(rotate_when_full(members.size()));
  const std::uint64_t seq = tree_.size();
  line_.clear();
  append_audit_head(line_, {.seq = seq, .time_ms = last_time_ms_, .type = type});
  line_.append(members).append("}\n");
  if (line_.size() > kMostLogEntry + 1) {
    return fail(ErrorCode::kLimit, "a record of the audit log would have more than 65535 bytes");
  }
  MERLON_CHECK(write_line());
  const bool now_synced =
      options_.durability == AuditDurability::kRecord ||
      (options_.durability == AuditDurability::kBatch && sync == AuditSync::kNow);
  if (now_synced) {
    MERLON_CHECK(sync_log());
  }
  return seq;
}

Status AuditWriter::write_line() {
  if (Status written = write_whole(log_->get(), line_, segment_size_); !written) {
    if (written.error().code == ErrorCode::kInternal) {
      broken_ = written.error();
    }
    return written;
  }
  segment_began_ms_ = segment_size_ == 0 ? last_time_ms_ : segment_began_ms_;
  segment_size_ += line_.size();
  tree_.append(merkle_leaf(std::string_view(line_).substr(0, line_.size() - 1)));
  dirty_ = true;
  return {};
}

Status AuditWriter::sync_log() {
  dirty_ = false;
  if (options_.durability != AuditDurability::kNone && ::fdatasync(log_->get()) != 0) {
    // The kernel may have thrown the pages away; a second sync would say yes to nothing.
    Status status = audit_io_error("cannot sync", kOpenSegment, errno);
    broken_ = status.error();
    return status;
  }
  return {};
}

Status AuditWriter::open_segment() {
  UniqueFd file(::open(path(kOpenSegment).c_str(),
                       O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.open()) {
    return audit_io_error("cannot open", path(kOpenSegment), errno);
  }
  log_ = std::make_shared<UniqueFd>(std::move(file));
  return {};
}

/// Full, or so old that what it begins with could not be deleted in time.
bool AuditWriter::is_due_to_close(std::size_t members) const {
  constexpr int kSegmentsInTime = 8;
  const bool old = options_.keep_for.count() > 0 &&
                   last_time_ms_ - segment_began_ms_ >= options_.keep_for.count() / kSegmentsInTime;
  return old || segment_size_ + members > options_.segment_bytes;
}

Status AuditWriter::rotate_when_full(std::size_t members) {
  const std::uint64_t records = tree_.size() - segment_first_;
  // Nothing may stand between the records of a change of epoch, what pruning writes neither.
  if (records == 0 || keys_.next || !is_due_to_close(members)) {
    return {};
  }
  MERLON_CHECK(sync_log());
  const std::string closed = path(closed_segment_name(segment_first_));
  if (::rename(path(kOpenSegment).c_str(), closed.c_str()) != 0) {
    return audit_io_error("cannot rename", path(kOpenSegment), errno);
  }
  if (Status opened = open_segment(); !opened) {
    // The old one is still there to be appended to.
    (void)::rename(closed.c_str(), path(kOpenSegment).c_str());
    return opened;
  }
  segment_first_ = tree_.size();
  segment_size_ = 0;
  MERLON_CHECK(sync_folder(places_.folder));
  const bool all = options_.keep_segments == 0 && options_.keep_for.count() == 0;
  return all ? Status() : prune();
}

/// How many of the closed segments, from the first on, end before what is kept.
Result<std::size_t> AuditWriter::count_old(const std::vector<std::uint64_t>& closed) const {
  if (options_.keep_for.count() == 0) {
    return std::size_t{0};
  }
  const std::string oldest = audit_time(last_time_ms_ - options_.keep_for.count());
  for (std::size_t at = 0; at < closed.size(); ++at) {
    MERLON_TRY(const MappedFile file, MappedFile::open(path(closed_segment_name(closed[at]))));
    std::string_view bytes = file.view();
    bytes = bytes.substr(0, bytes.rfind('\n'));
    const auto last = parse_audit_head(bytes.substr(bytes.rfind('\n') + 1));
    if (!last || last->time >= oldest) {
      return at;
    }
  }
  return closed.size();
}

/// Called with an empty open segment, so it does not come here again. Closed segments above the
/// number that is kept, or older. The record and a checkpoint that covers it come before anything
/// is deleted.
Status AuditWriter::prune() {
  MERLON_TRY(const auto entries, make_disk_files()->list(places_.folder));
  std::vector<std::uint64_t> closed;
  for (const DirectoryEntry& entry : entries) {
    if (const auto first = first_of_segment_name(entry.name)) {
      closed.push_back(*first);
    }
  }
  std::ranges::sort(closed);
  MERLON_TRY(std::size_t gone, count_old(closed));
  if (options_.keep_segments > 0) {
    gone = std::max(gone,
                    closed.size() - std::min<std::size_t>(closed.size(), options_.keep_segments));
  }
  if (gone == 0) {
    return {};
  }
  const std::uint64_t before = gone < closed.size() ? closed[gone] : segment_first_;
  const std::string members = ",\"before\":" + std::to_string(before);
  MERLON_TRY([[maybe_unused]] const std::uint64_t seq,
             append_record("pruned", members, AuditSync::kNow));
  MERLON_CHECK(publish());
  for (std::size_t i = 0; i < gone; ++i) {
    if (::unlink(path(closed_segment_name(closed[i])).c_str()) != 0) {
      return audit_io_error("cannot remove", closed_segment_name(closed[i]), errno);
    }
  }
  return {};
}

Status AuditWriter::write_tiles() {
  for (Tile& tile : tree_.take_full()) {
    tiles_.push_back(std::move(tile));
  }
  const auto write = [&](const Tile& tile) -> Status {
    const std::string file = path(tile_path(tile.place));
    Status written = write_private_file(file, tile_bytes(tile));
    if (!written && written.error().code == ErrorCode::kNotFound) {
      MERLON_CHECK(make_private_folder(file.substr(0, file.rfind('/'))));
      written = write_private_file(file, tile_bytes(tile));
    }
    return written;
  };
  while (!tiles_.empty()) {
    MERLON_CHECK(write(tiles_.back()));
    tiles_.pop_back();
  }
  for (const Tile& tile : tree_.partial()) {
    MERLON_CHECK(write(tile));
  }
  return {};
}

Status AuditWriter::sign_state() {
  Note note{.text = to_string(Checkpoint{.origin = keys_.log.verifier.name,
                                         .head = {.size = tree_.size(), .root = tree_.root()}})};
  MERLON_CHECK(sign_note(note, keys_.log));
  MERLON_CHECK(sign_note(note, keys_.epoch));
  const std::string text = to_string(note);
  MERLON_CHECK(options_.durability == AuditDurability::kNone
                   ? write_private_file(path("checkpoint"), text)
                   : write_file_atomically(path("checkpoint"), text, 0600));
  note_ = text;
  published_ = tree_.size();
  return keep_audit_checkpoint(keys_, text);
}

Status AuditWriter::publish() {
  if (broken_) {
    return std::unexpected(*broken_);
  }
  if (dirty_) {
    MERLON_CHECK(sync_log());
  }
  MERLON_CHECK(write_tiles());
  MERLON_CHECK(sign_state());
  // Partial tiles of the state before: nobody needs them any more.
  std::vector<std::string> now;
  for (const TilePlace& place : partial_tiles(tree_.size())) {
    now.push_back(path(tile_path(place)));
  }
  for (const std::string& old : partial_) {
    if (std::ranges::find(now, old) == now.end()) {
      (void)::unlink(old.c_str());
      (void)::rmdir(old.substr(0, old.rfind('/')).c_str());
    }
  }
  partial_ = std::move(now);
  return {};
}

Status AuditWriter::beat_locked() {
  last_beat_ = options_.clock->steady();
  std::string members = ",\"checkpoint\":";
  append_json_string(members, note_);
  MERLON_TRY([[maybe_unused]] const std::uint64_t seq,
             append_record("heartbeat", members, AuditSync::kSoon));
  return publish();
}

Status AuditWriter::change_epoch_locked() {
  if (!keys_.next) {
    MERLON_TRY(const std::string key, begin_epoch_change(keys_));
    std::string members = ",\"epoch\":" + std::to_string(keys_.epoch_number + 1) + ",\"key\":";
    append_json_string(members, key);
    if (auto seq = append_record("epoch", members, AuditSync::kNow); !seq) {
      (void)drop_epoch_change(keys_);
      return std::unexpected(std::move(seq).error());
    }
  }
  if (published_ != tree_.size()) {
    MERLON_CHECK(publish());  // by the old key, over the record that names the new one
  }
  std::string members = ",\"checkpoint\":";
  append_json_string(members, note_);
  MERLON_TRY([[maybe_unused]] const std::uint64_t seq,
             append_record("heartbeat", members, AuditSync::kNow));
  MERLON_CHECK(finish_epoch_change(keys_));
  epoch_began_ = options_.clock->steady();
  last_beat_ = epoch_began_;
  return publish();
}

Status AuditWriter::beat() {
  const std::scoped_lock lock(mutex_);
  const bool epoch_is_over = options_.clock->steady() - epoch_began_ >= options_.epoch;
  return keys_.next || epoch_is_over ? change_epoch_locked() : beat_locked();
}

Status AuditWriter::change_epoch() {
  const std::scoped_lock lock(mutex_);
  return change_epoch_locked();
}

Status AuditWriter::seal() {
  const std::scoped_lock lock(mutex_);
  if (sealed_) {
    return {};
  }
  if (keys_.next) {
    MERLON_CHECK(change_epoch_locked());
  }
  const std::string members = ",\"records\":" + std::to_string(tree_.size() + 1);
  MERLON_TRY([[maybe_unused]] const std::uint64_t seq,
             append_record("seal", members, AuditSync::kNow));
  sealed_ = true;
  return publish();
}

void AuditWriter::start_thread() {
  last_beat_ = options_.clock->steady();
  epoch_began_ = last_beat_;
  if (options_.background) {
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
}

/// fdatasync without the lock: records may be appended meanwhile.
void AuditWriter::sync_in_background(std::unique_lock<std::mutex>& lock) {
  const std::shared_ptr<UniqueFd> file = log_;
  dirty_ = false;
  lock.unlock();
  const bool synced = ::fdatasync(file->get()) == 0;
  const int why = errno;
  lock.lock();
  if (!synced && !broken_) {
    broken_ = Status(audit_io_error("cannot sync", kOpenSegment, why)).error();
  }
}

void AuditWriter::serve(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    (void)wake_.wait_for(lock, stop, options_.sync_every, [] { return false; });
    if (stop.stop_requested() || broken_ || sealed_) {
      continue;
    }
    if (dirty_ && options_.durability != AuditDurability::kNone) {
      sync_in_background(lock);
    }
    const auto now = options_.clock->steady();
    if (broken_ || sealed_ || now - last_beat_ < options_.heartbeat) {
      continue;
    }
    last_beat_ = now;
    // A failure shows itself at the next record, which fails the same way, or passes.
    (void)(keys_.next || now - epoch_began_ >= options_.epoch ? change_epoch_locked()
                                                              : beat_locked());
  }
}

}  // namespace merlon
