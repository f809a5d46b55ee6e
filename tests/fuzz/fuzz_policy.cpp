// Policy files: every problem in words and with a place; what loads either compiles or says why
// not; what compiles decides about any call, without an exception, the same way twice. The cases'
// reader gets the same bytes.
#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz/document_invariants.h"
#include "mcp/message_codec.h"
#include "policy/decision_codec.h"
#include "policy/evaluator.h"
#include "policy/policy_cases.h"
#include "policy/policy_lint.h"
#include "policy/policy_loader.h"

namespace {

merlon::Event call_with(const std::string& text) {
  merlon::Event event;
  event.sequence = 1;
  event.message = *merlon::parse_message(
      R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_file","arguments":{"path":")" +
          text + "\"}}}",
      merlon::Direction::kToServer, {});
  return event;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto source = merlon::SourceText::copy_of("policy.toml", text);
  if (const auto cases = merlon::load_policy_cases(source, {}); !cases) {
    merlon::test::check_errors(cases.error());
  }
  auto policy = merlon::parse_policy(source, {});
  if (!policy) {
    merlon::test::check_errors(policy.error());
    return 0;
  }
  for (const merlon::PolicyWarning& warning : merlon::lint_policy(*policy, {})) {
    if (warning.message.empty() || warning.where.file.empty()) {
      merlon::test::broken("a warning without words or place");
    }
  }
  const auto compiled = merlon::compile_policy(*std::move(policy), {});
  if (!compiled) {
    merlon::test::check_errors(compiled.error());
    return 0;
  }
  merlon::SessionState state;
  const merlon::Event event = call_with("notes/a.txt");
  const merlon::Decision once = merlon::decide(**compiled, state, event).decision;
  const merlon::Decision twice = merlon::decide(**compiled, state, event).decision;
  if (merlon::decision_json(once) != merlon::decision_json(twice)) {
    merlon::test::broken("two decisions about one event");
  }
  merlon::settle(**compiled, state, event, once);
  if (state.sequence != 1) {
    merlon::test::broken("an event that did not happen");
  }
  return 0;
}
