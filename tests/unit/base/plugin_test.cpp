#include "base/plugin.h"

#include <doctest/doctest.h>

namespace merlon {

TEST_CASE("plugin: a missing one is an error that says where it belongs") {
  const auto symbol = load_plugin_symbol("no-such", "x");
  REQUIRE_FALSE(symbol);
  CHECK(render(symbol.error()) ==
        "merlon: error[unsupported]: the plug-in `merlon_plugin_no-such.so` is missing\n"
        "merlon: hint: it belongs in `lib/merlon` beside the program or one folder up\n");
}

}  // namespace merlon
