#pragma once
/// A digest that two JSON values share when JSON Schema calls them equal: 1 and 1.0, members in
/// another order, another spelling of the same string. Exact for numbers of any size.
#include "base/digest/digest.h"
#include "base/document.h"

namespace merlon {

/// Linear in the subtree but for sorting members; does not recurse.
[[nodiscard]] Sha256 value_digest(const Document& document, NodeId node);

}  // namespace merlon
