// How a log's bytes are found, and the tree over them.
#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "audit/audit_verifier.h"
#include "base/process/unique_fd.h"
#include "proof/checkpoint.h"
#include "proof/tile.h"

namespace merlon {
namespace {

/// True while a writer holds the lock.
bool is_being_written(const std::string& folder) {
  const UniqueFd file(::open((folder + "/lock").c_str(), O_RDONLY | O_CLOEXEC));
  return file.open() && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

std::optional<std::string> read_below(const std::string& folder, const std::string& path) {
  auto text = read_small_file(folder + "/" + path);
  return text ? std::optional(*std::move(text)) : std::nullopt;
}

/// Records below the first line, of which only the hashes are left.
Result<std::vector<Sha256>> pruned_leaves(const AuditLogView& log, std::uint64_t count) {
  std::vector<Sha256> leaves;
  while (leaves.size() < count) {
    const std::uint64_t index = leaves.size() / kTileWidth;
    auto bytes = log.file(tile_path({.level = 0, .index = index}));
    if (!bytes && log.checkpoint) {
      const auto note = parse_note(*log.checkpoint);
      const auto checkpoint =
          note ? parse_checkpoint(note->text) : Result<Checkpoint>(Checkpoint{});
      const std::uint64_t width = checkpoint ? checkpoint->head.size % kTileWidth : 0;
      bytes = log.file(tile_path({.level = 0, .index = index, .width = width}));
    }
    const auto hashes = bytes ? parse_tile(*bytes, bytes->size() / sizeof(Sha256)) : std::nullopt;
    if (!hashes) {
      return fail(ErrorCode::kFormat, "the tiles of the records that were pruned are missing");
    }
    const std::uint64_t wanted = std::min<std::uint64_t>(hashes->size(), count - leaves.size());
    leaves.insert(leaves.end(), hashes->begin(),
                  hashes->begin() + static_cast<std::ptrdiff_t>(wanted));
    if (wanted < kTileWidth && leaves.size() < count) {
      return fail(ErrorCode::kFormat, "the tiles of the records that were pruned are missing");
    }
  }
  return leaves;
}

/// The entries of a log of others, as many as its checkpoint says.
Result<AuditTree> read_bundles(const AuditLogView& log, const ScanWork& work) {
  AuditTree out;
  MERLON_TRY(const Note note, parse_note(log.checkpoint.value_or("")));
  MERLON_TRY(const Checkpoint checkpoint, parse_checkpoint(note.text));
  const std::uint64_t size = checkpoint.head.size;
  for (std::uint64_t index = 0; index * kTileWidth < size; ++index) {
    const std::uint64_t width = std::min(kTileWidth, size - index * kTileWidth);
    const auto bundle = log.file(entry_bundle_path(index, width));
    if (!bundle) {
      break;  // fewer entries than the checkpoint covers
    }
    MERLON_TRY(const std::vector<std::string_view> entries, parse_entry_bundle(*bundle));
    for (const std::string_view entry : entries) {
      out.scan.leaves.push_back(merkle_leaf(entry));
      out.scan.bytes += entry.size();
      out.entries.emplace_back(entry);
    }
    if (work.progress) {
      work.progress(index * kTileWidth, size);
    }
  }
  out.tree = MerkleTree(out.scan.leaves, work.threads);
  return out;
}

}  // namespace

Result<AuditLog> load_audit_log(const std::string& folder) {
  AuditLog log;
  log.folder_ = folder;
  log.being_written_ = is_being_written(folder);
  // First the checkpoint: what it covers was written before it.
  log.checkpoint_ = read_below(folder, "checkpoint");
  MERLON_TRY(log.segments_, map_segments(folder));
  if (!log.checkpoint_ && log.segments_.empty()) {
    return fail(ErrorCode::kNotFound, "`", folder, "` holds no log");
  }
  return log;
}

AuditLogView AuditLog::view() const {
  AuditLogView view{.checkpoint = checkpoint_, .being_written = being_written_};
  for (const MappedSegment& segment : segments_) {
    view.segments.push_back(
        {.name = segment.name, .first = segment.first, .bytes = segment.bytes.view()});
  }
  view.foreign = segments_.empty();
  view.file = [folder = folder_](const std::string& path) { return read_below(folder, path); };
  return view;
}

Result<AuditTree> build_audit_tree(const AuditLogView& log, const ScanWork& work) {
  if (log.foreign) {
    return read_bundles(log, work);
  }
  AuditTree out{.scan = scan_audit_lines(log.segments, work)};
  if (out.scan.first == 0) {
    out.tree = MerkleTree(out.scan.leaves, work.threads);
    return out;
  }
  MERLON_TRY(std::vector<Sha256> leaves, pruned_leaves(log, out.scan.first));
  leaves.insert(leaves.end(), out.scan.leaves.begin(), out.scan.leaves.end());
  out.tree = MerkleTree(std::move(leaves), work.threads);
  return out;
}

}  // namespace merlon
