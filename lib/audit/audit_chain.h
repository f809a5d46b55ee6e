#pragma once
/// What the records of a log say about the log itself: its keys and epochs, signed states, what was
/// pruned, whether it is closed. docs/spec/audit.md, "Checkpoint".
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "audit/audit_report.h"
#include "audit/audit_verifier.h"
#include "base/document.h"
#include "proof/checkpoint.h"

namespace merlon {

struct ChainFault {
  AuditVerdict verdict{AuditVerdict::kTampered};
  AuditAttack attack{AuditAttack::kEdit};
  std::uint64_t index{0};
  std::string message;
};
using ChainAnswer = Result<std::optional<ChainFault>>;

class AuditChain {
 public:
  /// `first_epoch`: pinned, or nothing: the one that record 0 names is believed.
  AuditChain(const AuditTree& tree, std::string origin, std::vector<VerifierKey> log_keys,
             std::optional<VerifierKey> first_epoch);

  /// Reads the records; `covered` of them are signed.
  [[nodiscard]] ChainAnswer read(std::uint64_t covered);
  /// A checkpoint that a trusted log key signed must be signed by the epoch's key too.
  [[nodiscard]] ChainAnswer check_epoch_signature(const Note& note, const Checkpoint& checkpoint,
                                                  std::uint64_t index) const;

  [[nodiscard]] std::uint64_t sessions() const { return sessions_; }
  [[nodiscard]] std::uint64_t epochs() const { return epochs_.size(); }
  [[nodiscard]] std::uint64_t heartbeats() const { return heartbeats_; }
  /// Records below this may be absent.
  [[nodiscard]] std::uint64_t pruned_before() const { return pruned_before_; }
  /// The last record is a seal.
  [[nodiscard]] bool sealed() const { return sealed_; }

 private:
  [[nodiscard]] ChainAnswer read_record(const ControlLineView& line, const Document& record,
                                        std::uint64_t covered);
  [[nodiscard]] ChainAnswer read_log(const ControlLineView& line, const Document& record);
  [[nodiscard]] ChainAnswer read_epoch(const ControlLineView& line, const Document& record);
  [[nodiscard]] ChainAnswer read_heartbeat(const ControlLineView& line, const Document& record,
                                           std::uint64_t covered);

  const AuditTree& tree_;
  std::string origin_;
  std::vector<VerifierKey> log_keys_;
  std::optional<VerifierKey> first_epoch_;
  std::vector<std::pair<std::uint64_t, VerifierKey>> epochs_;  ///< with the index of their record
  std::optional<std::uint64_t> open_epoch_;  ///< a change that no heartbeat has followed yet
  std::uint64_t sessions_{0};
  std::uint64_t heartbeats_{0};
  std::uint64_t pruned_before_{0};
  bool sealed_{false};
};

}  // namespace merlon
