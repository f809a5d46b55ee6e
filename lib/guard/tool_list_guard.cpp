// What the policy's [[tool]] entries say about a tool by its name. docs/guards/tool-list.md
#include <array>

#include "base/text.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"
#include "guard/tool_entries.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 0> kNoKeys{};

class ToolListGuard final : public ForgetfulGuard {
 public:
  explicit ToolListGuard(const Policy& policy)
      : entries_(policy.tools), unlisted_(policy.defaults.unlisted_tool) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    return input.phase == Phase::kToolInvoke ? judge_call(input) : judge_list(input);
  }

 private:
  [[nodiscard]] GuardOutcome judge_call(const GuardInput& input) const {
    const std::string& name = input.tool_name();
    if (input.entry == nullptr) {
      return judge_unlisted(input, name);
    }
    if (input.entry->hidden) {
      // The same answer as for a tool that does not exist: a hidden tool is not to be learned of.
      return deny(not_found(name));
    }
    const Verdict verdict = input.entry->decision.value_or(Verdict::kAllow);
    if (verdict == Verdict::kAllow) {
      return allow();
    }
    Reason reason;
    reason.code = DenialCode::kPermissionDenied;
    reason.rule_id = "tool-entry";
    reason.severity = Severity::kHigh;
    reason.message = "the policy's entry `" + input.entry->tool + "` says " +
                     std::string(to_string(verdict)) + " for `" + shorten(name, 64) + "`";
    reason.remedy = input.entry->reason;
    return verdict == Verdict::kDeny  ? deny(std::move(reason))
           : verdict == Verdict::kAsk ? ask(std::move(reason))
                                      : warn(std::move(reason));
  }

  [[nodiscard]] GuardOutcome judge_unlisted(const GuardInput& input,
                                            const std::string& name) const {
    if (input.tool == nullptr && !input.state.surface.tools_complete) {
      const Fact* const list = input.event.facts.find(NeedKind::kToolList, "");
      if (list == nullptr) {
        return wait_for({Need{.kind = NeedKind::kToolList, .what = ""}});
      }
    }
    if (input.tool == nullptr) {
      return deny(not_found(name));
    }
    if (unlisted_ == Verdict::kAllow) {
      return allow();
    }
    Reason reason;
    reason.code = DenialCode::kPermissionDenied;
    reason.rule_id = "tool-unlisted";
    reason.severity = Severity::kHigh;
    reason.message = "no `[[tool]]` entry of the policy names `" + shorten(name, 64) + "`";
    reason.remedy = "add an entry for the tool to the policy";
    return unlisted_ == Verdict::kAsk ? ask(std::move(reason)) : deny(std::move(reason));
  }

  [[nodiscard]] static Reason not_found(const std::string& name) {
    Reason reason;
    reason.code = DenialCode::kNotFound;
    reason.rule_id = "tool-not-offered";
    reason.severity = Severity::kMedium;
    reason.message = "there is no tool `" + shorten(name, 64) + "`";
    reason.remedy = "call one of the tools of tools/list";
    return reason;
  }

  /// Hidden tools are taken out of lists.
  [[nodiscard]] GuardOutcome judge_list(const GuardInput& input) const {
    const Document& document = input.message.document;
    GuardOutcome outcome;
    const auto tools = document.find(input.message.result, "tools");
    std::size_t index = 0;
    for (const NodeId tool : tools ? document.elements(*tools) : std::vector<NodeId>{}) {
      const std::string name = document.string_or(document.find(tool, "name"), "");
      const ToolEntry* const entry = find_tool_entry(entries_, input.state.server, name);
      if (entry != nullptr && entry->hidden) {
        outcome.verdict = Verdict::kModify;
        outcome.edits.push_back(
            {.pointer = "/result/tools/" + std::to_string(index), .remove = true, .json = ""});
        Reason reason;
        reason.rule_id = "tool-hidden";
        reason.severity = Severity::kInfo;
        reason.message = "`" + shorten(name, 64) + "` is hidden by the policy";
        outcome.reasons.push_back(std::move(reason));
      }
      ++index;
    }
    return outcome;
  }

  std::vector<ToolEntry> entries_;
  Verdict unlisted_;
};

}  // namespace

std::unique_ptr<Guard> make_tool_list_guard(const GuardConfig& config) {
  config.reader.check_keys(config.table, kNoKeys, "the configuration of `tool-list`");
  return std::make_unique<ToolListGuard>(config.policy);
}

}  // namespace merlon
