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

/// Go's checksum database: `tile/8/L/N` with the tiles' height, `tile/8/data/N` for the records.
constexpr std::string_view kSumdbLatest = "latest";

std::string sumdb_path(std::string_view path) {
  return "tile/8/" + std::string(path.substr(std::string_view("tile/").size()));
}

/// A number, the record's lines, an empty line: what `tlog.FormatRecord` of Go writes. Nothing when
/// the bytes are not `count` records from `first` on.
std::optional<std::vector<std::string_view>> parse_sumdb_records(std::string_view bytes,
                                                                 std::uint64_t first,
                                                                 std::uint64_t count) {
  std::vector<std::string_view> out;
  while (!bytes.empty() && out.size() < count) {
    const std::string number = std::to_string(first + out.size()) + '\n';
    if (!bytes.starts_with(number)) {
      return std::nullopt;
    }
    bytes.remove_prefix(number.size());
    const std::size_t end = bytes.find("\n\n");
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    out.push_back(bytes.substr(0, end + 1));
    bytes.remove_prefix(end + 2);
  }
  return bytes.empty() && out.size() == count ? std::optional(std::move(out)) : std::nullopt;
}

/// One bundle of a log of others, in the layout that it has.
struct ForeignBundle {
  std::string bytes;
  std::vector<std::string_view> entries;  ///< of `bytes`
};

/// False: there is none.
Result<bool> read_bundle(const AuditLogView& log, std::uint64_t index, std::uint64_t width,
                         ForeignBundle& out) {
  if (auto bundle = log.file(entry_bundle_path(index, width))) {
    out.bytes = *std::move(bundle);
    MERLON_TRY(out.entries, parse_entry_bundle(out.bytes));
    return true;
  }
  std::string path = tile_path({.level = 0, .index = index, .width = width});
  path.replace(0, std::string_view("tile/0/").size(), "tile/8/data/");
  auto records = log.file(path);
  if (!records) {
    return false;
  }
  out.bytes = *std::move(records);
  auto entries = parse_sumdb_records(out.bytes, index * kTileWidth, width);
  if (!entries) {
    return fail(ErrorCode::kFormat, "`", path, "` is no tile of records");
  }
  out.entries = *std::move(entries);
  return true;
}

/// The entries of a log of others, as many as its checkpoint says.
Result<AuditTree> read_bundles(const AuditLogView& log, const ScanWork& work) {
  AuditTree out;
  MERLON_TRY(const Note note, parse_note(log.checkpoint.value_or("")));
  MERLON_TRY(const Checkpoint checkpoint, parse_checkpoint(note.text));
  const std::uint64_t size = checkpoint.head.size;
  for (std::uint64_t index = 0; index * kTileWidth < size; ++index) {
    const std::uint64_t width = std::min(kTileWidth, size - index * kTileWidth);
    ForeignBundle bundle;
    MERLON_TRY(const bool there, read_bundle(log, index, width, bundle));
    if (!there) {
      break;  // fewer entries than the checkpoint covers
    }
    for (const std::string_view entry : bundle.entries) {
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
  if (!log.checkpoint_) {
    log.checkpoint_ = read_below(folder, std::string(kSumdbLatest));
  }
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
  view.file = [folder = folder_, foreign = view.foreign](const std::string& path) {
    auto bytes = read_below(folder, path);
    return bytes || !foreign || !path.starts_with("tile/") ? bytes
                                                           : read_below(folder, sumdb_path(path));
  };
  view.was_cut = [this] { return was_cut(); };
  return view;
}

bool AuditLog::was_cut() const {
  return std::any_of(segments_.begin(), segments_.end(),
                     [](const MappedSegment& segment) { return segment.bytes.was_cut(); });
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
