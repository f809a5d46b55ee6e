#pragma once
/// The functions of each adapter, for hook_registry.cpp.
#include "hook/hook_adapter.h"

namespace merlon {

[[nodiscard]] bool recognise_claude_hook(const Document& input);
[[nodiscard]] Result<HookEvent> read_claude_hook(const Document& input);
[[nodiscard]] HookReply reply_claude_hook(const HookEvent& event, const HookRuling& ruling);

[[nodiscard]] bool recognise_codex_hook(const Document& input);
[[nodiscard]] Result<HookEvent> read_codex_hook(const Document& input);
[[nodiscard]] HookReply reply_codex_hook(const HookEvent& event, const HookRuling& ruling);

[[nodiscard]] bool recognise_copilot_hook(const Document& input);
[[nodiscard]] Result<HookEvent> read_copilot_hook(const Document& input);
[[nodiscard]] HookReply reply_copilot_hook(const HookEvent& event, const HookRuling& ruling);

[[nodiscard]] bool recognise_cursor_hook(const Document& input);
[[nodiscard]] Result<HookEvent> read_cursor_hook(const Document& input);
[[nodiscard]] HookReply reply_cursor_hook(const HookEvent& event, const HookRuling& ruling);

[[nodiscard]] bool recognise_gemini_hook(const Document& input);
[[nodiscard]] Result<HookEvent> read_gemini_hook(const Document& input);
[[nodiscard]] HookReply reply_gemini_hook(const HookEvent& event, const HookRuling& ruling);

}  // namespace merlon
