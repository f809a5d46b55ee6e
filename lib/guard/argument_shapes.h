#pragma once
/// Arguments that have the shape of an attack, without any configuration: ways out of a folder,
/// inside addresses, SQL and shell injection, ways out of a sandbox or around a login.
///
/// A value is judged by what its parameter is for: a command, query or text may hold all of this.
/// docs/guards/arguments.md has the lists.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "model/message.h"
#include "model/session_state.h"
#include "rules/matcher.h"

namespace merlon {

enum class ShapeKind : std::uint8_t {
  kTraversal,
  kPrivateAddress,
  kInjection,  ///< SQL and shell
  kEscape,     ///< sandbox and authentication
};
inline constexpr std::size_t kShapeKindCount = 4;

struct ShapeFinding {
  ShapeKind kind{ShapeKind::kTraversal};
  std::string rule_id;
  std::string message;
  NodeId node{kNoNode};
  bool failed{false};  ///< a bound was reached: nothing is known
};

/// What a parameter's value is, by its name.
enum class ParameterRole : std::uint8_t { kPlain, kPath, kUrl, kHost, kText, kStatement };
[[nodiscard]] ParameterRole role_of_parameter(std::string_view name, bool database);

/// The key of a member, or of the list (of lists) that an element is in; empty at `root` itself.
[[nodiscard]] std::string argument_key(const Document& document, NodeId root, NodeId node);

/// Strings below this node of the message; at most one finding per string and kind. `tool` may be
/// null. Linear; deterministic.
[[nodiscard]] std::vector<ShapeFinding> find_shapes(const Message& message, NodeId root,
                                                    const KnownDefinition* tool,
                                                    const Limits& limits,
                                                    Prefilter prefilter = Prefilter::kOn);

}  // namespace merlon
