#pragma once
/// Which legs of the Rule of Two one message touches when it passes.
#include <array>
#include <cstdint>
#include <string>

#include "model/message.h"
#include "model/policy.h"
#include "model/session_state.h"

namespace merlon {

struct CallLegs {
  std::uint8_t bits{0};            ///< RuleOfTwoLeg
  std::array<std::string, 3> why;  ///< one line for each leg that is set
};

/// Of a tools/call: by the policy's entry, else by the tool's definition; a tool that is not known
/// touches all three. Other messages: docs/guards/rule-of-two.md.
[[nodiscard]] CallLegs legs_of_message(const Message& message, Phase phase, const ToolEntry* entry,
                                       const KnownDefinition* tool);

}  // namespace merlon
