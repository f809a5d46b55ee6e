#include <algorithm>
#include <array>
#include <ostream>
#include <utility>

#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "exit_code.h"
#include "guard/tool_entries.h"
#include "mcp/method.h"
#include "policy/decision_codec.h"
#include "policy/interceptor.h"
#include "policy_actions.h"

namespace merlon::cli {
namespace {

struct ExplainedCall {
  std::string tool;
  std::string arguments{"{}"};
  std::string server;
  std::string tenant;
};

/// The definitions of a server's tools as a JSON array. A tool that no manifest has is offered by
/// its name.
std::string offered_tools(const std::vector<Manifest>& manifests, const ExplainedCall& call,
                          bool& known) {
  std::string out = "[";
  known = false;
  const auto add = [&out](std::string_view definition) {
    out.append(out.size() > 1 ? "," : "").append(definition);
  };
  for (const Manifest& manifest : manifests) {
    for (const Item& item : manifest.items) {
      if (item.kind != ItemKind::kTool || item.name == kNoNode) {
        continue;
      }
      known = known || manifest.document.text(item.name) == call.tool;
      add(manifest.document.raw(item.node));
    }
  }
  if (!known) {
    std::string definition = R"({"name":)";
    append_json_string(definition, call.tool);
    add(definition + R"(,"inputSchema":{"type":"object"}})");
  }
  return out + "]";
}

std::string call_message(const ExplainedCall& call) {
  std::string text = R"({"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":)";
  append_json_string(text, call.tool);
  return text + R"(,"arguments":)" + call.arguments + "}}";
}

void say_entry(Env& env, const Policy& policy, const ExplainedCall& call, bool minimum) {
  const ToolEntry* const entry = find_tool_entry(policy.tools, call.server, call.tool);
  env.out << (minimum ? "system entry: " : "entry: ");
  if (entry == nullptr) {
    env.out << "none; an unlisted tool is " << to_string(policy.defaults.unlisted_tool) << '\n';
    return;
  }
  env.out << '`' << escape_for_display(entry->tool) << "` ("
          << escape_for_display(entry->where.file) << ':' << entry->where.line << ")\n";
}

void say_outcome(Env& env, const GuardOutcome& outcome) {
  constexpr std::array<std::string_view, 4> kStates{"", ", failed", ", late", ", wants facts"};
  env.out << "  " << outcome.guard << ": " << to_string(outcome.verdict)
          << kStates[static_cast<std::size_t>(outcome.state)]
          << (outcome.shadow ? " (only watches)" : "") << '\n';
  for (const Reason& reason : outcome.reasons) {
    env.out << "    " << reason.rule_id << ": " << escape_for_display(reason.message);
    if (!reason.pointer.empty()) {
      env.out << " at " << escape_for_display(reason.pointer);
    }
    env.out << '\n';
    if (!reason.remedy.empty()) {
      env.out << "    what to do: " << escape_for_display(reason.remedy) << '\n';
    }
  }
  for (const Need& need : outcome.needs) {
    env.out << "    wants to know: " << escape_for_display(need.what) << '\n';
  }
}

void explain_as_text(Env& env, const CompiledPolicy& policy, const ExplainedCall& call,
                     const Decision& decision) {
  env.out << to_string(decision.would_be);
  if (!decision.determining.empty()) {
    env.out << ", by " << join(decision.determining, ", ");
  }
  env.out << (decision.verdict != decision.would_be ? " (shadow mode: passes)\n" : "\n");
  for (const PolicyLayer& layer : policy.layers()) {
    say_entry(env, *layer.policy, call, layer.policy != &policy.policy());
  }
  env.out << "guards that ran, in order:\n";
  for (const GuardOutcome& outcome : decision.outcomes) {
    say_outcome(env, outcome);
  }
  if (decision.rewritten) {
    env.out << "would be sent: " << escape_for_display(shorten(*decision.rewritten, 2000)) << '\n';
  }
}

void explain_as_json(Env& env, const CompiledPolicy& policy, const ExplainedCall& call,
                     const Decision& decision, bool known) {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object().field("tool", call.tool).field("server", call.server);
  json.field("known", known);
  json.key("entries").begin_array();
  for (const PolicyLayer& layer : policy.layers()) {
    const ToolEntry* const entry = find_tool_entry(layer.policy->tools, call.server, call.tool);
    if (entry != nullptr) {
      json.begin_object().field("tool", entry->tool).field("server", entry->server);
      json.field("file", entry->where.file).field("line", entry->where.line);
      json.field("system", layer.policy != &policy.policy()).end_object();
    }
  }
  json.end_array();
  json.key("decision").raw(decision_json(decision)).end_object();
  env.out << std::move(json).take() << '\n';
}

/// A session in which the server has offered its tools.
Interceptor opened_session(std::shared_ptr<const CompiledPolicy> policy, const ExplainedCall& call,
                           const std::string& tools) {
  SessionState state;
  state.session = "explain";
  state.server = call.server;
  state.tenant = call.tenant;
  Interceptor interceptor(std::move(policy), std::move(state));
  for (auto [text, direction] :
       {std::pair{std::string(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})"),
                  Direction::kToServer},
        std::pair{R"({"jsonrpc":"2.0","id":1,"result":{"tools":)" + tools + "}}",
                  Direction::kToClient}}) {
    // A definition may stand on several lines of its manifest.
    std::erase(text, '\r');
    std::replace(text.begin(), text.end(), '\n', ' ');
    Received received = interceptor.receive(std::move(text), direction, 0);
    (void)interceptor.finish(received);
  }
  return interceptor;
}

/// False after a complaint.
bool check_call(Env& env, const ExplainedCall& call) {
  if (call.tool.empty()) {
    env.err << render(make_error(ErrorCode::kUsage, "`--tool NAME` is missing"));
    return false;
  }
  const auto document =
      parse_json(SourceText::copy_of("--args", call.arguments), JsonDialect::kStrict, Limits{});
  if (!document) {
    env.err << render(document.error());
    return false;
  }
  if (!document->is(document->root(), NodeKind::kObject)) {
    env.err << render(make_error(ErrorCode::kUsage, "`--args` must be a JSON object"));
    return false;
  }
  return true;
}

}  // namespace

int policy_explain(Env& env, std::span<const std::string> args) {
  PolicyChoice choice;
  ExplainedCall call;
  std::vector<std::string> manifest_files;
  std::string format = "text";
  Options options("policy explain", "say what a policy decides about a call, and why");
  options.describe(
      "Plays one call in a fresh session: the server offers the tools of the manifests (without "
      "any, only the tool that is asked about, by its name), then the call comes. Facts such as "
      "where a path leads are not looked up. Exit code 0 whatever the decision is.");
  choice.declare(options, true);
  options.value("--tool,-t", call.tool, "NAME", "the tool that is called");
  options.value("--args,-a", call.arguments, "JSON", "its arguments ({})");
  options.value("--server,-s", call.server, "NAME", "the server's configured name");
  options.value("--manifest,-m", manifest_files, "FILE", "what the server offers");
  options.choice("--format,-f", format, {"text", "json"}, "output format");
  options.example("merlon policy explain policies/strict.toml --tool read_file", "may it be read?");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  if (!check_call(env, call)) {
    return kUsageError;
  }
  call.tenant = choice.tenant;
  int code = kYes;
  const auto compiled = compiled_choice(env, choice, code);
  if (!compiled) {
    return code;
  }
  bool known = false;
  const std::string tools = offered_tools(manifests_of(env, manifest_files, code), call, known);
  Interceptor interceptor = opened_session(*compiled, call, tools);
  const Received received = interceptor.receive(call_message(call), Direction::kToServer, 0);
  if (!received.event) {
    env.err << render(make_error(
        ErrorCode::kProtocol, "the call is refused before any policy: ", received.refusal.bytes));
    return kIncomplete;
  }
  if (!known) {
    env.err << "merlon: the tool's definition is not known; `--manifest FILE` gives it\n";
  }
  const Decision& decision = received.evaluation.decision;
  format == "json" ? explain_as_json(env, **compiled, call, decision, known)
                   : explain_as_text(env, **compiled, call, decision);
  return code;
}

}  // namespace merlon::cli
