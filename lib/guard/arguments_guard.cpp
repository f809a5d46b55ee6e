// What the arguments of a call may be: the policy's rules, and shapes of attacks without any.
// docs/guards/arguments.md
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "guard/argument_rule.h"
#include "guard/argument_shapes.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 6> kArgumentGuardKeys{
    "shapes", "traversal", "private_addresses", "injection", "escapes", "except"};
constexpr std::array<std::string_view, 2> kExceptKeys{"tool", "argument"};
constexpr std::array<std::string_view, 4> kShapeVerdicts{"allow", "warn", "ask", "deny"};
/// In the order of ShapeKind.
constexpr std::array<std::string_view, kShapeKindCount> kShapeKeys{"traversal", "private_addresses",
                                                                   "injection", "escapes"};
constexpr std::size_t kMostReasons = 8;

struct ShapeException {
  std::string tool;
  std::string argument;
};

struct ShapeSettings {
  bool on{true};
  std::array<Verdict, kShapeKindCount> verdicts{Verdict::kDeny, Verdict::kDeny, Verdict::kAsk,
                                                Verdict::kAsk};
  std::vector<ShapeException> except;
};

/// The rules of one `[[tool]]` entry; entries without rules stand too, because the first match
/// wins.
struct EntryRules {
  std::string tool;
  std::string server;
  std::vector<std::unique_ptr<ArgumentRule>> rules;
};

class ArgumentsGuard final : public ForgetfulGuard {
 public:
  ArgumentsGuard(ShapeSettings settings, std::vector<EntryRules> entries, const GuardWorld& world)
      : settings_(std::move(settings)),
        entries_(std::move(entries)),
        limits_(world.limits),
        prefilter_(world.prefilter) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    if (input.message.direction != Direction::kToServer) {
      return allow();
    }
    const NodeId root = root_of(input);
    GuardOutcome outcome;
    if (root != kNoNode) {
      check_duplicates(input.message.document, root, outcome);
    }
    ArgumentFinding found;
    if (input.phase == Phase::kToolInvoke) {
      check_rules(input, found);
    }
    const bool wrong = !found.reasons.empty();
    for (Reason& reason : found.reasons) {
      add(outcome, Verdict::kDeny, std::move(reason));
    }
    if (settings_.on && root != kNoNode) {
      check_shapes(input, root, outcome);
    }
    if (found.failed) {
      outcome.state = OutcomeState::kErrored;
    }
    if (!wrong && !found.needs.empty() && outcome.verdict != Verdict::kDeny) {
      return wait_for(std::move(found.needs));
    }
    return outcome;
  }

 private:
  static void add(GuardOutcome& outcome, Verdict verdict, Reason reason) {
    outcome.verdict = std::max(outcome.verdict, verdict);
    if (outcome.reasons.size() < kMostReasons) {
      outcome.reasons.push_back(std::move(reason));
    }
  }

  /// What of the request is handed to the server's program.
  [[nodiscard]] static NodeId root_of(const GuardInput& input) {
    const Message& message = input.message;
    if (input.phase == Phase::kToolInvoke) {
      return input.arguments;
    }
    if (message.method == "prompts/get") {
      return message.document.find(message.params, "arguments").value_or(kNoNode);
    }
    return message.method.starts_with("resources/")
               ? message.document.find(message.params, "uri").value_or(kNoNode)
               : kNoNode;
  }

  /// Two parsers take two different values of a key that is there twice.
  static void check_duplicates(const Document& document, NodeId root, GuardOutcome& outcome) {
    const NodeId end = document.node(root).next;
    for (NodeId node = root; node < end; ++node) {
      if ((document.node(node).flags & kNodeDuplicate) != 0) {
        Reason reason = suspicious("argument-twice", "a key of the arguments is there twice");
        reason.pointer = document.pointer(document.node(node).parent);
        reason.remedy = "send each key once";
        add(outcome, Verdict::kDeny, std::move(reason));
        return;
      }
    }
  }

  void check_rules(const GuardInput& input, ArgumentFinding& found) const {
    const std::string& tool = input.tool_name();
    for (const EntryRules& entry : entries_) {
      if (!glob_match(entry.tool, tool) || !glob_match(entry.server, input.state.server)) {
        continue;
      }
      for (const auto& rule : entry.rules) {
        rule->check(input.message, input.arguments, input.event.facts, found);
      }
      return;
    }
  }

  void check_shapes(const GuardInput& input, NodeId root, GuardOutcome& outcome) const {
    const auto found = find_shapes(input.message, root, input.tool, limits_, prefilter_);
    if (found.empty()) {
      return;
    }
    const std::string tool = input.tool_name();
    const Document& document = input.message.document;
    for (const ShapeFinding& shape : found) {
      const Verdict verdict = settings_.verdicts[static_cast<std::size_t>(shape.kind)];
      const std::string argument = name_of(document, root, shape.node);
      if (verdict == Verdict::kAllow || is_excepted(tool, argument)) {
        continue;
      }
      Reason reason = suspicious(shape.rule_id,
                                 (argument.empty() ? std::string("the request")
                                                   : "argument `" + shorten(argument, 64) + "`") +
                                     " " + shape.message);
      reason.pointer = document.pointer(shape.node);
      reason.remedy = verdict == Verdict::kAsk ? "a person has to approve this call"
                                               : "send a plain path, public address or value";
      add(outcome, verdict, std::move(reason));
      if (shape.failed) {
        outcome.state = OutcomeState::kErrored;
      }
    }
  }

  /// The argument that a place is in.
  [[nodiscard]] static std::string name_of(const Document& document, NodeId root, NodeId node) {
    NodeId key = kNoNode;
    for (NodeId at = node; at != kNoNode && at > root; at = document.node(at).parent) {
      key = document.is(at, NodeKind::kKey) ? at : key;
    }
    return key == kNoNode ? std::string() : document.text(key);
  }

  [[nodiscard]] bool is_excepted(const std::string& tool, const std::string& argument) const {
    return std::ranges::any_of(settings_.except, [&](const ShapeException& exception) {
      return glob_match(exception.tool, tool) && glob_match(exception.argument, argument);
    });
  }

  [[nodiscard]] static Reason suspicious(std::string_view rule, std::string message) {
    Reason reason;
    reason.code = DenialCode::kSuspiciousInput;
    reason.rule_id = rule;
    reason.severity = Severity::kHigh;
    reason.message = std::move(message);
    return reason;
  }

  ShapeSettings settings_;
  std::vector<EntryRules> entries_;
  Limits limits_;
  Prefilter prefilter_;
};

ShapeSettings read_shape_settings(TableReader& reader, NodeId table) {
  reader.check_keys(table, kArgumentGuardKeys, "the configuration of `arguments`");
  ShapeSettings out;
  out.on = reader.boolean(table, "shapes").value_or(true);
  for (std::size_t i = 0; i < kShapeKindCount; ++i) {
    if (const auto word = reader.choice(table, kShapeKeys[i], kShapeVerdicts)) {
      out.verdicts[i] = *parse_verdict(kShapeVerdicts[*word]);
    }
  }
  for (const NodeId node : reader.tables(table, "except")) {
    reader.check_keys(node, kExceptKeys, "`[[guard.config.except]]`");
    ShapeException exception;
    exception.tool = reader.string(node, "tool").value_or("");
    exception.argument = reader.string(node, "argument").value_or("");
    if (exception.tool.empty() || exception.argument.empty()) {
      reader.complain_missing(node, "an exception needs `tool` and `argument`");
    }
    out.except.push_back(std::move(exception));
  }
  return out;
}

/// `[[tool.argument]]`; the tables may stand in another file than the guard's.
EntryRules read_entry_rules(TableReader& complaints, const ToolEntry& entry, const Limits& limits) {
  EntryRules out{.tool = entry.tool, .server = entry.server, .rules = {}};
  if (entry.entry.document == nullptr || entry.entry.node == kNoNode) {
    return out;
  }
  TableReader reader(*entry.entry.document, ErrorCode::kBadPolicy);
  for (const NodeId table : reader.tables(entry.entry.node, "argument")) {
    out.rules.push_back(ArgumentRule::read(reader, table, limits));
  }
  for (Error& error : std::move(reader).take_errors()) {
    const Location where = error.where;
    complaints.complain_at(where, std::move(error));
  }
  return out;
}

}  // namespace

std::unique_ptr<Guard> make_arguments_guard(const GuardConfig& config) {
  ShapeSettings settings = read_shape_settings(config.reader, config.table);
  std::vector<EntryRules> entries;
  for (const ToolEntry& entry : config.policy.tools) {
    entries.push_back(read_entry_rules(config.reader, entry, config.world.limits));
  }
  if (config.reader.has_errors()) {
    return nullptr;
  }
  return std::make_unique<ArgumentsGuard>(std::move(settings), std::move(entries), config.world);
}

}  // namespace merlon
