#pragma once
/// Plug-ins: shared objects of our own with a C interface, for libraries that only some commands
/// need (libgit2). Linking one would cost every start 0.1 to 0.9 ms.
///
///   MERLON_TRY(void* symbol, load_plugin_symbol("git", "merlon_git_open"));
///   auto* open = reinterpret_cast<GitOpenFunction*>(symbol);
#include <string_view>

#include "base/result.h"

namespace merlon {

/// Loads `merlon_plugin_<name>.so` and finds `symbol` in it. Looks only in folders that belong to
/// the running program
/// (`<exe dir>/lib/merlon`, `<exe dir>/../lib/merlon`), never in the current folder and
/// never where an environment variable points. A plug-in stays loaded. `kUnsupported` when the file
/// is missing, cannot be loaded, or lacks the symbol. Safe to call from many threads; cheap when
/// loaded before.
[[nodiscard]] Result<void*> load_plugin_symbol(std::string_view name, std::string_view symbol);

}  // namespace merlon
