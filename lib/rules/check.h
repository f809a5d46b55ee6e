#pragma once
/// Coded checks: what a pattern over one text cannot say (duplicate keys, names across servers,
/// structure). A check is one file <name>_check.cpp, one row in check_registry.cpp and one or more
/// rule files with `check = "name"`, which hold id, severity, taxonomies, remedy and examples.
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "model/finding.h"
#include "model/manifest.h"

namespace merlon {

inline constexpr std::size_t kWholeNode = std::numeric_limits<std::size_t>::max();

struct CheckHit {
  std::string rule_id;      ///< a rule whose `check` names this check
  std::size_t manifest{0};  ///< index into CheckInput::manifests
  NodeId node{0};
  std::size_t begin{0};  ///< bytes of the node's decoded text; kWholeNode for `end`: all of it
  std::size_t end{kWholeNode};
  std::string message;  ///< empty: the rule's own
  Evidence evidence;    ///< empty text: the bytes of the place
  bool secret{false};
  std::optional<Severity> severity;  ///< instead of the rule's
  std::vector<std::pair<std::string, std::pair<std::size_t, NodeId>>>
      related;                       ///< message, (manifest, node)
  std::optional<int> score;          ///< of a soft rule, instead of the rule's
  std::vector<ScoreSignal> signals;  ///< what the score is made of; `rule_id` empty: this rule's
};

class CheckSink {
 public:
  CheckSink() = default;
  CheckSink(const CheckSink&) = delete;
  CheckSink& operator=(const CheckSink&) = delete;
  virtual ~CheckSink() = default;
  virtual void report(CheckHit hit) = 0;
};

struct CheckInput {
  std::span<const Manifest* const>
      manifests;  ///< one for kManifest; all of the run, sorted by file, for kWorkspace
  const Limits& limits;
};

enum class CheckScope {
  kManifest,   ///< sees one manifest at a time; run in parallel
  kWorkspace,  ///< sees all of them at once; run last
};

struct CheckKind {
  std::string_view name;  ///< kebab-case, unique
  std::string_view summary;
  CheckScope scope;
  /// Pure and deterministic; safe from many threads. Work is bounded by the size of the input.
  void (*run)(const CheckInput& input, CheckSink& sink);
};

[[nodiscard]] std::span<const CheckKind> check_kinds();

}  // namespace merlon
