#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/text.h"
#include "rules/package_names.h"
#include "support/memory_files.h"
#include "unit/rules/check_fixture.h"

namespace merlon::test {
namespace {

using PackageReports = std::vector<std::string>;

PackageReports npx(const std::string& package) {
  return run_check("package-names",
                   R"({"mcpServers":{"s":{"command":"npx","args":["-y",")" + package + "\"]}}}");
}

std::string row_of(const PackageFact& fact) {
  const std::string kind = fact.kind == PackageKind::kKnown       ? "known"
                           : fact.kind == PackageKind::kMalicious ? "malicious"
                                                                  : "vulnerable";
  const std::string source = fact.source == PackageSource::kNpm ? "npm" : "pypi";
  return kind + "," + source + "," + std::string(fact.name) + "," + std::string(fact.fixed) + "," +
         std::string(fact.reference);
}

}  // namespace

TEST_CASE("package names: the table is rules/data/packages.csv") {
  PackageReports rows;
  for (const std::string_view line : split(read_repository_file("rules/data/packages.csv"), '\n')) {
    if (!line.empty() && !line.starts_with('#') && !line.starts_with("kind,")) {
      rows.emplace_back(line);
    }
  }
  PackageReports table;
  for (const PackageFact& fact : package_facts()) {
    table.push_back(row_of(fact));
  }
  CHECK(table == rows);
}

TEST_CASE("package names: one letter away from a well-known name") {
  CHECK(npx("@modelcontextprotocol/server-filesytem@1.0.0") ==
        PackageReports{
            "package-typosquat @/mcpServers/s/args/1: `@modelcontextprotocol/server-filesytem` "
            "is nearly the "
            "name of `@modelcontextprotocol/server-filesystem`"});
  CHECK(npx("@modelcontextprotoco1/server-memory@1.0.0").size() == 1);
  CHECK(npx("firecrawl-mpc@1.0.0").size() == 1);
  CHECK(npx("mcp-rem\xD0\xBEte@1.0.0").size() == 1);
}

TEST_CASE("package names: known names and unlike ones are fine") {
  for (const std::string package :
       {"@modelcontextprotocol/server-github@1.0.0", "@modelcontextprotocol/server-gitlab@1.0.0",
        "@example/mcp@1.0.0", "@playwright/mcp@0.0.48", "notes-mcp@1.0.0", "mcp-remote@0.1.29"}) {
    CAPTURE(package);
    CHECK(npx(package).empty());
  }
}

TEST_CASE("package names: known holes by version, bad packages by name") {
  CHECK(npx("mcp-remote@0.1.15") ==
        PackageReports{
            "package-vulnerable @/mcpServers/s/args/1: `mcp-remote@0.1.15` has a known hole "
            "that 0.1.16 mends: "
            "CVE-2025-6514"});
  CHECK(npx("mcp-remote@0.1.16").empty());
  CHECK(npx("mcp-remote").empty());
  CHECK(npx("postmark-mcp@1.0.12").size() == 1);
  CHECK(npx("postmark-mcp@1.0.12")[0].starts_with(
      "package-malicious @/mcpServers/s/args/1: `postmark-mcp` is known"));
}

}  // namespace merlon::test
