#pragma once
/// Adds an entry to a list in a JSON settings file, in place: `hooks.PreToolUse += {...}`. Comments
/// and order stay.
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/result.h"

namespace merlon {

struct ListAddition {
  std::string key;    ///< of the list in the object `hooks`
  std::string entry;  ///< JSON on one line
};

/// The text with the additions in the object `hooks` at the root, made where it is missing. An
/// empty text becomes a new object, with `version` where `version` is not empty. An addition whose
/// list has an entry in which `mark` stands already is left out. `kFormat` when `hooks` or a list
/// of it is something else, or one of these keys stands twice.
[[nodiscard]] Result<std::string> add_hook_entries(const std::string& name, std::string_view text,
                                                   const std::vector<ListAddition>& additions,
                                                   std::string_view mark, std::string_view version);

}  // namespace merlon
