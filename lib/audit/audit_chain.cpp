#include "audit/audit_chain.h"

#include <algorithm>
#include <array>

#include "base/json/json_reader.h"
#include "base/text.h"

namespace merlon {
namespace {

ChainAnswer chain_fault(AuditAttack attack, std::uint64_t index, std::string message) {
  return std::optional(ChainFault{.attack = attack, .index = index, .message = std::move(message)});
}

std::string text_member(const Document& record, std::string_view name) {
  return record.string_or(record.find(record.root(), name), "");
}

std::optional<std::uint64_t> number_member(const Document& record, std::string_view name) {
  const auto node = record.find(record.root(), name, NodeKind::kNumber);
  return node ? parse_unsigned(record.raw(*node)) : std::nullopt;
}

}  // namespace

AuditChain::AuditChain(const AuditTree& tree, std::string origin, std::vector<VerifierKey> log_keys,
                       std::optional<VerifierKey> first_epoch)
    : tree_(tree),
      origin_(std::move(origin)),
      log_keys_(std::move(log_keys)),
      first_epoch_(std::move(first_epoch)) {
  // Where the first records were pruned, nobody knows which epoch the others begin in.
  if (first_epoch_ && tree_.scan.first == 0) {
    epochs_.emplace_back(0, *first_epoch_);
  }
}

ChainAnswer AuditChain::read(std::uint64_t covered) {
  for (const ControlLineView& line : tree_.scan.control) {
    const auto record = parse_json(SourceText::copy_of("record", std::string(line.line)),
                                   JsonDialect::kStrict, Limits{});
    if (!record || !record->is(record->root(), NodeKind::kObject)) {
      return chain_fault(AuditAttack::kEdit, line.index, "a record is not JSON");
    }
    MERLON_TRY(std::optional<ChainFault> fault, read_record(line, *record, covered));
    if (fault) {
      return fault;
    }
  }
  if (open_epoch_ && *open_epoch_ + 1 < covered) {
    return chain_fault(AuditAttack::kKeyAfter, *open_epoch_,
                       "a closed epoch is not signed by its key");
  }
  const std::uint64_t count = tree_.scan.first + tree_.scan.leaves.size();
  sealed_ = !tree_.scan.control.empty() && tree_.scan.control.back().type == "seal" &&
            tree_.scan.control.back().index + 1 == count;
  return std::optional<ChainFault>();
}

ChainAnswer AuditChain::read_record(const ControlLineView& line, const Document& record,
                                    std::uint64_t covered) {
  if (line.type == "log") {
    return read_log(line, record);
  }
  if (line.type == "epoch") {
    return read_epoch(line, record);
  }
  if (line.type == "heartbeat") {
    return read_heartbeat(line, record, covered);
  }
  if (line.type == "session-start") {
    ++sessions_;
  } else if (line.type == "pruned" && line.index < covered) {
    // What nobody signed excuses nothing.
    pruned_before_ = std::max(pruned_before_, number_member(record, "before").value_or(0));
  }
  return std::optional<ChainFault>();
}

ChainAnswer AuditChain::read_log(const ControlLineView& line, const Document& record) {
  if (line.index != 0 || text_member(record, "origin") != origin_) {
    return chain_fault(AuditAttack::kSplice, line.index,
                       "a record begins another log, or this one a second time");
  }
  const auto key = parse_verifier_key(text_member(record, "epoch_key"));
  if (!key || key->name != epoch_key_name(origin_, 0)) {
    return chain_fault(AuditAttack::kEdit, line.index, "the first record names no epoch key");
  }
  if (first_epoch_ && *first_epoch_ != *key) {
    return chain_fault(AuditAttack::kKeyAfter, line.index,
                       "the log begins with another epoch key than the pinned one");
  }
  if (!first_epoch_) {
    epochs_.emplace_back(0, *key);
  }
  return std::optional<ChainFault>();
}

ChainAnswer AuditChain::read_epoch(const ControlLineView& line, const Document& record) {
  const auto number = number_member(record, "epoch");
  const auto key = parse_verifier_key(text_member(record, "key"));
  if (!number || !key || key->name != epoch_key_name(origin_, *number)) {
    return chain_fault(AuditAttack::kEdit, line.index, "a record names no key of its epoch");
  }
  const bool follows =
      tree_.scan.first != 0 || (!epochs_.empty() && epochs_.size() == *number && !open_epoch_);
  if (!follows) {
    return chain_fault(AuditAttack::kKeyAfter, line.index, "an epoch does not follow the last one");
  }
  epochs_.emplace_back(line.index, *key);
  open_epoch_ = line.index;
  return std::optional<ChainFault>();
}

ChainAnswer AuditChain::read_heartbeat(const ControlLineView& line, const Document& record,
                                       std::uint64_t covered) {
  ++heartbeats_;
  const auto note = parse_note(text_member(record, "checkpoint"));
  const auto checkpoint = note ? parse_checkpoint(note->text) : Result<Checkpoint>(Checkpoint{});
  if (!note || !checkpoint || checkpoint->origin != origin_ || checkpoint->head.size > line.index) {
    return chain_fault(AuditAttack::kEdit, line.index, "a heartbeat holds no earlier checkpoint");
  }
  const bool closes = open_epoch_.has_value();
  if (closes && checkpoint->head.size != *open_epoch_ + 1) {
    return chain_fault(AuditAttack::kKeyAfter, line.index,
                       "a closed epoch is not signed by its key");
  }
  if (tree_.tree.root(checkpoint->head.size) != checkpoint->head.root) {
    return chain_fault(closes ? AuditAttack::kKeyAfter : AuditAttack::kFork, line.index,
                       "a signed checkpoint in a heartbeat is of other records");
  }
  MERLON_TRY(const NoteVerdict verdict, verify_note(*note, log_keys_));
  if (verdict.answer != NoteAnswer::kVerified) {
    return chain_fault(AuditAttack::kReplace, line.index,
                       "the checkpoint in a heartbeat is not signed by the log's key");
  }
  MERLON_TRY(std::optional<ChainFault> fault,
             check_epoch_signature(*note, *checkpoint, line.index));
  if (fault) {
    return fault;
  }
  open_epoch_.reset();
  if (checkpoint->head.size > covered) {
    return std::optional(ChainFault{.verdict = AuditVerdict::kStale,
                                    .attack = AuditAttack::kTruncate,
                                    .index = line.index,
                                    .message = "the checkpoint is older than one that the records "
                                               "hold"});
  }
  return std::optional<ChainFault>();
}

ChainAnswer AuditChain::check_epoch_signature(const Note& note, const Checkpoint& checkpoint,
                                              std::uint64_t index) const {
  const VerifierKey* key = nullptr;
  for (const auto& [from, epoch] : epochs_) {
    if (key == nullptr || from + 1 < checkpoint.head.size) {
      key = &epoch;
    }
  }
  const bool pruned = tree_.scan.first != 0 &&
                      (epochs_.empty() || epochs_.front().first + 1 >= checkpoint.head.size);
  if (pruned) {
    return std::optional<ChainFault>();  // its epoch's record is gone
  }
  if (key == nullptr) {
    return chain_fault(AuditAttack::kEdit, index, "no record names an epoch key");
  }
  MERLON_TRY(const NoteVerdict verdict, verify_note(note, std::array{*key}));
  if (verdict.answer != NoteAnswer::kVerified) {
    return chain_fault(AuditAttack::kKeyAfter, index,
                       "a checkpoint is signed by the log's key, but not by that of its epoch");
  }
  return std::optional<ChainFault>();
}

}  // namespace merlon
