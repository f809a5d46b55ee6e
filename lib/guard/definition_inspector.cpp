#include "guard/definition_inspector.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/json/json_reader.h"
#include "base/text.h"
#include "manifest/surface_reader.h"
#include "rules/inspect.h"

namespace merlon {
namespace {

constexpr std::size_t kShownDefinitionEvidence = 160;
constexpr std::string_view kUnfinishedRule = "rule-budget-exceeded";
constexpr std::string_view kScoreRule = "suspicious-definition";

/// The definition inside a result of its own, so that the readers of manifests know each string.
struct WrappedDefinition {
  std::string text;
  std::string place;  ///< of the definition in it, as a pointer
};

WrappedDefinition wrap_definition(SurfaceList list, std::string_view bytes) {
  const auto in_list = [&](std::string_view member) {
    return WrappedDefinition{
        .text = "{\"" + std::string(member) + "\":[" + std::string(bytes) + "]}",
        .place = "/" + std::string(member) + "/0"};
  };
  switch (list) {
    case SurfaceList::kTools: return in_list("tools");
    case SurfaceList::kPrompts: return in_list("prompts");
    case SurfaceList::kResources: return in_list("resources");
    case SurfaceList::kResourceTemplates: return in_list("resourceTemplates");
    case SurfaceList::kInstructions: break;
  }
  return {.text = std::string(bytes), .place = {}};
}

/// Keeps the worst hit, and the sum of soft scores.
class RulingSink final : public TextHitSink, public CheckSink {
 public:
  RulingSink(const Manifest& manifest, const CompiledRules& rules,
             const InspectionSettings& settings)
      : manifest_(manifest), rules_(rules), settings_(settings) {}

  void text_hit(NodeId node, RuleHit hit) override {
    const Rule& rule = rules_.rule(hit.rule);
    if (hit.budget_exceeded) {
      unfinished(node, "rule `" + rule.id + "` reached a bound on this text");
      return;
    }
    take(rule, node, rule.severity, rule.score, {}, hit.evidence);
  }

  void text_cut(NodeId node, std::size_t seen, std::size_t whole) override {
    unfinished(node, "this text has " + std::to_string(whole) + " bytes, patterns saw the first " +
                         std::to_string(seen));
  }

  void report(CheckHit hit) override {
    const auto index = rules_.find(hit.rule_id);
    if (!index || hit.node >= manifest_.document.size()) {
      return;
    }
    const Rule& rule = rules_.rule(*index);
    take(rule, hit.node, hit.severity.value_or(rule.severity), hit.score.value_or(rule.score),
         std::move(hit.message), hit.secret ? mask_secret(hit.evidence.text) : hit.evidence.text);
  }

  DefinitionRuling finish() && {
    int sum = 0;
    for (const auto& [rule, score] : scores_) {
      sum += score;
    }
    // One sign alone, however strong, is a reason to look; two independent ones are more.
    const Severity severity = scores_.size() > 1 ? Severity::kHigh : Severity::kMedium;
    if (!worst_.guilty && sum >= settings_.score_threshold && severity >= settings_.min_severity) {
      worst_ = {.guilty = true,
                .rule = std::string(kScoreRule),
                .severity = severity,
                .message = counted(scores_.size(), "weak sign") +
                           " of manipulation that add up to " + std::to_string(sum) +
                           " (threshold " + std::to_string(settings_.score_threshold) + ")",
                .pointer = manifest_.document.pointer(first_soft_),
                .evidence = {},
                .remedy = "read the definition as the model would"};
      hard_elsewhere_ = soft_elsewhere_;
    }
    worst_.only_instructions = !hard_elsewhere_;
    return std::move(worst_);
  }

 private:
  /// Nothing is known of the text: it must not pass as clean.
  void unfinished(NodeId node, std::string message) {
    hard_elsewhere_ = hard_elsewhere_ || !in_instructions(node);
    keep({.guilty = true,
          .rule = std::string(kUnfinishedRule),
          .severity = Severity::kHigh,
          .message = std::move(message),
          .pointer = manifest_.document.pointer(node),
          .evidence = {},
          .remedy = "a shorter, simpler text can be judged"});
  }

  void take(const Rule& rule, NodeId node, Severity severity, int score, std::string message,
            std::string_view evidence) {
    if (!rule.enabled || std::ranges::binary_search(settings_.without, rule.id)) {
      return;
    }
    if (rule.tier == Tier::kSoft) {
      if (scores_.empty()) {
        first_soft_ = node;
      }
      soft_elsewhere_ = soft_elsewhere_ || !in_instructions(node);
      int& known = scores_[rule.id];
      known = std::max(known, score);
      return;
    }
    if (severity < settings_.min_severity) {
      return;
    }
    hard_elsewhere_ = hard_elsewhere_ || !in_instructions(node);
    keep({.guilty = true,
          .rule = rule.id,
          .severity = severity,
          .message = message.empty() ? rule.title : std::move(message),
          .pointer = manifest_.document.pointer(node),
          .evidence =
              rule.secret ? mask_secret(evidence) : shorten(evidence, kShownDefinitionEvidence),
          .remedy = rule.remedy});
  }

  [[nodiscard]] bool in_instructions(NodeId node) const {
    return manifest_.document.pointer(node).starts_with("/instructions");
  }

  void keep(DefinitionRuling ruling) {
    if (!worst_.guilty || ruling.severity > worst_.severity) {
      worst_ = std::move(ruling);
    }
  }

  const Manifest& manifest_;
  const CompiledRules& rules_;
  const InspectionSettings& settings_;
  DefinitionRuling worst_;
  std::map<std::string, int> scores_;
  NodeId first_soft_{0};
  bool hard_elsewhere_{false};  ///< outside the instructions
  bool soft_elsewhere_{false};
};

}  // namespace

DefinitionInspector::DefinitionInspector(std::shared_ptr<const CompiledRules> rules,
                                         const Limits& limits, InspectionSettings settings)
    : settings_(std::move(settings)), pool_(std::move(rules), limits) {
  std::ranges::sort(settings_.without);
}

std::shared_ptr<const DefinitionRuling> DefinitionInspector::inspect(SurfaceList list,
                                                                     std::string_view bytes) const {
  Rulings& known = known_.at(static_cast<std::size_t>(list));
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = known.find(bytes); found != known.end()) {
      return found->second;
    }
  }
  auto ruling = std::make_shared<const DefinitionRuling>(judge(list, bytes));
  const std::lock_guard lock(mutex_);
  if (kept_ + bytes.size() > kMostKept) {
    std::ranges::for_each(known_, &Rulings::clear);
    kept_ = 0;
  }
  if (bytes.size() <= kMostKept && known.try_emplace(std::string(bytes), ruling).second) {
    kept_ += bytes.size();
  }
  return ruling;
}

DefinitionRuling DefinitionInspector::judge(SurfaceList list, std::string_view bytes) const {
  WrappedDefinition wrapped = wrap_definition(list, bytes);
  auto document = parse_json(SourceText::copy_of("message", std::move(wrapped.text)),
                             JsonDialect::kStrict, pool_.limits());
  if (!document) {
    return {.guilty = true,
            .rule = std::string(kUnfinishedRule),
            .severity = Severity::kHigh,
            .message = "the definition cannot be read: " + document.error().message,
            .pointer = {},
            .evidence = {},
            .remedy = {}};
  }
  Manifest manifest;
  manifest.format = "live";
  manifest.document = *std::move(document);
  read_surface(manifest, manifest.document.root(), kNoServer);
  sort_items(manifest);
  RulingSink sink(manifest, pool_.rules(), settings_);
  {
    const TextJudgePool::Lease judge = pool_.take();
    inspect_texts(manifest, judge->matcher, pool_.limits(), sink);
  }
  run_manifest_checks(manifest, pool_.limits(), sink);
  DefinitionRuling ruling = std::move(sink).finish();
  if (ruling.pointer.starts_with(wrapped.place)) {
    ruling.pointer.erase(0, wrapped.place.size());
  }
  return ruling;
}

}  // namespace merlon
