#include "policy/policy_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "capability/capability.h"
#include "mcp/method.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 18> kPolicyKeys{
    "format",      "name",     "version",      "description",
    "extends",     "mode",     "shadow_share", "tenant_required",
    "tenant",      "defaults", "guard",        "tool",
    "rule_of_two", "quota",    "record",       "redact",
    "flow",        "trust"};
/// Tables that are read by who implements them.
constexpr std::array<std::string_view, 6> kSectionKeys{"rule_of_two", "quota", "record",
                                                       "redact",      "flow",  "trust"};
constexpr std::array<std::string_view, 3> kDefaultsKeys{"unlisted_tool", "on_error", "timeout_ms"};
constexpr std::array<std::string_view, 9> kGuardKeys{
    "id", "type", "priority", "runs_on", "timeout_ms", "on_error", "enabled", "shadow", "config"};
constexpr std::array<std::string_view, 9> kToolKeys{
    "tool", "server", "decision", "tier", "hidden", "capabilities", "reason", "argument", "rate"};
constexpr std::array<std::string_view, 3> kOnErrorWords{"deny", "ask", "allow"};
constexpr std::array<std::string_view, 2> kModeWords{"enforce", "shadow"};
constexpr std::array<std::string_view, 4> kTierChoices{"read", "write", "delete", "admin"};
/// `modify` is what guards do, not what an entry can say.
constexpr std::array<std::string_view, 4> kDecisionWords{"allow", "warn", "ask", "deny"};
constexpr std::array<std::string_view, 3> kUnlistedWords{"allow", "ask", "deny"};

constexpr std::uint64_t kMostPriority = 1'000'000;
constexpr std::uint64_t kMostTimeout = 600'000;

}  // namespace

std::optional<std::string> PolicyReader::required(NodeId table, std::string_view name,
                                                  std::string_view what) {
  const auto text = reader_.string(table, name);
  if (text && !text->empty()) {
    return text;
  }
  if (!reader_.field(table, name)) {
    reader_.complain_missing(table, what, " has no `", name, "`");
  } else if (text) {
    reader_.complain(*reader_.field(table, name), "`", name, "` is empty");
  }
  return std::nullopt;
}

std::optional<OnError> PolicyReader::on_error_of(NodeId table) {
  const auto word = reader_.choice(table, "on_error", kOnErrorWords);
  return word ? std::optional<OnError>(static_cast<OnError>(*word)) : std::nullopt;
}

void PolicyReader::read_head() {
  const NodeId root = document_->root();
  reader_.check_keys(root, kPolicyKeys, "a policy");
  if (!reader_.field(root, "format")) {
    reader_.complain_missing(root, "`format` is missing")
        .hints.emplace_back("begin the file with `format = 1`");
  } else {
    (void)reader_.number(root, "format", {.least = kPolicyFormat, .most = kPolicyFormat});
  }
  policy_.name = required(root, "name", "the policy").value_or("");
  policy_.version = reader_.number(root, "version", {.least = 1}).value_or(1);
  policy_.description = reader_.string(root, "description").value_or("");
  if (const auto mode = reader_.choice(root, "mode", kModeWords)) {
    policy_.mode = static_cast<PolicyMode>(*mode);
  }
  policy_.tenant_required = reader_.boolean(root, "tenant_required").value_or(false);
  if (const auto share = reader_.field(root, "shadow_share")) {
    const std::string text = document_->text(*share);
    const auto [end, problem] =
        std::from_chars(text.data(), text.data() + text.size(), policy_.shadow_share);
    if (problem != std::errc{} || end != text.data() + text.size() ||
        !(policy_.shadow_share >= 0 && policy_.shadow_share <= 1)) {
      reader_.complain(*share, "`shadow_share` must be a number from 0 to 1");
    }
  }
}

void PolicyReader::read_defaults() {
  const auto table = reader_.table(document_->root(), "defaults");
  if (!table) {
    return;
  }
  reader_.check_keys(*table, kDefaultsKeys, "`[defaults]`");
  if (const auto word = reader_.choice(*table, "unlisted_tool", kUnlistedWords)) {
    policy_.defaults.unlisted_tool = *parse_verdict(kUnlistedWords[*word]);
  }
  policy_.defaults.on_error = on_error_of(*table).value_or(OnError::kDeny);
  policy_.defaults.timeout_ms = static_cast<std::uint32_t>(
      reader_.number(*table, "timeout_ms", {.least = 1, .most = kMostTimeout}).value_or(100));
}

void PolicyReader::read_guards() {
  for (const NodeId table : reader_.tables(document_->root(), "guard")) {
    read_guard(table);
  }
}

void PolicyReader::read_guard(NodeId table) {
  reader_.check_keys(table, kGuardKeys, "`[[guard]]`");
  GuardEntry entry;
  entry.where = document_->locate(table);
  entry.type = required(table, "type", "a guard").value_or("");
  entry.id = reader_.string(table, "id").value_or(entry.type);
  const bool twice =
      std::any_of(policy_.guards.begin(), policy_.guards.end(),
                  [&entry](const GuardEntry& other) { return other.id == entry.id; });
  if (twice && !entry.id.empty()) {
    reader_
        .complain(reader_.field(table, "id").value_or(table), "guard id `", entry.id,
                  "` is there twice")
        .hints.emplace_back("give one of them another `id`");
  }
  read_guard_settings(table, entry);
  policy_.guards.push_back(std::move(entry));
}

void PolicyReader::read_guard_settings(NodeId table, GuardEntry& entry) {
  entry.priority = static_cast<int>(
      reader_.number(table, "priority", {.least = 0, .most = kMostPriority}).value_or(100));
  for (const NodeId node : reader_.strings(table, "runs_on")) {
    const std::string word = document_->text(node);
    if (const auto phase = parse_phase(word)) {
      entry.runs_on.push_back(*phase);
    } else {
      TableReader::suggest(
          reader_.complain(node, "unknown phase `", word, "`"), word,
          {"connection", "tools_list", "tool_invoke", "request", "response", "notification"});
    }
  }
  if (const auto runs_on = reader_.field(table, "runs_on");
      runs_on && document_->is(*runs_on, NodeKind::kArray) &&
      document_->elements(*runs_on).empty()) {
    reader_.complain(*runs_on, "`runs_on` is empty: the guard would never run")
        .hints.emplace_back(
            "leave `runs_on` out for every phase that the guard can judge, or say "
            "`enabled = false`");
  }
  entry.timeout_ms = static_cast<std::uint32_t>(
      reader_.number(table, "timeout_ms", {.least = 1, .most = kMostTimeout})
          .value_or(policy_.defaults.timeout_ms));
  entry.on_error = on_error_of(table).value_or(policy_.defaults.on_error);
  entry.enabled = reader_.boolean(table, "enabled").value_or(true);
  entry.shadow = reader_.boolean(table, "shadow").value_or(false);
  if (const auto config = reader_.table(table, "config")) {
    entry.config = {.document = document_, .node = *config};
  }
}

void PolicyReader::read_tools() {
  for (const NodeId table : reader_.tables(document_->root(), "tool")) {
    read_tool(table);
  }
}

void PolicyReader::read_tool(NodeId table) {
  reader_.check_keys(table, kToolKeys, "`[[tool]]`");
  ToolEntry entry;
  entry.where = document_->locate(table);
  entry.entry = {.document = document_, .node = table};
  entry.tool = required(table, "tool", "a tool entry").value_or("");
  entry.server = reader_.string(table, "server").value_or("*");
  read_tool_settings(table, entry);
  policy_.tools.push_back(std::move(entry));
}

void PolicyReader::read_tool_settings(NodeId table, ToolEntry& entry) {
  if (const auto word = reader_.choice(table, "decision", kDecisionWords)) {
    entry.decision = *parse_verdict(kDecisionWords[*word]);
  }
  if (const auto word = reader_.choice(table, "tier", kTierChoices)) {
    entry.tier = static_cast<ActionTier>(*word);
  }
  entry.hidden = reader_.boolean(table, "hidden").value_or(false);
  entry.reason = reader_.string(table, "reason").value_or("");
  if (!reader_.field(table, "capabilities")) {
    return;
  }
  CapabilitySet set = 0;
  for (const NodeId node : reader_.strings(table, "capabilities")) {
    const std::string word = document_->text(node);
    if (const auto capability = parse_capability(word)) {
      set = static_cast<CapabilitySet>(set | capability_bit(*capability));
      continue;
    }
    std::vector<std::string_view> names;
    for (const CapabilityInfo& info : capability_infos()) {
      names.push_back(info.name);
    }
    TableReader::suggest(reader_.complain(node, "unknown capability `", word, "`"), word, names);
  }
  entry.capabilities = set;
}

void PolicyReader::read_sections() {
  for (const std::string_view name : kSectionKeys) {
    if (const auto table = reader_.table(document_->root(), name)) {
      policy_.sections.emplace_back(name, PolicyNode{.document = document_, .node = *table});
    }
  }
}

Checked<Policy> PolicyReader::read() && {
  read_head();
  read_defaults();
  read_guards();
  read_tools();
  read_sections();
  if (reader_.has_errors()) {
    return std::unexpected(std::move(reader_).take_errors());
  }
  return std::move(policy_);
}

}  // namespace merlon
