#include "audit/audit_scan.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "audit/audit_line.h"
#include "proof/merkle.h"
#include "proof/tile.h"

namespace merlon {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{2} << 20U;
constexpr std::string_view kAwaits = "\"decision\",\"awaits\":true";

/// What one piece says; numbers are relative to its first line.
struct PieceScan {
  std::vector<Sha256> leaves;
  std::vector<ControlLineView> control;
  LineFault fault{LineFault::kNone};
  std::uint64_t fault_at{0};
  std::uint64_t first_seq{0};
  std::uint64_t decisions{0};
  std::uint64_t awaiting{0};
  std::uint64_t outcomes{0};
  std::string_view first_time;
  std::string_view last_time;
};

class PieceScanner {
 public:
  explicit PieceScanner(PieceScan& out) : out_(out) {}

  void scan(std::string_view bytes) {
    out_.leaves.reserve(bytes.size() / 512);
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      take(bytes.substr(0, end));
      bytes.remove_prefix(end + 1);
    }
    if (waiting_) {
      out_.leaves.push_back(merkle_leaf(*waiting_));
    }
  }

 private:
  void note_fault(LineFault fault) {
    if (out_.fault == LineFault::kNone) {
      out_.fault = fault;
      out_.fault_at = count_;
    }
  }

  void take(std::string_view line) {
    const auto head = parse_audit_head(line);
    if (!head || line.size() > kMostLogEntry || !line.ends_with('}')) {
      note_fault(LineFault::kNoRecord);
    } else {
      take_head(*head, line);
    }
    ++count_;
    if (!waiting_) {
      waiting_ = line;
      return;
    }
    const auto leaves = merkle_leaf_pair(*waiting_, line);
    out_.leaves.insert(out_.leaves.end(), leaves.begin(), leaves.end());
    waiting_.reset();
  }

  void take_head(const AuditHeadView& head, std::string_view line) {
    if (count_ == 0) {
      out_.first_seq = head.seq;
      out_.first_time = head.time;
    } else if (head.seq != out_.first_seq + count_) {
      note_fault(LineFault::kSequence);
    }
    if (head.time < out_.last_time) {
      note_fault(LineFault::kTime);
    }
    out_.last_time = head.time;
    if (head.type == "decision") {
      ++out_.decisions;
      const auto at = static_cast<std::size_t>(head.type.data() - line.data()) - 1;
      out_.awaiting += line.substr(at).starts_with(kAwaits) ? 1U : 0U;
    } else if (head.type == "outcome") {
      ++out_.outcomes;
    } else {
      out_.control.push_back({.index = count_, .type = head.type, .line = line});
    }
  }

  PieceScan& out_;
  std::uint64_t count_{0};
  std::optional<std::string_view> waiting_;  ///< two are hashed at once
};

/// Whole lines of about kPieceBytes each; what stands behind the last line feed of a segment is in
/// none.
void cut_pieces(AuditScan& scan, const std::vector<AuditSegmentView>& segments) {
  for (std::size_t at = 0; at < segments.size(); ++at) {
    const std::string_view bytes = segments[at].bytes;
    scan.bytes += bytes.size();
    const std::size_t last = bytes.rfind('\n');
    const std::size_t whole = last == std::string_view::npos ? 0 : last + 1;
    scan.torn_bytes += bytes.size() - whole;
    for (std::size_t begin = 0; begin < whole;) {
      std::size_t end = whole;
      if (whole - begin > kPieceBytes) {
        end = bytes.find('\n', begin + kPieceBytes) + 1;
      }
      scan.pieces.push_back(
          {.segment = at, .offset = begin, .bytes = bytes.substr(begin, end - begin)});
      begin = end;
    }
  }
}

std::vector<PieceScan> scan_pieces(const AuditScan& scan, const ScanWork& work) {
  std::vector<PieceScan> results(scan.pieces.size());
  std::atomic<std::size_t> next{0};
  std::atomic<std::uint64_t> done{0};
  const auto run = [&] {
    for (std::size_t at = next++; at < results.size(); at = next++) {
      PieceScanner(results[at]).scan(scan.pieces[at].bytes);
      const std::uint64_t now = done += scan.pieces[at].bytes.size();
      if (work.progress) {
        work.progress(now, scan.bytes);
      }
    }
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < std::min<std::size_t>(std::max(work.threads, 1U), results.size()); ++i) {
    helpers.emplace_back(run);
  }
  run();
  helpers.clear();  // waits
  return results;
}

void fault_in(AuditScan& scan, LineFault fault, std::uint64_t index) {
  if (scan.fault == LineFault::kNone && fault != LineFault::kNone) {
    scan.fault = fault;
    scan.fault_index = index;
  }
}

/// Joins a piece's words to those before it.
void join_piece(AuditScan& scan, AuditScan::Piece& piece, PieceScan& result) {
  const std::uint64_t index = scan.first + scan.leaves.size();
  piece.index = index;
  if (!result.first_time.empty() && result.first_seq != index) {
    fault_in(scan, LineFault::kSequence, index);
  }
  if (!result.first_time.empty() && result.first_time < scan.last_time) {
    fault_in(scan, LineFault::kTime, index);
  }
  fault_in(scan, result.fault, index + result.fault_at);
  for (ControlLineView& line : result.control) {
    line.index += index;
    scan.control.push_back(line);
  }
  scan.leaves.insert(scan.leaves.end(), result.leaves.begin(), result.leaves.end());
  scan.decisions += result.decisions;
  scan.awaiting += result.awaiting;
  scan.outcomes += result.outcomes;
  if (scan.first_time.empty()) {
    scan.first_time = result.first_time;
  }
  if (!result.last_time.empty()) {
    scan.last_time = result.last_time;
  }
  result = {};
}

}  // namespace

AuditScan scan_audit_lines(const std::vector<AuditSegmentView>& segments, const ScanWork& work) {
  AuditScan scan;
  scan.first = segments.empty() ? 0 : segments.front().first;
  cut_pieces(scan, segments);
  std::vector<PieceScan> results = scan_pieces(scan, work);
  std::size_t count = 0;
  for (const PieceScan& result : results) {
    count += result.leaves.size();
  }
  scan.leaves.reserve(count);
  for (std::size_t at = 0; at < results.size(); ++at) {
    join_piece(scan, scan.pieces[at], results[at]);
  }
  return scan;
}

LinePlace place_of(const AuditScan& scan, const std::vector<AuditSegmentView>& segments,
                   std::uint64_t index) {
  auto piece = std::ranges::upper_bound(scan.pieces, index, {}, &AuditScan::Piece::index);
  if (piece == scan.pieces.begin()) {
    return {};
  }
  --piece;
  LinePlace place{.file = segments[piece->segment].name, .offset = piece->offset};
  std::string_view rest = piece->bytes;
  for (std::uint64_t at = piece->index; at < index && !rest.empty(); ++at) {
    const std::size_t end = rest.find('\n');
    place.offset += end + 1;
    rest.remove_prefix(end + 1);
  }
  place.line = rest.substr(0, rest.find('\n'));
  return place;
}

}  // namespace merlon
