#pragma once
/// `[rule_of_two]` of a policy: what the guard does, and which legs are counted for messages that
/// name no tool. docs/guards/rule-of-two.md
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/table_reader.h"
#include "capability/capability.h"
#include "guard/outgoing_argument.h"
#include "model/policy.h"

namespace merlon {

enum class RuleOfTwoMode : std::uint8_t { kEnforce, kObserve, kOff };

struct RuleOfTwoSettings {
  RuleOfTwoMode mode{RuleOfTwoMode::kEnforce};
  Verdict on_violation{Verdict::kDeny};
  Verdict single_tool{Verdict::kAsk};  ///< a tool that has all three legs by itself
  AddressRule addresses{AddressRule::kData};
  // What comes with methods that name no tool, as capabilities.
  CapabilitySet resources{static_cast<CapabilitySet>(capability_bit(Capability::kTakesUntrusted) |
                                                     capability_bit(Capability::kReadsPrivate))};
  CapabilitySet prompts{capability_bit(Capability::kTakesUntrusted)};
  CapabilitySet sampling{static_cast<CapabilitySet>(capability_bit(Capability::kTakesUntrusted) |
                                                    capability_bit(Capability::kSendsOut))};
  CapabilitySet elicitation{capability_bit(Capability::kReadsPrivate)};
  CapabilitySet other{0xFF};  ///< methods that no revision of the protocol defines
};

class RuleOfTwoSection {
 public:
  /// Of a policy without the section: the defaults. Complaints go to `errors` when it is not null.
  [[nodiscard]] static RuleOfTwoSection read(const Policy& policy, std::vector<Error>* errors);

  /// The settings of a server by its configured name: the section's, with those of the first
  /// `[[rule_of_two.server]]` whose glob matches on top.
  [[nodiscard]] const RuleOfTwoSettings& of_server(std::string_view server) const;

 private:
  RuleOfTwoSettings general_;
  std::vector<std::pair<std::string, RuleOfTwoSettings>> servers_;
};

}  // namespace merlon
