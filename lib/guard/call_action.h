#pragma once
/// Tier and never-automatic categories of the call that a guard looks at.
///
///   const ActionClass action = action_of_call(input);        // in evaluate
///   remember_action(input, memory);                          // in settle, to make the next call
///   cheap
///
/// The definition that the client was last sent and the newest one are both read, and the worse
/// counts. A `[[tool]]` entry's `tier` replaces the tier of the definition, and its `capabilities`
/// may add categories; nothing in a policy takes a category away.
#include "capability/action_tier.h"
#include "guard/guard.h"

namespace merlon {

/// Definitions that a guard remembers the class of; above it nothing is added.
inline constexpr std::size_t kMostRememberedActions = 512;

/// Of a tools/call, arguments included.
[[nodiscard]] ActionClass action_of_call(const GuardInput& input,
                                         std::size_t bulk_items = kBulkItems);
/// Keeps what was found of the called tool's definitions under their digests. Changes no answer.
void remember_action(const GuardInput& input, GuardMemory& memory);

}  // namespace merlon
