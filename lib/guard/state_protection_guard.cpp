// Keeps tools away from what decides over them: Merlon's state and policies, and the clients'
// configurations. docs/guards/state-protection.md
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/safe_path.h"
#include "base/text.h"
#include "guard/argument_shapes.h"
#include "guard/call_action.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"
#include "guard/protected_paths.h"
#include "guard/real_path.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 4> kProtectionKeys{"writes", "reads", "paths", "resolve"};
constexpr std::array<std::string_view, 2> kWriteVerdicts{"ask", "deny"};
constexpr std::array<std::string_view, 4> kReadVerdicts{"allow", "warn", "ask", "deny"};

struct ProtectionSettings {
  Verdict writes{Verdict::kDeny};
  Verdict reads{Verdict::kAsk};
  std::vector<std::string> paths;  ///< normal
  bool resolve{true};
};

/// What of a protected thing an argument names.
struct ProtectedHit {
  ProtectedKind kind{ProtectedKind::kNone};
  NodeId node{kNoNode};
  bool resolved{false};
};

/// Bytes that end a word of a command, for any shell.
bool ends_command_word(char c) {
  return static_cast<unsigned char>(c) <= ' ' ||
         std::string_view("'\"`;|&<>(){}=,").find(c) != std::string_view::npos;
}

class ProtectionFinder {
 public:
  ProtectionFinder(const GuardInput& input, const ProtectionSettings& settings, bool deletes)
      : input_(input), settings_(settings), deletes_(deletes) {}

  /// The first argument that names something protected.
  std::optional<ProtectedHit> run(NodeId root) {
    const Document& document = input_.message.document;
    const NodeId end = document.node(root).next;
    for (NodeId node = root; node < end && !hit_; ++node) {
      if (document.is(node, NodeKind::kString)) {
        judge(root, node);
      }
    }
    return hit_;
  }

  std::vector<Need> needs;
  bool failed{false};

 private:
  void judge(NodeId root, NodeId node) {
    const Document& document = input_.message.document;
    const ParameterRole role = role_of_parameter(argument_key(document, root, node), false);
    if (role == ParameterRole::kText) {
      return;
    }
    const std::string text = document.text(node);
    if (role == ParameterRole::kStatement) {
      judge_words(text, node);
      return;
    }
    judge_path(text, node);
    const bool path = role == ParameterRole::kPath || text.starts_with('/') ||
                      text.starts_with("~") || text.starts_with("./") || text.starts_with("../") ||
                      text.starts_with("file:");
    if (!hit_ && settings_.resolve && path) {
      judge_resolved(text, node);
    }
  }

  void judge_words(const std::string& text, NodeId node) {
    judge_plain_words(text, node);
    // Quotes and backslashes within a word, and blanks within quotes.
    std::string plain = text;
    std::erase_if(plain, [](char c) { return c == '\'' || c == '"' || c == '\\'; });
    if (!hit_ && plain.size() != text.size()) {
      judge_plain_words(plain, node);
    }
  }

  void judge_plain_words(std::string_view text, NodeId node) {
    std::size_t at = 0;
    while (at < text.size() && !hit_) {
      std::size_t end = at;
      while (end < text.size() && !ends_command_word(text[end])) {
        ++end;
      }
      if (end > at) {
        judge_path(text.substr(at, end - at), node);
      }
      at = end + 1;
    }
  }

  void judge_path(std::string_view text, NodeId node) {
    if (text.find_first_of("./\\%") == std::string_view::npos &&
        static_cast<unsigned char>(text.empty() ? 0 : text.front()) < 0x80) {
      return;  // a plain word
    }
    for (const std::string& reading : read_path(text).normal) {
      if (const ProtectedKind kind = kind_of(reading); kind != ProtectedKind::kNone) {
        hit_ = ProtectedHit{.kind = kind, .node = node, .resolved = false};
        return;
      }
    }
  }

  [[nodiscard]] ProtectedKind kind_of(const std::string& path) const {
    const bool own = std::ranges::any_of(settings_.paths, [&](const std::string& folder) {
      return is_within(folder, path, PathCase::kIgnored) ||
             (deletes_ && is_within(path, folder, PathCase::kIgnored));
    });
    if (own) {
      return ProtectedKind::kMerlon;
    }
    const ProtectedKind kind = protected_kind(path);
    return kind == ProtectedKind::kNone && deletes_ && holds_protected(path)
               ? ProtectedKind::kClient
               : kind;
  }

  /// Where links lead: the argument, and the folders that the policy names.
  void judge_resolved(const std::string& text, NodeId node) {
    const auto real = real_path_of(text);
    if (!real) {
      return;
    }
    ProtectedKind kind = kind_of(*real);
    for (const std::string& folder : settings_.paths) {
      const auto real_folder = real_path_of(folder);
      const bool inside = real_folder && is_within(*real_folder, *real, PathCase::kIgnored);
      kind = inside ? ProtectedKind::kMerlon : kind;
    }
    if (kind != ProtectedKind::kNone) {
      hit_ = ProtectedHit{.kind = kind, .node = node, .resolved = true};
    }
  }

  /// A path that cannot exist leads nowhere.
  std::optional<std::string> real_path_of(const std::string& path) {
    RealPath real = real_path(path, input_.event.facts, needs);
    failed = failed || real.answer == PathAnswer::kFailed;
    return real.answer == PathAnswer::kKnown ? std::optional(std::move(real.path)) : std::nullopt;
  }

  const GuardInput& input_;
  const ProtectionSettings& settings_;
  bool deletes_;
  std::optional<ProtectedHit> hit_;
};

class StateProtectionGuard final : public Guard {
 public:
  explicit StateProtectionGuard(ProtectionSettings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    const NodeId root = root_of(input);
    if (root == kNoNode) {
      return allow();
    }
    // Most calls name nothing of the kind: what the call does is found out when one does.
    ProtectionFinder finder(input, settings_, /*deletes=*/true);
    if (finder.run(root)) {
      return judge_hit(input, root);
    }
    return without_hit(finder);
  }

  void settle(const GuardInput& input, const Decision& /*decision*/,
              GuardMemory& memory) const override {
    remember_action(input, memory);
  }

 private:
  [[nodiscard]] GuardOutcome judge_hit(const GuardInput& input, NodeId root) const {
    const bool call = input.phase == Phase::kToolInvoke;
    const ActionClass action = call ? action_of_call(input) : ActionClass{};
    ProtectionFinder finder(input, settings_, (action.categories & kCategoryDeletion) != 0);
    if (const auto hit = finder.run(root)) {
      return refuse(input, *hit, action.tier != ActionTier::kRead);
    }
    return without_hit(finder);
  }

  [[nodiscard]] static GuardOutcome without_hit(ProtectionFinder& finder) {
    if (finder.failed) {
      return error(protection_reason("path-unresolved", "where a path leads could not be found out",
                                     "try again"));
    }
    return finder.needs.empty() ? allow() : wait_for(std::move(finder.needs));
  }

  [[nodiscard]] static NodeId root_of(const GuardInput& input) {
    if (input.message.direction != Direction::kToServer) {
      return kNoNode;
    }
    if (input.phase == Phase::kToolInvoke) {
      return input.arguments;
    }
    return input.message.method.starts_with("resources/")
               ? input.message.document.find(input.message.params, "uri").value_or(kNoNode)
               : kNoNode;
  }

  [[nodiscard]] GuardOutcome refuse(const GuardInput& input, const ProtectedHit& hit,
                                    bool writes) const {
    const Verdict verdict = writes ? settings_.writes : settings_.reads;
    if (verdict == Verdict::kAllow) {
      return allow();
    }
    const std::string_view what = hit.kind == ProtectedKind::kMerlon
                                      ? "the gate's own state or policy"
                                      : "a client's configuration";
    Reason reason =
        protection_reason(writes ? "protected-write" : "protected-read",
                          std::string(writes ? "a call that may change " : "reading ") +
                              std::string(what) + (hit.resolved ? " through a link" : ""),
                          "a person changes these files, outside of the session");
    reason.pointer = input.message.document.pointer(hit.node);
    GuardOutcome outcome = deny(std::move(reason));
    outcome.verdict = verdict;
    return outcome;
  }

  [[nodiscard]] static Reason protection_reason(std::string_view rule, std::string message,
                                                std::string_view remedy) {
    Reason reason;
    reason.code = DenialCode::kPermissionDenied;
    reason.rule_id = rule;
    reason.severity = Severity::kCritical;
    reason.message = std::move(message);
    reason.remedy = remedy;
    return reason;
  }

  ProtectionSettings settings_;
};

}  // namespace

std::unique_ptr<Guard> make_state_protection_guard(const GuardConfig& config) {
  TableReader& reader = config.reader;
  reader.check_keys(config.table, kProtectionKeys, "the configuration of `state-protection`");
  ProtectionSettings settings;
  if (const auto word = reader.choice(config.table, "writes", kWriteVerdicts)) {
    settings.writes = *parse_verdict(kWriteVerdicts[*word]);
  }
  if (const auto word = reader.choice(config.table, "reads", kReadVerdicts)) {
    settings.reads = *parse_verdict(kReadVerdicts[*word]);
  }
  settings.resolve = reader.boolean(config.table, "resolve").value_or(true);
  for (const NodeId node : reader.strings(config.table, "paths")) {
    const PathReadings path = read_path(reader.document().text(node));
    const std::string& normal = path.normal.front();
    if (path.normal.size() != 1 || path.climbs || path.nul || normal == "/" ||
        (!is_absolute_path(normal) && !path.home)) {
      reader.complain(node, "`", reader.document().text(node), "` is not one plain absolute path")
          .hints.emplace_back("begin it with `/`, a drive or `~/`");
    }
    settings.paths.push_back(normal);
  }
  return reader.has_errors() ? nullptr
                             : std::make_unique<StateProtectionGuard>(std::move(settings));
}

}  // namespace merlon
