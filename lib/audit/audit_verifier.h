#pragma once
/// Verifies an audit log, or another log in C2SP's formats. docs/spec/audit.md, "Verdicts".
///
///   MERLON_TRY(const AuditLog log, load_audit_log(folder));
///   MERLON_TRY(const AuditReport report, verify_audit_log(log.view(), trust));
///   if (report.verdict == AuditVerdict::kSealed && report.key_source != AuditKeySource::kNobody)
///     ...
///
/// A log that is wrong is an answer. An Error says that nothing is known: no log there, a key of an
/// unknown algorithm, a file that cannot be read. Reads only; the log may be written meanwhile.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit/audit_files.h"
#include "audit/audit_keys.h"
#include "audit/audit_report.h"
#include "audit/audit_scan.h"
#include "base/result.h"
#include "proof/merkle.h"
#include "proof/tlog_policy.h"
#include "proof/tlog_proof.h"

namespace merlon {

/// The bytes of a log; they belong to an AuditLog, or to a test.
struct AuditLogView {
  std::vector<AuditSegmentView> segments;
  std::optional<std::string> checkpoint;
  /// A file by its path below the folder; nothing when it is not there.
  std::function<std::optional<std::string>(const std::string& path)> file;
  bool being_written{false};
  /// Bytes of the segments were not there any more when they were read. May be empty.
  std::function<bool()> was_cut;
  /// The records stand in `tile/entries`, not in segments: a log of others.
  bool foreign{false};
};

class AuditLog {
 public:
  [[nodiscard]] AuditLogView view() const;

  /// Some file was made shorter since it was opened, and bytes that are gone were asked for.
  [[nodiscard]] bool was_cut() const;

 private:
  friend Result<AuditLog> load_audit_log(const std::string& folder);
  std::string folder_;
  std::vector<MappedSegment> segments_;
  std::optional<std::string> checkpoint_;
  bool being_written_{false};
};

/// `kNotFound` when there is neither a checkpoint nor a record.
[[nodiscard]] Result<AuditLog> load_audit_log(const std::string& folder);

struct AuditTrust {
  std::vector<VerifierKey> keys;  ///< given by the user
  std::optional<TlogPolicy> policy;
  std::optional<AuditPin> pin;
  std::vector<std::string> against;              ///< signed checkpoints from elsewhere
  std::optional<std::int64_t> newest_before_ms;  ///< the last record may not be older
  ScanWork work;
};

[[nodiscard]] Result<AuditReport> verify_audit_log(const AuditLogView& log,
                                                   const AuditTrust& trust);

/// A proof that record `index` is in the log, under its checkpoint. `kUsage` when it is not covered
/// by that, `kFormat` when the log does not fit its checkpoint.
[[nodiscard]] Result<TlogProof> prove_record(const AuditLogView& log, std::uint64_t index,
                                             const ScanWork& work);

/// Verifies a proof whose `extra` is the record. The report's verdict is kSealed when it holds.
[[nodiscard]] Result<AuditReport> check_record_proof(const TlogProof& proof,
                                                     const AuditTrust& trust);

/// A log's leaves, and the tree over them.
struct AuditTree {
  AuditScan scan;
  MerkleTree tree;                   ///< from record 0 on
  std::vector<std::string> entries;  ///< of a foreign log, where the lines point to
};
[[nodiscard]] Result<AuditTree> build_audit_tree(const AuditLogView& log, const ScanWork& work);

}  // namespace merlon
