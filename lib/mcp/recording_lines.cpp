#include "mcp/recording_lines.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/base64.h"
#include "base/text.h"
#include "mcp/recording_fields.h"

namespace merlon {
namespace {

using std::string_view;

constexpr std::array<string_view, 17> kHeaderNames{
    "type", "format", "merlon", "time_ms", "server", "launch", "session", "tenant", "identity",
    "user", "group",  "full",   "limits",  "policy", "rules",  "pins",    "label"};
constexpr std::array<string_view, 4> kRecordedLabelNames{"kind", "attacker_calls", "utility",
                                                         "cluster"};
constexpr std::array<string_view, 2> kRecordedLabelKinds{"benign", "attack"};
constexpr std::array<string_view, 3> kLimitNames{"bytes", "depth", "nodes"};
constexpr std::array<string_view, 6> kPolicyNames{"name",   "version", "digest",
                                                  "tenant", "files",   "system"};
constexpr std::array<string_view, 3> kFileNames{"name", "text", "aliases"};
constexpr std::array<string_view, 2> kRulesNames{"version", "digest"};
constexpr std::array<string_view, 14> kEventNames{
    "type",           "sequence", "time_ms",  "direction", "origin", "action",      "message",
    "message_blanks", "facts",    "decision", "to",        "sent",   "sent_blanks", "masked"};
constexpr std::array<string_view, 4> kFactsNames{"answers", "late", "grants", "group"};
constexpr std::array<string_view, 4> kFactNames{"kind", "what", "state", "values"};
constexpr std::array<string_view, 4> kGrantNames{"ticket", "message_digest", "assurance",
                                                 "approver"};
constexpr std::array<string_view, 5> kGroupNames{"server", "tool", "legs", "lost", "reference"};
constexpr std::array<string_view, 11> kUnreadableNames{"type", "time_ms",     "direction", "action",
                                                       "size", "bytes",       "refusal",   "to",
                                                       "sent", "sent_blanks", "masked"};
constexpr std::array<string_view, 2> kRefusalNames{"code", "message"};
constexpr std::array<string_view, 5> kReloadNames{"type", "time_ms", "policy", "rules", "pins"};
constexpr std::array<string_view, 8> kEndNames{"type",        "time_ms", "reason",     "detail",
                                               "exit_status", "events",  "unreadable", "reloads"};
constexpr std::array<string_view, 5> kLineTypes{"recording", "event", "unreadable", "policy",
                                                "end"};

template <class Enum>
Result<Enum> enum_of(const RecordingFields& fields, string_view name,
                     std::span<const string_view> words) {
  MERLON_TRY(const std::size_t index, fields.word(name, words));
  return static_cast<Enum>(index);
}

Result<std::vector<RecordedFile>> read_files(const RecordingFields& policy, string_view name) {
  MERLON_TRY(const std::vector<NodeId> nodes, policy.elements(name));
  std::vector<RecordedFile> out;
  for (const NodeId node : nodes) {
    MERLON_TRY(const RecordingFields fields,
               RecordingFields::read(policy.document(), node, kFileNames, "a policy's file"));
    RecordedFile file;
    MERLON_TRY(file.name, fields.text("name"));
    MERLON_TRY(file.text, fields.text("text"));
    if (fields.has("aliases")) {
      MERLON_TRY(file.aliases, fields.texts("aliases"));
    }
    out.push_back(std::move(file));
  }
  return out;
}

Result<RecordedPolicy> read_policy(const Document& line, NodeId node) {
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(line, node, kPolicyNames, "`policy`"));
  RecordedPolicy out;
  MERLON_TRY(out.name, fields.text("name"));
  MERLON_TRY(out.version, fields.number("version"));
  MERLON_TRY(out.digest, fields.text("digest"));
  MERLON_TRY(out.tenant, fields.text("tenant"));
  MERLON_TRY(out.files, read_files(fields, "files"));
  if (out.files.empty()) {
    return fields.complain("files", "`files` must name at least the policy itself");
  }
  if (fields.has("system")) {
    MERLON_TRY(out.system, read_files(fields, "system"));
  }
  return out;
}

Result<RecordedEngine> read_engine(const RecordingFields& line) {
  RecordedEngine out;
  MERLON_TRY(const NodeId policy, line.required("policy", NodeKind::kObject, "an object"));
  MERLON_TRY(out.policy, read_policy(line.document(), policy));
  MERLON_TRY(const NodeId node, line.required("rules", NodeKind::kObject, "an object"));
  MERLON_TRY(const RecordingFields rules,
             RecordingFields::read(line.document(), node, kRulesNames, "`rules`"));
  MERLON_TRY(out.rules_version, rules.text("version"));
  MERLON_TRY(out.rules_digest, rules.text("digest"));
  if (line.has("pins")) {
    MERLON_TRY(out.pins, line.text("pins"));
  }
  return out;
}

Result<MessageLimits> read_limits(const RecordingFields& line, const MessageLimits& most) {
  MERLON_TRY(const NodeId node, line.required("limits", NodeKind::kObject, "an object"));
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(line.document(), node, kLimitNames, "`limits`"));
  MessageLimits out;
  MERLON_TRY(out.bytes, fields.number("bytes"));
  MERLON_TRY(const std::uint64_t depth, fields.number("depth"));
  MERLON_TRY(out.nodes, fields.number("nodes"));
  // What the session was read under may be more than this run is willing to read.
  out.bytes = std::min(out.bytes, most.bytes);
  out.depth = static_cast<std::uint32_t>(std::min<std::uint64_t>(depth, most.depth));
  out.nodes = std::min(out.nodes, most.nodes);
  return out;
}

Result<RecordedLabel> read_label(const RecordingFields& line) {
  MERLON_TRY(const NodeId node, line.required("label", NodeKind::kObject, "an object"));
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(line.document(), node, kRecordedLabelNames, "`label`"));
  RecordedLabel out;
  MERLON_TRY(const std::size_t kind, fields.word("kind", kRecordedLabelKinds));
  out.attack = kind == 1;
  if (fields.has("attacker_calls")) {
    MERLON_TRY(const std::vector<NodeId> calls, fields.elements("attacker_calls"));
    for (const NodeId call : calls) {
      const auto sequence = parse_unsigned(line.document().raw(call));
      if (!sequence || *sequence == 0 || !out.attack) {
        return fields.complain("attacker_calls", out.attack
                                                     ? "a sequence number is a whole number from 1"
                                                     : "a benign session has no `attacker_calls`");
      }
      out.attacker_calls.push_back(*sequence);
    }
  }
  if (fields.has("utility")) {
    MERLON_TRY(out.utility, fields.boolean("utility"));
  }
  if (fields.has("cluster")) {
    MERLON_TRY(out.cluster, fields.text("cluster"));
  }
  return out;
}

/// A message as bytes, with the place of its first byte in the line where it stands there as it is.
struct RecordedBytes {
  std::string bytes;
  NodeId node{kNoNode};
  bool verbatim{false};
  std::size_t before{0};  ///< blanks before the value
};

Result<RecordedBytes> read_bytes(const RecordingFields& line, string_view name,
                                 string_view blanks_name) {
  const Document& document = line.document();
  RecordedBytes out;
  out.node = line.node(name);
  if (out.node == kNoNode) {
    return line.complain(name, "member `", name, "` is missing");
  }
  if (document.is(out.node, NodeKind::kString)) {
    auto bytes = from_base64(document.text(out.node), Base64Alphabet::kStandard);
    if (!bytes) {
      return line.complain(name, "`", name, "` is a string and not base64");
    }
    out.bytes = *std::move(bytes);
    return out;
  }
  out.verbatim = true;
  if (!line.has(blanks_name)) {
    out.bytes = document.raw(out.node);
    return out;
  }
  MERLON_TRY(const std::vector<std::string> blanks, line.texts(blanks_name));
  const auto is_blank_text = [](const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
  };
  if (blanks.size() != 2 || !std::all_of(blanks.begin(), blanks.end(), is_blank_text)) {
    return line.complain(blanks_name, "`", blanks_name, "` must be two strings of blanks");
  }
  out.before = blanks[0].size();
  out.bytes = blanks[0] + std::string(document.raw(out.node)) + blanks[1];
  return out;
}

Result<Message> read_message(const RecordingFields& line, Direction direction,
                             const MessageLimits& limits) {
  MERLON_TRY(RecordedBytes recorded, read_bytes(line, "message", "message_blanks"));
  auto message = parse_message(std::move(recorded.bytes), direction, limits);
  if (message) {
    return *std::move(message);
  }
  Error error = std::move(message).error();
  const Document& document = line.document();
  const Location inside = std::exchange(error.where, document.locate(recorded.node));
  if (recorded.verbatim && !inside.file.empty() && inside.offset >= recorded.before) {
    const std::uint64_t begin = document.node(recorded.node).begin;
    error.where = document.source().locate(begin + inside.offset - recorded.before, inside.length);
  }
  error.message.insert(0, "no message: ");
  return std::unexpected(std::move(error));
}

Result<Fact> read_fact(const Document& line, NodeId node) {
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(line, node, kFactNames, "an answer"));
  Fact out;
  MERLON_TRY(out.need.kind, enum_of<NeedKind>(fields, "kind", recording_words::needs()));
  MERLON_TRY(out.need.what, fields.text("what"));
  MERLON_TRY(out.state, enum_of<FactState>(fields, "state", recording_words::fact_states()));
  MERLON_TRY(out.values, fields.texts("values"));
  return out;
}

Result<Grant> read_grant(const Document& line, NodeId node) {
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(line, node, kGrantNames, "a grant"));
  Grant out;
  MERLON_TRY(out.ticket, fields.text("ticket"));
  MERLON_TRY(out.message_digest, fields.text("message_digest"));
  MERLON_TRY(out.assurance, enum_of<Assurance>(fields, "assurance", recording_words::assurances()));
  MERLON_TRY(out.approver, fields.text("approver"));
  return out;
}

Result<GroupFact> read_group_fact(const Document& line, NodeId node) {
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(line, node, kGroupNames, "a fact of the group"));
  GroupFact out;
  MERLON_TRY(out.server, fields.text("server"));
  MERLON_TRY(out.tool, fields.text("tool"));
  MERLON_TRY(const std::uint64_t legs, fields.number("legs"));
  if (legs > 7) {
    return fields.complain("legs", "`legs` must be bits from 0 to 7");
  }
  out.legs = static_cast<std::uint8_t>(legs);
  MERLON_TRY(out.lost, fields.boolean("lost"));
  MERLON_TRY(out.reference, fields.text("reference"));
  return out;
}

template <class T>
Status read_list(const RecordingFields& fields, string_view name,
                 Result<T> (*read)(const Document&, NodeId), std::vector<T>& out) {
  if (!fields.has(name)) {
    return {};
  }
  MERLON_TRY(const std::vector<NodeId> nodes, fields.elements(name));
  for (const NodeId node : nodes) {
    MERLON_TRY(T value, read(fields.document(), node));
    out.push_back(std::move(value));
  }
  return {};
}

Result<Facts> read_facts(const RecordingFields& line) {
  Facts out;
  if (!line.has("facts")) {
    return out;
  }
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(line.document(), line.node("facts"), kFactsNames, "`facts`"));
  MERLON_CHECK(read_list(fields, "answers", read_fact, out.answers));
  MERLON_CHECK(read_list(fields, "grants", read_grant, out.grants));
  MERLON_CHECK(read_list(fields, "group", read_group_fact, out.group));
  if (fields.has("late")) {
    MERLON_TRY(out.late_guards, fields.texts("late"));
  }
  return out;
}

/// `direction` is that of the message: what is forwarded goes on there.
Result<RecordedSending> read_sending(const RecordingFields& line, Direction direction) {
  RecordedSending out;
  MERLON_TRY(out.action, enum_of<RecordedAction>(line, "action", recording_words::actions()));
  const bool sends =
      out.action == RecordedAction::kRewrite || out.action == RecordedAction::kAnswer;
  for (const string_view name : {"to", "sent", "sent_blanks"}) {
    if (!sends && line.has(name)) {
      return line.complain(name, "`", name, "` beside the action `", to_string(out.action), "`");
    }
  }
  if (sends) {
    MERLON_TRY(out.to, enum_of<Direction>(line, "to", recording_words::directions()));
    MERLON_TRY(RecordedBytes sent, read_bytes(line, "sent", "sent_blanks"));
    out.bytes = std::move(sent.bytes);
  } else if (out.action == RecordedAction::kForward) {
    out.to = direction;
  }
  return out;
}

/// All of an event but its decision.
Result<RecordedEvent> read_event_fields(const RecordingFields& fields,
                                        const MessageLimits& limits) {
  RecordedEvent out;
  MERLON_TRY(out.event.sequence, fields.number("sequence"));
  MERLON_TRY(out.event.time_ms, fields.integer("time_ms"));
  MERLON_TRY(const Direction direction,
             enum_of<Direction>(fields, "direction", recording_words::directions()));
  MERLON_TRY(out.event.origin, enum_of<EventOrigin>(fields, "origin", recording_words::origins()));
  MERLON_TRY(out.event.message, read_message(fields, direction, limits));
  MERLON_TRY(out.event.facts, read_facts(fields));
  MERLON_TRY(out.sending, read_sending(fields, direction));
  if (fields.has("masked")) {
    MERLON_TRY(out.masked, fields.texts("masked"));
  }
  return out;
}

Result<RecordedLine> read_event(const Document& line, const MessageLimits& limits) {
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(line, line.root(), kEventNames, "an event"));
  MERLON_TRY(RecordedEvent out, read_event_fields(fields, limits));
  MERLON_TRY(const NodeId decision, fields.required("decision", NodeKind::kObject, "an object"));
  out.decision = line.raw(decision);
  return out;
}

Result<Error> read_refusal(const RecordingFields& line) {
  MERLON_TRY(const NodeId node, line.required("refusal", NodeKind::kObject, "an object"));
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(line.document(), node, kRefusalNames, "`refusal`"));
  MERLON_TRY(const std::string word, fields.text("code"));
  Error out;
  MERLON_TRY(out.message, fields.text("message"));
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    out.code = static_cast<ErrorCode>(code);
    if (to_string(out.code) == word) {
      return out;
    }
  }
  return fields.complain("code", "`", escape_for_display(shorten(word, 40)),
                         "` is no code of an error");
}

Result<RecordedLine> read_unreadable(const Document& line) {
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(line, line.root(), kUnreadableNames, "an unreadable line"));
  RecordedUnreadable out;
  MERLON_TRY(out.time_ms, fields.integer("time_ms"));
  MERLON_TRY(out.direction, enum_of<Direction>(fields, "direction", recording_words::directions()));
  MERLON_TRY(out.size, fields.number("size"));
  if (fields.has("bytes")) {
    MERLON_TRY(const NodeId node, fields.required("bytes", NodeKind::kString, "a string"));
    out.bytes = from_base64(line.text(node), Base64Alphabet::kStandard);
    if (!out.bytes) {
      return fields.complain("bytes", "`bytes` is not base64");
    }
  }
  MERLON_TRY(out.refusal, read_refusal(fields));
  MERLON_TRY(out.sending, read_sending(fields, out.direction));
  out.masked = fields.has("masked");
  return out;
}

Result<RecordedLine> read_reload(const Document& line) {
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(line, line.root(), kReloadNames, "a reload"));
  RecordedReload out;
  MERLON_TRY(out.time_ms, fields.integer("time_ms"));
  MERLON_TRY(out.engine, read_engine(fields));
  return out;
}

Result<RecordedLine> read_end(const Document& line) {
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(line, line.root(), kEndNames, "the end"));
  RecordingEnd out;
  MERLON_TRY(out.time_ms, fields.integer("time_ms"));
  MERLON_TRY(out.reason,
             enum_of<RecordingEndReason>(fields, "reason", recording_words::end_reasons()));
  if (fields.has("detail")) {
    MERLON_TRY(out.detail, fields.text("detail"));
  }
  if (fields.has("exit_status")) {
    MERLON_TRY(const std::int64_t status, fields.integer("exit_status"));
    if (status < std::numeric_limits<int>::min() || status > std::numeric_limits<int>::max()) {
      return fields.complain("exit_status", "`exit_status` is no exit status");
    }
    out.exit_status = static_cast<int>(status);
  }
  MERLON_TRY(out.events, fields.number("events"));
  MERLON_TRY(out.unreadable, fields.number("unreadable"));
  MERLON_TRY(out.reloads, fields.number("reloads"));
  return out;
}

/// Index into kLineTypes.
Result<std::size_t> type_of(const Document& line) {
  const auto at_root = [&line](string_view message) {
    Error error = make_error(ErrorCode::kFormat, message);
    error.where = line.locate(line.root());
    return std::unexpected(std::move(error));
  };
  if (!line.is(line.root(), NodeKind::kObject)) {
    return at_root("a line of a recording must be an object");
  }
  const auto node = line.find(line.root(), "type", NodeKind::kString);
  if (!node) {
    return at_root("a line of a recording must have a `type`");
  }
  const std::string word = line.text(*node);
  const auto found = std::find(kLineTypes.begin(), kLineTypes.end(), word);
  if (found == kLineTypes.end()) {
    Error error = make_error(ErrorCode::kFormat, "unknown type of line `",
                             escape_for_display(shorten(word, 40)), "`");
    error.where = line.locate(*node);
    return std::unexpected(std::move(error));
  }
  return static_cast<std::size_t>(found - kLineTypes.begin());
}

}  // namespace

Result<RecordingHeader> read_recording_header(const Document& line, const MessageLimits& most) {
  MERLON_TRY(const std::size_t type, type_of(line));
  if (type != 0) {
    Error error = make_error(ErrorCode::kFormat, "a recording begins with a line of the type ",
                             "`recording`");
    error.where = line.locate(line.root());
    return std::unexpected(std::move(error));
  }
  // Before unknown members are refused: a later format may have some.
  const auto format = line.find(line.root(), "format");
  if (format && line.raw(*format) != std::to_string(kRecordingFormat)) {
    Error error = make_error(ErrorCode::kFormat, "recording format `",
                             escape_for_display(shorten(line.raw(*format), 20)),
                             "`: this merlon reads format ", std::to_string(kRecordingFormat));
    error.where = line.locate(*format);
    return std::unexpected(std::move(error));
  }
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(line, line.root(), kHeaderNames, "the header"));
  RecordingHeader out;
  MERLON_CHECK(fields.number("format"));
  MERLON_TRY(out.merlon, fields.text("merlon"));
  MERLON_TRY(out.time_ms, fields.integer("time_ms"));
  MERLON_TRY(out.server, fields.text("server"));
  MERLON_TRY(out.launch, fields.text("launch"));
  MERLON_TRY(out.session, fields.text("session"));
  MERLON_TRY(out.tenant, fields.text("tenant"));
  MERLON_TRY(out.identity, fields.text("identity"));
  MERLON_TRY(out.user, fields.text("user"));
  MERLON_TRY(out.group, fields.text("group"));
  MERLON_TRY(out.full, fields.boolean("full"));
  MERLON_TRY(out.limits, read_limits(fields, most));
  MERLON_TRY(out.engine, read_engine(fields));
  if (fields.has("label")) {
    MERLON_TRY(out.label, read_label(fields));
  }
  return out;
}

Result<RecordedLine> read_recorded_line(const Document& line, const MessageLimits& limits) {
  MERLON_TRY(const std::size_t type, type_of(line));
  switch (type) {
    case 1: return read_event(line, limits);
    case 2: return read_unreadable(line);
    case 3: return read_reload(line);
    case 4: return read_end(line);
    default: break;
  }
  Error error = make_error(ErrorCode::kFormat, "a second header: one file holds one session");
  error.where = line.locate(line.root());
  return std::unexpected(std::move(error));
}

Result<RecordedLine> read_recorded_event(const Document& line, std::string_view decision,
                                         const MessageLimits& limits) {
  MERLON_TRY(const std::size_t type, type_of(line));
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(line, line.root(), kEventNames, "an event"));
  if (kLineTypes[type] != "event" || fields.has("decision")) {
    return fail(ErrorCode::kFormat, "this is no event without its decision");
  }
  MERLON_TRY(RecordedEvent out, read_event_fields(fields, limits));
  out.decision = decision;
  return out;
}

}  // namespace merlon
