// Gemini CLI: BeforeTool and AfterTool. docs/hooks.md#gemini
#include "base/json/json_writer.h"
#include "hook/hook_fields.h"
#include "hook/hook_functions.h"

namespace merlon {

bool recognise_gemini_hook(const Document& input) {
  const std::string event = hook_text(input, "hook_event_name");
  return event == "BeforeTool" || event == "AfterTool";
}

Result<HookEvent> read_gemini_hook(const Document& input) {
  HookEvent out;
  out.event = hook_text(input, "hook_event_name");
  out.session = hook_text(input, "session_id");
  out.tool = hook_text(input, "tool_name");
  if (out.event == "BeforeTool") {
    out.phase = HookPhase::kBefore;
  } else if (out.event == "AfterTool") {
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
  const auto context = input.find(input.root(), "mcp_context");
  const std::string server = input.string_or(input.find(context, "server_name"), "");
  const std::string tool = input.string_or(input.find(context, "tool_name"), "");
  if (!server.empty() && !tool.empty()) {
    out.server = server;
    out.tool = tool;
  } else if (auto parts = split_mcp_name(out.tool, "_")) {
    out.server = std::move(parts->server);
    out.tool = std::move(parts->tool);
  }
  MERLON_TRY(out.arguments, hook_object(input, "tool_input"));
  return out;
}

HookReply reply_gemini_hook(const HookEvent& event, const HookRuling& ruling) {
  JsonWriter json;
  json.begin_object();
  const bool after = event.phase == HookPhase::kAfter;
  if (ruling.verdict == Verdict::kDeny || ruling.verdict == Verdict::kAsk) {
    json.field("decision", "deny").field("reason", "merlon: " + ruling.reason);
  } else if (ruling.changed && after) {
    // What is given as the reason of a denial is what the model gets in place of the result.
    json.field("decision", "deny").field("reason", *ruling.changed);
  } else if (ruling.changed) {
    json.key("hookSpecificOutput").begin_object().key("tool_input").raw(*ruling.changed);
    json.end_object();
  }
  if (ruling.verdict == Verdict::kWarn && !ruling.reason.empty()) {
    json.field("systemMessage", "merlon: " + ruling.reason);
  }
  json.end_object();
  return {.out = std::move(json).take(), .err = "", .code = 0};
}

}  // namespace merlon
