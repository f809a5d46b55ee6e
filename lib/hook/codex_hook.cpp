// Codex CLI: the events of Claude Code. docs/hooks.md#codex
#include "hook/hook_functions.h"

namespace merlon {

// The shape is that of Claude Code, and that is what `--client auto` takes it for.
bool recognise_codex_hook(const Document& /*input*/) {
  return false;
}

Result<HookEvent> read_codex_hook(const Document& input) {
  return read_claude_hook(input);
}

HookReply reply_codex_hook(const HookEvent& event, const HookRuling& ruling) {
  return reply_claude_hook(event, ruling);
}

}  // namespace merlon
