#include "replay/session_notes.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/json/json_reader.h"
#include "base/table_reader.h"
#include "base/text.h"
#include "base/toml/toml_reader.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 3> kNotesKeys{"format", "label", "policy"};
constexpr std::array<std::string_view, 4> kLabelKeys{"kind", "attacker_calls", "utility",
                                                     "cluster"};
constexpr std::array<std::string_view, 5> kLabelLineKeys{"file", "kind", "attacker_calls",
                                                         "utility", "cluster"};
constexpr std::array<std::string_view, 2> kPolicyNoteKeys{"name", "expect"};
constexpr std::array<std::string_view, 5> kExpectKeys{"sequence", "verdict", "rule", "sent",
                                                      "todo"};
constexpr std::array<std::string_view, 2> kKindWords{"benign", "attack"};
constexpr std::array<std::string_view, 5> kExpectWords{"allow", "warn", "modify", "ask", "deny"};

/// Members of a label, of a TOML table or a JSON object.
SessionLabel read_label(TableReader& reader, NodeId table) {
  SessionLabel out;
  const auto kind = reader.choice(table, "kind", kKindWords);
  if (kind) {
    out.kind = static_cast<SessionKind>(*kind);
  } else if (!reader.field(table, "kind")) {
    reader.complain_missing(table, "a label has no `kind`")
        .hints.emplace_back("`benign` or `attack`");
  }
  out.utility = reader.boolean(table, "utility").value_or(false);
  out.cluster = reader.string(table, "cluster").value_or("");
  const Document& document = reader.document();
  if (const auto calls = reader.field(table, "attacker_calls")) {
    if (!document.is(*calls, NodeKind::kArray)) {
      reader.complain(*calls, "`attacker_calls` is a list of sequence numbers");
    }
    for (const NodeId call : document.elements(*calls)) {
      const auto number =
          document.is(call, NodeKind::kNumber) ? parse_unsigned(document.text(call)) : std::nullopt;
      if (number && *number > 0) {
        out.attacker_calls.push_back(*number);
      } else {
        reader.complain(call, "a sequence number is a whole number from 1");
      }
    }
  }
  if (out.kind == SessionKind::kBenign && !out.attacker_calls.empty()) {
    reader.complain_missing(table, "a benign session has no `attacker_calls`");
  }
  return out;
}

class NotesReader {
 public:
  explicit NotesReader(const Document& document)
      : document_(document), reader_(document, ErrorCode::kBadConfig) {}

  Checked<SessionNotes> read() && {
    const NodeId root = document_.root();
    reader_.check_keys(root, kNotesKeys, "a file of expectations");
    if (!reader_.field(root, "format")) {
      reader_.complain_missing(root, "`format` is missing")
          .hints.emplace_back("begin the file with `format = 1`");
    } else {
      (void)reader_.number(root, "format", {.least = 1, .most = 1});
    }
    SessionNotes out;
    if (const auto label = reader_.table(root, "label")) {
      reader_.check_keys(*label, kLabelKeys, "`[label]`");
      out.label = read_label(reader_, *label);
    }
    std::set<std::string> names;
    for (const NodeId table : reader_.tables(root, "policy")) {
      PolicyExpectations policy = read_policy(table);
      if (!names.insert(policy.policy).second) {
        reader_.complain_missing(table, "policy `", policy.policy, "` is there twice");
      }
      out.policies.push_back(std::move(policy));
    }
    if (reader_.has_errors()) {
      return std::unexpected(std::move(reader_).take_errors());
    }
    return out;
  }

 private:
  PolicyExpectations read_policy(NodeId table) {
    reader_.check_keys(table, kPolicyNoteKeys, "`[[policy]]`");
    PolicyExpectations out;
    out.policy = reader_.string(table, "name").value_or("");
    std::set<std::uint64_t> seen;
    for (const NodeId expect : reader_.tables(table, "expect")) {
      MessageExpectation message = read_expect(expect);
      if (!seen.insert(message.sequence).second) {
        reader_.complain_missing(expect, "message ", std::to_string(message.sequence),
                                 " is there twice");
      }
      out.messages.push_back(std::move(message));
    }
    return out;
  }

  MessageExpectation read_expect(NodeId table) {
    reader_.check_keys(table, kExpectKeys, "`[[policy.expect]]`");
    MessageExpectation out;
    out.where = document_.locate(table);
    const auto sequence = reader_.number(table, "sequence", {.least = 1});
    out.sequence = sequence.value_or(0);
    if (!reader_.field(table, "sequence")) {
      reader_.complain_missing(table, "an expectation has no `sequence`");
    }
    if (const auto verdict = reader_.choice(table, "verdict", kExpectWords)) {
      out.expected.verdict = static_cast<Verdict>(*verdict);
    } else if (!reader_.field(table, "verdict")) {
      reader_.complain_missing(table, "an expectation has no `verdict`");
    }
    const auto rule = reader_.field(table, "rule");
    if (rule && document_.is(*rule, NodeKind::kString)) {
      out.expected.rules.push_back(document_.text(*rule));
    } else if (rule) {
      out.expected.rules = reader_.texts(table, "rule");
    }
    std::sort(out.expected.rules.begin(), out.expected.rules.end());
    out.expected.sent = reader_.string(table, "sent").value_or("");
    out.todo = reader_.string(table, "todo").value_or("");
    return out;
  }

  const Document& document_;
  TableReader reader_;
};

}  // namespace

const PolicyExpectations* SessionNotes::find(const std::string& policy) const {
  const PolicyExpectations* any = nullptr;
  for (const PolicyExpectations& one : policies) {
    if (one.policy == policy) {
      return &one;
    }
    any = one.policy.empty() ? &one : any;
  }
  return any;
}

Checked<SessionNotes> load_session_notes(std::shared_ptr<const SourceText> source,
                                         const Limits& limits) {
  const auto document = parse_toml(std::move(source), limits);
  if (!document) {
    return std::unexpected(std::vector<Error>{document.error()});
  }
  return NotesReader(*document).read();
}

Checked<SessionLabels> load_labels(std::shared_ptr<const SourceText> source, const Limits& limits) {
  const auto document = parse_json_lines(std::move(source), limits);
  if (!document) {
    return std::unexpected(std::vector<Error>{document.error()});
  }
  TableReader reader(*document, ErrorCode::kFormat);
  SessionLabels out;
  for (const NodeId line : document->elements(document->root())) {
    if (!document->is(line, NodeKind::kObject)) {
      reader.complain(line, "a label is an object");
      continue;
    }
    reader.check_keys(line, kLabelLineKeys, "a label");
    const std::string file = reader.string(line, "file").value_or("");
    SessionLabel label = read_label(reader, line);
    if (file.empty()) {
      reader.complain(line, "a label has no `file`");
    } else if (!out.emplace(file, std::move(label)).second) {
      reader.complain(line, "`", file, "` has a label already");
    }
  }
  if (reader.has_errors()) {
    return std::unexpected(std::move(reader).take_errors());
  }
  return out;
}

}  // namespace merlon
