#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/instruction/feature_words.h"
#include "rules/instruction/instruction_scorer.h"
#include "rules/instruction/tool_reader.h"

namespace merlon {
namespace {

constexpr std::string_view kRule = "unusual-instruction";
constexpr std::uint64_t kItemBytes = 4ULL << 20U;  // of text in one tool
constexpr std::size_t kReasons = 5;
constexpr std::size_t kShownClause = 200;

// The model's threshold becomes 60 points, the default from which a sum of soft scores is a
// finding; a score that is kBelow lower becomes none, and in between a sign or two of other soft
// rules decide.
constexpr int kBelow = 384;
constexpr int kFullPoints = 60;
constexpr int kMostPoints = 100;
constexpr int kLeastPoints = 20;

int score_points_of(int score, int threshold) {
  const int above = score - threshold - 1 + kBelow;
  return above <= 0 ? 0 : std::min(above * kFullPoints / kBelow, kMostPoints);
}

int weight_points(int weight) {
  return weight * kFullPoints / kBelow;
}

/// Surfaces that are read as free text: what a model is shown without a tool around it.
bool is_free_text(Surface surface) {
  constexpr SurfaceSet kFree =
      surface_bit(Surface::kPromptDescription) | surface_bit(Surface::kPromptText) |
      surface_bit(Surface::kPromptArgument) | surface_bit(Surface::kResourceDescription) |
      surface_bit(Surface::kServerDescription) | surface_bit(Surface::kInstructions);
  return (kFree & surface_bit(surface)) != 0;
}

class Inspector {
 public:
  Inspector(const Manifest& manifest, std::size_t index, const Limits& limits, CheckSink& sink)
      : manifest_(manifest), index_(index), limits_(limits), sink_(sink), scorer_(model_) {}

  void inspect() {
    for (const Item& item : manifest_.items) {
      if (item.kind == ItemKind::kTool && item.node != kNoNode) {
        inspect_tool(item);
      }
    }
    const Document& document = manifest_.document;
    for (NodeId node = 0; node < document.size(); ++node) {
      if (document.kind(node) == NodeKind::kString && is_free_text(manifest_.surface_of(node))) {
        inspect_text(node);
      }
    }
  }

 private:
  void inspect_tool(const Item& item) {
    read_tool(manifest_.document, item, kItemBytes, scorer_, reading_);
    if (reading_.cut) {
      report_cut(item);
    }
    const auto best = scorer_.best_clause();
    if (!best) {
      return;
    }
    const int points = score_points_of(best->score, model_.tool_threshold);
    if (points >= kLeastPoints) {
      CheckHit hit = hit_at(reading_.nodes[best->string], points);
      hit.begin = best->begin;
      hit.end = best->end;
      hit.evidence.text = shorten(scorer_.clause_text(best->clause), kShownClause);
      explain(scorer_.explain(best->clause), hit);
      sink_.report(std::move(hit));
    }
  }

  void inspect_text(NodeId node) {
    std::string_view text = manifest_.document.text(node, scratch_);
    text = text.substr(0, limits_.text_bytes);
    if (text.find(' ') == std::string_view::npos && is_ascii(text)) {
      return;
    }
    const int points = score_points_of(scorer_.score_text(text), model_.text_threshold);
    if (points >= kLeastPoints) {
      CheckHit hit = hit_at(node, points);
      hit.evidence.text = shorten(text, kShownClause);
      explain(scorer_.explain_text(text), hit);
      sink_.report(std::move(hit));
    }
  }

  [[nodiscard]] CheckHit hit_at(NodeId node, int points) const {
    CheckHit hit;
    hit.rule_id = kRule;
    hit.manifest = index_;
    hit.node = node;
    hit.score = points;
    return hit;
  }

  static void explain(const std::vector<NamedWeight>& weights, CheckHit& hit) {
    hit.message = "reads like an order to the model that is no part of this definition: ";
    std::string separator;
    for (const WeightedWords& reason : heaviest_reasons(weights, kReasons)) {
      hit.message += separator + reason.words;
      hit.signals.push_back(
          {.rule_id = {}, .score = weight_points(reason.weight), .evidence = reason.words});
      separator = "; ";
    }
  }

  void report_cut(const Item& item) {
    CheckHit hit;
    hit.rule_id = "rule-budget-exceeded";
    hit.manifest = index_;
    hit.node = item.name == kNoNode ? item.node : item.name;
    hit.message = "rule `" + std::string(kRule) + "` saw the first " + std::to_string(kItemBytes) +
                  " bytes of text of this tool";
    sink_.report(std::move(hit));
  }

  const Manifest& manifest_;
  std::size_t index_;
  const Limits& limits_;
  CheckSink& sink_;
  const InstructionModel& model_{built_in_instruction_model()};
  InstructionScorer scorer_;
  ToolReading reading_;
  std::string scratch_;
};

}  // namespace

void check_instruction_score(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    Inspector(*input.manifests[index], index, input.limits, sink).inspect();
  }
}

}  // namespace merlon
