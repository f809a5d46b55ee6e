#include "guard/capability_list.h"

namespace merlon {

std::optional<CapabilitySet> read_capability_list(TableReader& reader, NodeId table,
                                                  std::string_view name) {
  if (!reader.field(table, name)) {
    return std::nullopt;
  }
  CapabilitySet set = 0;
  for (const std::size_t index :
       reader.words(table, name, capability_names(), "unknown capability")) {
    set = static_cast<CapabilitySet>(set | capability_bit(capability_infos()[index].capability));
  }
  return set;
}

}  // namespace merlon
