#pragma once
/// The Rule of Two: without a person in between, an agent should have at most two of (A) untrusted
/// input, (B) sensitive data, (C) an effect outside. With all three, one poisoned text can steal or
/// break something.
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "capability/capable_tools.h"

namespace merlon {

/// The three properties, and the capabilities that each is made of.
inline constexpr CapabilitySet kUntrustedInput = capability_bit(Capability::kTakesUntrusted);
inline constexpr CapabilitySet kSensitiveData =
    capability_bit(Capability::kReadsPrivate) | capability_bit(Capability::kExecutes);
inline constexpr CapabilitySet kOutsideEffect =
    capability_bit(Capability::kSendsOut) | capability_bit(Capability::kChangesState) |
    capability_bit(Capability::kDestroys) | capability_bit(Capability::kExecutes) |
    capability_bit(Capability::kSpendsMoney) | capability_bit(Capability::kWritesMemory);
/// Effects that carry data to somebody else or cannot be taken back.
inline constexpr CapabilitySet kSevereEffect = capability_bit(Capability::kSendsOut) |
                                               capability_bit(Capability::kExecutes) |
                                               capability_bit(Capability::kSpendsMoney);

/// One tool that shows one of the properties, and why.
struct Witness {
  std::size_t tool{0};  ///< index into the list of capable_tools
  CapabilityEvidence evidence;
};

struct RuleOfTwoVerdict {
  std::optional<Witness> untrusted;
  std::optional<Witness> sensitive;
  std::optional<Witness> outside;  ///< a severe one where there is any
  bool severe{false};              ///< the outside effect is of kSevereEffect

  [[nodiscard]] bool violated() const { return untrusted && sensitive && outside; }
};

/// The tool among `tools` with the best evidence (a name before a parameter before a description,
/// then the first) for one of `wanted`, or nothing.
[[nodiscard]] std::optional<Witness> best_witness(std::span<const CapableTool> all,
                                                  std::span<const std::size_t> tools,
                                                  CapabilitySet wanted);

/// Pure; linear in the evidence.
[[nodiscard]] RuleOfTwoVerdict check_rule_of_two(std::span<const CapableTool> all,
                                                 const ToolGroup& group);

/// "`web.fetch` takes untrusted text (parameter `url`)".
[[nodiscard]] std::string describe(const CapableTool& tool, const CapabilityEvidence& evidence);

}  // namespace merlon
