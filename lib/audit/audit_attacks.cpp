#include "audit/audit_attacks.h"

#include <algorithm>
#include <array>

#include "audit/audit_line.h"
#include "base/json/json_reader.h"
#include "base/text.h"
#include "proof/checkpoint.h"

namespace merlon {
namespace {

/// So many leaves are hashed at most, over all attacks of one kind.
constexpr std::uint64_t kMostWork = 4'000'000;
constexpr std::uint64_t kLeastPlaces = 16;

/// A log that may be changed.
struct LogCopy {
  std::vector<std::string> lines;
  std::string checkpoint;
  std::string torn;
};

std::string without_newlines(const LogCopy& copy) {
  std::string bytes;
  for (const std::string& line : copy.lines) {
    bytes.append(line).append("\n");
  }
  return bytes + copy.torn;
}

class Attacker {
 public:
  Attacker(const AuditLogView& log, const AuditTrust& trust, SigningKey own)
      : log_(log), trust_(trust), own_(std::move(own)) {
    for (const AuditSegmentView& segment : log.segments) {
      for (const std::string_view line : split(segment.bytes, '\n')) {
        if (!line.empty()) {
          sound_.lines.emplace_back(line);
        }
      }
    }
    sound_.checkpoint = log.checkpoint.value_or("");
    // Who stole the log's key signs with it; for the attack, ours is trusted beside it.
    with_own_ = trust_;
    if (with_own_.keys.empty() && with_own_.pin) {
      with_own_.keys = {with_own_.pin->log_key, with_own_.pin->first_epoch_key};
    }
    with_own_.keys.push_back(own_.verifier);
  }

  [[nodiscard]] std::uint64_t records() const { return sound_.lines.size(); }

  Status attack_all(AttackTable& table) {
    const std::uint64_t count = sound_.lines.size();
    table.records = count;
    table.places = std::min(count, std::max(kMostWork / count, kLeastPlaces));
    for (const Plan& plan : plans()) {
      AttackRow row{.attack = plan.name, .needs = plan.needs};
      for (std::uint64_t i = 0; i < table.places; ++i) {
        MERLON_CHECK(make(plan, i * count / table.places, row));
      }
      table.rows.push_back(std::move(row));
    }
    return {};
  }

 private:
  /// What is changed, and what the verifier has to say; false: not possible at this record.
  struct Change {
    LogCopy copy;
    AuditTrust trust;
    AuditVerdict verdict{AuditVerdict::kTampered};
    AuditAttack attack{AuditAttack::kEdit};
    std::optional<std::uint64_t> where;
  };
  using Maker = Result<bool> (Attacker::*)(Change&, std::size_t) const;
  struct Plan {
    std::string name;
    std::string needs;
    Maker make;
  };

  static std::vector<Plan> plans() {
    return {{"EDIT", "", &Attacker::edit},
            {"DELETE", "", &Attacker::remove},
            {"REORDER", "", &Attacker::reorder},
            {"INSERT", "", &Attacker::insert},
            {"SPLICE", "", &Attacker::splice},
            {"BACKDATE", "", &Attacker::backdate},
            {"TRUNCATE", "", &Attacker::truncate},
            {"TRUNCATE, checkpoint set back", "a checkpoint from elsewhere", &Attacker::set_back},
            {"FORK", "a checkpoint from elsewhere", &Attacker::fork},
            {"REPLACE", "", &Attacker::replace},
            {"KEY-AFTER", "", &Attacker::key_after},
            {"TORN", "", &Attacker::tear}};
  }

  Status make(const Plan& plan, std::uint64_t place, AttackRow& row) const {
    Change change{.copy = sound_, .trust = trust_};
    MERLON_TRY(const bool possible, (this->*plan.make)(change, place));
    if (!possible) {
      return {};
    }
    const std::string bytes = without_newlines(change.copy);
    AuditLogView view{.checkpoint = change.copy.checkpoint, .file = log_.file};
    view.segments.push_back(
        {.name = std::string(kOpenSegment), .first = log_.segments.front().first, .bytes = bytes});
    MERLON_TRY(const AuditReport report, verify_audit_log(view, change.trust));
    ++row.made;
    const bool accepted =
        report.verdict == AuditVerdict::kSealed || report.verdict == AuditVerdict::kOpen;
    row.detected += accepted ? 0U : 1U;
    row.named += report.verdict == change.verdict && report.attack == change.attack ? 1U : 0U;
    row.located += change.where && report.first_bad == change.where ? 1U : 0U;
    return {};
  }

  [[nodiscard]] std::uint64_t index_of(std::size_t at) const {
    return log_.segments.front().first + at;
  }
  /// Signed by our own key under the log's name, over the copy's lines.
  Status sign_again(Change& change) const {
    MERLON_TRY(const Note note, parse_note(sound_.checkpoint));
    MERLON_TRY(Checkpoint checkpoint, parse_checkpoint(note.text));
    MERLON_TRY(const TreeHead head, head_of(change.copy));
    checkpoint.head = head;
    Note forged{.text = to_string(checkpoint)};
    MERLON_CHECK(sign_note(forged, own_));
    change.copy.checkpoint = to_string(forged);
    return {};
  }
  [[nodiscard]] Result<TreeHead> head_of(const LogCopy& copy) const {
    const std::string bytes = without_newlines(copy);
    AuditLogView view{.checkpoint = log_.checkpoint, .file = log_.file};
    view.segments.push_back({.name = "copy", .first = log_.segments.front().first, .bytes = bytes});
    MERLON_TRY(const AuditTree tree, build_audit_tree(view, trust_.work));
    return TreeHead{.size = tree.tree.size(), .root = tree.tree.root(tree.tree.size())};
  }

  Result<bool> edit(Change& change, std::size_t at) const {
    std::string& line = change.copy.lines[at];
    line[line.size() / 2] = static_cast<char>(line[line.size() / 2] ^ 1);
    change.where = index_of(at);
    // A bit that turns into a line feed would make two records of one.
    return line.find('\n') == std::string::npos;
  }
  Result<bool> remove(Change& change, std::size_t at) const {
    change.attack = AuditAttack::kDelete;
    change.where = index_of(at);
    change.copy.lines.erase(change.copy.lines.begin() + static_cast<std::ptrdiff_t>(at));
    return at + 1 < sound_.lines.size() && at > 0;
  }
  Result<bool> reorder(Change& change, std::size_t at) const {
    if (at + 1 >= sound_.lines.size()) {
      return false;
    }
    std::swap(change.copy.lines[at], change.copy.lines[at + 1]);
    change.attack = AuditAttack::kReorder;
    change.where = index_of(at);
    return at > 0;
  }
  Result<bool> insert(Change& change, std::size_t at) const {
    change.copy.lines.insert(change.copy.lines.begin() + static_cast<std::ptrdiff_t>(at),
                             sound_.lines[at]);
    change.attack = AuditAttack::kInsert;
    change.where = index_of(at) + 1;
    return at + 1 < sound_.lines.size();
  }
  Result<bool> splice(Change& change, std::size_t at) const {
    const auto head = parse_audit_head(sound_.lines[at]);
    if (!head || at == 0) {
      return false;
    }
    std::string line = "{\"seq\":" + std::to_string(head->seq) + ",\"time\":\"";
    line.append(head->time).append("\",\"type\":\"decision\",\"awaits\":false,\"session\":\"");
    change.copy.lines[at] = line + "of-another-log\"}";
    change.attack = AuditAttack::kSplice;
    change.where = index_of(at);
    return true;
  }
  Result<bool> backdate(Change& change, std::size_t at) const {
    std::string& line = change.copy.lines[at];
    const std::size_t year = line.find("\"time\":\"") + 8;
    line.replace(year, 4, "1999");
    change.where = index_of(at);
    return true;
  }
  Result<bool> truncate(Change& change, std::size_t at) const {
    change.copy.lines.resize(at);
    change.verdict = AuditVerdict::kTruncated;
    change.attack = AuditAttack::kTruncate;
    change.where = index_of(at);
    return at > 0;
  }
  /// Back to the state of a heartbeat, whose checkpoint stands in the log with all signatures.
  Result<bool> set_back(Change& change, std::size_t at) const {
    const auto head = parse_audit_head(sound_.lines[at]);
    if (!head || head->type != "heartbeat") {
      return false;
    }
    MERLON_TRY(const Document record, parse_json(SourceText::copy_of("record", sound_.lines[at]),
                                                 JsonDialect::kStrict, Limits{}));
    change.copy.checkpoint = record.string_or(record.find(record.root(), "checkpoint"), "");
    MERLON_TRY(const Note note, parse_note(change.copy.checkpoint));
    MERLON_TRY(const Checkpoint checkpoint, parse_checkpoint(note.text));
    if (checkpoint.head.size <= log_.segments.front().first) {
      return false;
    }
    change.copy.lines.resize(checkpoint.head.size - log_.segments.front().first);
    change.trust.against.push_back(sound_.checkpoint);
    change.verdict = AuditVerdict::kTruncated;
    change.attack = AuditAttack::kTruncate;
    change.where = checkpoint.head.size;
    return true;
  }
  /// Another history of the same size as at this record, signed by the same key.
  Result<bool> fork(Change& change, std::size_t at) const {
    Change other{.copy = sound_};
    other.copy.lines.resize(at + 1);
    other.copy.lines[at] += " ";
    MERLON_CHECK(sign_again(other));
    change.trust = with_own_;
    change.trust.against.push_back(other.copy.checkpoint);
    change.verdict = AuditVerdict::kForked;
    change.attack = AuditAttack::kFork;
    return true;
  }
  Result<bool> replace(Change& change, std::size_t at) const {
    change.copy.lines[at].insert(change.copy.lines[at].size() - 1, " ");
    MERLON_CHECK(sign_again(change));
    change.attack = AuditAttack::kReplace;
    return true;
  }
  Result<bool> key_after(Change& change, std::size_t at) const {
    change.copy.lines[at].insert(change.copy.lines[at].size() - 1, " ");
    MERLON_CHECK(sign_again(change));
    change.trust = with_own_;
    change.attack = AuditAttack::kKeyAfter;
    return true;
  }
  Result<bool> tear(Change& change, std::size_t at) const {
    change.copy.torn = sound_.lines[at].substr(0, sound_.lines[at].size() / 2);
    change.verdict = AuditVerdict::kTorn;
    change.attack = AuditAttack::kNone;
    return true;
  }

  const AuditLogView& log_;
  const AuditTrust& trust_;
  AuditTrust with_own_;
  SigningKey own_;
  LogCopy sound_;
};

}  // namespace

Result<AttackTable> attack_audit_log(const AuditLogView& log, const AuditTrust& trust) {
  MERLON_TRY(const AuditReport report, verify_audit_log(log, trust));
  if (report.verdict != AuditVerdict::kSealed || log.foreign ||
      report.key_source == AuditKeySource::kNobody) {
    return fail(ErrorCode::kFormat,
                "only a sealed log with a trusted key can be attacked, and this is ",
                to_string(report.verdict));
  }
  MERLON_TRY(Ed25519PrivateKey secret, generate_ed25519());
  MERLON_TRY(SigningKey own, make_signing_key(report.origin, std::move(secret)));
  AttackTable table;
  MERLON_CHECK(Attacker(log, trust, std::move(own)).attack_all(table));
  return table;
}

}  // namespace merlon
