// The instruction scorer over any bytes as one tool's description and name: no crash, places inside
// the text, the score is the sum of the features that explain it, and it does not depend on what
// was scored before.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "rules/clause.h"
#include "rules/instruction/instruction_scorer.h"

namespace {

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace merlon;
  if (size > 1U << 16U) {
    return 0;
  }
  std::string text(reinterpret_cast<const char*>(data), size);
  while (const auto bad = find_invalid_utf8(text)) {
    text[*bad] = '?';
  }
  static InstructionScorer used(built_in_instruction_model());
  InstructionScorer fresh(built_in_instruction_model());
  const auto score = [&](InstructionScorer& scorer) {
    scorer.begin_tool(std::string_view(text).substr(0, 20));
    scorer.add_parameter(std::string_view(text).substr(0, 10));
    scorer.add_string(StringKind::kDescription, text);
    return scorer.score_clauses();
  };
  const auto scored = score(used);
  const auto again = score(fresh);
  require(scored.size() == again.size());
  for (std::size_t at = 0; at < scored.size(); ++at) {
    require(scored[at].score == again[at].score);
    require(scored[at].begin < scored[at].end && scored[at].end <= text.size());
    int sum = built_in_instruction_model().tool_bias;
    for (const NamedWeight& weight : fresh.explain(at)) {
      sum += weight.weight;
    }
    require(scored[at].score == sum + scored[at].points);
    // A part loses 128, a quotation 640, a clause in another language gets 384
    // (docs/model-card.md).
    const int points = scored[at].points;
    require(points == 384 || (points <= 0 && points >= -768 && points % 128 == 0));
  }
  require(used.score_text(text) == fresh.score_text(text));
  for (const Clause& clause : split_clauses(text)) {
    require(clause.begin <= clause.end && clause.end <= text.size());
  }
  return 0;
}
