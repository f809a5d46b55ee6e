#pragma once
/// The definitions of a list result or of a connection's result, and those that a request uses: for
/// guards that judge what a server offers.
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "guard/guard.h"

namespace merlon {

struct OfferedDefinition {
  SurfaceList list{SurfaceList::kTools};
  std::string name;  ///< empty for instructions, and for a definition without a name
  NodeId node{kNoNode};
  std::string pointer;  ///< into the message
};

struct OfferedDefinitions {
  std::vector<OfferedDefinition> definitions;
  /// The second of two members of one name that hold definitions: which one a client reads is not
  /// known. kNoNode: there is none.
  NodeId twice{kNoNode};
  bool complete{true};  ///< no further page follows
};

/// Of a result that answers a list request, initialize or server/discover; empty for all else.
[[nodiscard]] OfferedDefinitions offered_definitions(const GuardInput& input);

/// What a tools/call, prompts/get or resources/read uses.
struct UsedItem {
  SurfaceList list{SurfaceList::kTools};
  std::string name;
};
[[nodiscard]] std::optional<UsedItem> used_item(const GuardInput& input);

/// The definitions that a use has to be judged by: the newest one, and the one that the client was
/// last sent when the server has said something else since. Empty when it was never offered.
/// Pointers are into the surface.
class DefinitionsInUse {
 public:
  DefinitionsInUse(const KnownDefinition* sent, const KnownDefinition* newest);
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] const KnownDefinition* const* begin() const { return known_.data(); }
  [[nodiscard]] const KnownDefinition* const* end() const { return known_.data() + size_; }

 private:
  std::array<const KnownDefinition*, 2> known_{};
  std::size_t size_{0};
};
[[nodiscard]] DefinitionsInUse definitions_in_use(const GuardInput& input, const UsedItem& item);

/// The resource templates that may have given a URI: those whose text up to the first `{` the URI
/// starts with.
[[nodiscard]] std::vector<UsedItem> templates_of(const ServerSurface& surface,
                                                 std::string_view uri);

/// "tool `x`", "the instructions": for messages.
[[nodiscard]] std::string title_of(SurfaceList list, std::string_view name);

}  // namespace merlon
