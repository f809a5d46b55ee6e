#pragma once
/// The first pass over a log's bytes: lines, leaves, numbers, times. On many threads, in pieces of
/// some megabytes; linear, whatever the bytes are.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest/digest.h"

namespace merlon {

/// Bytes of the caller.
struct AuditSegmentView {
  std::string name;
  std::uint64_t first{0};  ///< index of its first record, by its name
  std::string_view bytes;
};

/// A record that is neither `decision` nor `outcome`.
struct ControlLineView {
  std::uint64_t index{0};
  std::string_view type;
  std::string_view line;
};

enum class LineFault : std::uint8_t {
  kNone,
  kNoRecord,  ///< does not begin as records do, or is too long
  kSequence,  ///< another number than its place
  kTime,      ///< before the record before it
};

struct AuditScan {
  std::uint64_t first{0};      ///< index of the first line
  std::vector<Sha256> leaves;  ///< of the lines
  std::vector<ControlLineView> control;
  LineFault fault{LineFault::kNone};  ///< the first one
  std::uint64_t fault_index{0};
  std::uint64_t decisions{0};
  std::uint64_t awaiting{0};  ///< decisions that an outcome is to follow
  std::uint64_t outcomes{0};
  std::uint64_t bytes{0};
  std::uint64_t torn_bytes{0};  ///< after the last line feed of the last segment
  std::string_view first_time;
  std::string_view last_time;

  struct Piece {
    std::size_t segment{0};
    std::uint64_t offset{0};  ///< in the segment
    std::uint64_t index{0};   ///< of its first record
    std::string_view bytes;
  };
  std::vector<Piece> pieces;
};

struct LinePlace {
  std::string file;
  std::uint64_t offset{0};
  std::string_view line;
};

struct ScanWork {
  unsigned threads{1};
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

[[nodiscard]] AuditScan scan_audit_lines(const std::vector<AuditSegmentView>& segments,
                                         const ScanWork& work);

/// Where a record is; of one that is not there, the end of the log.
[[nodiscard]] LinePlace place_of(const AuditScan& scan,
                                 const std::vector<AuditSegmentView>& segments,
                                 std::uint64_t index);

}  // namespace merlon
