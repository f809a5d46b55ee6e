// Claude Code: PreToolUse and PostToolUse. docs/hooks.md#claude
#include "base/json/json_writer.h"
#include "hook/hook_fields.h"
#include "hook/hook_functions.h"

namespace merlon {
namespace {

std::string claude_before(const HookRuling& ruling) {
  JsonWriter json;
  json.begin_object();
  if (ruling.verdict == Verdict::kWarn && !ruling.reason.empty()) {
    json.field("systemMessage", "merlon: " + ruling.reason);
  }
  // An allow is no opinion: `permissionDecision: allow` would skip the user's own permissions. For
  // the same reason changed arguments are shown to the user.
  if (ruling.verdict == Verdict::kDeny || ruling.verdict == Verdict::kAsk ||
      ruling.verdict == Verdict::kModify) {
    json.key("hookSpecificOutput").begin_object();
    json.field("hookEventName", "PreToolUse");
    json.field("permissionDecision", ruling.verdict == Verdict::kDeny ? "deny" : "ask");
    json.field("permissionDecisionReason", "merlon: " + ruling.reason);
    if (ruling.changed) {
      json.key("updatedInput").raw(*ruling.changed);
    }
    json.end_object();
  }
  json.end_object();
  return std::move(json).take();
}

std::string claude_after(const HookEvent& event, const HookRuling& ruling) {
  JsonWriter json;
  json.begin_object();
  const bool deny = ruling.verdict == Verdict::kDeny;
  if (deny) {
    json.field("decision", "block").field("reason", "merlon: " + ruling.reason);
  }
  if (deny || ruling.changed) {
    json.key("hookSpecificOutput").begin_object();
    json.field("hookEventName", "PostToolUse");
    json.key(event.server.empty() ? "updatedToolOutput" : "updatedMCPToolOutput");
    if (ruling.changed) {
      json.raw(*ruling.changed);
    } else {
      json.string("[removed by merlon: " + ruling.reason + "]");
    }
    json.end_object();
  }
  json.end_object();
  return std::move(json).take();
}

}  // namespace

bool recognise_claude_hook(const Document& input) {
  const std::string event = hook_text(input, "hook_event_name");
  return event == "PreToolUse" || event == "PostToolUse";
}

Result<HookEvent> read_claude_hook(const Document& input) {
  HookEvent out;
  out.event = hook_text(input, "hook_event_name");
  out.session = hook_text(input, "session_id");
  out.call = hook_text(input, "tool_use_id");
  out.tool = hook_text(input, "tool_name");
  if (out.event == "PreToolUse") {
    out.phase = HookPhase::kBefore;
  } else if (out.event == "PostToolUse") {
    out.phase = HookPhase::kAfter;
    out.result = hook_value(input, "tool_response");
  } else if (out.event.empty()) {
    return fail(ErrorCode::kFormat, "`hook_event_name` is missing");
  } else {
    return out;
  }
  if (out.tool.empty()) {
    return fail(ErrorCode::kFormat, "`tool_name` is missing");
  }
  if (auto parts = split_mcp_name(out.tool, "__")) {
    out.server = std::move(parts->server);
    out.tool = std::move(parts->tool);
  }
  MERLON_TRY(out.arguments, hook_object(input, "tool_input"));
  return out;
}

HookReply reply_claude_hook(const HookEvent& event, const HookRuling& ruling) {
  return {
      .out = event.phase == HookPhase::kAfter ? claude_after(event, ruling) : claude_before(ruling),
      .err = "",
      .code = 0};
}

}  // namespace merlon
