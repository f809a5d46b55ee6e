// How a writer begins a log, or goes on with one: docs/spec/audit.md, "Durability".
#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/audit_files.h"
#include "audit/audit_line.h"
#include "audit/audit_writer.h"
#include "base/files.h"
#include "base/json/json_writer.h"
#include "base/random.h"
#include "base/timestamp.h"
#include "proof/checkpoint.h"

namespace merlon {
namespace {

constexpr std::size_t kOriginDigits = 16;

std::unexpected<Error> not_as_left(std::string_view why) {
  Error error = make_error(ErrorCode::kFormat, "the audit log is not as it was left: ", why);
  error.hints.emplace_back("`merlon audit-verify DIR` says more; a new log needs a new folder");
  return std::unexpected(std::move(error));
}

Status check_folder_rights(const std::string& folder) {
  struct stat status{};
  if (::stat(folder.c_str(), &status) != 0) {
    return audit_io_error("cannot stat", folder, errno);
  }
  if (!S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::kBadConfig, "`", folder, "` is not a folder");
  }
  if ((status.st_mode & 0077U) != 0 || status.st_uid != ::geteuid()) {
    Error error = make_error(ErrorCode::kBadConfig, "the audit log's folder `", folder,
                             "` can be used by others than its owner");
    error.hints.push_back("`chmod 700 " + folder + "`");
    return std::unexpected(std::move(error));
  }
  return {};
}

Result<UniqueFd> lock_folder(const std::string& folder) {
  UniqueFd file(
      ::open((folder + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.open()) {
    return audit_io_error("cannot open", folder + "/lock", errno);
  }
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    Error error = make_error(ErrorCode::kBadConfig, "the audit log `", folder,
                             "` is being written by another process");
    error.hints.emplace_back("give each proxy a folder of its own");
    return std::unexpected(std::move(error));
  }
  return file;
}

Result<std::string> new_origin() {
  MERLON_TRY(const std::string bytes, random_bytes(32));
  return "merlon/audit/" + sha256_hex(bytes).substr(0, kOriginDigits);
}

Result<bool> has_log(const std::string& folder) {
  MERLON_TRY(const auto entries, make_disk_files()->list(folder));
  for (const DirectoryEntry& entry : entries) {
    if (entry.name == "checkpoint" || entry.name == kOpenSegment ||
        first_of_segment_name(entry.name)) {
      return true;
    }
  }
  return false;
}

/// The signed state, when it is one of this log.
Result<Checkpoint> own_checkpoint(const std::string& text, const AuditPin& pin) {
  MERLON_TRY(const Note note, parse_note(text));
  MERLON_TRY(const NoteVerdict verdict, verify_note(note, std::array{pin.log_key}));
  MERLON_TRY(Checkpoint checkpoint, parse_checkpoint(note.text));
  if (verdict.answer != NoteAnswer::kVerified || checkpoint.origin != pin.origin) {
    return not_as_left("its checkpoint is not signed by its key");
  }
  return checkpoint;
}

std::vector<std::string_view> whole_lines(std::string_view bytes) {
  std::vector<std::string_view> lines;
  for (std::size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
    lines.push_back(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
  }
  return lines;
}

/// The last two whole lines; empty where there are none.
Result<std::array<std::string, 2>> last_two_lines(const std::string& folder) {
  MERLON_TRY(const auto segments, map_segments(folder));
  std::array<std::string, 2> out;
  std::size_t found = 0;
  for (std::size_t at = segments.size(); at > 0 && found < 2; --at) {
    std::string_view bytes = segments[at - 1].bytes.view();
    bytes = bytes.substr(0, bytes.rfind('\n') + 1);
    while (!bytes.empty() && found < 2) {
      bytes.remove_suffix(1);
      const std::size_t begin = bytes.rfind('\n') + 1;  // 0 when there is none
      out[1 - found] = std::string(bytes.substr(begin));
      ++found;
      bytes = bytes.substr(0, begin);
    }
  }
  return out;
}

}  // namespace

Result<std::unique_ptr<AuditWriter>> AuditWriter::open(const AuditPlaces& places,
                                                       AuditWriterOptions options) {
  if (places.state.empty()) {
    return fail(ErrorCode::kUnsupported,
                "neither XDG_STATE_HOME nor HOME says where an audit log's keys are kept");
  }
  MERLON_CHECK(make_private_folder(places.folder));
  MERLON_CHECK(check_folder_rights(places.folder));
  MERLON_TRY(UniqueFd lock, lock_folder(places.folder));
  AuditPlaces here = places;
  MERLON_TRY(here.folder, make_disk_files()->canonical(places.folder));
  MERLON_TRY(std::optional<AuditPin> pin, find_audit_pin(here.state, here.folder));
  MERLON_TRY(const bool there, has_log(here.folder));
  if (!pin && there) {
    return fail(ErrorCode::kBadConfig, "`", here.folder,
                "` holds a log whose keys are not on this machine");
  }
  if (pin && !there && !pin->checkpoint.empty()) {
    return not_as_left("its folder is empty");
  }
  const bool begins = !pin;
  if (begins && here.origin.empty()) {
    MERLON_TRY(here.origin, new_origin());
  }
  MERLON_TRY(AuditKeys keys, begins ? create_audit_keys(here.state, here.folder, here.origin)
                                    : load_audit_keys(here.state, pin->origin));
  std::unique_ptr<AuditWriter> writer(
      new AuditWriter(std::move(here), std::move(options), std::move(keys), std::move(lock)));
  MERLON_CHECK(begins ? writer->begin_log() : writer->continue_log(*pin));
  writer->start_thread();
  return writer;
}

Status AuditWriter::begin_log() {
  MERLON_CHECK(open_segment());
  std::string members = ",\"format\":1,\"origin\":";
  append_json_string(members, keys_.log.verifier.name);
  members += ",\"key\":";
  append_json_string(members, to_string(keys_.log.verifier));
  members += ",\"epoch_key\":";
  append_json_string(members, to_string(keys_.epoch.verifier));
  members += ",\"merlon\":";
  append_json_string(members, options_.merlon);
  MERLON_TRY([[maybe_unused]] const std::uint64_t seq,
             append_record("log", members, AuditSync::kNow));
  MERLON_CHECK(sync_folder(places_.folder));
  return publish();
}

Status AuditWriter::continue_log(const AuditPin& pin) {
  TreeHead known;
  auto text = read_small_file(path("checkpoint"));
  if (!text && (text.error().code != ErrorCode::kNotFound || !pin.checkpoint.empty())) {
    return not_as_left("its checkpoint cannot be read");
  }
  if (text) {
    MERLON_TRY(const Checkpoint checkpoint, own_checkpoint(*text, pin));
    known = checkpoint.head;
    note_ = *std::move(text);
    published_ = known.size;
  }
  if (!pin.checkpoint.empty()) {
    MERLON_TRY(const Checkpoint kept, own_checkpoint(pin.checkpoint, pin));
    if (kept.head.size > known.size) {
      return not_as_left("its checkpoint is older than the one that was kept outside");
    }
  }
  MERLON_CHECK(restore_tree(known.size));
  if (known.size > 0 && tree_.root() != known.root) {
    // Tiles are not synced, so a crash of the system may have lost some: all records again.
    tree_ = TileFrontier();
    MERLON_CHECK(restore_tree(0));
    if (tree_.size() != known.size || tree_.root() != known.root) {
      return not_as_left("its records do not lead to the root of its checkpoint");
    }
  }
  for (const TilePlace& place : partial_tiles(known.size)) {
    partial_.push_back(path(tile_path(place)));
  }
  MERLON_TRY(const auto segments, map_segments(places_.folder));
  // Also where the checkpoint covers it: the clock may have gone back since.
  MERLON_TRY(const auto last_lines, last_two_lines(places_.folder));
  if (const auto last = parse_audit_head(last_lines[1])) {
    last_time_ms_ = parse_timestamp_ms(last->time).value_or(0);
  }
  MERLON_TRY(const std::uint64_t records, take_old_lines(segments, known.size));
  if (records < known.size) {
    return not_as_left("it has fewer records than its checkpoint covers");
  }
  const bool has_open = !segments.empty() && segments.back().name == kOpenSegment;
  segment_first_ = has_open ? segments.back().first : tree_.size();
  if (const auto first = parse_audit_head(has_open ? segments.back().bytes.view() : "")) {
    segment_began_ms_ = parse_timestamp_ms(first->time).value_or(0);
  }
  MERLON_CHECK(open_segment());
  MERLON_CHECK(cut_torn_line());
  return tree_.size() == 0 ? begin_log() : change_epoch_locked();
}

/// The frontier of the first `size` records from tiles; with 0, all that the checkpoint covers from
/// the records themselves.
Status AuditWriter::restore_tree(std::uint64_t size) {
  if (size > 0) {
    std::vector<Tile> tiles;
    for (const TilePlace& place : partial_tiles(size)) {
      const auto bytes = read_small_file(path(tile_path(place)));
      auto hashes = bytes ? parse_tile(*bytes, place.width) : std::nullopt;
      if (hashes) {
        tiles.push_back({.place = place, .hashes = *std::move(hashes)});
      }
    }
    tree_ = TileFrontier::restore(size, tiles).value_or(TileFrontier());
    return {};
  }
  MERLON_TRY(const auto segments, map_segments(places_.folder));
  for (const MappedSegment& segment : segments) {
    std::string_view rest = segment.bytes.view();
    if (tree_.size() >= published_) {
      break;
    }
    if (segment.first != tree_.size()) {
      return not_as_left("segments and tiles are missing");
    }
    for (std::size_t end = rest.find('\n');
         end != std::string_view::npos && tree_.size() < published_; end = rest.find('\n')) {
      tree_.append(merkle_leaf(rest.substr(0, end)));
      rest.remove_prefix(end + 1);
    }
  }
  return {};
}

/// All lines that nobody has signed yet. Returns how many records there are in all.
Result<std::uint64_t> AuditWriter::take_old_lines(const std::vector<MappedSegment>& segments,
                                                  std::uint64_t covered) {
  std::uint64_t records = 0;
  for (const MappedSegment& segment : segments) {
    const std::vector<std::string_view> lines = whole_lines(segment.bytes.view());
    records = segment.first + lines.size();
    for (std::uint64_t at = std::max(covered, segment.first); at < records; ++at) {
      MERLON_CHECK(take_old_line(lines[at - segment.first]));
    }
  }
  return records;
}

/// A record after the checkpoint: nobody has signed it yet, but it was acknowledged.
Status AuditWriter::take_old_line(std::string_view line) {
  const auto head = parse_audit_head(line);
  if (!head || head->seq != tree_.size() || line.size() > kMostLogEntry) {
    return not_as_left("a record after its checkpoint is not the next one");
  }
  tree_.append(merkle_leaf(line));
  last_time_ms_ = parse_timestamp_ms(head->time).value_or(0);
  return {};
}

Status AuditWriter::cut_torn_line() {
  struct stat status{};
  if (::fstat(log_->get(), &status) != 0) {
    return audit_io_error("cannot stat", path(kOpenSegment), errno);
  }
  MERLON_TRY(const MappedFile file, MappedFile::open(path(kOpenSegment)));
  const std::string_view bytes = file.view();
  const std::size_t end = bytes.rfind('\n');
  const std::size_t whole = end == std::string_view::npos ? 0 : end + 1;
  const std::string torn(bytes.substr(whole));
  segment_size_ = whole;
  if (!torn.empty() && ::ftruncate(log_->get(), static_cast<off_t>(whole)) != 0) {
    return audit_io_error("cannot cut", path(kOpenSegment), errno);
  }
  MERLON_CHECK(finish_interrupted_epoch());
  if (torn.empty() || tree_.size() == 0) {
    return {};
  }
  const std::string members =
      ",\"bytes\":" + std::to_string(torn.size()) + ",\"digest\":\"" + sha256_hex(torn) + "\"";
  MERLON_TRY([[maybe_unused]] const std::uint64_t seq,
             append_record("recovered", members, AuditSync::kNow));
  return {};
}

/// A crash between the record that names the next key and the old key's end.
Status AuditWriter::finish_interrupted_epoch() {
  if (!keys_.next) {
    return {};
  }
  MERLON_TRY(const auto lines, last_two_lines(places_.folder));
  const std::string name = to_string(keys_.next->verifier);
  const auto names_it = [&](const std::string& line) {
    const auto head = parse_audit_head(line);
    return head && head->type == "epoch" && line.find(name) != std::string::npos;
  };
  if (names_it(lines[1])) {
    return change_epoch_locked();
  }
  return names_it(lines[0]) ? finish_epoch_change(keys_) : drop_epoch_change(keys_);
}

}  // namespace merlon
