// Compliance with the protocol beyond the strict gate. docs/guards/protocol.md
#include <algorithm>
#include <array>

#include "base/digest/digest.h"
#include "base/text.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"
#include "guard/protocol_methods.h"
#include "rules/secret_names.h"

namespace merlon {
namespace {

/// What is looked for. In the order of kProtocolRules.
enum class ProtocolRule : std::uint8_t {
  kUnknownMethod,
  kReusedId,
  kBeforeInitialize,
  kServerRequest,
  kArgumentNames,
  kArgumentDepth,
  kStringSize,
  kToolName,
  kResultType,
  kProgressToken,
  kSecretElicitation,
  kNetworkReference,
};

struct ProtocolRuleRow {
  std::string_view key;  ///< of the configuration; the rule's id has `-` for `_`
  Verdict fallback;
  std::string_view remedy;
};
constexpr std::size_t kRuleCount = 13;
constexpr std::array<ProtocolRuleRow, kRuleCount> kProtocolRules{{
    {"unknown_method", Verdict::kWarn, "use a method of the agreed revision"},
    {"reused_id", Verdict::kWarn, "give every request an id of its own"},
    {"before_initialize", Verdict::kWarn, "send `initialize` first, or name the revision"},
    {"server_request", Verdict::kDeny, "ask with `inputRequests` in a result"},
    {"argument_keys", Verdict::kDeny, "write each name once and without needless escapes"},
    {"argument_depth", Verdict::kDeny, "nest less deeply"},
    {"string_size", Verdict::kDeny, "send less in one string"},
    {"tool_name", Verdict::kDeny, "use 1 to 128 of A-Z a-z 0-9 _ - . /"},
    {"result_type", Verdict::kWarn, "use `complete`, `input_required` or `task`"},
    {"progress_token", Verdict::kWarn, "report progress only where a token was given"},
    {"secret_elicitation", Verdict::kDeny, "secrets are asked for in URL mode, never in a form"},
    {"network_reference", Verdict::kWarn, "keep the schema in the definition"},
}};
constexpr std::array<std::string_view, 2> kProtocolLimitKeys{"max_argument_depth",
                                                             "max_string_bytes"};
constexpr std::array<std::string_view, 4> kProtocolVerdicts{"allow", "warn", "ask", "deny"};
constexpr std::uint64_t kMostDepth = 128;
constexpr std::uint64_t kMostStringBytes = 16ULL << 20;
constexpr std::size_t kMostNameBytes = 128;
constexpr std::size_t kIdsKept = 1024;
constexpr std::size_t kTokensKept = 256;
constexpr std::string_view kVersionKey = "io.modelcontextprotocol/protocolVersion";

struct ProtocolOptions {
  std::array<Verdict, kRuleCount> verdicts{};
  std::uint64_t max_depth{32};
  std::uint64_t max_string_bytes{1ULL << 20};
};

bool is_tool_name(std::string_view name) {
  return !name.empty() && name.size() <= kMostNameBytes && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '/';
  });
}

/// An id or token in eight bytes, as what is remembered of it.
std::int64_t short_digest(std::string_view text) {
  const Sha256 digest = sha256(text);
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    out = out << 8U | digest[i];
  }
  return static_cast<std::int64_t>(out);
}

std::string memory_key(std::string_view what, Direction direction) {
  return std::string(what) + ":" + std::string(to_string(direction));
}

bool remembers(const GuardMemory& memory, const std::string& key, std::int64_t value) {
  const auto found = memory.series.find(key);
  return found != memory.series.end() &&
         std::ranges::find(found->second, value) != found->second.end();
}

void remember(GuardMemory& memory, const std::string& key, std::int64_t value, std::size_t most) {
  std::vector<std::int64_t>& kept = memory.series[key];
  if (kept.size() >= most) {
    kept.erase(kept.begin());
  }
  kept.push_back(value);
}

/// A key that another parser could read as another name, for no reason that an honest writer has.
bool has_needless_escape(const Document& document, NodeId key) {
  if ((document.node(key).flags & kNodeEscaped) == 0) {
    return false;
  }
  const std::string name = document.text(key);
  return std::ranges::all_of(name,
                             [](char c) { return c > 0x1F && c < 0x7F && c != '"' && c != '\\'; });
}

/// Collects what one message breaks.
class ProtocolRun {
 public:
  ProtocolRun(const ProtocolOptions& options, const GuardInput& input)
      : options_(options),
        input_(input),
        document_(input.message.document),
        revision_(input.state.protocol_version),
        modern_(is_modern_revision(revision_)) {}

  GuardOutcome run() {
    switch (input_.message.kind) {
      case MessageKind::kRequest: judge_request(); break;
      case MessageKind::kNotification: judge_notification(); break;
      case MessageKind::kResult: judge_result(); break;
      case MessageKind::kError: break;
    }
    return std::move(outcome_);
  }

 private:
  void judge_request() {
    const Message& message = input_.message;
    judge_method();
    const std::string id = message.id_key();
    if (!modern_ &&
        remembers(input_.memory, memory_key("id", message.direction), short_digest(id))) {
      add(ProtocolRule::kReusedId, message.id, "the id of this request was used before");
    }
    if (message.direction == Direction::kToClient) {
      if (modern_) {
        add(ProtocolRule::kServerRequest, kNoNode, "servers send no requests in this revision");
      }
    } else if (revision_.empty() && !claims_revision() && !opens_session(message.method)) {
      add(ProtocolRule::kBeforeInitialize, kNoNode, "a request before any revision was agreed");
    }
    if (message.method == "elicitation/create") {
      judge_elicitation(message.params);
    }
    if (input_.phase == Phase::kToolInvoke) {
      judge_call();
    }
  }

  [[nodiscard]] static bool opens_session(std::string_view method) {
    return method == "initialize" || method == "ping" || method == "server/discover";
  }
  [[nodiscard]] bool claims_revision() const {
    return document_.find(document_.find(input_.message.params, "_meta"), kVersionKey).has_value();
  }

  void judge_method() {
    const Message& message = input_.message;
    if (!is_method_of(revision_, message.kind, message.method)) {
      add(ProtocolRule::kUnknownMethod, kNoNode,
          "`" + escape_for_display(shorten(message.method, 64)) + "` is no method of " +
              (revision_.empty() ? std::string("any revision")
                                 : "revision " + escape_for_display(shorten(revision_, 32))));
    }
  }

  void judge_notification() {
    judge_method();
    const Message& message = input_.message;
    if (message.method != "notifications/progress") {
      return;
    }
    const auto token = document_.find(message.params, "progressToken");
    const auto key = memory_key("token", opposite(message.direction));
    if (!token || !remembers(input_.memory, key, short_digest(document_.raw(*token)))) {
      add(ProtocolRule::kProgressToken, token.value_or(message.params),
          "progress of something that nobody asked to hear of");
    }
  }

  void judge_result() {
    const NodeId result = input_.message.result;
    if (const auto type = document_.find(result, "resultType")) {
      const std::string word = document_.string_or(type, "");
      if (word != "complete" && word != "input_required" && word != "task") {
        add(ProtocolRule::kResultType, *type, "a `resultType` that the protocol does not have");
      }
    }
    const auto requests = document_.find(result, "inputRequests");
    for (const auto& member : requests ? document_.members(*requests) : no_members_) {
      if (document_.string_or(document_.find(member.second, "method"), "") ==
          "elicitation/create") {
        judge_elicitation(document_.find(member.second, "params").value_or(kNoNode));
      }
    }
    if (input_.phase == Phase::kToolsList) {
      judge_list(result);
    }
  }

  void judge_list(NodeId result) {
    const auto tools = document_.find(result, "tools", NodeKind::kArray);
    for (const NodeId tool : tools ? document_.elements(*tools) : std::vector<NodeId>{}) {
      const auto name = document_.find(tool, "name");
      if (!is_tool_name(document_.string_or(name, ""))) {
        add(ProtocolRule::kToolName, name.value_or(tool),
            "a tool's name is not of the protocol's form");
      }
    }
    if (input_.message.bytes().find("ref") == std::string_view::npos || !tools) {
      return;  // and an escaped `$ref` has at least its last letters, or is not read by clients
    }
    std::string scratch;
    for (NodeId at = *tools; at < document_.node(*tools).next; ++at) {
      if (document_.is(at, NodeKind::kKey) && document_.is(at + 1, NodeKind::kString) &&
          document_.text(at, scratch) == "$ref" &&
          document_.text(at + 1).find("//") != std::string::npos) {
        add(ProtocolRule::kNetworkReference, at + 1, "a schema refers to another host");
        return;
      }
    }
  }

  /// A form must not ask for secrets.
  void judge_elicitation(NodeId params) {
    if (document_.string_or(document_.find(params, "mode"), "form") != "form") {
      return;
    }
    const auto schema = document_.find(params, "requestedSchema");
    const auto properties = document_.find(schema, "properties");
    for (const auto& [key, value] : properties ? document_.members(*properties) : no_members_) {
      const std::string title = document_.string_or(document_.find(value, "title"), "");
      if (classify_secret_name(document_.text(key)) != SecretName::kNo ||
          classify_secret_name(title) != SecretName::kNo ||
          document_.string_or(document_.find(value, "format"), "") == "password") {
        add(ProtocolRule::kSecretElicitation, value, "a form asks the user for a secret");
        return;
      }
    }
  }

  void judge_call() {
    const auto name = document_.find(input_.message.params, "name");
    if (!is_tool_name(document_.string_or(name, ""))) {
      add(ProtocolRule::kToolName, name.value_or(input_.message.params),
          "the tool's name is not of the protocol's form");
    }
    const NodeId arguments = input_.arguments;
    if (arguments == kNoNode) {
      return;
    }
    std::vector<NodeId> open;  // ends of the containers around the node
    bool too_deep = false;
    for (NodeId at = arguments; at < document_.node(arguments).next; ++at) {
      judge_argument_node(at);
      while (!open.empty() && at >= open.back()) {
        open.pop_back();
      }
      if (document_.is(at, NodeKind::kObject) || document_.is(at, NodeKind::kArray)) {
        open.push_back(document_.node(at).next);
        if (open.size() > options_.max_depth && !too_deep) {
          too_deep = true;
          add(ProtocolRule::kArgumentDepth, at,
              "arguments nest deeper than " + std::to_string(options_.max_depth));
        }
      }
    }
  }

  void judge_argument_node(NodeId at) {
    const Node& node = document_.node(at);
    if (node.kind == NodeKind::kKey &&
        ((node.flags & kNodeDuplicate) != 0 || has_needless_escape(document_, at))) {
      add(ProtocolRule::kArgumentNames, at + 1,
          "a name is there twice, or spelled so that programs may read it differently");
    }
    if (document_.is(at, NodeKind::kString) && node.end - node.begin > options_.max_string_bytes) {
      add(ProtocolRule::kStringSize, at,
          "a string of more than " + std::to_string(options_.max_string_bytes) + " bytes");
    }
  }

  /// One reason for each rule is enough.
  void add(ProtocolRule rule, NodeId where, std::string message) {
    const auto index = static_cast<std::size_t>(rule);
    const Verdict verdict = options_.verdicts[index];
    if (verdict == Verdict::kAllow || (told_ & (1U << index)) != 0) {
      return;
    }
    told_ |= 1U << index;
    Reason reason;
    reason.code = DenialCode::kProtocolViolation;
    reason.rule_id = "protocol-" + std::string(kProtocolRules[index].key);
    std::ranges::replace(reason.rule_id, '_', '-');
    reason.severity = verdict == Verdict::kDeny ? Severity::kHigh : Severity::kLow;
    reason.message = std::move(message);
    reason.pointer = where == kNoNode ? "" : document_.pointer(where);
    reason.remedy = kProtocolRules[index].remedy;
    outcome_.verdict = std::max(outcome_.verdict, verdict);
    outcome_.reasons.push_back(std::move(reason));
  }

  inline static const std::vector<std::pair<NodeId, NodeId>> no_members_{};

  const ProtocolOptions& options_;
  const GuardInput& input_;
  const Document& document_;
  const std::string& revision_;
  bool modern_;
  std::uint32_t told_{0};
  GuardOutcome outcome_;
};

class ProtocolGuard final : public Guard {
 public:
  explicit ProtocolGuard(const ProtocolOptions& options) : options_(options) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    // What the gate itself asks is not a peer's word; the answers are.
    const bool own =
        input.event.origin == EventOrigin::kProxy && input.message.kind == MessageKind::kRequest;
    return own ? allow() : ProtocolRun(options_, input).run();
  }

  void settle(const GuardInput& input, const Decision& decision,
              GuardMemory& memory) const override {
    const Message& message = input.message;
    if (message.kind != MessageKind::kRequest || !passes(decision)) {
      return;
    }
    remember(memory, memory_key("id", message.direction), short_digest(message.id_key()), kIdsKept);
    const auto token =
        message.document.find(message.document.find(message.params, "_meta"), "progressToken");
    if (token) {
      remember(memory, memory_key("token", message.direction),
               short_digest(message.document.raw(*token)), kTokensKept);
    }
  }

 private:
  ProtocolOptions options_;
};

}  // namespace

std::unique_ptr<Guard> make_protocol_guard(const GuardConfig& config) {
  TableReader& reader = config.reader;
  std::vector<std::string_view> keys(kProtocolLimitKeys.begin(), kProtocolLimitKeys.end());
  for (const ProtocolRuleRow& row : kProtocolRules) {
    keys.push_back(row.key);
  }
  reader.check_keys(config.table, keys, "the configuration of `protocol`");
  constexpr std::array<Verdict, 4> kVerdicts{Verdict::kAllow, Verdict::kWarn, Verdict::kAsk,
                                             Verdict::kDeny};
  ProtocolOptions options;
  for (std::size_t i = 0; i < kRuleCount; ++i) {
    const auto word = reader.choice(config.table, kProtocolRules[i].key, kProtocolVerdicts);
    options.verdicts[i] = word ? kVerdicts[*word] : kProtocolRules[i].fallback;
  }
  options.max_depth =
      reader.number(config.table, "max_argument_depth", {.least = 1, .most = kMostDepth})
          .value_or(options.max_depth);
  options.max_string_bytes =
      reader.number(config.table, "max_string_bytes", {.least = 16, .most = kMostStringBytes})
          .value_or(options.max_string_bytes);
  return std::make_unique<ProtocolGuard>(options);
}

}  // namespace merlon
