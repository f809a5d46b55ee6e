#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/json/json_writer.h"
#include "base/table_reader.h"
#include "base/toml/toml_reader.h"
#include "policy/policy_cases.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 2> kCasesFileKeys{"format", "case"};
constexpr std::array<std::string_view, 8> kCaseKeys{"name",     "todo", "server", "tenant",
                                                    "identity", "user", "folder", "event"};
constexpr std::array<std::string_view, 17> kCaseEventKeys{
    "message", "offer", "call",  "arguments", "result", "direction", "origin", "at_ms",   "fact",
    "late",    "group", "grant", "verdict",   "rule",   "sent",      "error",  "revision"};
constexpr std::array<std::string_view, 4> kFactKeys{"kind", "what", "state", "values"};
constexpr std::array<std::string_view, 5> kGroupKeys{"server", "tool", "legs", "lost", "reference"};
constexpr std::array<std::string_view, 2> kDirectionWords{"to-server", "to-client"};
constexpr std::array<std::string_view, 2> kOriginWords{"peer", "proxy"};
constexpr std::array<std::string_view, 5> kVerdictChoices{"allow", "warn", "modify", "ask", "deny"};
constexpr std::array<std::string_view, 4> kNeedKindWords{"path", "host", "hook", "tool-list"};
constexpr std::array<std::string_view, 4> kFactStateWords{"known", "absent", "failed", "timeout"};
constexpr std::array<std::string_view, 3> kLegWords{"untrusted", "sensitive", "outside"};
/// 2026-01-01T00:00:00Z: times of a case count from here.
constexpr std::int64_t kCaseEpochMs = 1'767'225'600'000;
constexpr std::uint64_t kLatestMs = 100ULL * 366 * 86'400'000;

class PolicyCaseReader {
 public:
  explicit PolicyCaseReader(const Document& document)
      : document_(document), reader_(document, ErrorCode::kBadPolicy) {}

  Checked<std::vector<PolicyCase>> read() && {
    const NodeId root = document_.root();
    reader_.check_keys(root, kCasesFileKeys, "a file of cases");
    if (!reader_.field(root, "format")) {
      reader_.complain_missing(root, "`format` is missing")
          .hints.emplace_back("begin the file with `format = 1`");
    } else {
      (void)reader_.number(root, "format",
                           {.least = kPolicyCasesFormat, .most = kPolicyCasesFormat});
    }
    std::vector<PolicyCase> cases;
    for (const NodeId table : reader_.tables(root, "case")) {
      cases.push_back(read_case(table));
    }
    if (reader_.has_errors()) {
      return std::unexpected(std::move(reader_).take_errors());
    }
    return cases;
  }

 private:
  PolicyCase read_case(NodeId table) {
    reader_.check_keys(table, kCaseKeys, "`[[case]]`");
    PolicyCase out;
    out.where = document_.locate(table);
    out.name = reader_.string(table, "name").value_or("");
    if (out.name.empty()) {
      reader_.complain_missing(table, "a case has no `name`");
    }
    out.todo = reader_.string(table, "todo").value_or("");
    out.server = reader_.string(table, "server").value_or("server");
    out.tenant = reader_.string(table, "tenant").value_or("");
    out.identity = reader_.string(table, "identity").value_or("");
    out.user = reader_.string(table, "user").value_or("");
    out.folder = reader_.string(table, "folder").value_or("");
    next_id_ = 1;
    time_ms_ = kCaseEpochMs;
    for (const NodeId event : reader_.tables(table, "event")) {
      read_event(event, out.events);
    }
    if (out.events.empty()) {
      reader_.complain_missing(table, "case `", out.name, "` has no `[[case.event]]`");
    }
    return out;
  }

  void read_event(NodeId table, std::vector<CaseEvent>& events) {
    reader_.check_keys(table, kCaseEventKeys, "`[[case.event]]`");
    CaseEvent event;
    event.where = document_.locate(table);
    if (const auto at = reader_.number(table, "at_ms", {.least = 0, .most = kLatestMs})) {
      time_ms_ = kCaseEpochMs + static_cast<std::int64_t>(*at);
    }
    event.time_ms = time_ms_;
    read_message(table, event, events);
    if (const auto word = reader_.choice(table, "origin", kOriginWords)) {
      event.origin = static_cast<EventOrigin>(*word);
    }
    event.granted = reader_.boolean(table, "grant").value_or(false);
    read_facts(table, event.facts);
    read_group(table, event.facts);
    if (const auto word = reader_.choice(table, "verdict", kVerdictChoices)) {
      event.verdict = static_cast<Verdict>(*word);
    }
    read_rules(table, event);
    event.sent = reader_.string(table, "sent").value_or("");
    events.push_back(std::move(event));
  }

  /// One of `message`, `call`, `offer`, `result` and `error`.
  void read_message(NodeId table, CaseEvent& event, std::vector<CaseEvent>& events) {
    constexpr std::array<std::string_view, 5> kForms{"message", "call", "offer", "result", "error"};
    const auto forms = std::count_if(kForms.begin(), kForms.end(), [&](std::string_view form) {
      return reader_.field(table, form).has_value();
    });
    if (forms != 1) {
      reader_.complain_missing(table,
                               "an event has one of `message`, `call`, `offer`, `result` "
                               "and `error`");
      return;
    }
    if (const auto word = reader_.choice(table, "direction", kDirectionWords)) {
      event.direction = static_cast<Direction>(*word);
    }
    if (const auto text = reader_.string(table, "message")) {
      event.message = *text;
    } else if (const auto tool = reader_.string(table, "call")) {
      event.message = call(table, *tool);
    } else if (const auto tools = reader_.string(table, "offer")) {
      offer(*tools, event, events);
    } else {
      answer(table, event);
    }
  }

  [[nodiscard]] std::string head() const {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(next_id_);
  }

  std::string call(NodeId table, const std::string& tool) {
    ++next_id_;
    std::string text = head() + R"(,"method":"tools/call","params":{"name":)";
    append_json_string(text, tool);
    if (const auto revision = reader_.string(table, "revision")) {
      text += R"(,"_meta":{"io.modelcontextprotocol/protocolVersion":)";
      append_json_string(text, *revision);
      text += '}';
    }
    return text + R"(,"arguments":)" + reader_.string(table, "arguments").value_or("{}") + "}}";
  }

  /// The client asks for the list first, which is let pass by every policy but one that is wrong.
  void offer(const std::string& tools, CaseEvent& event, std::vector<CaseEvent>& events) {
    ++next_id_;
    CaseEvent asked;
    asked.where = event.where;
    asked.time_ms = event.time_ms;
    asked.message = head() + R"(,"method":"tools/list"})";
    events.push_back(std::move(asked));
    event.direction = Direction::kToClient;
    event.message = head() + R"(,"result":{"tools":)" + tools + "}}";
  }

  /// Of the request before.
  void answer(NodeId table, CaseEvent& event) {
    event.direction = Direction::kToClient;
    const auto result = reader_.string(table, "result");
    event.message = head() + (result ? ",\"result\":" + *result
                                     : ",\"error\":" + reader_.string(table, "error").value_or(""));
    event.message += '}';
  }

  void read_facts(NodeId table, Facts& facts) {
    facts.late_guards = reader_.texts(table, "late");
    for (const NodeId node : reader_.tables(table, "fact")) {
      reader_.check_keys(node, kFactKeys, "`[[case.event.fact]]`");
      Fact fact;
      if (const auto kind = reader_.choice(node, "kind", kNeedKindWords)) {
        fact.need.kind = static_cast<NeedKind>(*kind);
      } else if (!reader_.field(node, "kind")) {
        reader_.complain_missing(node, "a fact has no `kind`");
      }
      fact.need.what = reader_.string(node, "what").value_or("");
      if (const auto state = reader_.choice(node, "state", kFactStateWords)) {
        fact.state = static_cast<FactState>(*state);
      }
      fact.values = reader_.texts(node, "values");
      facts.answers.push_back(std::move(fact));
    }
  }

  void read_group(NodeId table, Facts& facts) {
    for (const NodeId node : reader_.tables(table, "group")) {
      reader_.check_keys(node, kGroupKeys, "`[[case.event.group]]`");
      GroupFact fact;
      fact.server = reader_.string(node, "server").value_or("");
      fact.tool = reader_.string(node, "tool").value_or("");
      fact.reference = reader_.string(node, "reference").value_or("");
      fact.lost = reader_.boolean(node, "lost").value_or(false);
      for (const NodeId leg : reader_.strings(node, "legs")) {
        const std::string word = document_.text(leg);
        const auto* const found = std::find(kLegWords.begin(), kLegWords.end(), word);
        if (found == kLegWords.end()) {
          TableReader::suggest(reader_.complain(leg, "unknown leg `", word, "`"), word,
                               {kLegWords.begin(), kLegWords.end()});
          continue;
        }
        fact.legs = static_cast<std::uint8_t>(fact.legs | (1U << (found - kLegWords.begin())));
      }
      facts.group.push_back(std::move(fact));
    }
  }

  /// A rule id or a list of them.
  void read_rules(NodeId table, CaseEvent& event) {
    const auto node = reader_.field(table, "rule");
    if (!node) {
      return;
    }
    if (document_.is(*node, NodeKind::kString)) {
      event.rules.push_back(document_.text(*node));
    } else {
      event.rules = reader_.texts(table, "rule");
    }
    std::sort(event.rules.begin(), event.rules.end());
  }

  const Document& document_;
  TableReader reader_;
  std::uint64_t next_id_{1};
  std::int64_t time_ms_{kCaseEpochMs};
};

}  // namespace

Checked<std::vector<PolicyCase>> load_policy_cases(std::shared_ptr<const SourceText> source,
                                                   const Limits& limits) {
  const auto document = parse_toml(std::move(source), limits);
  if (!document) {
    return std::unexpected(std::vector<Error>{document.error()});
  }
  return PolicyCaseReader(*document).read();
}

}  // namespace merlon
