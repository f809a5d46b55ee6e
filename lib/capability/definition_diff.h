#pragma once
/// What changed between two definitions of a tool (or prompt, resource, text), and whether the risk
/// grew with it. Made for rug pulls: a server that was reviewed once and says something else today.
///
///   for (const DefinitionChange& change : diff_tools(old_document, old_tool, new_document,
///   new_tool)) {
///     if (change.risk_grew) { ... change.pointer, change.why ... }
///   }
///
/// Values are compared, not bytes: blanks, escapes, number spelling, the order of keys, and the
/// order of `required`, `enum` and `type` do not count. Pure and deterministic; safe from many
/// threads. At most kMostChanges changes are listed, and a last one says so; the list being cut
/// counts as risk.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "capability/capability.h"

namespace merlon {

inline constexpr std::size_t kMostChanges = 100;

enum class ChangeKind : std::uint8_t {
  kAdded,  ///< the new definition has it, the old one had not
  kRemoved,
  kChanged,
  kCapability,  ///< the definition as a whole can do something that it could not do
  kCut,         ///< there are more changes than are listed
};
[[nodiscard]] std::string_view to_string(ChangeKind kind);

struct DefinitionChange {
  std::string pointer;  ///< RFC 6901 below the definition
  ChangeKind kind{ChangeKind::kChanged};
  std::string before;  ///< shortened JSON text; empty when added
  std::string after;   ///< shortened JSON text; empty when removed
  bool risk_grew{false};
  std::string why;       ///< one line, lower case: what this change means
  NodeId node{kNoNode};  ///< in the new document: the value, or the container that lost it
};

/// Sorted: what made the risk grow first, then by pointer.
[[nodiscard]] std::vector<DefinitionChange> diff_tools(const Document& before, NodeId old_tool,
                                                       const Document& after, NodeId new_tool);
/// The same for anything that is no tool: texts are judged, capabilities are not.
[[nodiscard]] std::vector<DefinitionChange> diff_definitions(const Document& before,
                                                             NodeId old_node, const Document& after,
                                                             NodeId new_node);

/// How alike two definitions are but for their name, 0 to 1, for telling a renamed tool from a new
/// one.
[[nodiscard]] double definition_similarity(const Document& before, NodeId old_tool,
                                           const Document& after, NodeId new_tool);

}  // namespace merlon
