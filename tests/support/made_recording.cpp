#include "support/made_recording.h"

#include <utility>

#include <doctest/doctest.h>

#include "base/digest/digest.h"
#include "policy/decision_codec.h"
#include "policy/recorded_policy.h"
#include "policy/recorded_session.h"
#include "support/guard_session.h"
#include "support/memory_sink.h"

namespace merlon::test {
namespace {

RecordingHeader header_for(std::string_view policy, const CompiledRules& rules) {
  RecordingHeader header;
  header.merlon = "test";
  header.time_ms = 1'800'000'000'000;
  header.server = "files";
  header.session = "made";
  header.engine.policy.name = "made";
  header.engine.policy.digest = sha256_hex(policy);
  header.engine.policy.files = {{"made.toml", std::string(policy), {}}};
  header.engine.rules_version = rules.info().version;
  header.engine.rules_digest = rules.info().digest;
  return header;
}

}  // namespace

MadeRecording::MadeRecording(std::string_view policy, RecordingOptions options)
    : writer_(std::make_unique<MemorySink>(*bytes_), std::move(options)) {
  const GuardWorld world = GuardSession::built_in_world();
  const RecordingHeader header = header_for(policy, *world.rules);
  auto compiled = compile_recorded(header.engine, world.rules, {});
  REQUIRE_MESSAGE(compiled.has_value(), (compiled ? std::string() : render(compiled.error()[0])));
  REQUIRE(writer_.begin(header).has_value());
  interceptor_ =
      std::make_unique<Interceptor>(*std::move(compiled), recorded_state(header), header.limits);
}

void MadeRecording::send(Direction direction, std::string bytes) {
  now_ms += 10;
  Received received = interceptor_->receive(bytes, direction, now_ms);
  const bool message = received.event.has_value();
  const Interception sending = interceptor_->finish(received);
  const RecordedSendingView view = recorded_sending(sending);
  if (message) {
    REQUIRE(writer_.event(*received.event, decision_json(received.evaluation.decision), view)
                .has_value());
    return;
  }
  RecordedUnreadable unreadable;
  unreadable.time_ms = now_ms;
  unreadable.direction = direction;
  unreadable.bytes = std::move(bytes);
  unreadable.refusal = received.problem;
  unreadable.sending = {view.action, view.to, std::string(view.bytes)};
  REQUIRE(writer_.unreadable(unreadable).has_value());
}

void MadeRecording::offer(std::string_view tools_json) {
  const std::string head = R"({"jsonrpc":"2.0","id":)" + std::to_string(++next_id_);
  send(Direction::kToServer, head + R"(,"method":"tools/list"})");
  send(Direction::kToClient, head + R"(,"result":{"tools":)" + std::string(tools_json) + "}}");
}

void MadeRecording::call(std::string_view tool, std::string_view arguments_json) {
  send(Direction::kToServer, R"({"jsonrpc":"2.0","id":)" + std::to_string(++next_id_) +
                                 R"(,"method":"tools/call","params":{"name":")" +
                                 std::string(tool) + R"(","arguments":)" +
                                 std::string(arguments_json) + "}}");
}

void MadeRecording::answer(std::string_view result_json) {
  send(Direction::kToClient, R"({"jsonrpc":"2.0","id":)" + std::to_string(next_id_) +
                                 R"(,"result":)" + std::string(result_json) + "}");
}

std::string MadeRecording::end() {
  REQUIRE(writer_.end({.time_ms = now_ms, .exit_status = 0}).has_value());
  return *bytes_;
}

}  // namespace merlon::test
