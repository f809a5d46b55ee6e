#include "policy/policy_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "capability/capability.h"
#include "guard/capability_list.h"
#include "mcp/method.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 22> kPolicyKeys{
    "format",      "name",         "version",         "description", "extends",
    "mode",        "shadow_share", "tenant_required", "tenant",      "defaults",
    "guard",       "tool",         "rule_of_two",     "quota",       "record",
    "redact",      "flow",         "trust",           "environment", "approval",
    "containment", "attestation"};
/// Tables that are read by who implements them.
constexpr std::array<std::string_view, 10> kSectionKeys{
    "rule_of_two", "quota",    "record",      "redact",      "flow",
    "trust",       "approval", "environment", "containment", "attestation"};
constexpr std::array<std::string_view, 14> kTenantKeys{
    "description", "defaults", "guard", "tool",        "rule_of_two", "quota",       "record",
    "redact",      "flow",     "trust", "environment", "approval",    "containment", "attestation"};
constexpr std::array<std::string_view, 3> kDefaultsKeys{"unlisted_tool", "on_error", "timeout_ms"};
constexpr std::array<std::string_view, 9> kGuardKeys{
    "id", "type", "priority", "runs_on", "timeout_ms", "on_error", "enabled", "shadow", "config"};
constexpr std::array<std::string_view, 9> kToolKeys{
    "tool", "server", "decision", "tier", "hidden", "capabilities", "reason", "argument", "rate"};
constexpr std::array<std::string_view, 3> kOnErrorWords{"deny", "ask", "allow"};
constexpr std::array<std::string_view, 2> kModeWords{"enforce", "shadow"};
/// `modify` is what guards do, not what an entry can say.
constexpr std::array<std::string_view, 4> kDecisionWords{"allow", "warn", "ask", "deny"};
constexpr std::array<std::string_view, 3> kUnlistedWords{"allow", "ask", "deny"};

constexpr std::uint64_t kMostPriority = 1'000'000;
constexpr std::uint64_t kMostTimeout = 600'000;

/// Ids and tenants stand in logs, file names and decisions.
bool is_plain_policy_name(std::string_view name) {
  constexpr std::size_t kLongestName = 64;
  return !name.empty() && name.size() <= kLongestName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

constexpr std::string_view kPlainNames = "letters, digits, `-`, `_` and `.`, at most 64";

}  // namespace

std::optional<std::string> PolicyReader::required(NodeId table, std::string_view name,
                                                  std::string_view what) {
  const auto node = reader_.field(table, name);
  auto text = reader_.string(table, name);
  if (text && !text->empty()) {
    return text;
  }
  if (!node) {
    reader_.complain_missing(table, what, " has no `", name, "`");
  } else if (text) {
    reader_.complain(*node, "`", name, "` is empty");
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
  // These three are each file's own; of several files the last one's hold.
  policy_.name = required(root, "name", "the policy").value_or("");
  policy_.version = reader_.number(root, "version", {.least = 1}).value_or(1);
  policy_.description = reader_.string(root, "description").value_or("");
  if (const auto mode = reader_.choice(root, "mode", kModeWords)) {
    policy_.mode = static_cast<PolicyMode>(*mode);
  }
  if (const auto wanted = reader_.boolean(root, "tenant_required")) {
    policy_.tenant_required = *wanted;
  }
  if (const auto share = reader_.field(root, "shadow_share")) {
    read_shadow_share(*share);
  }
}

void PolicyReader::read_shadow_share(NodeId node) {
  const std::string text = document_->text(node);
  double share = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), share);
  if (!document_->is(node, NodeKind::kNumber) || problem != std::errc{} ||
      end != text.data() + text.size() || !(share >= 0) || share > 1) {
    reader_.complain(node, "`shadow_share` must be a number from 0 to 1");
    return;
  }
  policy_.shadow_share = share;
}

void PolicyReader::read_defaults(NodeId parent) {
  const auto table = reader_.table(parent, "defaults");
  if (!table) {
    return;
  }
  reader_.check_keys(*table, kDefaultsKeys, "`[defaults]`");
  PolicyDefaults& defaults = policy_.defaults;
  if (const auto word = reader_.choice(*table, "unlisted_tool", kUnlistedWords)) {
    defaults.unlisted_tool = parse_verdict(kUnlistedWords[*word]).value_or(defaults.unlisted_tool);
  }
  defaults.on_error = on_error_of(*table).value_or(defaults.on_error);
  defaults.timeout_ms = static_cast<std::uint32_t>(
      reader_.number(*table, "timeout_ms", {.least = 1, .most = kMostTimeout})
          .value_or(defaults.timeout_ms));
}

void PolicyReader::read_guards(NodeId parent) {
  ids_.clear();
  for (const NodeId table : reader_.tables(parent, "guard")) {
    read_guard(table);
  }
}

/// The guard that the table speaks of: one of an earlier file with the same id, else a new one.
/// Null after a complaint.
GuardDraft* PolicyReader::guard_of(NodeId table) {
  const auto type = reader_.string(table, "type");
  const std::string id = reader_.string(table, "id").value_or(type.value_or(""));
  if (id.empty()) {
    reader_.complain_missing(table, "a guard has no `type`")
        .hints.emplace_back("or name one of the files that this one extends by its `id`");
    return nullptr;
  }
  const NodeId place = reader_.field(table, "id").value_or(table);
  if (!is_plain_policy_name(id)) {
    reader_.complain(place, "guard id `", id, "` is not one of ", kPlainNames);
    return nullptr;
  }
  if (std::find(ids_.begin(), ids_.end(), id) != ids_.end()) {
    reader_.complain(place, "guard id `", id, "` is there twice")
        .hints.emplace_back("give one of them another `id`");
    return nullptr;
  }
  ids_.push_back(id);
  GuardDraft* guard = draft_.find_guard(id);
  if (guard == nullptr) {
    if (!type) {
      std::vector<std::string_view> known;
      known.reserve(draft_.guards.size());
      for (const GuardDraft& other : draft_.guards) {
        known.push_back(other.entry.id);
      }
      TableReader::suggest(reader_.complain(place, "guard `", id, "` has no `type`"), id, known);
      return nullptr;
    }
    guard = &draft_.guards.emplace_back();
    guard->entry.id = id;
    guard->entry.type = *type;
  } else if (type && *type != guard->entry.type) {
    // Settings of another engine mean nothing to this one.
    guard->entry.type = *type;
    guard->entry.config = {};
  }
  return guard;
}

void PolicyReader::read_guard(NodeId table) {
  reader_.check_keys(table, kGuardKeys, "`[[guard]]`");
  if (GuardDraft* const guard = guard_of(table)) {
    guard->entry.where = document_->locate(table);
    read_guard_settings(table, *guard);
  }
}

void PolicyReader::read_phases(NodeId table, GuardEntry& entry) {
  const auto runs_on = reader_.field(table, "runs_on");
  if (!runs_on) {
    return;
  }
  entry.runs_on.clear();
  for (const std::size_t phase : reader_.words(
           table, "runs_on", {phase_words().begin(), phase_words().end()}, "unknown phase")) {
    entry.runs_on.push_back(static_cast<Phase>(phase));
  }
  if (document_->is(*runs_on, NodeKind::kArray) && document_->elements(*runs_on).empty()) {
    reader_.complain(*runs_on, "`runs_on` is empty: the guard would never run")
        .hints.emplace_back(
            "leave `runs_on` out for every phase that the guard can judge, or say "
            "`enabled = false`");
  }
}

void PolicyReader::read_guard_settings(NodeId table, GuardDraft& guard) {
  GuardEntry& entry = guard.entry;
  if (const auto priority =
          reader_.number(table, "priority", {.least = 0, .most = kMostPriority})) {
    entry.priority = static_cast<int>(*priority);
  }
  read_phases(table, entry);
  if (const auto timeout =
          reader_.number(table, "timeout_ms", {.least = 1, .most = kMostTimeout})) {
    guard.timeout_ms = static_cast<std::uint32_t>(*timeout);
  }
  if (const auto on_error = on_error_of(table)) {
    guard.on_error = on_error;
  }
  entry.enabled = reader_.boolean(table, "enabled").value_or(entry.enabled);
  entry.shadow = reader_.boolean(table, "shadow").value_or(entry.shadow);
  if (const auto config = reader_.table(table, "config")) {
    entry.config = {.document = document_, .node = *config};
  }
}

/// The first entry that matches a tool is its entry, so those of this file come first.
void PolicyReader::read_tools(NodeId parent) {
  std::vector<ToolEntry> entries;
  for (const NodeId table : reader_.tables(parent, "tool")) {
    entries.push_back(read_tool(table));
  }
  policy_.tools.insert(policy_.tools.begin(), std::make_move_iterator(entries.begin()),
                       std::make_move_iterator(entries.end()));
}

ToolEntry PolicyReader::read_tool(NodeId table) {
  reader_.check_keys(table, kToolKeys, "`[[tool]]`");
  ToolEntry entry;
  entry.where = document_->locate(table);
  entry.entry = {.document = document_, .node = table};
  entry.tool = required(table, "tool", "a tool entry").value_or("");
  entry.server = reader_.string(table, "server").value_or("*");
  read_tool_settings(table, entry);
  return entry;
}

void PolicyReader::read_tool_settings(NodeId table, ToolEntry& entry) {
  if (const auto word = reader_.choice(table, "decision", kDecisionWords)) {
    entry.decision = parse_verdict(kDecisionWords[*word]);
  }
  if (const auto word = reader_.choice(table, "tier", action_tier_words())) {
    entry.tier = static_cast<ActionTier>(*word);
  }
  entry.hidden = reader_.boolean(table, "hidden").value_or(false);
  entry.reason = reader_.string(table, "reason").value_or("");
  entry.capabilities = read_capability_list(reader_, table, "capabilities");
}

/// A section is one thing: the later file's replaces the earlier one's as a whole.
void PolicyReader::read_sections(NodeId parent) {
  for (const std::string_view name : kSectionKeys) {
    const auto table = reader_.table(parent, name);
    if (!table) {
      continue;
    }
    std::erase_if(policy_.sections, [name](const auto& section) { return section.first == name; });
    policy_.sections.emplace_back(name, PolicyNode{.document = document_, .node = *table});
  }
}

void PolicyReader::note_tenants() {
  const auto tenants = reader_.table(document_->root(), "tenant");
  for (const auto& [key, table] :
       tenants ? document_->members(*tenants) : std::vector<std::pair<NodeId, NodeId>>{}) {
    std::string name = document_->text(key);
    if (!is_plain_policy_name(name)) {
      reader_.complain(key, "tenant `", name, "` is not one of ", kPlainNames);
    } else if (!document_->is(table, NodeKind::kObject)) {
      reader_.complain(table, "`tenant.", name, "` must be a table");
    } else {
      if (std::find(policy_.tenants.begin(), policy_.tenants.end(), name) ==
          policy_.tenants.end()) {
        policy_.tenants.push_back(name);
      }
      draft_.tenants.emplace_back(std::move(name),
                                  PolicyNode{.document = document_, .node = table});
    }
  }
}

void PolicyReader::read_file() {
  read_head();
  read_defaults(document_->root());
  read_guards(document_->root());
  read_tools(document_->root());
  read_sections(document_->root());
  note_tenants();
}

void PolicyReader::read_tenant(NodeId table) {
  reader_.check_keys(table, kTenantKeys, "`[tenant.NAME]`");
  (void)reader_.string(table, "description");
  read_defaults(table);
  read_guards(table);
  read_tools(table);
  read_sections(table);
}

}  // namespace merlon
