#include "capture/snapshot.h"

#include <doctest/doctest.h>

#include "support/memory_files.h"

using namespace merlon;

namespace {

EraSurface era(Era which, std::string version) {
  EraSurface surface;
  surface.era = which;
  surface.protocol_version = std::move(version);
  surface.server_info = R"({"name":"weather","version":"1.2.0"})";
  surface.instructions = R"("Prefer `forecast` over `history`.")";
  return surface;
}

Snapshot weather() {
  EraSurface modern = era(Era::kModern, "2026-07-28");
  modern.capabilities = R"({"tools":{}})";
  modern.list(ListKind::kTools) = {
      {R"({"name":"forecast","description":"Tomorrow's weather","inputSchema":{"type":"object"}})",
       "forecast"}};
  EraSurface legacy = era(Era::kLegacy, "2025-11-25");
  legacy.capabilities = R"({"tools":{"listChanged":true}})";
  legacy.list(ListKind::kTools) = {
      {R"({"name":"forecast","description":"Tomorrow's weather, in Celsius","inputSchema":{"type":"object"}})",
       "forecast"},
      {R"({"name":"history","inputSchema":{"type":"object"}})", "history"}};
  Snapshot snapshot;
  snapshot.words = {"npx", "-y", "@ann/weather-mcp@1.2.0", "--key", "<secret>"};
  snapshot.environment = {"WX_REGION"};
  snapshot.eras = {modern, legacy};
  snapshot.differences = find_differences(snapshot.eras, Limits{});
  return snapshot;
}

std::string json_example(const std::string& page) {
  const std::size_t begin = page.find("```json\n") + 8;
  return page.substr(begin, page.find("```", begin) - begin);
}

Definition definition(std::string raw) {
  return {.raw = std::move(raw), .name = "t"};
}

std::vector<SurfaceDifference> compare(std::string modern, std::string legacy) {
  std::vector<EraSurface> eras{era(Era::kModern, ""), era(Era::kLegacy, "")};
  eras[0].list(ListKind::kTools) = {definition(std::move(modern))};
  eras[1].list(ListKind::kTools) = {definition(std::move(legacy))};
  return find_differences(eras, Limits{});
}

}  // namespace

TEST_CASE(
    "snapshot: the example of its specification is what is written, digest and differences "
    "included") {
  CHECK(write_snapshot(weather(), Limits{}) ==
        json_example(test::read_repository_file("docs/spec/snapshot.md")));
}

TEST_CASE("differences: order of members, blanks and escapes do not count") {
  CHECK(compare(R"({"name":"t","a":{"x":1,"y":[1,2]}})",
                "{ \"a\": {\"y\":[1, 2],\"x\":1 }, \"n\\u0061me\": \"t\"}")
            .empty());
}

TEST_CASE("differences: everything else counts and is named by the top-level member") {
  using Members = std::vector<std::string>;
  const auto members = [](std::string a, std::string b) {
    const auto found = compare(std::move(a), std::move(b));
    return found.empty() ? Members{"(none)"} : found.front().members;
  };
  CHECK(members(R"({"a":[1,2]})", R"({"a":[2,1]})") == Members{"a"});
  CHECK(members(R"({"a":{"b":{"c":1}}})", R"({"a":{"b":{"c":2}}})") == Members{"a"});
  CHECK(members(R"({"a":"1"})", R"({"a":1})") == Members{"a"});
  CHECK(members(R"({"a":null})", R"({})") == Members{"a"});
  CHECK(members(R"({"a":1,"a":2})", R"({"a":1})") == Members{"a"});
  CHECK(members(R"({"a":{"b":1,"b":2}})", R"({"a":{"b":1}})") == Members{"a"});
  CHECK(members(R"({"b":1,"a":1})", R"({"b":2,"c":1})") == Members{"a", "b", "c"});
  CHECK(members("1", "2") == Members{""});
}

TEST_CASE("differences: instructions, and definitions of one era only") {
  std::vector<EraSurface> eras{era(Era::kModern, ""), era(Era::kLegacy, "")};
  eras[1].instructions.clear();
  eras[0].list(ListKind::kPrompts) = {{.raw = R"({"name":"p"})", .name = "p"}};
  using Kind = SurfaceDifference::Kind;
  CHECK(find_differences(eras, Limits{}) == std::vector<SurfaceDifference>{{.list = "prompts",
                                                                            .name = "p",
                                                                            .kind = Kind::kOnlyIn,
                                                                            .era = Era::kModern,
                                                                            .members = {}},
                                                                           {.list = "server",
                                                                            .name = "instructions",
                                                                            .kind = Kind::kChanged,
                                                                            .era = Era::kModern,
                                                                            .members = {}}});
}
