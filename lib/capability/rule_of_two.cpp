#include "capability/rule_of_two.h"

#include <tuple>

namespace merlon {
namespace {

std::string_view verb_of(Capability capability) {
  switch (capability) {
    case Capability::kReadsPrivate: return "reads private data";
    case Capability::kTakesUntrusted: return "takes untrusted text";
    case Capability::kSendsOut: return "sends data out";
    case Capability::kChangesState: return "changes something";
    case Capability::kDestroys: return "destroys something";
    case Capability::kExecutes: return "executes code";
    case Capability::kSpendsMoney: return "spends money";
    case Capability::kWritesMemory: return "writes memory";
  }
  return "changes something";
}

}  // namespace

std::optional<Witness> best_witness(std::span<const CapableTool> all,
                                    std::span<const std::size_t> tools, CapabilitySet wanted) {
  const auto rank = [](const CapabilityEvidence& evidence) {
    return std::tuple(evidence.source, evidence.sure ? 0 : 1);
  };
  std::optional<Witness> best;
  for (const std::size_t tool : tools) {
    for (const CapabilityEvidence& evidence : all[tool].found.evidence) {
      if ((capability_bit(evidence.capability) & wanted) == 0) {
        continue;
      }
      if (!best || rank(evidence) < rank(best->evidence)) {
        best = Witness{tool, evidence};
      }
    }
  }
  return best;
}

RuleOfTwoVerdict check_rule_of_two(std::span<const CapableTool> all, const ToolGroup& group) {
  RuleOfTwoVerdict verdict;
  verdict.untrusted = best_witness(all, group.tools, kUntrustedInput);
  verdict.sensitive = best_witness(all, group.tools, kSensitiveData);
  verdict.outside = best_witness(all, group.tools, kSevereEffect);
  verdict.severe = verdict.outside.has_value();
  if (!verdict.outside) {
    verdict.outside = best_witness(all, group.tools, kOutsideEffect);
  }
  return verdict;
}

std::string describe(const CapableTool& tool, const CapabilityEvidence& evidence) {
  std::string text = "`" + (tool.server.empty() ? "" : tool.server + ".") + tool.name + "` ";
  text.append(verb_of(evidence.capability)).append(" (").append(to_string(evidence.source));
  return text.append(" says `").append(evidence.words).append("`)");
}

}  // namespace merlon
