// Cursor: beforeMCPExecution, beforeShellExecution, beforeReadFile and what comes after.
// docs/hooks.md#cursor
#include "base/json/json_writer.h"
#include "hook/hook_fields.h"
#include "hook/hook_functions.h"

namespace merlon {
namespace {

/// Fields of the event as arguments of a tool.
std::string picked(const Document& input, std::string_view name) {
  JsonWriter json;
  json.begin_object().field(name, hook_text(input, name)).end_object();
  return std::move(json).take();
}

Result<HookEvent> read_cursor_mcp_hook(const Document& input, HookEvent out) {
  out.tool = hook_text(input, "tool_name");
  if (out.tool.empty()) {
    return fail(ErrorCode::kFormat, "`tool_name` is missing");
  }
  // Which server it is, is said in one of three ways.
  for (const std::string_view field : {"server", "url", "command"}) {
    if (out.server.empty()) {
      out.server = hook_text(input, field);
    }
  }
  if (out.server.empty()) {
    out.server = "mcp";
  }
  MERLON_TRY(out.arguments, hook_object(input, "tool_input"));
  return out;
}

}  // namespace

bool recognise_cursor_hook(const Document& input) {
  const std::string event = hook_text(input, "hook_event_name");
  return !hook_text(input, "conversation_id").empty() &&
         (event.starts_with("before") || event.starts_with("after"));
}

Result<HookEvent> read_cursor_hook(const Document& input) {
  HookEvent out;
  out.event = hook_text(input, "hook_event_name");
  out.session = hook_text(input, "conversation_id");
  if (out.event == "beforeMCPExecution") {
    out.phase = HookPhase::kBefore;
    return read_cursor_mcp_hook(input, std::move(out));
  }
  if (out.event == "afterMCPExecution") {
    out.phase = HookPhase::kAfter;
    out.result = hook_value(input, "result_json");
    return read_cursor_mcp_hook(input, std::move(out));
  }
  if (out.event == "beforeShellExecution") {
    out.phase = HookPhase::kBefore;
    out.tool = "Shell";
    out.arguments = picked(input, "command");
  } else if (out.event == "beforeReadFile") {
    out.phase = HookPhase::kBefore;
    out.tool = "Read";
    out.arguments = picked(input, "file_path");
  } else if (out.event.empty()) {
    return fail(ErrorCode::kFormat, "`hook_event_name` is missing");
  }
  return out;
}

HookReply reply_cursor_hook(const HookEvent& event, const HookRuling& ruling) {
  JsonWriter json;
  json.begin_object();
  if (event.phase != HookPhase::kAfter) {
    const bool deny = ruling.verdict == Verdict::kDeny || ruling.verdict == Verdict::kModify;
    json.field("permission", deny ? "deny" : ruling.verdict == Verdict::kAsk ? "ask" : "allow");
    if (deny || ruling.verdict == Verdict::kAsk) {
      json.field("user_message", "merlon: " + ruling.reason);
      json.field("agent_message", "merlon: " + ruling.reason);
    }
  }
  json.end_object();
  return {.out = std::move(json).take(), .err = "", .code = 0};
}

}  // namespace merlon
