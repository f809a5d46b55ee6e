// Rules and coded checks over what a server offers. docs/guards/tool-poisoning.md
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "guard/definition_inspector.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"
#include "guard/offered_definitions.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 4> kPoisoningKeys{"action", "min_severity",
                                                         "score_threshold", "without"};
constexpr std::array<std::string_view, 4> kPoisoningActions{"hide", "deny", "ask", "warn"};
constexpr std::array<std::string_view, 5> kSeverityWords{"info", "low", "medium", "high",
                                                         "critical"};
constexpr std::size_t kMostPoisoningReasons = 16;

enum class PoisoningAction : std::uint8_t { kHide, kDeny, kAsk, kWarn };

class ToolPoisoningGuard final : public ForgetfulGuard {
 public:
  ToolPoisoningGuard(const GuardWorld& world, InspectionSettings settings, PoisoningAction action)
      : inspector_(world.rules, world.limits, std::move(settings)), action_(action) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    if (input.message.kind == MessageKind::kResult) {
      return input.phase == Phase::kConnection ? judge_connection(input) : judge_list(input);
    }
    const auto item = used_item(input);
    return item ? judge_use(input, *item) : allow();
  }

 private:
  [[nodiscard]] GuardOutcome judge_list(const GuardInput& input) const {
    const OfferedDefinitions offer = offered_definitions(input);
    if (offer.twice != kNoNode) {
      return deny(offered_twice(input, offer.twice));
    }
    GuardOutcome outcome;
    for (const OfferedDefinition& definition : offer.definitions) {
      const auto ruling =
          inspector_.inspect(definition.list, input.message.document.raw(definition.node));
      if (ruling->guilty) {
        add(*ruling, title_of(definition.list, definition.name), definition.pointer, true, outcome);
      }
    }
    return outcome;
  }

  [[nodiscard]] static Reason offered_twice(const GuardInput& input, NodeId second) {
    Reason reason;
    reason.code = DenialCode::kSuspiciousInput;
    reason.rule_id = "definitions-twice";
    reason.severity = Severity::kHigh;
    reason.message = "the result holds its definitions twice: which ones are read is not known";
    reason.pointer = input.message.document.pointer(second);
    reason.remedy = "the server has to offer each list once";
    return reason;
  }

  /// Instructions, and what the server says about itself.
  [[nodiscard]] GuardOutcome judge_connection(const GuardInput& input) const {
    if (const OfferedDefinitions offer = offered_definitions(input); offer.twice != kNoNode) {
      return deny(offered_twice(input, offer.twice));
    }
    GuardOutcome outcome;
    const auto ruling = inspector_.inspect(SurfaceList::kInstructions,
                                           input.message.document.raw(input.message.result));
    if (ruling->guilty) {
      // Only instructions can be taken away; a client needs the rest.
      add(*ruling, ruling->only_instructions ? "the instructions" : "the server's introduction",
          ruling->only_instructions ? "/result/instructions" : "/result", ruling->only_instructions,
          outcome);
    }
    return outcome;
  }

  void add(const DefinitionRuling& ruling, const std::string& title, const std::string& place,
           bool removable, GuardOutcome& outcome) const {
    Verdict verdict = verdict_of_use();
    if (action_ == PoisoningAction::kHide && removable) {
      verdict = Verdict::kModify;
      outcome.edits.push_back({.pointer = place, .remove = true, .json = {}});
    }
    outcome.verdict = std::max(outcome.verdict, verdict);
    if (outcome.reasons.size() < kMostPoisoningReasons) {
      // A connection's ruling is about the whole result already.
      const bool whole = place == "/result" || place == "/result/instructions";
      outcome.reasons.push_back(
          reason_of(ruling, title, (whole ? "/result" : place) + ruling.pointer));
    }
  }

  [[nodiscard]] GuardOutcome judge_use(const GuardInput& input, const UsedItem& item) const {
    const DefinitionsInUse direct = definitions_in_use(input, item);
    if (auto reason = find_guilty(item, direct)) {
      return answer_of(*std::move(reason));
    }
    if (item.list == SurfaceList::kResources && direct.empty()) {
      for (const UsedItem& used : templates_of(input.state.surface, item.name)) {
        if (auto reason = find_guilty(used, definitions_in_use(input, used))) {
          return answer_of(*std::move(reason));
        }
      }
    }
    return allow();
  }

  [[nodiscard]] std::optional<Reason> find_guilty(const UsedItem& used,
                                                  const DefinitionsInUse& definitions) const {
    for (const KnownDefinition* const known : definitions) {
      const auto ruling = inspector_.inspect(used.list, known->document->raw(known->definition));
      if (ruling->guilty) {
        return reason_of(*ruling, title_of(used.list, used.name), "/params");
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] Verdict verdict_of_use() const {
    switch (action_) {
      case PoisoningAction::kHide:
      case PoisoningAction::kDeny: return Verdict::kDeny;
      case PoisoningAction::kAsk: return Verdict::kAsk;
      case PoisoningAction::kWarn: return Verdict::kWarn;
    }
    return Verdict::kDeny;
  }

  [[nodiscard]] GuardOutcome answer_of(Reason reason) const {
    switch (verdict_of_use()) {
      case Verdict::kAsk: return ask(std::move(reason));
      case Verdict::kWarn: return warn(std::move(reason));
      case Verdict::kAllow:
      case Verdict::kModify:
      case Verdict::kDeny: break;
    }
    return deny(std::move(reason));
  }

  [[nodiscard]] static Reason reason_of(const DefinitionRuling& ruling, const std::string& title,
                                        std::string pointer) {
    Reason reason;
    reason.code = DenialCode::kSuspiciousInput;
    reason.rule_id = ruling.rule;
    reason.severity = ruling.severity;
    reason.message = title + ": " + ruling.message;
    reason.pointer = std::move(pointer);
    reason.evidence = escape_for_display(ruling.evidence);
    reason.remedy = ruling.remedy;
    return reason;
  }

  DefinitionInspector inspector_;
  PoisoningAction action_;
};

/// Ids that no rule has are complaints: a misspelt exception would be none.
std::vector<std::string> read_exceptions(const GuardConfig& config) {
  std::vector<std::string> out;
  for (const NodeId node : config.reader.strings(config.table, "without")) {
    std::string id = config.reader.document().text(node);
    if (!config.world.rules->find(id)) {
      config.reader.complain(node, "there is no rule `", id, "`");
    }
    out.push_back(std::move(id));
  }
  return out;
}

}  // namespace

std::unique_ptr<Guard> make_tool_poisoning_guard(const GuardConfig& config) {
  TableReader& reader = config.reader;
  reader.check_keys(config.table, kPoisoningKeys, "the configuration of `tool-poisoning`");
  if (config.world.rules == nullptr) {
    reader.complain_missing(config.table, "`tool-poisoning` needs rules, and there are none");
    return nullptr;
  }
  InspectionSettings settings;
  if (const auto word = reader.choice(config.table, "min_severity", kSeverityWords)) {
    settings.min_severity = *parse_severity(kSeverityWords.at(*word));
  }
  settings.score_threshold = static_cast<int>(
      reader.number(config.table, "score_threshold", {.least = 1, .most = 1000}).value_or(60));
  settings.without = read_exceptions(config);
  const auto action = reader.choice(config.table, "action", kPoisoningActions).value_or(0);
  return std::make_unique<ToolPoisoningGuard>(config.world, std::move(settings),
                                              static_cast<PoisoningAction>(action));
}

}  // namespace merlon
