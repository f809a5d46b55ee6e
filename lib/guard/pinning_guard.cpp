// Holds what a server offers against what a person approved. docs/guards/pinning.md
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/text.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"
#include "guard/offered_definitions.h"
#include "guard/pin_judge.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 5> kPinningKeys{"changed", "risk_grew", "new", "on_unpinned",
                                                       "action"};
constexpr std::array<std::string_view, 4> kPinVerdicts{"allow", "warn", "ask", "deny"};
constexpr std::array<std::string_view, 2> kPinActions{"hide", "deny"};
constexpr std::size_t kMostPinReasons = 16;

struct PinningSettings {
  Verdict changed{Verdict::kDeny};
  Verdict risk_grew{Verdict::kDeny};
  Verdict added{Verdict::kAsk};
  Verdict unpinned{Verdict::kWarn};
  bool hide{true};  ///< else the whole list is denied
};

/// Names of a list that a server offers in this message, or has offered.
using OfferedNames = std::set<std::string, std::less<>>;

/// One definition's judgement, ready to be acted on.
struct PinRuling {
  Verdict verdict{Verdict::kAllow};
  Reason reason;
};

class PinningGuard final : public ForgetfulGuard {
 public:
  PinningGuard(std::shared_ptr<const Lock> pins, PinningSettings settings)
      : judge_(std::move(pins)), settings_(settings) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    if (input.message.kind == MessageKind::kResult) {
      return judge_list(input);
    }
    const auto item = used_item(input);
    return item ? judge_use(input, *item) : allow();
  }

 private:
  [[nodiscard]] GuardOutcome judge_list(const GuardInput& input) const {
    const OfferedDefinitions offer = offered_definitions(input);
    if (offer.twice != kNoNode) {
      Reason reason = reason_of(PinDrift::kAmbiguous);
      reason.message = "the result holds its definitions twice: which ones are read is not known";
      reason.pointer = input.message.document.pointer(offer.twice);
      return deny(std::move(reason));
    }
    OfferedNames names;
    if (!offer.definitions.empty() && offer.complete) {
      // A first page starts the list anew; a later one adds to it.
      if (!input.request->first_page) {
        names = offered_names(input.state.surface, offer.definitions.front().list);
      }
      for (const OfferedDefinition& definition : offer.definitions) {
        names.insert(definition.name);
      }
    }
    GuardOutcome outcome;
    for (const OfferedDefinition& definition : offer.definitions) {
      PinRuling ruling = judge_offered(input, definition, offer.complete ? &names : nullptr);
      if (ruling.verdict != Verdict::kAllow) {
        add_to_list(definition, std::move(ruling), outcome);
      }
    }
    return outcome;
  }

  /// What the newest lists of the server name.
  static OfferedNames offered_names(const ServerSurface& surface, SurfaceList list) {
    OfferedNames names;
    for (auto at = surface.newest.lower_bound({list, ""});
         at != surface.newest.end() && at->first.first == list; ++at) {
      names.insert(at->first.second);
    }
    return names;
  }

  [[nodiscard]] PinRuling judge_offered(const GuardInput& input,
                                        const OfferedDefinition& definition,
                                        const OfferedNames* names) const {
    const Document& document = input.message.document;
    PinQuestion question{.list = definition.list,
                         .name = definition.name,
                         .document = document,
                         .node = definition.node,
                         .digest = {},
                         .offered = names};
    // What the server has said before in the same bytes needs no new digest.
    const auto known = input.state.surface.newest.find({definition.list, definition.name});
    if (known != input.state.surface.newest.end() && known->second.document != nullptr &&
        known->second.document->raw(known->second.definition) == document.raw(definition.node)) {
      question.digest = known->second.digest;
    }
    return ruling_of(judge_.judge(input.state.server, question), definition.pointer);
  }

  /// A list shows what has to be asked about when it is used; instructions are used by being read.
  void add_to_list(const OfferedDefinition& definition, PinRuling ruling,
                   GuardOutcome& outcome) const {
    Verdict verdict = ruling.verdict;
    if (verdict == Verdict::kDeny && settings_.hide) {
      verdict = Verdict::kModify;
      outcome.edits.push_back({.pointer = definition.pointer, .remove = true, .json = {}});
    } else if (verdict == Verdict::kAsk && definition.list != SurfaceList::kInstructions) {
      verdict = Verdict::kWarn;
    }
    outcome.verdict = std::max(outcome.verdict, verdict);
    // Of an unpinned server one reason says everything.
    const bool repeated = ruling.reason.rule_id == "definition-unpinned" &&
                          !outcome.reasons.empty() &&
                          outcome.reasons.back().rule_id == "definition-unpinned";
    if (outcome.reasons.size() < kMostPinReasons && !repeated) {
      outcome.reasons.push_back(std::move(ruling.reason));
    }
  }

  [[nodiscard]] GuardOutcome judge_use(const GuardInput& input, const UsedItem& item) const {
    const DefinitionsInUse direct = definitions_in_use(input, item);
    if (says_nothing(input.state.server) && item.list != SurfaceList::kResources &&
        std::ranges::all_of(direct,
                            [](const KnownDefinition* known) { return !known->digest.empty(); })) {
      return allow();
    }
    std::vector<UsedItem> items{item};
    if (item.list == SurfaceList::kResources && direct.empty()) {
      items = templates_of(input.state.surface, item.name);
    }
    PinRuling worst;
    bool offered = false;
    for (const UsedItem& used : items) {
      for (const KnownDefinition* const definition : definitions_in_use(input, used)) {
        offered = true;
        PinRuling ruling = judge_known(input, used, *definition);
        if (ruling.verdict > worst.verdict) {
          worst = std::move(ruling);
        }
      }
    }
    if (!offered) {
      return judge_unseen(input, item);
    }
    return answer_of(std::move(worst));
  }

  /// Of servers of which nothing was approved, where the policy lets that pass.
  [[nodiscard]] bool says_nothing(const std::string& server) const {
    return settings_.unpinned == Verdict::kAllow && !judge_.is_pinned(server);
  }

  [[nodiscard]] PinRuling judge_known(const GuardInput& input, const UsedItem& item,
                                      const KnownDefinition& definition) const {
    OfferedNames names;
    const bool complete = item.list == SurfaceList::kTools && input.state.surface.tools_complete;
    // Others matter only to a name that nobody approved, of a server that has approved ones.
    if (complete && judge_.is_pinned(input.state.server) &&
        !judge_.is_approved_name(input.state.server, item.list, item.name)) {
      names = offered_names(input.state.surface, item.list);
    }
    const PinAnswer answer =
        judge_.judge(input.state.server, {.list = item.list,
                                          .name = item.name,
                                          .document = *definition.document,
                                          .node = definition.definition,
                                          .digest = definition.digest,
                                          .offered = complete ? &names : nullptr});
    return ruling_of(answer, "/params");
  }

  /// A tool of which nothing is known: the server's own list is asked for first.
  [[nodiscard]] GuardOutcome judge_unseen(const GuardInput& input, const UsedItem& item) const {
    const bool pinned = judge_.is_pinned(input.state.server);
    if (pinned && item.list == SurfaceList::kTools && !input.state.surface.tools_complete &&
        input.event.facts.find(NeedKind::kToolList, "") == nullptr) {
      return wait_for({Need{.kind = NeedKind::kToolList, .what = ""}});
    }
    PinAnswer answer;
    answer.drift = pinned ? PinDrift::kNew : PinDrift::kUnpinned;
    answer.message = title_of(item.list, item.name) + " is used and was never offered";
    return answer_of(ruling_of(answer, "/params"));
  }

  [[nodiscard]] static GuardOutcome answer_of(PinRuling ruling) {
    switch (ruling.verdict) {
      case Verdict::kDeny: return deny(std::move(ruling.reason));
      case Verdict::kAsk: return ask(std::move(ruling.reason));
      case Verdict::kWarn: return warn(std::move(ruling.reason));
      case Verdict::kAllow:
      case Verdict::kModify: break;
    }
    return allow();
  }

  [[nodiscard]] Verdict verdict_of(PinDrift drift) const {
    switch (drift) {
      case PinDrift::kNone: return Verdict::kAllow;
      case PinDrift::kUnpinned: return settings_.unpinned;
      case PinDrift::kNew: return settings_.added;
      case PinDrift::kRenamed:
      case PinDrift::kChanged: return settings_.changed;
      case PinDrift::kRiskGrew:
      case PinDrift::kAmbiguous: return std::max(settings_.changed, settings_.risk_grew);
    }
    return Verdict::kDeny;
  }

  [[nodiscard]] PinRuling ruling_of(const PinAnswer& answer, const std::string& place) const {
    PinRuling ruling;
    ruling.verdict = verdict_of(answer.drift);
    if (ruling.verdict == Verdict::kAllow) {
      return ruling;
    }
    ruling.reason = reason_of(answer.drift);
    ruling.reason.message = answer.message.empty()
                                ? "nothing that this server offers has been approved"
                                : answer.message;
    ruling.reason.pointer = place == "/params" ? place + "/name" : place;
    ruling.reason.evidence = answer.evidence;
    return ruling;
  }

  [[nodiscard]] static Reason reason_of(PinDrift drift) {
    Reason reason;
    reason.code = DenialCode::kDefinitionChanged;
    reason.severity = Severity::kHigh;
    reason.remedy = "review the change with `merlon pins diff`, then approve it";
    switch (drift) {
      case PinDrift::kNone:
      case PinDrift::kChanged: reason.rule_id = "definition-changed"; break;
      case PinDrift::kRenamed: reason.rule_id = "definition-renamed"; break;
      case PinDrift::kRiskGrew: reason.rule_id = "definition-risk-grew"; break;
      case PinDrift::kNew: reason.rule_id = "definition-new"; break;
      case PinDrift::kUnpinned:
        reason.rule_id = "definition-unpinned";
        reason.severity = Severity::kMedium;
        reason.remedy = "review what the server offers, then approve it with `merlon pins approve`";
        break;
      case PinDrift::kAmbiguous:
        reason.rule_id = "definition-ambiguous";
        reason.remedy = "the server has to offer definitions that can be read in one way only";
        break;
    }
    return reason;
  }

  PinJudge judge_;
  PinningSettings settings_;
};

void read_pin_verdict(const GuardConfig& config, std::string_view key, Verdict& target) {
  if (const auto word = config.reader.choice(config.table, key, kPinVerdicts)) {
    target = *parse_verdict(kPinVerdicts.at(*word));
  }
}

}  // namespace

std::unique_ptr<Guard> make_pinning_guard(const GuardConfig& config) {
  PinningSettings settings;
  config.reader.check_keys(config.table, kPinningKeys, "the configuration of `pinning`");
  read_pin_verdict(config, "changed", settings.changed);
  read_pin_verdict(config, "risk_grew", settings.risk_grew);
  read_pin_verdict(config, "new", settings.added);
  read_pin_verdict(config, "on_unpinned", settings.unpinned);
  if (const auto word = config.reader.choice(config.table, "action", kPinActions)) {
    settings.hide = *word == 0;
  }
  return std::make_unique<PinningGuard>(config.world.pins, settings);
}

}  // namespace merlon
