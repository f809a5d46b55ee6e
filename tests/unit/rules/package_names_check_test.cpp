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
  const std::string row = kind + "," + source + "," + std::string(fact.name) + "," +
                          std::string(fact.fixed) + "," + std::string(fact.reference);
  return fact.kind == PackageKind::kKnown
             ? row
             : row + "," + std::string(fact.from) + "," + std::string(fact.date);
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

TEST_CASE("package names: known holes by version") {
  CHECK(npx("mcp-remote@0.1.15") ==
        PackageReports{
            "package-vulnerable @/mcpServers/s/args/1: `mcp-remote@0.1.15` has a known hole "
            "that 0.1.16 mends: CVE-2025-6514 GHSA-6xpm-ggf7-wc3p (2025-07-09)"});
  CHECK(npx("mcp-remote@0.1.16").empty());
  CHECK(npx("mcp-remote@0.0.4").empty());
  CHECK(npx("mcp-remote").empty());
}

TEST_CASE("package names: the versions of postmark-mcp that sent mail to a stranger") {
  CHECK(npx("postmark-mcp@1.0.16") ==
        PackageReports{"package-malicious @/mcpServers/s/args/1: `postmark-mcp@1.0.16` is known to "
                       "be malicious: Koi Security and Postmark: a hidden BCC of every mail "
                       "(2025-09-25)"});
  // No version, or a range: what is fetched is the newest.
  for (const std::string package : {"postmark-mcp", "postmark-mcp@latest", "postmark-mcp@^1.0.0"}) {
    CAPTURE(package);
    CHECK(npx(package).size() == 1);
  }
  CHECK(npx("postmark-mcp@1.0.15").empty());
}

TEST_CASE(
    "package names: known holes of Python packages, and packages that are bad in all versions") {
  const auto uvx = [](const std::string& package) {
    return run_check("package-names",
                     R"({"mcpServers":{"s":{"command":"uvx","args":[")" + package + "\"]}}}");
  };
  CHECK(uvx("mcp-server-git@2025.11.25").size() == 1);
  CHECK(uvx("mcp-server-git@2025.12.18").empty());
  CHECK(uvx("tiktoken-mcp@0.13.1").size() == 1);
  CHECK(uvx("openai_mcp").size() == 1);
  CHECK(npx("@modelcontextprotocol/server-filesystem@2025.3.28").size() == 1);
  CHECK(npx("@modelcontextprotocol/server-filesystem@0.6.3").empty());
}

TEST_CASE("package names: every way to start a package is looked at") {
  for (const std::string launch : {R"("command":"npx","args":["-y","postmark-mcp@1.0.17"])",
                                   R"("command":"bunx","args":["postmark-mcp@1.0.17"])",
                                   R"("command":"pnpm","args":["dlx","postmark-mcp@1.0.17"])",
                                   R"("command":"cmd","args":["/c","npx","postmark-mcp@1.0.17"])",
                                   R"("command":"npm","args":["exec","postmark-mcp@1.0.17"])"}) {
    CAPTURE(launch);
    CHECK(run_check("package-names", "{\"mcpServers\":{\"s\":{" + launch + "}}}").size() == 1);
  }
}

TEST_CASE("package facts: ranges have a first bad and a first good version") {
  const auto affected = [](std::string_view from, std::string_view fixed, std::string version) {
    return is_affected(
        {.kind = PackageKind::kVulnerable, .name = "p", .fixed = fixed, .from = from},
        {.name = "p", .version = std::move(version)});
  };
  CHECK_FALSE(affected("1.2.0", "1.4.0", "1.1.9"));
  CHECK(affected("1.2.0", "1.4.0", "1.2.0"));
  CHECK(affected("1.2.0", "1.4.0", "1.10.0") == false);
  CHECK(affected("1.2.0", "1.4.0", "1.3.99"));
  CHECK_FALSE(affected("1.2.0", "1.4.0", "1.4.0"));
  CHECK_FALSE(affected("1.2.0", "1.4.0", ""));
  CHECK_FALSE(affected("1.2.0", "1.4.0", "latest"));
  CHECK(affected("1.2.0", "", "latest"));
  CHECK(affected("", "", "0.0.1"));
}

TEST_CASE("package facts: each bad one has a source with a date") {
  for (const PackageFact& fact : package_facts()) {
    CAPTURE(fact.name);
    CHECK_FALSE(fact.reference.empty());
    CHECK((fact.kind == PackageKind::kKnown) == fact.date.empty());
  }
}

}  // namespace merlon::test
