#pragma once
/// What the methods of MCP mean to a gate, all revisions together.
#include <optional>
#include <span>
#include <string_view>

#include "model/message.h"
#include "model/session_state.h"

namespace merlon {

struct MethodInfo {
  std::string_view name;
  Phase request_phase;                ///< of the request
  Phase result_phase;                 ///< of its result
  std::optional<SurfaceList> offers;  ///< the list that its result holds
  std::string_view item_key;          ///< member of params that names what is used: `name`, `uri`
};

/// Null for a method that no revision defines.
[[nodiscard]] const MethodInfo* find_method(std::string_view method);

/// The phase of a message. `answers` is the method of the request that a result answers, empty when
/// unknown.
[[nodiscard]] Phase phase_of(const Message& message, std::string_view answers);
[[nodiscard]] std::string_view to_string(Phase phase);
/// In the order of the enum.
[[nodiscard]] std::span<const std::string_view> phase_words();
/// "connection", "tools_list", "tool_invoke", "request", "response", "notification".
[[nodiscard]] std::optional<Phase> parse_phase(std::string_view word);

/// The tool, prompt or resource that a request names; empty when it names none.
[[nodiscard]] std::string item_of(const Message& message);

}  // namespace merlon
