#include "support/guard_session.h"

#include <utility>

#include <doctest/doctest.h>

#include "mcp/message_codec.h"
#include "policy/policy_loader.h"

namespace merlon::test {
namespace {

std::string rendered(const std::vector<Error>& errors) {
  std::string out;
  for (const Error& error : errors) {
    out += render(error);
  }
  return out;
}

std::shared_ptr<const CompiledPolicy> compiled(std::string_view text, const GuardWorld& world) {
  auto policy = parse_policy(SourceText::copy_of("policy.toml", std::string(text)), {});
  REQUIRE_MESSAGE(policy.has_value(),
                  rendered(policy.has_value() ? std::vector<Error>{} : policy.error()));
  auto out = compile_policy(*std::move(policy), world);
  REQUIRE_MESSAGE(out.has_value(), rendered(out.has_value() ? std::vector<Error>{} : out.error()));
  return *out;
}

}  // namespace

GuardWorld GuardSession::built_in_world() {
  GuardWorld world;
  auto rules = CompiledRules::built_in();
  REQUIRE(rules.has_value());
  world.rules = *rules;
  return world;
}

GuardSession::GuardSession(std::string_view policy, GuardWorld world)
    : policy_(compiled(policy, world)) {
  state.session = "session";
  state.server = "server";
}

Event GuardSession::event_of(Direction direction, std::string bytes) const {
  auto message = parse_message(std::move(bytes), direction, {});
  REQUIRE_MESSAGE(message.has_value(),
                  (message.has_value() ? std::string() : message.error().message));
  Event event;
  event.sequence = state.sequence + 1;
  event.time_ms = now_ms;
  event.message = *std::move(message);
  event.facts = facts;
  return event;
}

Evaluation GuardSession::ask(Direction direction, std::string bytes) const {
  return decide(*policy_, state, event_of(direction, std::move(bytes)));
}

Decision GuardSession::send(Direction direction, std::string bytes) {
  const Event event = event_of(direction, std::move(bytes));
  Decision decision = decide(*policy_, state, event).decision;
  settle(*policy_, state, event, decision);
  facts = {};
  return decision;
}

Decision GuardSession::offer(std::string_view tools_json) {
  const std::string id = std::to_string(next_id_++);
  (void)send(Direction::kToServer, R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"tools/list"})");
  return send(Direction::kToClient, R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":{"tools":)" +
                                        std::string(tools_json) + "}}");
}

Decision GuardSession::call(std::string_view tool, std::string_view arguments_json) {
  return send(Direction::kToServer, R"({"jsonrpc":"2.0","id":)" + std::to_string(next_id_++) +
                                        R"(,"method":"tools/call","params":{"name":")" +
                                        std::string(tool) + R"(","arguments":)" +
                                        std::string(arguments_json) + "}}");
}

Decision GuardSession::answer(std::string_view result_json) {
  return send(Direction::kToClient, R"({"jsonrpc":"2.0","id":)" + std::to_string(next_id_ - 1) +
                                        R"(,"result":)" + std::string(result_json) + "}");
}

std::string deciding_rule(const Decision& decision) {
  const auto reasons = determining_reasons(decision);
  return reasons.empty() ? std::string() : reasons.front()->rule_id;
}

}  // namespace merlon::test
