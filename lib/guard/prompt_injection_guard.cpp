// Orders to the model in what tools answer and in what they are called with.
// docs/guards/prompt-injection.md
#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"
#include "guard/message_text_reader.h"
#include "guard/text_judge_pool.h"
#include "guard/text_redaction.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 7> kInjectionKeys{
    "action", "arguments", "families", "without", "threshold", "warn_from", "scorer"};
constexpr std::array<std::string_view, 5> kInjectionActions{"allow", "warn", "replace", "ask",
                                                            "deny"};
constexpr std::array<std::string_view, 9> kFamilies{"injection",  "concealment", "exfiltration",
                                                    "unicode",    "encoding",    "harmful",
                                                    "cross-tool", "sensitive",   "approval"};
constexpr std::array<std::string_view, 3> kDefaultFamilies{"injection", "concealment", "unicode"};
constexpr std::string_view kScorerRule = "unusual-instruction";
/// Pieces of a long text overlap by what a rule may span.
constexpr std::size_t kPieceOverlap = 4096;
constexpr std::size_t kShortestInjection = 5;  // `<|x|>`
constexpr std::size_t kMostInjectionReasons = 16;

enum class InjectionAction : std::uint8_t { kAllow, kWarn, kReplace, kAsk, kDeny };

struct InjectionSettings {
  InjectionAction action{InjectionAction::kReplace};
  InjectionAction arguments{InjectionAction::kAsk};
  unsigned threshold{60};  ///< sum of soft scores in one text that counts like a hard rule
  unsigned warn_from{30};
  bool scorer{false};
  std::shared_ptr<const CompiledRules> rules;  ///< those of the families and no others
};

/// What the rules say about one text.
struct TextFindings {
  bool hard{false};
  bool undecided{false};
  unsigned score{0};
  std::string rule;  ///< the first hard one, else the soft one with the highest score
  std::string evidence;
  unsigned best{0};
};

class PromptInjectionGuard final : public ForgetfulGuard {
 public:
  PromptInjectionGuard(const GuardWorld& world, InjectionSettings settings)
      : settings_(std::move(settings)), pool_(settings_.rules, world.limits, world.prefilter) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    const InjectionAction action =
        input.message.direction == Direction::kToClient ? settings_.action : settings_.arguments;
    if (action == InjectionAction::kAllow) {
      return allow();
    }
    Work work(input, action);
    const TextJudgePool::Lease judge = pool_.take();
    MessageTextReader reader(input.message, input.texts);
    MessageText text;
    while (reader.next(text)) {
      if (text.kind == TextKind::kBlob) {
        judge_text(*judge.operator->(), text, text_of_blob(text.text), work);
      } else if (text.kind != TextKind::kNumber) {
        judge_text(*judge.operator->(), text, text.text, work);
      }
    }
    return finish(work);
  }

 private:
  struct Work {
    Work(const GuardInput& judged, InjectionAction wanted)
        : input(judged), action(wanted), redaction(judged.message.document) {}
    const GuardInput& input;
    InjectionAction action;
    TextRedaction redaction;
    GuardOutcome outcome;
    bool undecided{false};
    bool replaces{false};
    std::vector<RuleHit> hits;
  };

  void judge_text(TextJudge& judge, const MessageText& text, std::string_view inside,
                  Work& work) const {
    if (inside.size() < kShortestInjection) {
      return;
    }
    TextFindings findings = find_in(judge, inside, text.folded, work.hits);
    if (settings_.scorer && !findings.hard && text.kind != TextKind::kKey) {
      add_score(judge, inside, findings);
    }
    work.undecided = work.undecided || findings.undecided;
    if (findings.undecided) {
      add_reason(work, text, "injection-undecided", {});
      return;
    }
    if (findings.hard || findings.score >= settings_.threshold) {
      act(work, text, findings);
    } else if (findings.score >= settings_.warn_from) {
      add_reason(work, text, findings.rule, findings.evidence);
      work.outcome.verdict = std::max(work.outcome.verdict, Verdict::kWarn);
    }
  }

  [[nodiscard]] TextFindings find_in(TextJudge& judge, std::string_view inside,
                                     const FoldedText* folded, std::vector<RuleHit>& hits) const {
    const auto most = static_cast<std::size_t>(
        std::max<std::uint64_t>(pool_.limits().text_bytes, 2 * kPieceOverlap));
    TextFindings out;
    std::vector<std::uint32_t> seen;
    for (std::size_t at = 0;; at += most - kPieceOverlap) {
      hits.clear();
      judge.matcher.match(Surface::kOther, inside.substr(at, most), hits,
                          inside.size() <= most ? folded : nullptr);
      for (const RuleHit& hit : hits) {
        if (std::find(seen.begin(), seen.end(), hit.rule) == seen.end()) {
          seen.push_back(hit.rule);
          add_hit(hit, out);
        }
      }
      if (inside.size() - at <= most) {
        return out;
      }
    }
  }

  void add_hit(const RuleHit& hit, TextFindings& out) const {
    if (hit.budget_exceeded) {
      out.undecided = true;
      return;
    }
    const Rule& rule = pool_.rules().rule(hit.rule);
    const unsigned weight = rule.tier == Tier::kHard ? 1000U : rule.score;
    if (rule.tier == Tier::kHard) {
      out.hard = true;
    } else {
      out.score += rule.score;
    }
    if (weight > out.best) {
      out.best = weight;
      out.rule = rule.id;
      out.evidence = hit.evidence;
    }
  }

  /// The learned score only warns: prose that gives its reader instructions is what many tools are
  /// asked for.
  void add_score(TextJudge& judge, std::string_view inside, TextFindings& findings) const {
    const std::string_view piece =
        inside.substr(0, static_cast<std::size_t>(pool_.limits().text_bytes));
    if (find_invalid_utf8(piece)) {
      return;  // cut inside a code point: the rules have seen it
    }
    if (judge.scorer.score_text(piece) > built_in_instruction_model().text_threshold) {
      findings.score = std::max(findings.score, settings_.warn_from);
      if (findings.rule.empty()) {
        findings.rule = kScorerRule;
      }
    }
  }

  static void act(Work& work, const MessageText& text, const TextFindings& findings) {
    add_reason(work, text, findings.rule, findings.evidence);
    Verdict verdict = Verdict::kDeny;
    switch (work.action) {
      case InjectionAction::kAllow: return;
      case InjectionAction::kWarn: verdict = Verdict::kWarn; break;
      case InjectionAction::kReplace:
        work.replaces = true;
        work.redaction.replace_all(text, "[removed by policy: " + findings.rule + "]");
        verdict = Verdict::kModify;
        break;
      case InjectionAction::kAsk: verdict = Verdict::kAsk; break;
      case InjectionAction::kDeny: break;
    }
    work.outcome.verdict = std::max(work.outcome.verdict, verdict);
  }

  static void add_reason(Work& work, const MessageText& text, std::string_view rule,
                         std::string_view evidence) {
    if (work.outcome.reasons.size() >= kMostInjectionReasons) {
      return;
    }
    const Document& document = work.input.message.document;
    Reason reason;
    reason.code = DenialCode::kSuspiciousInput;
    reason.rule_id = rule;
    reason.severity = Severity::kHigh;
    reason.message = rule == "injection-undecided"
                         ? std::string("a rule reached its bound in this text: nothing is known")
                         : std::string("the text speaks to the model instead of its reader");
    reason.pointer = document.pointer(text.node);
    reason.evidence = escape_for_display(shorten(evidence, 80));
    reason.remedy = work.input.message.direction == Direction::kToClient
                        ? "look at the source of this text before it is used"
                        : "call the tool without text that gives orders to a model";
    work.outcome.reasons.push_back(std::move(reason));
  }

  static GuardOutcome finish(Work& work) {
    GuardOutcome outcome = std::move(work.outcome);
    if (work.undecided) {
      outcome.state = OutcomeState::kErrored;
      outcome.verdict = Verdict::kDeny;
      return outcome;
    }
    if (!work.replaces) {
      return outcome;
    }
    if (work.redaction.impossible()) {
      Reason reason;
      reason.code = DenialCode::kSuspiciousInput;
      reason.rule_id = "injection-not-removable";
      reason.severity = Severity::kHigh;
      reason.message =
          "texts that speak to the model stand in members that are there twice, or in more places "
          "than can be removed";
      outcome.reasons.push_back(std::move(reason));
      outcome.verdict = Verdict::kDeny;
      return outcome;
    }
    outcome.edits = std::move(work.redaction).take();
    return outcome;
  }

  InjectionSettings settings_;
  mutable TextJudgePool pool_;
};

std::vector<std::string_view> read_families(const GuardConfig& config) {
  if (!config.reader.field(config.table, "families")) {
    return {kDefaultFamilies.begin(), kDefaultFamilies.end()};
  }
  std::vector<std::string_view> out;
  for (const NodeId node : config.reader.strings(config.table, "families")) {
    const std::string word = config.reader.document().text(node);
    const auto* const found = std::find(kFamilies.begin(), kFamilies.end(), word);
    if (found != kFamilies.end()) {
      out.push_back(*found);
      continue;
    }
    TableReader::suggest(config.reader.complain(node, "no family of rules is named `", word, "`"),
                         word, {kFamilies.begin(), kFamilies.end()});
  }
  return out;
}

/// A pack of the rules that count: the words of all others cost time and say nothing here.
std::shared_ptr<const CompiledRules> counted_rules(const GuardConfig& config) {
  const CompiledRules& all = *config.world.rules;
  const std::vector<std::string_view> families = read_families(config);
  std::vector<std::string> without;
  for (const NodeId node : config.reader.strings(config.table, "without")) {
    without.push_back(config.reader.document().text(node));
    if (!all.find(without.back())) {
      std::vector<std::string_view> names;
      for (const Rule& rule : all.rules()) {
        names.push_back(rule.id);
      }
      TableReader::suggest(config.reader.complain(node, "no rule is named `", without.back(), "`"),
                           without.back(), names);
    }
  }
  std::vector<Rule> counted;
  for (const Rule& rule : all.rules()) {
    if (std::find(families.begin(), families.end(), rule.category) != families.end() &&
        std::find(without.begin(), without.end(), rule.id) == without.end()) {
      counted.push_back(rule);
    }
  }
  auto compiled = CompiledRules::compile(std::move(counted), all.info());
  if (!compiled) {
    config.reader.complain_missing(
        config.table, "the rules cannot be compiled: ", compiled.error().front().message);
    return nullptr;
  }
  return *std::move(compiled);
}

InjectionAction read_injection_action(const GuardConfig& config, std::string_view key,
                                      InjectionAction fallback) {
  const auto word = config.reader.choice(config.table, key, kInjectionActions);
  return word ? static_cast<InjectionAction>(*word) : fallback;
}

}  // namespace

std::unique_ptr<Guard> make_prompt_injection_guard(const GuardConfig& config) {
  TableReader& reader = config.reader;
  reader.check_keys(config.table, kInjectionKeys, "the configuration of `prompt-injection`");
  if (config.world.rules == nullptr) {
    reader.complain_missing(config.table, "`prompt-injection` needs rules, and there are none");
    return nullptr;
  }
  InjectionSettings settings;
  settings.action = read_injection_action(config, "action", settings.action);
  settings.arguments = read_injection_action(config, "arguments", settings.arguments);
  const NumberRange scores{.least = 1, .most = 1000};
  settings.threshold =
      static_cast<unsigned>(reader.number(config.table, "threshold", scores).value_or(60));
  settings.warn_from =
      static_cast<unsigned>(reader.number(config.table, "warn_from", scores)
                                .value_or(std::min<std::uint64_t>(30, settings.threshold)));
  if (settings.warn_from > settings.threshold) {
    reader.complain_missing(config.table, "`warn_from` is above `threshold`");
  }
  settings.scorer = reader.boolean(config.table, "scorer").value_or(false);
  settings.rules = counted_rules(config);
  if (settings.rules == nullptr) {
    return nullptr;
  }
  return std::make_unique<PromptInjectionGuard>(config.world, std::move(settings));
}

}  // namespace merlon
