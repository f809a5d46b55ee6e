#pragma once
/// Which legs of the Rule of Two one message touches when it passes.
#include <array>
#include <cstdint>
#include <string>

#include "capability/capability.h"
#include "guard/guard.h"
#include "guard/rule_of_two_section.h"
#include "model/message.h"
#include "model/policy.h"
#include "model/session_state.h"

namespace merlon {

/// A message in its session. `entry` and `request` may be null.
struct LegQuestion {
  const Message& message;
  Phase phase{Phase::kNotification};
  const SessionState& state;
  const ToolEntry* entry{nullptr};
  const CalledTool& called;
  NodeId arguments{kNoNode};               ///< of a tools/call
  const PendingRequest* request{nullptr};  ///< that the message answers
};

struct CallLegs {
  std::uint8_t bits{0};            ///< RuleOfTwoLeg
  std::array<std::string, 3> why;  ///< one line for each leg that is set, where asked for
};

/// Whether words are wanted: most messages add no leg, and nobody reads why they might.
enum class LegWords : std::uint8_t { kNone, kAll };

/// Of a tools/call: the policy's entry, else the tool's definition (the one that the client was
/// sent and the newest one together); a tool that is not known touches all three. To what the tool
/// can do comes an outside effect when an argument leaves the machine. Of other messages:
/// docs/guards/rule-of-two.md.
[[nodiscard]] CallLegs legs_of_message(const LegQuestion& question,
                                       const RuleOfTwoSettings& settings,
                                       LegWords words = LegWords::kAll);

/// What the tool of a call, or of the answer to one, can do: by the policy's entry, else by its
/// definitions; all of it when the tool is not known.
[[nodiscard]] CapabilitySet capabilities_of_tool(const CalledTool& tool, const ToolEntry* entry);

}  // namespace merlon
