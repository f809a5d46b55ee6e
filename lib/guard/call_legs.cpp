#include "guard/call_legs.h"

#include "capability/capability.h"
#include "capability/rule_of_two.h"

namespace merlon {
namespace {

std::uint8_t legs_of_capabilities(CapabilitySet set) {
  return static_cast<std::uint8_t>(((set & kUntrustedInput) != 0 ? kLegUntrusted : 0) |
                                   ((set & kSensitiveData) != 0 ? kLegSensitive : 0) |
                                   ((set & kOutsideEffect) != 0 ? kLegOutside : 0));
}

}  // namespace

CallLegs legs_of_message(const Message& /*message*/, Phase phase, const ToolEntry* entry,
                         const KnownDefinition* tool) {
  CallLegs out;
  if (phase != Phase::kToolInvoke) {
    return out;
  }
  std::string why;
  if (entry != nullptr && entry->capabilities) {
    out.bits = legs_of_capabilities(*entry->capabilities);
    why = "the policy says: " + to_string_list(*entry->capabilities);
  } else if (tool != nullptr) {
    out.bits = legs_of_capabilities(tool->capabilities);
    why = "by its definition: " + to_string_list(tool->capabilities);
  } else {
    out.bits = kAllLegs;
    why = "the tool is not known";
  }
  out.why.fill(why);
  return out;
}

}  // namespace merlon
