#pragma once
/// Hosts that call hooks: one file <client>_hook.cpp and one row in hook_registry.cpp each. The
/// facts are in docs/hooks.md.
#include <span>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/result.h"
#include "hook/hook_event.h"

namespace merlon {

struct HookAdapter {
  std::string_view name;     ///< what `--client` says
  std::string_view summary;  ///< one line
  /// Whether this is the shape of the host's input; for `--client auto`.
  bool (*recognise)(const Document& input);
  /// `kFormat` for what is not understood.
  Result<HookEvent> (*read)(const Document& input);
  /// Obeys the host's contract for a ruling that it can carry out.
  HookReply (*reply)(const HookEvent& event, const HookRuling& ruling);
  bool can_ask{false};            ///< asks the user when the hook says so
  bool can_change_call{false};    ///< runs the tool with other arguments
  bool can_change_result{false};  ///< gives the model another result
  bool can_refuse_result{false};  ///< keeps a result from the model
};

/// Sorted by name.
[[nodiscard]] std::span<const HookAdapter> hook_adapters();
[[nodiscard]] const HookAdapter* find_hook_adapter(std::string_view name);
/// The first whose shape it is, or null.
[[nodiscard]] const HookAdapter* recognise_hook(const Document& input);

/// The ruling as far as the host can carry it out: what it cannot ask or change it refuses.
[[nodiscard]] HookRuling enforceable(const HookAdapter& adapter, const HookEvent& event,
                                     HookRuling ruling);

/// What every host takes for "blocked": its own words on standard output, the reason on standard
/// error, and exit code 2. For failures of ours.
[[nodiscard]] HookReply blocked_reply(const HookAdapter* adapter, const HookEvent& event,
                                      std::string_view why);

}  // namespace merlon
