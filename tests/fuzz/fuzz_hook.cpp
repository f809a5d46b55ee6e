// What a host sends to a hook: every adapter reads it or says why not; what it reads is judged and
// answered with one JSON object on one line.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/json/json_reader.h"
#include "fuzz/document_invariants.h"
#include "hook/hook_adapter.h"
#include "hook/hook_session.h"
#include "policy/policy_loader.h"

namespace {

std::shared_ptr<const merlon::CompiledPolicy> small_policy() {
  auto policy = merlon::parse_policy(
      merlon::SourceText::copy_of("p.toml",
                                  "format = 1\nname = \"p\"\n[[guard]]\ntype = \"action-tier\"\n"
                                  "[[guard]]\ntype = \"state-protection\"\n"),
      {});
  if (!policy) {
    merlon::test::broken("the policy of the test");
  }
  auto compiled = merlon::compile_policy(*std::move(policy), {});
  if (!compiled) {
    merlon::test::broken("the policy of the test");
  }
  return *compiled;
}

void check_reply(const merlon::HookReply& reply) {
  const auto object = merlon::parse_json(merlon::SourceText::copy_of("out", reply.out),
                                         merlon::JsonDialect::kStrict, merlon::Limits{});
  if (!object || !object->is(object->root(), merlon::NodeKind::kObject) ||
      reply.out.find('\n') != std::string::npos) {
    merlon::test::broken("an answer that is no JSON object on one line");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto policy = small_policy();
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto input = merlon::parse_json(merlon::SourceText::copy_of("-", text),
                                        merlon::JsonDialect::kStrict, merlon::Limits{});
  if (!input) {
    return 0;
  }
  (void)merlon::recognise_hook(*input);
  for (const merlon::HookAdapter& adapter : merlon::hook_adapters()) {
    auto event = adapter.read(*input);
    if (!event) {
      check_reply(merlon::blocked_reply(&adapter, {}, event.error().message));
      continue;
    }
    merlon::HookSession session(
        policy, {}, {.resolve = {}, .can_ask = adapter.can_ask, .host = std::string(adapter.name)});
    merlon::HookRuling ruling = session.judge(*event, 1, {});
    check_reply(adapter.reply(*event, merlon::enforceable(adapter, *event, std::move(ruling))));
  }
  return 0;
}
