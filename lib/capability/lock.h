#pragma once
/// merlon.lock: what was reviewed, so that a server that says something else tomorrow is found.
/// Format: docs/spec/lock.md.
///
///   MERLON_TRY / write:  lock_text(manifests, options)          -> the file's bytes
///   read:                load_lock(source, limits)              -> Lock, or all problems with
///   their places judge:               compare_lock(*lock, manifests, options) -> LockDrift, each
///   with what changed and the risk
///
/// A lock names its servers by the name under which they are configured and by the digest of their
/// launch command, never by what a server calls itself. It is deterministic: the same servers give
/// the same bytes, in whatever order and layout they stand in the manifests. Everything here is
/// pure; safe from many threads.
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/limits.h"
#include "base/result.h"
#include "capability/definition_diff.h"
#include "model/manifest.h"
#include "model/rule.h"

namespace merlon {

/// What is written. Read is format 1 as well, in which resources stand by their names.
inline constexpr std::uint64_t kLockFormat = 2;

/// The lists that a server's definitions stand in.
enum class LockList : std::uint8_t {
  kInstructions,
  kTools,
  kPrompts,
  kResources,
  kResourceTemplates,
  kSkills
};
[[nodiscard]] std::string_view to_string(LockList list);
/// The member of a definition that says which one of its list it is: `name`, `uri`, `uriTemplate`;
/// empty for instructions.
[[nodiscard]] std::string_view identity_member(LockList list);

struct LockedItem {
  LockList list{LockList::kTools};
  /// Which one of its list: the name; of resources and templates the URI, whatever they are called.
  /// Empty for instructions.
  std::string name;
  std::string digest;          ///< `sha256:` and 64 hex digits
  NodeId definition{kNoNode};  ///< in Lock::document; kNoNode when only the digest was kept
  NodeId node{kNoNode};
};

struct LockedServer {
  std::string name;  ///< configured name; may be empty
  std::string file;  ///< instead of a name: the manifest it was found in
  std::vector<std::string>
      launch;                 ///< words of the command line, secrets masked; empty for remote ones
  std::string launch_digest;  ///< empty without launch
  std::string url;            ///< secrets masked
  std::vector<LockedItem> items;
  NodeId node{kNoNode};
};

struct Lock {
  std::uint64_t version{0};  ///< rises with every change
  Document document;
  std::vector<LockedServer> servers;
};

/// Where secrets are known, which this module does not: handed in.
struct LockOptions {
  /// The words of a command line with secrets replaced; the launch digest is made of these.
  std::function<std::vector<std::string>(const std::vector<std::string>& words)> mask_words;
  /// True for a text that must not be copied into a lock: of the definition only the digest is kept
  /// then.
  std::function<bool(std::string_view text)> holds_secret;
};

/// The bytes of a lock of everything that the manifests hold. `version` is the number of this lock.
/// Errors for definitions that have no canonical form (a duplicate key, a lone surrogate).
[[nodiscard]] Checked<std::string> lock_text(std::span<const Manifest* const> manifests,
                                             const LockOptions& options, std::uint64_t version);

/// The version for a new lock in place of an old one: the old one's when `text` says the same, else
/// one more.
[[nodiscard]] std::uint64_t next_lock_version(std::span<const Manifest* const> manifests,
                                              const LockOptions& options, const Lock& old);

/// All problems at once: unknown keys, wrong kinds, digests that do not belong to their
/// definitions, names twice.
[[nodiscard]] Checked<Lock> load_lock(std::shared_ptr<const SourceText> source,
                                      const Limits& limits);

enum class DriftKind : std::uint8_t {
  kChanged,  ///< a definition is not as locked
  kRenamed,
  kNewItem,
  kRemovedItem,
  kNewServer,
  kMissingServer,  ///< the lock has them, the input has not; one for all
  kNotCompared,    ///< the input has the server but none of its definitions
  kLaunch,         ///< another command line or address
};

struct LockDrift {
  DriftKind kind{DriftKind::kChanged};
  std::string rule_id;  ///< one of lock_rules()
  bool risk_grew{false};
  std::size_t manifest{0};  ///< index into the manifests
  NodeId node{kNoNode};     ///< the definition, or the server that it is missing from
  std::string server;
  std::string item;
  std::string message;  ///< one line
  std::vector<DefinitionChange> changes;
};

/// Sorted by manifest, node, item. Empty: everything is as locked.
[[nodiscard]] std::vector<LockDrift> compare_lock(const Lock& lock,
                                                  std::span<const Manifest* const> manifests,
                                                  const LockOptions& options);

/// Metadata of the findings that are made of drift, sorted by id: `lock-changed`, `lock-drift`,
/// `lock-drift-risk`, `lock-missing-server`, `lock-new-server`, `lock-new-tool`,
/// `lock-removed-tool`.
[[nodiscard]] std::vector<Rule> lock_rules();

}  // namespace merlon
