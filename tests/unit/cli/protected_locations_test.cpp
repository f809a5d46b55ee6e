#include <string>

#include <doctest/doctest.h>

#include "guard/protected_paths.h"
#include "scan/client_locations.h"

namespace merlon {
namespace {

/// A path as it would be found: the place filled in, `*` any name, and a file in a folder.
std::string example_of(std::string_view location) {
  std::string out(location);
  if (out.starts_with('{')) {
    const std::size_t close = out.find('}');
    const std::string place = out.substr(1, close - 1);
    out = (place == "claude" ? "/home/u/.claude" : "/home/u") + out.substr(close + 1);
  }
  for (std::size_t star = out.find('*'); star != std::string::npos; star = out.find('*')) {
    out.replace(star, 1, "x");
  }
  return out.ends_with('/') ? out + "any/file" : out;
}

}  // namespace

TEST_CASE("protected paths: every client configuration that scan looks for is protected") {
  for (const ClientLocation& location : client_locations()) {
    const std::string path = example_of(location.path);
    CAPTURE(path);
    CHECK(protected_kind(path) == ProtectedKind::kClient);
  }
}

TEST_CASE("protected paths: other files are not") {
  for (const char* const path : {"/home/u/project/settings.json", "/home/u/mcp.json",
                                 "/home/u/.claude/todo.md", "/home/u/.github/workflows/ci.yml",
                                 "/srv/config.yaml", "/home/u/.cursor", "opencode.txt"}) {
    CAPTURE(path);
    CHECK(protected_kind(path) == ProtectedKind::kNone);
  }
}

}  // namespace merlon
