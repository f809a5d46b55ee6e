#include "guard/call_action.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "capability/tool_nodes.h"

namespace merlon {
namespace {

constexpr std::string_view kActionPrefix = "action:";
constexpr std::size_t kActionFields = 5 + kCategoryCount + 1;

ActionClass read_definition(const KnownDefinition& known) {
  if (known.document == nullptr || known.definition == kNoNode) {
    return unknown_action();
  }
  return classify_action(*known.document, find_tool_nodes(*known.document, known.definition));
}

/// Words of a definition in a field of their own: no separator, no control bytes.
std::string action_field(std::string_view words) {
  std::string out = escape_for_display(words);
  std::ranges::replace(out, '|', '/');
  return out;
}

std::string write_action(const ActionClass& action) {
  std::string out = std::to_string(static_cast<unsigned>(action.tier)) + '|' +
                    std::to_string(action.categories) + '|' + std::to_string(action.capabilities) +
                    '|' + (action.database ? '1' : '0') + '|' + (action.creates ? '1' : '0') + '|' +
                    action_field(action.tier_words);
  for (const std::string& why : action.why) {
    out += '|' + action_field(why);
  }
  return out;
}

std::uint8_t small_number(std::string_view text) {
  return static_cast<std::uint8_t>(parse_unsigned(text).value_or(0xFF) & 0xFFU);
}

/// The name of a definition's class in a guard's memory. Valid until the next call: each call of a
/// tool asks several times, and the name is too long to be made without an allocation.
const std::string& action_key(const std::string& digest) {
  thread_local std::string key;
  key.assign(kActionPrefix).append(digest);
  return key;
}

std::optional<ActionClass> recall_action(const GuardMemory& memory, const std::string& digest) {
  if (digest.empty()) {
    return std::nullopt;
  }
  const auto found = memory.texts.find(action_key(digest));
  if (found == memory.texts.end()) {
    return std::nullopt;
  }
  std::array<std::string_view, kActionFields> fields;
  std::string_view rest = found->second;
  for (std::size_t i = 0; i < kActionFields; ++i) {
    const std::size_t end = rest.find('|');
    if ((end == std::string_view::npos) != (i + 1 == kActionFields)) {
      return std::nullopt;
    }
    fields[i] = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), fields[i].size() + 1));
  }
  ActionClass out;
  out.tier = static_cast<ActionTier>(std::min<std::uint8_t>(
      small_number(fields[0]), static_cast<std::uint8_t>(ActionTier::kAdmin)));
  out.categories = small_number(fields[1]);
  out.capabilities = small_number(fields[2]);
  out.database = fields[3] == "1";
  out.creates = fields[4] == "1";
  out.tier_words = fields[5];
  for (std::size_t i = 0; i < kCategoryCount; ++i) {
    out.why[i] = fields[6 + i];
  }
  return out;
}

ActionClass class_of(const KnownDefinition& known, const GuardMemory& memory) {
  auto remembered = recall_action(memory, known.digest);
  return remembered ? *std::move(remembered) : read_definition(known);
}

void remember_definition(const KnownDefinition& known, GuardMemory& memory) {
  const std::string& key = action_key(known.digest);
  if (known.digest.empty() || memory.texts.size() >= kMostRememberedActions ||
      memory.texts.contains(key)) {
    return;
  }
  memory.texts.emplace(key, write_action(read_definition(known)));
}

void add_entry(const ToolEntry& entry, ActionClass& action) {
  if (entry.tier) {
    action.tier = *entry.tier;
    action.tier_words = "the policy says so";
  }
  const CapabilitySet set = entry.capabilities.value_or(0);
  if ((set & capability_bit(Capability::kDestroys)) != 0) {
    action.add(kCategoryDeletion, "the policy says so");
  }
  if ((set & capability_bit(Capability::kSpendsMoney)) != 0) {
    action.add(kCategoryMoney, "the policy says so");
  }
}

}  // namespace

ActionClass action_of_call(const GuardInput& input, std::size_t bulk_items) {
  ActionClass action =
      input.tool == nullptr ? unknown_action() : class_of(*input.tool, input.memory);
  const KnownDefinition* const newest = input.called.newest;
  if (input.tool != nullptr && newest != nullptr && newest->digest != input.tool->digest) {
    action.merge(class_of(*newest, input.memory));
  }
  if (input.entry != nullptr) {
    add_entry(*input.entry, action);
  }
  raise_by_arguments(input.message.document, input.arguments, action, bulk_items);
  return action;
}

void remember_action(const GuardInput& input, GuardMemory& memory) {
  if (input.phase != Phase::kToolInvoke || input.tool == nullptr) {
    return;
  }
  remember_definition(*input.tool, memory);
  const KnownDefinition* const newest = input.called.newest;
  if (newest != nullptr && newest->digest != input.tool->digest) {
    remember_definition(*newest, memory);
  }
}

}  // namespace merlon
