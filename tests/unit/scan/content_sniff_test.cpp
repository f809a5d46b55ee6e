#include "scan/content_sniff.h"

#include <string>

#include <doctest/doctest.h>

namespace merlon {
namespace {

TEST_CASE("content sniff: JSON, JSONC, YAML, TOML, front matter and zip could be manifests") {
  for (const std::string head :
       {"{\"a\":1}", "\xEF\xBB\xBF [1]", "// note\n/* more */ {", "# c\n[mcp_servers.x]\n",
        "---\nname: x\n---\n", "mcpServers:\n  - x\n", "model = \"x\"\n", "- a\n", "PK\x03\x04....",
        "\"quoted\": 1\n", "extensions:"}) {
    CAPTURE(head);
    CHECK(could_be_manifest(head));
  }
}

TEST_CASE("content sniff: programs, prose, pictures and empty files could not") {
  for (const std::string head :
       {"", "import os\n", "#!/bin/sh\nset -e\n", "Once upon a time\n",
        "\x7F"
        "ELF\x02",
        "\x89PNG\r\n", "<html>", "int main() {", "a == b", "# Title\n\nText here.\n"}) {
    CAPTURE(head);
    CHECK_FALSE(could_be_manifest(head));
  }
  CHECK_FALSE(could_be_manifest(std::string("a: b\0c", 6)));
}

TEST_CASE("content sniff: a head that is all comment stays open") {
  CHECK(could_be_manifest("# " + std::string(kSniffBytes, '-')));
}

TEST_CASE("content sniff: a broken file matters when it has words of manifests") {
  CHECK(speaks_of_manifests(R"({"mcpServers": {)"));
  CHECK(speaks_of_manifests(R"({"tools": [)"));
  CHECK_FALSE(speaks_of_manifests(R"({"compilerOptions": {)"));
}

}  // namespace
}  // namespace merlon
