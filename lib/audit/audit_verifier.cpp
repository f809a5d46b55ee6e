#include "audit/audit_verifier.h"

#include <algorithm>
#include <array>
#include <utility>

#include "audit/audit_chain.h"
#include "audit/audit_diagnosis.h"
#include "audit/audit_line.h"
#include "base/json/json_reader.h"
#include "base/text.h"
#include "proof/checkpoint.h"
#include "proof/tile.h"

namespace merlon {
namespace {

/// The log's own word about its key, for logs whose key nobody knows.
std::optional<VerifierKey> key_of_first_record(const AuditLogView& log) {
  if (log.segments.empty()) {
    return std::nullopt;
  }
  const std::string_view bytes = log.segments.front().bytes;
  const std::string_view line = bytes.substr(0, std::min(bytes.find('\n'), kMostLogEntry));
  const auto record =
      parse_json(SourceText::copy_of("record", std::string(line)), JsonDialect::kStrict, Limits{});
  if (!record) {
    return std::nullopt;
  }
  auto key = parse_verifier_key(record->string_or(record->find(record->root(), "key"), ""));
  return key ? std::optional(*std::move(key)) : std::nullopt;
}

struct KnownCheckpoint {
  Note note;
  Checkpoint checkpoint;
};
Result<KnownCheckpoint> read_checkpoint_note(std::string_view bytes) {
  MERLON_TRY(Note note, parse_note(bytes));
  MERLON_TRY(Checkpoint checkpoint, parse_checkpoint(note.text));
  return KnownCheckpoint{.note = std::move(note), .checkpoint = std::move(checkpoint)};
}

/// The keys that are believed, and why.
struct TrustedKeys {
  std::vector<VerifierKey> log;
  std::optional<VerifierKey> first_epoch;
  AuditKeySource source{AuditKeySource::kNobody};
};
TrustedKeys trusted_keys(const AuditTrust& trust, const std::string& origin) {
  TrustedKeys out;
  if (trust.pin) {
    out.log.push_back(trust.pin->log_key);
    out.first_epoch = trust.pin->first_epoch_key;
    out.source = AuditKeySource::kPinned;
  }
  if (trust.policy) {
    out.log = trust.policy->logs;
    out.source = AuditKeySource::kPolicy;
  }
  if (!trust.keys.empty()) {
    out.log.clear();
    out.source = AuditKeySource::kGiven;
  }
  for (const VerifierKey& key : trust.keys) {
    if (key.name == epoch_key_name(origin, 0)) {
      out.first_epoch = key;
    } else {
      out.log.push_back(key);
    }
  }
  return out;
}

/// One verification. Each step answers whether there is more to look at.
class AuditCheck {
 public:
  AuditCheck(const AuditLogView& log, const AuditTrust& trust) : log_(log), trust_(trust) {}

  Result<AuditReport> run() {
    using Step = Result<bool> (AuditCheck::*)();
    constexpr std::array<Step, 8> kSteps{&AuditCheck::check_signatures, &AuditCheck::check_records,
                                         &AuditCheck::check_sequence,   &AuditCheck::check_chain,
                                         &AuditCheck::check_others,     &AuditCheck::check_tiles,
                                         &AuditCheck::check_age,        &AuditCheck::conclude};
    for (const Step step : kSteps) {
      MERLON_TRY(const bool more, (this->*step)());
      if (!more) {
        break;
      }
    }
    if (log_.was_cut && log_.was_cut()) {
      return fail(ErrorCode::kIo, "a file of the log was made shorter while it was read");
    }
    return std::move(report_);
  }

 private:
  bool found(AuditVerdict verdict, AuditAttack attack, std::string message) {
    report_.verdict = verdict;
    report_.attack = attack;
    report_.message = std::move(message);
    return false;
  }
  bool found_at(std::uint64_t index, AuditVerdict verdict, AuditAttack attack,
                std::string message) {
    report_.first_bad = index;
    report_.last_bad = index;
    place(index);
    return found(verdict, attack, std::move(message));
  }
  void place(std::uint64_t index) {
    const LinePlace place = place_of(tree_.scan, log_.segments, index);
    report_.file = place.file;
    report_.offset = place.offset;
  }

  Result<bool> check_signatures() {
    if (!log_.checkpoint) {
      return found(AuditVerdict::kTampered, AuditAttack::kDelete, "there is no checkpoint");
    }
    auto own = read_checkpoint_note(*log_.checkpoint);
    if (!own) {
      report_.file = "checkpoint";
      return found(AuditVerdict::kTampered, AuditAttack::kEdit, own.error().message);
    }
    own_ = *std::move(own);
    report_.origin = own_.checkpoint.origin;
    report_.root = hash_text(own_.checkpoint.head.root);
    report_.covered = own_.checkpoint.head.size;
    keys_ = trusted_keys(trust_, report_.origin);
    report_.key_source = keys_.source;
    if (keys_.source == AuditKeySource::kNobody) {
      if (auto key = key_of_first_record(log_)) {
        keys_.log.push_back(*std::move(key));
      }
    }
    return check_log_signature();
  }

  Result<bool> check_log_signature() {
    MERLON_TRY(const NoteVerdict verdict, verify_note(own_.note, keys_.log));
    if (verdict.answer == NoteAnswer::kVerified) {
      const VerifierKey& key = keys_.log[verdict.keys.front()];
      report_.key = short_key(key);
      if (key.name != report_.origin) {
        report_.notes.push_back("the key's name is not the log's origin");
      }
      return trust_.policy ? check_policy(*trust_.policy) : true;
    }
    report_.file = "checkpoint";
    if (verdict.answer == NoteAnswer::kBadSignature) {
      return found(AuditVerdict::kTampered, AuditAttack::kEdit,
                   "the signature of the checkpoint by `" + verdict.bad + "` is wrong");
    }
    if (keys_.source != AuditKeySource::kNobody) {
      return found(AuditVerdict::kTampered, AuditAttack::kReplace,
                   "the checkpoint of `" + report_.origin + "` is not signed by the trusted key");
    }
    if (keys_.log.empty()) {
      report_.notes.emplace_back("no key is known that could have signed the checkpoint");
      return true;  // another format's log: records against the root, nothing more
    }
    return found(AuditVerdict::kTampered, AuditAttack::kReplace,
                 "the checkpoint is not signed by the key that the first record names");
  }

  Result<bool> check_policy(const TlogPolicy& policy) {
    MERLON_TRY(const PolicyVerdict verdict, judge_by_policy(own_.note, policy));
    if (verdict.bad_cosignature) {
      report_.file = "checkpoint";
      return found(AuditVerdict::kTampered, AuditAttack::kEdit,
                   "a witness's signature of the checkpoint is wrong");
    }
    for (std::size_t i = 0; i < verdict.witnesses.size(); ++i) {
      const std::uint64_t seconds =
          std::min<std::uint64_t>(verdict.times[i], std::uint64_t{253'402'300'799});
      report_.witnesses.push_back(policy.witnesses[verdict.witnesses[i]].name + " at " +
                                  audit_time(static_cast<std::int64_t>(seconds) * 1000));
    }
    if (!verdict.quorum) {
      report_.key_source = AuditKeySource::kNobody;
      report_.notes.emplace_back("too few witnesses of the policy have cosigned the checkpoint");
    }
    return true;
  }

  Result<bool> check_records() {
    auto tree = build_audit_tree(log_, trust_.work);
    if (!tree) {
      return found(AuditVerdict::kTampered, AuditAttack::kDelete, tree.error().message);
    }
    tree_ = *std::move(tree);
    const TreeHead& head = own_.checkpoint.head;
    report_.records = tree_.tree.size();
    report_.pruned = tree_.scan.first;
    report_.torn_bytes = tree_.scan.torn_bytes;
    report_.bytes = tree_.scan.bytes;
    report_.first_time = std::string(tree_.scan.first_time);
    report_.last_time = std::string(tree_.scan.last_time);
    report_.unpaired = tree_.scan.awaiting - std::min(tree_.scan.awaiting, tree_.scan.outcomes);
    report_.being_written = log_.being_written;
    if (tree_.tree.size() >= head.size && tree_.tree.root(head.size) == head.root) {
      return true;
    }
    return report_diagnosis(diagnose(log_, tree_, head));
  }

  bool report_diagnosis(const AuditDiagnosis& diagnosis) {
    report_.first_bad = diagnosis.first_bad;
    report_.last_bad = diagnosis.last_bad;
    if (diagnosis.first_bad) {
      place(*diagnosis.first_bad);
    }
    if (diagnosis.attack == AuditAttack::kTruncate) {
      return found(AuditVerdict::kTruncated, AuditAttack::kTruncate,
                   "the checkpoint covers " + std::to_string(report_.covered) +
                       " records, and there are " + std::to_string(report_.records));
    }
    return found(AuditVerdict::kTampered, diagnosis.attack,
                 "the records do not lead to the root of the checkpoint");
  }

  /// Numbers and times, also of records that nobody has signed yet.
  Result<bool> check_sequence() {
    const AuditScan& scan = tree_.scan;
    if (log_.foreign || scan.fault == LineFault::kNone) {
      return true;
    }
    const bool tail = scan.fault_index >= report_.covered;
    const AuditAttack attack = scan.fault == LineFault::kTime ? AuditAttack::kBackdate
                               : tail                         ? AuditAttack::kEdit
                                                              : AuditAttack::kInsert;
    const std::string what = scan.fault == LineFault::kTime ? "goes back in time"
                             : scan.fault == LineFault::kSequence
                                 ? "has another number than its place"
                                 : "is not one of an audit log";
    return found_at(scan.fault_index, AuditVerdict::kTampered, attack,
                    "a record " + what + (tail ? ", after the checkpoint" : ""));
  }

  Result<bool> check_chain() {
    if (log_.foreign) {
      return true;
    }
    AuditChain chain(tree_, report_.origin, keys_.log, keys_.first_epoch);
    MERLON_TRY(std::optional<ChainFault> fault, chain.read(report_.covered));
    report_.sessions = chain.sessions();
    report_.epochs = chain.epochs();
    report_.heartbeats = chain.heartbeats();
    report_.sealed = chain.sealed();
    if (!fault) {
      MERLON_TRY(fault,
                 chain.check_epoch_signature(own_.note, own_.checkpoint, report_.covered - 1));
    }
    if (fault) {
      return found_at(fault->index, fault->verdict, fault->attack, fault->message);
    }
    if (tree_.scan.first > chain.pruned_before()) {
      return found_at(tree_.scan.first, AuditVerdict::kTruncated, AuditAttack::kDelete,
                      "the first records are gone, and no record says that they were pruned");
    }
    return true;
  }

  /// Checkpoints that are known from elsewhere.
  Result<bool> check_others() {
    std::vector<std::string> texts = trust_.against;
    if (trust_.pin && !trust_.pin->checkpoint.empty()) {
      texts.push_back(trust_.pin->checkpoint);
    }
    for (const std::string& text : texts) {
      MERLON_TRY(const KnownCheckpoint other, read_checkpoint_note(text));
      MERLON_TRY(const NoteVerdict verdict, verify_note(other.note, keys_.log));
      if (verdict.answer != NoteAnswer::kVerified || other.checkpoint.origin != report_.origin) {
        return fail(ErrorCode::kFormat, "the checkpoint of `", other.checkpoint.origin,
                    "` to compare with is not signed by the log's key");
      }
      if (!agrees_with(other.checkpoint.head)) {
        return false;
      }
    }
    return true;
  }

  bool agrees_with(const TreeHead& other) {
    const std::string size = std::to_string(other.size);
    if (other.size > report_.records) {
      return found_at(report_.records, AuditVerdict::kTruncated, AuditAttack::kTruncate,
                      "a known checkpoint covers " + size + " records, and there are " +
                          std::to_string(report_.records));
    }
    const bool same = tree_.tree.root(other.size) == other.root;
    if (same && other.size <= report_.covered) {
      return true;
    }
    if (same) {
      return found(AuditVerdict::kStale, AuditAttack::kTruncate,
                   "the checkpoint covers " + std::to_string(report_.covered) +
                       " records, and a known one " + size);
    }
    if (other.size > report_.covered) {
      report_.last_bad = other.size - 1;
      return found(AuditVerdict::kTampered, AuditAttack::kEdit,
                   "records after the checkpoint are not those that a known one covers");
    }
    report_.last_bad = other.size == 0 ? 0 : other.size - 1;
    return found(AuditVerdict::kForked, AuditAttack::kFork,
                 "the same key has signed other records at size " + size);
  }

  /// Tiles are what other programs read.
  Result<bool> check_tiles() {
    std::uint64_t missing = 0;
    std::uint64_t count = report_.covered;
    for (unsigned level = 0; level <= kMostTileLevel && count > 0; ++level) {
      for (std::uint64_t index = 0; index * kTileWidth < count; ++index) {
        const TilePlace place{.level = level,
                              .index = index,
                              .width = std::min(kTileWidth, count - index * kTileWidth)};
        const auto bytes = log_.file(tile_path(place));
        missing += bytes ? 0U : 1U;
        if (bytes && *bytes != wanted_tile(place)) {
          report_.file = tile_path(place);
          return found(AuditVerdict::kTampered, AuditAttack::kEdit,
                       "a tile has other hashes than the records");
        }
      }
      count /= kTileWidth;
    }
    if (missing > 0 && !log_.being_written) {
      report_.notes.push_back(counted(missing, "tile") + " missing; the records suffice");
    }
    return true;
  }

  [[nodiscard]] std::string wanted_tile(const TilePlace& place) const {
    Tile tile{.place = place};
    tile.hashes.reserve(place.width);
    for (std::uint64_t i = 0; i < place.width; ++i) {
      tile.hashes.push_back(tree_.tree.complete(8 * place.level, place.index * kTileWidth + i));
    }
    return tile_bytes(tile);
  }

  Result<bool> check_age() {
    if (trust_.newest_before_ms &&
        std::string_view(report_.last_time) < audit_time(*trust_.newest_before_ms)) {
      return found(AuditVerdict::kStale, AuditAttack::kNone,
                   "the last record is of " + report_.last_time);
    }
    return true;
  }

  Result<bool> conclude() {
    const std::uint64_t tail = report_.records - report_.covered;
    if (log_.foreign || (report_.sealed && tail == 0 && report_.torn_bytes == 0)) {
      return found(AuditVerdict::kSealed, AuditAttack::kNone,
                   counted(report_.records, "record") + ", all covered by the checkpoint");
    }
    if (report_.torn_bytes > 0 && !log_.being_written) {
      report_.file = std::string(kOpenSegment);
      return found(AuditVerdict::kTorn, AuditAttack::kNone,
                   "the last line is not whole: " + counted(report_.torn_bytes, "byte"));
    }
    std::string message = counted(report_.records, "record");
    message += tail == 0
                   ? ", all covered by the checkpoint"
                   : ", the last " + std::to_string(tail) + " not covered by the checkpoint yet";
    message += log_.being_written ? "; the log is being written" : "; no seal at the end";
    return found(AuditVerdict::kOpen, AuditAttack::kNone, std::move(message));
  }

  const AuditLogView& log_;
  const AuditTrust& trust_;
  AuditReport report_;
  KnownCheckpoint own_;
  TrustedKeys keys_;
  AuditTree tree_;
};

}  // namespace

Result<AuditReport> verify_audit_log(const AuditLogView& log, const AuditTrust& trust) {
  return AuditCheck(log, trust).run();
}

Result<TlogProof> prove_record(const AuditLogView& log, std::uint64_t index, const ScanWork& work) {
  const std::string signed_state = log.checkpoint.value_or("");
  MERLON_TRY(const KnownCheckpoint own, read_checkpoint_note(signed_state));
  MERLON_TRY(const AuditTree tree, build_audit_tree(log, work));
  const TreeHead& head = own.checkpoint.head;
  if (tree.tree.size() < head.size || tree.tree.root(head.size) != head.root) {
    return fail(ErrorCode::kFormat, "the records do not lead to the root of the checkpoint");
  }
  if (index >= head.size || index < tree.scan.first) {
    return fail(ErrorCode::kUsage, "record ", std::to_string(index),
                " is not there, or not covered by the checkpoint yet");
  }
  TlogProof proof{.index = index, .checkpoint = signed_state};
  proof.hashes = tree.tree.inclusion(index, head.size).value_or(std::vector<Sha256>());
  proof.extra = log.foreign ? tree.entries[index]
                            : std::string(place_of(tree.scan, log.segments, index).line);
  return proof;
}

Result<AuditReport> check_record_proof(const TlogProof& proof, const AuditTrust& trust) {
  AuditReport report;
  MERLON_TRY(const KnownCheckpoint own, read_checkpoint_note(proof.checkpoint));
  const TrustedKeys keys = trusted_keys(trust, own.checkpoint.origin);
  report.origin = own.checkpoint.origin;
  report.root = hash_text(own.checkpoint.head.root);
  report.covered = own.checkpoint.head.size;
  report.records = report.covered;
  report.key_source = keys.source;
  report.verdict = AuditVerdict::kTampered;
  if (!proof.extra) {
    return fail(ErrorCode::kFormat, "the proof does not hold the record");
  }
  MERLON_TRY(const NoteVerdict verdict, verify_note(own.note, keys.log));
  if (verdict.answer != NoteAnswer::kVerified && keys.source != AuditKeySource::kNobody) {
    report.attack = AuditAttack::kReplace;
    report.message = "the checkpoint is not signed by the trusted key";
    return report;
  }
  if (!verify_tlog_proof(proof, merkle_leaf(*proof.extra), own.checkpoint.head)) {
    report.attack = AuditAttack::kEdit;
    report.message = "the proof does not lead from the record to the root of the checkpoint";
    return report;
  }
  if (trust.policy) {
    MERLON_TRY(const PolicyVerdict policy, judge_by_policy(own.note, *trust.policy));
    if (!policy.quorum) {
      report.key_source = AuditKeySource::kNobody;
      report.notes.emplace_back("too few witnesses of the policy have cosigned the checkpoint");
    }
  }
  if (!verdict.keys.empty()) {
    report.key = short_key(keys.log[verdict.keys.front()]);
  }
  report.verdict = AuditVerdict::kSealed;
  report.message = "record " + std::to_string(proof.index) + " is in the log";
  return report;
}

}  // namespace merlon
