#include "guard/call_legs.h"

#include <optional>

#include "capability/rule_of_two.h"
#include "mcp/method.h"

namespace merlon {
namespace {

constexpr CapabilitySet kEverything = 0xFF;

std::uint8_t legs_of_capabilities(CapabilitySet set) {
  return static_cast<std::uint8_t>(((set & kUntrustedInput) != 0 ? kLegUntrusted : 0) |
                                   ((set & kSensitiveData) != 0 ? kLegSensitive : 0) |
                                   ((set & kOutsideEffect) != 0 ? kLegOutside : 0));
}

CallLegs legs_for(CapabilitySet set, LegWords words, std::string_view why,
                  std::string_view whose = {}) {
  CallLegs out;
  out.bits = legs_of_capabilities(set);
  if (words == LegWords::kNone || out.bits == 0) {
    return out;
  }
  std::string line(why);
  if (!whose.empty()) {
    line.append(whose).append(to_string_list(set));
  }
  for (std::size_t leg = 0; leg < out.why.size(); ++leg) {
    if ((out.bits & (1U << leg)) != 0) {
      out.why[leg] = line;
    }
  }
  return out;
}

std::optional<CapabilitySet> defined_capabilities(const CalledTool& tool) {
  std::optional<CapabilitySet> out;
  for (const KnownDefinition* const known : {tool.sent, tool.newest}) {
    if (known != nullptr) {
      out = static_cast<CapabilitySet>(out.value_or(0) | known->capabilities);
    }
  }
  return out;
}

void add_outgoing(const LegQuestion& question, NodeId node, AddressRule rule, LegWords words,
                  CallLegs& out) {
  const Document& document = question.message.document;
  if ((out.bits & kLegOutside) != 0) {
    return;
  }
  if (const auto leaves = find_outgoing_argument(document, node, rule)) {
    out.bits |= kLegOutside;
    if (words == LegWords::kNone) {
      return;
    }
    out.why[2] = "the argument `" + document.pointer(leaves->node) + "` is " + leaves->why;
  }
}

CallLegs legs_of_call(const LegQuestion& question, const RuleOfTwoSettings& settings,
                      LegWords words) {
  CallLegs out;
  if (question.entry != nullptr && question.entry->capabilities) {
    out = legs_for(*question.entry->capabilities, words, "", "the policy says: ");
  } else if (const auto set = defined_capabilities(question.called)) {
    out = legs_for(*set, words, "", "by its definition: ");
  } else {
    out = legs_for(kEverything, words, "the tool is not known");
  }
  add_outgoing(question, question.arguments, settings.addresses, words, out);
  return out;
}

CallLegs legs_of_sampling(const LegQuestion& question, const RuleOfTwoSettings& settings,
                          LegWords words) {
  const Document& document = question.message.document;
  CapabilitySet set = settings.sampling;
  const std::string context =
      document.string_or(document.find(question.message.params, "includeContext"), "none");
  if (context != "none" && set != 0) {
    set = static_cast<CapabilitySet>(set | capability_bit(Capability::kReadsPrivate));
  }
  return legs_for(set, words, "the server's text goes to the model and the answer to the server");
}

CallLegs legs_of_request(const LegQuestion& question, const RuleOfTwoSettings& settings,
                         LegWords words) {
  const std::string_view method = question.message.method;
  if (method == "resources/read") {
    CallLegs out = legs_for(settings.resources, words, "what a resource holds is not known before");
    add_outgoing(question,
                 question.message.document.find(question.message.params, "uri").value_or(kNoNode),
                 settings.addresses, words, out);
    return out;
  }
  if (method == "prompts/get") {
    return legs_for(settings.prompts, words, "the server writes the text of its prompts");
  }
  if (method == "sampling/createMessage") {
    return legs_of_sampling(question, settings, words);
  }
  return find_method(method) != nullptr
             ? CallLegs{}
             : legs_for(settings.other, words, "the method is in no revision of the protocol");
}

/// What a person types into a server's form is private, and the server has it from then on.
CallLegs legs_of_answer(const LegQuestion& question, const RuleOfTwoSettings& settings,
                        LegWords words) {
  const Document& document = question.message.document;
  const bool typed =
      question.message.direction == Direction::kToServer && question.request != nullptr &&
      question.request->method == "elicitation/create" &&
      document.string_or(document.find(question.message.result, "action"), "") == "accept";
  return typed ? legs_for(settings.elicitation, words, "the server has what the user typed")
               : CallLegs{};
}

}  // namespace

CapabilitySet capabilities_of_tool(const CalledTool& tool, const ToolEntry* entry) {
  if (entry != nullptr && entry->capabilities) {
    return *entry->capabilities;
  }
  return defined_capabilities(tool).value_or(kEverything);
}

CallLegs legs_of_message(const LegQuestion& question, const RuleOfTwoSettings& settings,
                         LegWords words) {
  switch (question.phase) {
    case Phase::kToolInvoke: return legs_of_call(question, settings, words);
    case Phase::kRequest: return legs_of_request(question, settings, words);
    case Phase::kResponse: return legs_of_answer(question, settings, words);
    case Phase::kConnection:
    case Phase::kToolsList:
    case Phase::kNotification: break;
  }
  return {};
}

}  // namespace merlon
