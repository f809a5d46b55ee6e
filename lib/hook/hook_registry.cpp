#include <algorithm>
#include <array>

#include "hook/hook_functions.h"

namespace merlon {
namespace {

// One row per host, sorted by name; the only registration that a new one needs.
constexpr std::array kHookAdapters{
    HookAdapter{.name = "claude",
                .summary = "Claude Code and its SDK",
                .recognise = &recognise_claude_hook,
                .read = &read_claude_hook,
                .reply = &reply_claude_hook,
                .can_ask = true,
                .can_change_call = true,
                .can_change_result = true,
                .can_refuse_result = true},
    HookAdapter{.name = "codex",
                .summary = "Codex CLI; nothing but a refusal is known to work",
                .recognise = &recognise_codex_hook,
                .read = &read_codex_hook,
                .reply = &reply_codex_hook},
    HookAdapter{.name = "copilot",
                .summary = "Copilot CLI and VS Code",
                .recognise = &recognise_copilot_hook,
                .read = &read_copilot_hook,
                .reply = &reply_copilot_hook,
                .can_ask = true},
    HookAdapter{.name = "cursor",
                .summary = "Cursor",
                .recognise = &recognise_cursor_hook,
                .read = &read_cursor_hook,
                .reply = &reply_cursor_hook,
                .can_ask = true},
    HookAdapter{.name = "gemini",
                .summary = "Gemini CLI",
                .recognise = &recognise_gemini_hook,
                .read = &read_gemini_hook,
                .reply = &reply_gemini_hook,
                .can_change_call = true,
                .can_change_result = true,
                .can_refuse_result = true},
};
static_assert(std::ranges::is_sorted(kHookAdapters, {}, &HookAdapter::name));

}  // namespace

std::span<const HookAdapter> hook_adapters() {
  return kHookAdapters;
}

const HookAdapter* find_hook_adapter(std::string_view name) {
  const auto* const found = std::ranges::find(kHookAdapters, name, &HookAdapter::name);
  return found == kHookAdapters.end() ? nullptr : found;
}

const HookAdapter* recognise_hook(const Document& input) {
  const auto* const found = std::ranges::find_if(
      kHookAdapters, [&](const HookAdapter& adapter) { return adapter.recognise(input); });
  return found == kHookAdapters.end() ? nullptr : found;
}

HookRuling enforceable(const HookAdapter& adapter, const HookEvent& event, HookRuling ruling) {
  const bool before = event.phase == HookPhase::kBefore;
  if (ruling.verdict == Verdict::kAsk && !(before && adapter.can_ask)) {
    ruling.verdict = Verdict::kDeny;
    ruling.reason += " (a person would have to approve it, and this host cannot ask)";
  }
  const bool can_change = before ? adapter.can_change_call : adapter.can_change_result;
  if (ruling.verdict == Verdict::kModify && (!can_change || !ruling.changed)) {
    ruling.verdict = Verdict::kDeny;
    ruling.changed.reset();
    ruling.reason += " (a part would have to be changed, and this host cannot do that)";
  }
  return ruling;
}

HookReply blocked_reply(const HookAdapter* adapter, const HookEvent& event, std::string_view why) {
  HookReply reply;
  if (adapter != nullptr) {
    reply = adapter->reply(
        event, {.verdict = Verdict::kDeny, .reason = std::string(why), .changed = std::nullopt});
  } else {
    reply.out = "{}";
  }
  reply.err = std::string(why);
  reply.code = 2;
  return reply;
}

}  // namespace merlon
