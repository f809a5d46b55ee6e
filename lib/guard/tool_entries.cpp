#include "guard/tool_entries.h"

#include "base/text.h"

namespace merlon {

const ToolEntry* find_tool_entry(std::span<const ToolEntry> entries, std::string_view server,
                                 std::string_view tool) {
  for (const ToolEntry& entry : entries) {
    if (glob_match(entry.tool, tool) && glob_match(entry.server, server)) {
      return &entry;
    }
  }
  return nullptr;
}

}  // namespace merlon
