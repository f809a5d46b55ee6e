#include "guard/rule_of_two_section.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "guard/capability_list.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 10> kSectionKeys{
    "mode",    "on_violation", "single_tool", "addresses", "resources",
    "prompts", "sampling",     "elicitation", "other",     "server"};
constexpr std::array<std::string_view, 10> kServerKeys{
    "server",    "mode",    "on_violation", "single_tool", "addresses",
    "resources", "prompts", "sampling",     "elicitation", "other"};
constexpr std::array<std::string_view, 3> kModes{"enforce", "observe", "off"};
constexpr std::array<std::string_view, 2> kViolations{"ask", "deny"};
constexpr std::array<std::string_view, 3> kSingles{"allow", "ask", "deny"};
constexpr std::array<std::string_view, 3> kAddresses{"never", "data", "any"};

/// `base` with what the table says.
RuleOfTwoSettings read_settings(TableReader& reader, NodeId table, RuleOfTwoSettings base) {
  if (const auto word = reader.choice(table, "mode", kModes)) {
    base.mode = static_cast<RuleOfTwoMode>(*word);
  }
  if (const auto word = reader.choice(table, "on_violation", kViolations)) {
    base.on_violation = *parse_verdict(kViolations[*word]);
  }
  if (const auto word = reader.choice(table, "single_tool", kSingles)) {
    base.single_tool = *parse_verdict(kSingles[*word]);
  }
  if (const auto word = reader.choice(table, "addresses", kAddresses)) {
    base.addresses = static_cast<AddressRule>(*word);
  }
  base.resources = read_capability_list(reader, table, "resources").value_or(base.resources);
  base.prompts = read_capability_list(reader, table, "prompts").value_or(base.prompts);
  base.sampling = read_capability_list(reader, table, "sampling").value_or(base.sampling);
  base.elicitation = read_capability_list(reader, table, "elicitation").value_or(base.elicitation);
  base.other = read_capability_list(reader, table, "other").value_or(base.other);
  return base;
}

}  // namespace

RuleOfTwoSection RuleOfTwoSection::read(const Policy& policy, std::vector<Error>* errors) {
  RuleOfTwoSection out;
  const PolicyNode* const section = policy.section("rule_of_two");
  if (section == nullptr) {
    return out;
  }
  TableReader reader(*section->document, ErrorCode::kBadPolicy);
  reader.check_keys(section->node, kSectionKeys, "`[rule_of_two]`");
  out.general_ = read_settings(reader, section->node, {});
  for (const NodeId table : reader.tables(section->node, "server")) {
    reader.check_keys(table, kServerKeys, "`[[rule_of_two.server]]`");
    const auto server = reader.string(table, "server");
    if (!server) {
      reader.complain_missing(table, "`[[rule_of_two.server]]` needs `server`");
      continue;
    }
    out.servers_.emplace_back(*server, read_settings(reader, table, out.general_));
  }
  if (errors != nullptr && reader.has_errors()) {
    for (Error& error : std::move(reader).take_errors()) {
      errors->push_back(std::move(error));
    }
  }
  return out;
}

const RuleOfTwoSettings& RuleOfTwoSection::of_server(std::string_view server) const {
  for (const auto& [glob, settings] : servers_) {
    if (glob_match(glob, server)) {
      return settings;
    }
  }
  return general_;
}

}  // namespace merlon
