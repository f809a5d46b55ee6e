// Decides by how much a call can break; some kinds of call are never decided by a program alone.
// docs/guards/action-tier.md
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/timestamp.h"
#include "guard/call_action.h"
#include "guard/category_exceptions.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"
#include "mcp/method.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 8> kTierKeys{
    "read", "write", "delete", "admin", "bulk_items", "category", "permission", "exception"};
constexpr std::array<std::string_view, 2> kCategoryKeys{"tool", "add"};
constexpr std::array<std::string_view, 4> kPermissionKeys{"user", "resource", "allow", "until"};
constexpr std::array<std::string_view, 4> kTierVerdicts{"allow", "warn", "ask", "deny"};
/// Deleting and administering are never decided by a program alone.
constexpr std::array<std::string_view, 2> kGraveVerdicts{"ask", "deny"};
constexpr std::array<std::string_view, 4> kTierNames{"read", "write", "delete", "admin"};

struct AddedCategories {
  std::string tool;
  CategorySet set{0};
};

/// `[[guard.config.permission]]`.
struct Permission {
  std::string user;
  std::string resource;
  std::uint8_t tiers{0};  ///< one bit for each ActionTier
  std::optional<std::int64_t> until_ms;
};

struct TierSettings {
  std::array<Verdict, 4> verdicts{Verdict::kAllow, Verdict::kAllow, Verdict::kAsk, Verdict::kAsk};
  std::size_t bulk_items{kBulkItems};
  std::vector<AddedCategories> added;
  std::vector<Permission> permissions;
  std::vector<CategoryException> exceptions;
};

constexpr std::uint8_t tier_bit(ActionTier tier) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(tier));
}

class ActionTierGuard final : public Guard {
 public:
  explicit ActionTierGuard(TierSettings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    if (input.message.direction != Direction::kToServer) {
      return allow();
    }
    return input.phase == Phase::kToolInvoke ? judge_call(input) : judge_request(input);
  }

  void settle(const GuardInput& input, const Decision& /*decision*/,
              GuardMemory& memory) const override {
    remember_action(input, memory);
  }

 private:
  [[nodiscard]] GuardOutcome judge_call(const GuardInput& input) const {
    const std::string& name = input.tool_name();
    ActionClass action = action_of_call(input, settings_.bulk_items);
    for (const AddedCategories& added : settings_.added) {
      if (glob_match(added.tool, name)) {
        action.add(added.set, "the policy says so");
      }
    }
    if (auto missing = check_permission(input, name, action.tier)) {
      return deny(*std::move(missing));
    }
    const Verdict tier_verdict = settings_.verdicts[static_cast<std::size_t>(action.tier)];
    const CoveredCategories covered = find_category_exceptions(
        settings_.exceptions, input.state.server, name, action.categories, input.event.time_ms);
    action.categories = static_cast<CategorySet>(action.categories & ~covered.categories);
    if (action.categories == 0 && covered.categories != 0 && tier_verdict != Verdict::kDeny) {
      // What a category asks for, its tier does too: who excepts the one means the other.
      return warn(exception_reason(covered, name));
    }
    if (action.categories != 0) {
      GuardOutcome outcome = ask(category_reason(action, name));
      name_categories(action, outcome);
      // A tier that is denied stays denied; a category is at least asked about.
      outcome.verdict = std::max(Verdict::kAsk, tier_verdict);
      return outcome;
    }
    if (tier_verdict == Verdict::kAllow) {
      return allow();
    }
    GuardOutcome outcome = warn(tier_reason(action, name, tier_verdict));
    outcome.verdict = tier_verdict;
    return outcome;
  }

  /// Reading a resource or a prompt is reading; nothing else names a resource.
  [[nodiscard]] GuardOutcome judge_request(const GuardInput& input) const {
    const std::string item = item_of(input.message);
    if (item.empty()) {
      return allow();
    }
    auto missing = check_permission(input, item, ActionTier::kRead);
    return missing ? deny(*std::move(missing)) : allow();
  }

  [[nodiscard]] std::optional<Reason> check_permission(const GuardInput& input,
                                                       const std::string& resource,
                                                       ActionTier tier) const {
    if (settings_.permissions.empty()) {
      return std::nullopt;
    }
    bool expired = false;
    for (const Permission& permission : settings_.permissions) {
      if ((permission.tiers & tier_bit(tier)) == 0 ||
          !glob_match(permission.user, input.state.user) ||
          !glob_match(permission.resource, resource)) {
        continue;
      }
      if (!permission.until_ms || input.event.time_ms < *permission.until_ms) {
        return std::nullopt;
      }
      expired = true;
    }
    Reason reason;
    reason.code = DenialCode::kPermissionDenied;
    reason.rule_id = expired ? "permission-expired" : "permission-missing";
    reason.severity = Severity::kHigh;
    reason.message = "`" + shorten(resource, 64) + "` needs the permission to " +
                     std::string(to_string(tier)) +
                     (expired ? ", which has run out" : ", which this user does not have");
    reason.remedy = "ask who keeps the policy for a permission";
    return reason;
  }

  [[nodiscard]] static Reason category_reason(const ActionClass& action, const std::string& name) {
    Reason reason;
    reason.code = DenialCode::kApprovalRequired;
    reason.severity = Severity::kHigh;
    std::string words;
    for (const CategoryInfo& info : category_infos()) {
      if ((action.categories & info.category) == 0) {
        continue;
      }
      if (reason.rule_id.empty()) {
        reason.rule_id = "category-" + std::string(info.name);
      }
      const auto index = static_cast<std::size_t>(&info - category_infos().data());
      words.append(words.empty() ? "" : "; ").append(info.name).append(": ");
      words.append(escape_for_display(action.why[index]));
    }
    reason.message = "`" + shorten(name, 64) + "` is never run without a person (" +
                     to_category_list(action.categories) + ")";
    reason.evidence = std::move(words);
    reason.remedy = "a person has to approve this call";
    return reason;
  }

  /// A reason for each category after the first one: an approval needs what the gravest of them
  /// needs.
  static void name_categories(const ActionClass& action, GuardOutcome& outcome) {
    for (const CategoryInfo& info : category_infos()) {
      std::string rule = "category-" + std::string(info.name);
      if ((action.categories & info.category) == 0 || outcome.reasons.front().rule_id == rule) {
        continue;
      }
      Reason reason = outcome.reasons.front();
      reason.rule_id = std::move(rule);
      reason.evidence.clear();
      outcome.reasons.push_back(std::move(reason));
    }
  }

  [[nodiscard]] static Reason tier_reason(const ActionClass& action, const std::string& name,
                                          Verdict verdict) {
    Reason reason;
    reason.code =
        verdict == Verdict::kDeny ? DenialCode::kPermissionDenied : DenialCode::kApprovalRequired;
    reason.rule_id = "tier-" + std::string(to_string(action.tier));
    reason.severity = action.tier == ActionTier::kWrite ? Severity::kMedium : Severity::kHigh;
    reason.message = "the policy says " + std::string(to_string(verdict)) + " for calls that " +
                     std::string(to_string(action.tier)) + ": `" + shorten(name, 64) + "`";
    reason.evidence = escape_for_display(action.tier_words);
    reason.remedy = verdict == Verdict::kDeny ? "this policy does not allow such calls"
                                              : "a person has to approve this call";
    return reason;
  }

  TierSettings settings_;
};

class TierSettingsReader {
 public:
  explicit TierSettingsReader(const GuardConfig& config)
      : reader_(config.reader), table_(config.table) {}

  TierSettings run() {
    reader_.check_keys(table_, kTierKeys, "the configuration of `action-tier`");
    read_verdicts();
    settings_.bulk_items = static_cast<std::size_t>(
        reader_.number(table_, "bulk_items", {.least = 1, .most = kBulkItems})
            .value_or(kBulkItems));
    for (const NodeId node : reader_.tables(table_, "category")) {
      read_category(node);
    }
    for (const NodeId node : reader_.tables(table_, "permission")) {
      read_permission(node);
    }
    settings_.exceptions = read_category_exceptions(reader_, table_);
    return std::move(settings_);
  }

 private:
  void read_verdicts() {
    for (std::size_t i = 0; i < kTierNames.size(); ++i) {
      const bool grave = i >= static_cast<std::size_t>(ActionTier::kDelete);
      const std::span<const std::string_view> words =
          grave ? std::span<const std::string_view>(kGraveVerdicts) : kTierVerdicts;
      if (const auto word = reader_.choice(table_, kTierNames[i], words)) {
        settings_.verdicts[i] = *parse_verdict(words[*word]);
      }
    }
  }

  /// A glob that has to be there; `*` says everything.
  std::string glob(NodeId node, std::string_view key, std::string_view what) {
    auto text = reader_.string(node, key);
    if (!text && !reader_.field(node, key)) {
      reader_.complain_missing(node, what, " has no `", key, "`");
    } else if (text && text->empty()) {
      reader_.complain(reader_.field(node, key).value_or(node), "`", key,
                       "` is empty: it would match nothing");
    }
    return text.value_or("");
  }

  void read_category(NodeId node) {
    reader_.check_keys(node, kCategoryKeys, "`[[guard.config.category]]`");
    AddedCategories added{.tool = glob(node, "tool", "a category"), .set = 0};
    for (const NodeId word_node : reader_.strings(node, "add")) {
      const std::string word = reader_.document().text(word_node);
      if (const auto category = parse_category(word)) {
        added.set = static_cast<CategorySet>(added.set | *category);
        continue;
      }
      TableReader::suggest(reader_.complain(word_node, "unknown category `", word, "`"), word,
                           {"deletion", "bulk", "privilege", "money"});
    }
    if (added.set == 0 && !reader_.has_errors()) {
      reader_.complain_missing(node, "a category has no `add`, or an empty one");
    }
    settings_.added.push_back(std::move(added));
  }

  void read_permission(NodeId node) {
    reader_.check_keys(node, kPermissionKeys, "`[[guard.config.permission]]`");
    Permission permission;
    permission.user = glob(node, "user", "a permission");
    permission.resource = glob(node, "resource", "a permission");
    for (const NodeId word_node : reader_.strings(node, "allow")) {
      const std::string word = reader_.document().text(word_node);
      if (const auto tier = parse_action_tier(word)) {
        permission.tiers = static_cast<std::uint8_t>(permission.tiers | tier_bit(*tier));
        continue;
      }
      TableReader::suggest(reader_.complain(word_node, "unknown permission `", word, "`"), word,
                           {kTierNames.begin(), kTierNames.end()});
    }
    if (permission.tiers == 0 && !reader_.has_errors()) {
      reader_.complain_missing(node, "a permission has no `allow`, or an empty one");
    }
    if (const auto until = reader_.string(node, "until")) {
      permission.until_ms = parse_timestamp_ms(*until);
      if (!permission.until_ms) {
        reader_
            .complain(reader_.field(node, "until").value_or(node),
                      "`until` must be a date and time with an offset")
            .hints.emplace_back("for example `until = 2026-12-31T18:00:00Z`");
      }
    }
    settings_.permissions.push_back(std::move(permission));
  }

  TableReader& reader_;
  NodeId table_;
  TierSettings settings_;
};

}  // namespace

std::unique_ptr<Guard> make_action_tier_guard(const GuardConfig& config) {
  TierSettings settings = TierSettingsReader(config).run();
  return config.reader.has_errors() ? nullptr
                                    : std::make_unique<ActionTierGuard>(std::move(settings));
}

}  // namespace merlon
