#pragma once
/// A list of capabilities in a policy: `capabilities = ["reads-private", "sends-out"]`.
#include <optional>
#include <string_view>

#include "base/table_reader.h"
#include "capability/capability.h"

namespace merlon {

/// Nothing when the key is absent; words that name no capability are complaints.
[[nodiscard]] std::optional<CapabilitySet> read_capability_list(TableReader& reader, NodeId table,
                                                                std::string_view name);

}  // namespace merlon
