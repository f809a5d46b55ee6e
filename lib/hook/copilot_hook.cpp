// Copilot CLI and VS Code: preToolUse and postToolUse. docs/hooks.md#copilot
#include "base/json/json_writer.h"
#include "hook/hook_fields.h"
#include "hook/hook_functions.h"

namespace merlon {

bool recognise_copilot_hook(const Document& input) {
  return !hook_text(input, "toolName").empty();
}

Result<HookEvent> read_copilot_hook(const Document& input) {
  if (recognise_claude_hook(input)) {
    return read_claude_hook(input);
  }
  HookEvent out;
  out.session = hook_text(input, "sessionId");
  out.tool = hook_text(input, "toolName");
  if (out.tool.empty()) {
    return fail(ErrorCode::kFormat, "`toolName` is missing");
  }
  const bool after = input.find(input.root(), "toolResult").has_value();
  out.phase = after ? HookPhase::kAfter : HookPhase::kBefore;
  out.event = after ? "postToolUse" : "preToolUse";
  if (after) {
    out.result = hook_value(input, "toolResult");
  }
  if (auto parts = split_mcp_name(out.tool, "__")) {
    out.server = std::move(parts->server);
    out.tool = std::move(parts->tool);
  }
  MERLON_TRY(out.arguments, hook_object(input, "toolArgs"));
  return out;
}

HookReply reply_copilot_hook(const HookEvent& event, const HookRuling& ruling) {
  JsonWriter json;
  json.begin_object();
  const bool refuses = ruling.verdict == Verdict::kDeny || ruling.verdict == Verdict::kAsk;
  if (refuses && event.phase != HookPhase::kAfter) {
    json.field("permissionDecision", ruling.verdict == Verdict::kDeny ? "deny" : "ask");
    json.field("permissionDecisionReason", "merlon: " + ruling.reason);
  }
  json.end_object();
  return {.out = std::move(json).take(), .err = "", .code = 0};
}

}  // namespace merlon
