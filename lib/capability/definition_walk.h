#pragma once
/// The places at which two JSON values differ, without any judgement.
#include <functional>
#include <string>
#include <vector>

#include "base/document.h"

namespace merlon {

/// One difference. `old_node` is kNoNode for what was added, `new_node` for what was removed.
/// `holder` is the object or array of the new document that the difference is in.
struct ValueDifference {
  std::vector<std::string> path;
  NodeId old_node{kNoNode};
  NodeId new_node{kNoNode};
  NodeId holder{kNoNode};
  NodeId old_holder{kNoNode};
};

struct ValueDifferences {
  std::vector<ValueDifference> found;
  bool cut{false};  ///< a bound was reached: there may be more
};

/// Members are compared by key, elements by position but for `required`, `enum` and `type`, which
/// are sets. A member or element that is only on one side is one difference, however large it is,
/// but for a `properties` or `required` that is only on one side: of these each member is one. At
/// most `most` are found.
[[nodiscard]] ValueDifferences find_differences(const Document& before, NodeId old_node,
                                                const Document& after, NodeId new_node,
                                                std::size_t most);

/// The canonical JSON text, or the source bytes where there is none.
[[nodiscard]] std::string value_text(const Document& document, NodeId node);

}  // namespace merlon
