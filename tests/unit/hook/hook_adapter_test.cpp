#include "hook/hook_adapter.h"

#include <doctest/doctest.h>

#include "base/json/json_reader.h"

namespace merlon {
namespace {

Document hook_input(const std::string& text) {
  return parse_json(SourceText::copy_of("-", text), JsonDialect::kStrict, Limits{}).value();
}

HookEvent read_as(const std::string& client, const std::string& text) {
  const HookAdapter* const adapter = find_hook_adapter(client);
  REQUIRE(adapter != nullptr);
  return adapter->read(hook_input(text)).value();
}

std::string said(const std::string& client, const HookEvent& event, HookRuling ruling) {
  const HookAdapter* const adapter = find_hook_adapter(client);
  REQUIRE(adapter != nullptr);
  const HookReply reply = adapter->reply(event, enforceable(*adapter, event, std::move(ruling)));
  CHECK(reply.code == 0);
  CHECK(parse_json(SourceText::copy_of("out", reply.out), JsonDialect::kStrict, Limits{})
            .has_value());
  return reply.out;
}

const HookEvent kBefore{.phase = HookPhase::kBefore, .server = "s", .tool = "t"};
const HookEvent kAfter{.phase = HookPhase::kAfter, .server = "s", .tool = "t"};

}  // namespace

TEST_CASE("hook: each host's event is read as what it is") {
  const HookEvent claude = read_as(
      "claude",
      R"({"session_id":"s1","hook_event_name":"PreToolUse","tool_name":"mcp__git_hub__list_issues",)"
      R"("tool_input":{"a":1},"tool_use_id":"u1"})");
  CHECK(claude.phase == HookPhase::kBefore);
  CHECK(claude.session == "s1");
  CHECK(claude.server == "git_hub");
  CHECK(claude.tool == "list_issues");
  CHECK(claude.call == "u1");
  CHECK(claude.arguments == R"({"a":1})");

  const HookEvent gemini = read_as(
      "gemini",
      R"({"session_id":"g","hook_event_name":"AfterTool","tool_name":"mcp_files_read_file",)"
      R"("tool_input":{},"tool_response":{"x":"y"}})");
  CHECK(gemini.phase == HookPhase::kAfter);
  CHECK(gemini.server == "files");
  CHECK(gemini.tool == "read_file");
  CHECK(gemini.result == R"({"x":"y"})");

  const HookEvent cursor = read_as(
      "cursor",
      R"({"conversation_id":"c","hook_event_name":"beforeMCPExecution","tool_name":"search",)"
      R"("tool_input":"{\"q\":\"x\"}","url":"https://mcp.example"})");
  CHECK(cursor.server == "https://mcp.example");
  CHECK(cursor.arguments == R"({"q":"x"})");
  const HookEvent shell = read_as(
      "cursor",
      R"({"conversation_id":"c","hook_event_name":"beforeShellExecution","command":"ls","cwd":"/"})");
  CHECK(shell.server.empty());
  CHECK(shell.tool == "Shell");
  CHECK(shell.arguments == R"({"command":"ls"})");

  const HookEvent copilot = read_as(
      "copilot", R"({"sessionId":"p","toolName":"bash","toolArgs":"{\"command\":\"ls\"}"})");
  CHECK(copilot.phase == HookPhase::kBefore);
  CHECK(copilot.arguments == R"({"command":"ls"})");

  CHECK(read_as("claude", R"({"hook_event_name":"SessionStart"})").phase == HookPhase::kOther);
}

TEST_CASE("hook: --client auto knows the hosts by the shape of what they send") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"({"hook_event_name":"PreToolUse","tool_name":"Bash"})", "claude"},
      {R"({"hook_event_name":"BeforeTool","tool_name":"x"})", "gemini"},
      {R"({"hook_event_name":"beforeReadFile","conversation_id":"c"})", "cursor"},
      {R"({"toolName":"bash"})", "copilot"},
  };
  for (const auto& [text, name] : cases) {
    CAPTURE(text);
    const HookAdapter* const adapter = recognise_hook(hook_input(text));
    REQUIRE(adapter != nullptr);
    CHECK(adapter->name == name);
  }
  CHECK(recognise_hook(hook_input("{}")) == nullptr);
  CHECK(recognise_hook(hook_input("[1]")) == nullptr);
}

TEST_CASE("hook: what is allowed is left to the host, never approved in the user's place") {
  const HookRuling allow{.verdict = Verdict::kAllow, .reason = "", .changed = std::nullopt};
  CHECK(said("claude", kBefore, allow) == "{}");
  CHECK(said("codex", kBefore, allow) == "{}");
  CHECK(said("copilot", kBefore, allow) == "{}");
  CHECK(said("gemini", kBefore, allow) == "{}");
  CHECK(said("cursor", kBefore, allow) == R"({"permission":"allow"})");
}

TEST_CASE("hook: a denial in each host's words") {
  const HookRuling deny{.verdict = Verdict::kDeny, .reason = "no", .changed = std::nullopt};
  CHECK(said("claude", kBefore, deny) ==
        R"({"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny",)"
        R"("permissionDecisionReason":"merlon: no"}})");
  CHECK(said("gemini", kBefore, deny) == R"({"decision":"deny","reason":"merlon: no"})");
  CHECK(said("copilot", kBefore, deny) ==
        R"({"permissionDecision":"deny","permissionDecisionReason":"merlon: no"})");
  CHECK(said("cursor", kBefore, deny) ==
        R"({"permission":"deny","user_message":"merlon: no","agent_message":"merlon: no"})");
  CHECK(said("claude", kAfter, deny) ==
        R"({"decision":"block","reason":"merlon: no","hookSpecificOutput":{"hookEventName":)"
        R"("PostToolUse","updatedMCPToolOutput":"[removed by merlon: no]"}})");
}

TEST_CASE("hook: ask where the host can, else a denial that says so") {
  const HookRuling ask{.verdict = Verdict::kAsk, .reason = "sure", .changed = std::nullopt};
  for (const HookAdapter& adapter : hook_adapters()) {
    CAPTURE(adapter.name);
    CHECK(enforceable(adapter, kBefore, ask).verdict ==
          (adapter.can_ask ? Verdict::kAsk : Verdict::kDeny));
    CHECK(enforceable(adapter, kAfter, ask).verdict == Verdict::kDeny);
  }
  CHECK(said("gemini", kBefore, ask) ==
        "{\"decision\":\"deny\",\"reason\":\"merlon: sure (a person would have to approve it, and "
        "this host cannot ask)\"}");
}

TEST_CASE("hook: changed arguments are run where the host can, and shown to the user") {
  const HookRuling modify{
      .verdict = Verdict::kModify, .reason = "masked", .changed = R"({"a":"*"})"};
  CHECK(said("claude", kBefore, modify) ==
        R"({"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"ask",)"
        R"("permissionDecisionReason":"merlon: masked","updatedInput":{"a":"*"}}})");
  CHECK(said("gemini", kBefore, modify) == R"({"hookSpecificOutput":{"tool_input":{"a":"*"}}})");
  for (const std::string client : {"cursor", "copilot", "codex"}) {
    CAPTURE(client);
    const HookAdapter* const adapter = find_hook_adapter(client);
    CHECK(enforceable(*adapter, kBefore, modify).verdict == Verdict::kDeny);
  }
}

TEST_CASE("hook: a failure of ours blocks in every host: exit code 2, its words and a message") {
  for (const HookAdapter& adapter : hook_adapters()) {
    CAPTURE(adapter.name);
    const HookReply reply = blocked_reply(&adapter, kBefore, "broken");
    CHECK(reply.code == 2);
    CHECK(reply.err == "broken");
    CHECK(reply.out.find("deny") != std::string::npos);
  }
  CHECK(blocked_reply(nullptr, {}, "broken") == HookReply{.out = "{}", .err = "broken", .code = 2});
}

}  // namespace merlon
