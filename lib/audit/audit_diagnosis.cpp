#include "audit/audit_diagnosis.h"

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>

#include "audit/audit_line.h"
#include "base/json/json_reader.h"
#include "proof/tile.h"

namespace merlon {
namespace {

std::string member_of_line(std::string_view line, std::string_view name) {
  const auto document =
      parse_json(SourceText::copy_of("record", std::string(line)), JsonDialect::kStrict, Limits{});
  return document ? document->string_or(document->find(document->root(), name), "") : "";
}

/// True when the record says that it is of a session, and no session of that name began here.
bool is_of_another_log(const AuditTree& tree, std::string_view line) {
  const std::string session = member_of_line(line, "session");
  if (session.empty()) {
    return false;
  }
  return std::ranges::none_of(tree.scan.control, [&](const ControlLineView& control) {
    return control.type == "session-start" && control.line != line &&
           member_of_line(control.line, "session") == session;
  });
}

/// What the tiles say against what the lines are.
class LeafComparison {
 public:
  LeafComparison(const AuditLogView& log, const AuditTree& tree, std::vector<Sha256> signed_leaves)
      : log_(log), tree_(tree), wanted_(std::move(signed_leaves)) {}

  [[nodiscard]] AuditDiagnosis compare() const {
    const std::vector<Sha256>& have = tree_.scan.leaves;
    const std::uint64_t first = tree_.scan.first;
    const std::size_t count = std::min<std::size_t>(have.size(), wanted_.size() - first);
    std::size_t at = 0;
    while (at < count && have[at] == wanted_[first + at]) {
      ++at;
    }
    const std::uint64_t bad = first + at;
    if (at == have.size()) {
      return {.attack = AuditAttack::kTruncate, .first_bad = bad, .last_bad = bad};
    }
    return {.attack = attack_at(at), .first_bad = bad, .last_bad = bad};
  }

 private:
  /// The first place at or after `from` where a hash stands.
  template <class Range>
  static std::optional<std::size_t> find_hash(const Range& hashes, const Sha256& hash,
                                              std::size_t from) {
    const auto begin = hashes.begin() + static_cast<std::ptrdiff_t>(std::min(from, hashes.size()));
    const auto found = std::find(begin, hashes.end(), hash);
    return found == hashes.end() ? std::nullopt
                                 : std::optional(static_cast<std::size_t>(found - hashes.begin()));
  }

  [[nodiscard]] AuditAttack attack_at(std::size_t at) const {
    const std::vector<Sha256>& have = tree_.scan.leaves;
    const auto first = static_cast<std::size_t>(tree_.scan.first);
    const Sha256& wanted = wanted_[first + at];
    const auto comes_later = find_hash(have, wanted, at + 1);  // the signed record, moved back
    const auto was_later = find_hash(wanted_, have[at], first + at + 1);  // this one, moved forward
    const std::string_view line = place_of(tree_.scan, log_.segments, first + at).line;
    if (was_later && comes_later) {
      return AuditAttack::kReorder;
    }
    if (was_later) {
      return AuditAttack::kDelete;
    }
    if (comes_later) {
      return is_foreign(line, at) ? AuditAttack::kSplice : AuditAttack::kInsert;
    }
    return is_foreign(line, at) ? AuditAttack::kSplice : AuditAttack::kEdit;
  }

  /// Whole records with another place, or of a session that this log has not.
  [[nodiscard]] bool is_foreign(std::string_view line, std::size_t at) const {
    const auto head = parse_audit_head(line);
    const bool copied = find_hash(wanted_, tree_.scan.leaves[at], 0).has_value();
    return head && !copied && is_of_another_log(tree_, line);
  }

  const AuditLogView& log_;
  const AuditTree& tree_;
  std::vector<Sha256> wanted_;
};

AuditAttack attack_of_fault(const AuditLogView& log, const AuditTree& tree) {
  const LinePlace place = place_of(tree.scan, log.segments, tree.scan.fault_index);
  const auto head = parse_audit_head(place.line);
  if (!head) {
    return AuditAttack::kEdit;
  }
  if (tree.scan.fault == LineFault::kTime) {
    return AuditAttack::kEdit;
  }
  if (is_of_another_log(tree, place.line)) {
    return AuditAttack::kSplice;
  }
  return head->seq > tree.scan.fault_index ? AuditAttack::kDelete : AuditAttack::kInsert;
}

}  // namespace

std::optional<std::vector<Sha256>> leaves_of_tiles(const AuditLogView& log, const TreeHead& head) {
  std::vector<Sha256> leaves;
  for (std::uint64_t index = 0; index * kTileWidth < head.size; ++index) {
    const std::uint64_t width = std::min(kTileWidth, head.size - index * kTileWidth);
    const auto bytes = log.file(tile_path({.level = 0, .index = index, .width = width}));
    const auto hashes = bytes ? parse_tile(*bytes, width) : std::nullopt;
    if (!hashes) {
      return std::nullopt;
    }
    leaves.insert(leaves.end(), hashes->begin(), hashes->end());
  }
  if (MerkleTree(leaves, 1).root(head.size) != head.root) {
    return std::nullopt;
  }
  return leaves;
}

AuditDiagnosis diagnose(const AuditLogView& log, const AuditTree& tree,
                        const TreeHead& signed_head) {
  if (auto leaves = leaves_of_tiles(log, signed_head)) {
    return LeafComparison(log, tree, *std::move(leaves)).compare();
  }
  const std::uint64_t last = signed_head.size == 0 ? 0 : signed_head.size - 1;
  if (tree.scan.fault != LineFault::kNone && !log.foreign) {
    return {.attack = attack_of_fault(log, tree),
            .first_bad = tree.scan.fault_index,
            .last_bad = tree.scan.fault_index};
  }
  if (tree.tree.size() < signed_head.size) {
    return {.attack = AuditAttack::kTruncate,
            .first_bad = tree.tree.size(),
            .last_bad = tree.tree.size()};
  }
  return {.attack = AuditAttack::kEdit, .first_bad = std::nullopt, .last_bad = last};
}

}  // namespace merlon
