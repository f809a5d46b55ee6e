#pragma once
/// What the verification of an audit log found out: plain data. docs/spec/audit.md, "Verdicts".
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

enum class AuditVerdict : std::uint8_t {
  kSealed,
  kOpen,
  kTampered,
  kTruncated,
  kForked,
  kStale,
  kTorn,
};
/// "SEALED", ...
[[nodiscard]] std::string_view to_string(AuditVerdict verdict);

/// What was done to a log, as far as it can be told.
enum class AuditAttack : std::uint8_t {
  kNone,
  kEdit,
  kDelete,
  kReorder,
  kInsert,
  kSplice,
  kTruncate,
  kFork,
  kReplace,
  kKeyAfter,
  kBackdate,
};
/// "EDIT", "KEY-AFTER", ...; empty for kNone.
[[nodiscard]] std::string_view to_string(AuditAttack attack);

/// Who vouches for the log's key.
enum class AuditKeySource : std::uint8_t {
  kNobody,  ///< the key came with the log
  kGiven,
  kPolicy,
  kPinned,  ///< on this machine, when the log was made
};
[[nodiscard]] std::string_view to_string(AuditKeySource source);

struct AuditReport {
  AuditVerdict verdict{AuditVerdict::kOpen};
  AuditAttack attack{AuditAttack::kNone};
  std::string message;                     ///< one line, lower case, no period
  std::optional<std::uint64_t> first_bad;  ///< index of a record
  std::optional<std::uint64_t> last_bad;   ///< the first bad one is not after this
  std::string file;                        ///< where, below the folder
  std::uint64_t offset{0};                 ///< in bytes

  AuditKeySource key_source{AuditKeySource::kNobody};
  std::string key;                     ///< `name+id` of the log's key
  std::vector<std::string> witnesses;  ///< that cosigned, with their time
  std::string origin;
  std::string root;  ///< of the checkpoint, base64

  std::uint64_t records{0};  ///< in the log, those that were pruned too
  std::uint64_t covered{0};  ///< by the checkpoint
  std::uint64_t pruned{0};   ///< at the front
  std::uint64_t torn_bytes{0};
  std::uint64_t sessions{0};
  std::uint64_t epochs{0};
  std::uint64_t heartbeats{0};
  std::uint64_t unpaired{0};  ///< requests whose outcome is not recorded
  std::uint64_t bytes{0};
  std::string first_time;
  std::string last_time;
  bool sealed{false};         ///< the last record is `seal`
  bool being_written{false};  ///< another process holds the lock
  std::vector<std::string> notes;
};

}  // namespace merlon
