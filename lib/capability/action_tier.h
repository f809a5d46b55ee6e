#pragma once
/// How much one call of a tool can break, and whether it is of a kind that no program may decide
/// alone: deleting, changing in bulk, changing privileges, moving money.
///
///   ActionClass action = classify_action(document, find_tool_nodes(document, tool));
///   raise_by_arguments(message.document, arguments, action);
///   if (action.categories != 0) { ... action.why[...] ... }
///
/// The definition is read with the capability model (classify.h); the arguments of the call are
/// read too, because `{"all": true}` and `rm` in a command say what the definition does not.
/// English words only. Pure; linear in definition and arguments; safe from many threads.
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/document.h"
#include "capability/capability.h"
#include "capability/tool_nodes.h"
#include "model/policy.h"

namespace merlon {

struct CategoryInfo {
  NeverAutomatic category;
  std::string_view name;     ///< as policies say it
  std::string_view summary;  ///< one line
};
inline constexpr std::size_t kCategoryCount = 4;
/// In the order of the bits.
[[nodiscard]] std::span<const CategoryInfo, kCategoryCount> category_infos();
[[nodiscard]] std::optional<NeverAutomatic> parse_category(std::string_view name);
/// "deletion, bulk"; "none" for the empty set.
[[nodiscard]] std::string to_category_list(CategorySet set);

struct ActionClass {
  ActionTier tier{ActionTier::kRead};
  CategorySet categories{0};
  CapabilitySet capabilities{0};                ///< what the capability model found
  bool database{false};                         ///< `query` of this tool is a statement
  bool creates{false};                          ///< only adds: `recursive` means parents
  std::string tier_words;                       ///< the words that decided the tier; may be empty
  std::array<std::string, kCategoryCount> why;  ///< the words, by category

  /// Adds categories, with the words where a category has none yet.
  void add(CategorySet set, std::string_view words);
  void raise(ActionTier to, std::string_view words);
  /// The worse of both, part by part.
  void merge(const ActionClass& other);
  friend bool operator==(const ActionClass&, const ActionClass&) = default;
};

[[nodiscard]] ActionClass classify_action(const Document& document, const ToolNodes& tool);
/// Of a tool that nobody knows.
[[nodiscard]] ActionClass unknown_action();

/// More items than this in one list of a changing call are a bulk change.
inline constexpr std::size_t kBulkItems = 50;

/// What the arguments of one call add. `arguments` may be kNoNode. `bulk_items`: at most
/// kBulkItems.
void raise_by_arguments(const Document& document, NodeId arguments, ActionClass& action,
                        std::size_t bulk_items = kBulkItems);

}  // namespace merlon
