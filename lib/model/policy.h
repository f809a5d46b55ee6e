#pragma once
/// A policy as plain data: what policies/<name>.toml says after `extends`, the system's minimum and
/// a tenant's overrides have been put together. docs/spec/policy.md is the format's specification.
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/location.h"
#include "model/decision.h"
#include "model/message.h"

namespace merlon {

inline constexpr std::uint64_t kPolicyFormat = 1;

/// A table of one of the files that a policy was made of.
struct PolicyNode {
  std::shared_ptr<const Document> document;
  NodeId node{kNoNode};
};

/// Shadow decides and records, and forwards everything.
enum class PolicyMode : std::uint8_t { kEnforce, kShadow };

/// What an error or a passed deadline of a guard means.
enum class OnError : std::uint8_t { kDeny, kAsk, kAllow };

/// How much a call can break; from the policy, else from the capability model.
enum class ActionTier : std::uint8_t { kRead, kWrite, kDelete, kAdmin };
[[nodiscard]] std::string_view to_string(ActionTier tier);
/// In the order of the enum.
[[nodiscard]] std::span<const std::string_view> action_tier_words();
[[nodiscard]] std::optional<ActionTier> parse_action_tier(std::string_view word);

/// Never decided by a program alone (REQUIREMENTS A3): one bit each.
enum NeverAutomatic : std::uint8_t {
  kCategoryDeletion = 1,
  kCategoryBulk = 2,
  kCategoryPrivilege = 4,
  kCategoryMoney = 8,
};
using CategorySet = std::uint8_t;

/// `[[guard]]`: one engine with its settings.
struct GuardEntry {
  std::string id;              ///< unique in the policy
  std::string type;            ///< name of a guard kind
  int priority{100};           ///< lower runs first; equal ones in the order of the file
  std::vector<Phase> runs_on;  ///< empty: every phase that the kind supports
  std::uint32_t timeout_ms{100};
  OnError on_error{OnError::kDeny};
  bool enabled{true};
  bool shadow{false};
  PolicyNode config;  ///< `[guard.config]`; node kNoNode: all defaults
  Location where;
};

/// `[[tool]]`: what holds for the tools that a glob names. Guards of several kinds read these. The
/// first entry that matches a tool is its entry.
struct ToolEntry {
  std::string tool;                 ///< glob over the tool's name
  std::string server{"*"};          ///< glob over the server's configured name
  std::optional<Verdict> decision;  ///< allow, warn, ask or deny
  std::optional<ActionTier> tier;
  bool hidden{false};  ///< taken out of lists; a call is denied as if the tool did not exist
  std::optional<std::uint8_t> capabilities;  ///< replaces what the capability model says
  std::string reason;                        ///< shown with the decision
  PolicyNode entry;  ///< the whole table: `[[tool.argument]]`, `[[tool.rate]]`
  Location where;
};

struct PolicyDefaults {
  Verdict unlisted_tool{Verdict::kAllow};  ///< a tool without an entry: allow, ask or deny
  OnError on_error{OnError::kDeny};        ///< of guard entries that say nothing
  std::uint32_t timeout_ms{100};           ///< the same
};

struct Policy {
  std::string name;
  std::uint64_t version{1};
  std::string description;
  PolicyMode mode{PolicyMode::kEnforce};
  double shadow_share{0};  ///< of sessions that run in shadow mode although `mode` is enforce, 0..1
  PolicyDefaults defaults;
  bool tenant_required{false};       ///< a session without a tenant of this policy is denied
  std::vector<std::string> tenants;  ///< names that `[tenant.NAME]` tables exist for
  std::string tenant;                ///< whose overrides are in here; empty: nobody's
  std::vector<GuardEntry> guards;
  std::vector<ToolEntry> tools;
  /// `[rule_of_two]`, `[quota]`, `[record]`, `[redact]`, ...: read by who implements them.
  std::vector<std::pair<std::string, PolicyNode>> sections;
  std::vector<std::string> files;  ///< in the order they were put together, the base first
  /// Hex sha256 over the bytes of the file; of several files, or with a tenant, over the lines that
  /// docs/spec/policy.md describes.
  std::string digest;
  /// The system's policy: decides as well, and what it says is the least that holds. Null: none.
  std::shared_ptr<const Policy> minimum;

  [[nodiscard]] const PolicyNode* section(std::string_view wanted) const {
    for (const auto& [key, node] : sections) {
      if (key == wanted) {
        return &node;
      }
    }
    return nullptr;
  }
};

}  // namespace merlon
