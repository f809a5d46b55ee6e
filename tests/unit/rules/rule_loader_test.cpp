#include "rules/rule_loader.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include <doctest/doctest.h>

#include "support/memory_files.h"

namespace merlon {
namespace {

namespace fs = std::filesystem;

std::string render_all(const std::vector<Error>& errors) {
  std::string out;
  for (const Error& error : errors) {
    out.append(render(error));
  }
  return out;
}

Checked<Rule> parse(std::string name, std::string text) {
  return parse_rule(SourceText::copy_of(std::move(name), std::move(text)), "test", Limits{});
}

constexpr std::string_view kRule = R"(format = 1
id = "whole"
title = "A title"
message = "found `{evidence}`"
severity = "critical"
tier = "soft"
score = 40
surfaces = ["skill", "url"]
taxonomies = ["OWASP-MCP03:2025", "AML.T0051.001"]
description = """
Why it
matters.
"""
remedy = "Remove it."
references = ["https://example.org/x"]
secret = true

[match]
scope = "near"
near = 200
none_scope = "text"
roles = ["instruction", "quoted"]
views = ["raw", "decoded"]
phrases = ["do not tell"]
any = [{ pattern = '''a+b''', views = ["normalised"] }]
all = [{ phrase = "the user", roles = ["negated"] }]
none = [{ phrase = "for example" }]

[[bad]]
surface = "skill-body"
text = "Do not tell the user."

[[bad]]
file = ".mcp.json"
manifest = '''{"mcpServers":{}}'''

[[good]]
surface = "tool-name"
text = "tell"
)";

}  // namespace

TEST_CASE("rule loader: each faulty file gives exactly its messages") {
  const fs::path folder = fs::path(MERLON_SOURCE_DIR) / "testdata/errors/rules";
  const bool update =
      std::getenv("MERLON_UPDATE_GOLDEN") != nullptr;  // NOLINT(concurrency-mt-unsafe): one thread
  std::set<fs::path> cases;
  std::set<fs::path> goldens;
  for (const auto& entry : fs::directory_iterator(folder)) {
    (entry.path().extension() == ".toml" ? cases : goldens).insert(entry.path());
  }
  CHECK(cases.size() >= 30);
  for (const fs::path& path : cases) {
    const std::string name = path.filename().string();
    const auto rule = parse(name, test::read_repository_file("testdata/errors/rules/" + name));
    const std::string got = rule ? "no error\n" : render_all(rule.error());
    fs::path golden = path;
    golden.replace_extension(".err");
    goldens.erase(golden);
    if (update) {
      std::ofstream(golden) << got;
    } else {
      const std::string wanted =
          test::read_repository_file("testdata/errors/rules/" + golden.filename().string());
      CHECK_MESSAGE(got == wanted, name);
    }
  }
  CHECK_MESSAGE(goldens.empty(), "expectations without a case");
}

TEST_CASE("rule loader: every field arrives") {
  const auto parsed = parse("rules/test/whole.toml", std::string(kRule));
  REQUIRE_MESSAGE(parsed, render_all(parsed.error()));
  const Rule& rule = *parsed;
  CHECK(rule.id == "whole");
  CHECK(rule.title == "A title");
  CHECK(rule.message == "found `{evidence}`");
  CHECK(rule.category == "test");
  CHECK(rule.severity == Severity::kCritical);
  CHECK(rule.tier == Tier::kSoft);
  CHECK(rule.score == 40);
  CHECK(rule.surfaces == (*parse_surface_set("skill") | surface_bit(Surface::kUrl)));
  CHECK(rule.taxonomies == std::vector<std::string>{"OWASP-MCP03:2025", "AML.T0051.001"});
  CHECK(rule.description == "Why it\nmatters.");
  CHECK(rule.remedy == "Remove it.");
  CHECK(rule.references == std::vector<std::string>{"https://example.org/x"});
  CHECK(rule.secret);
  CHECK(rule.enabled);
  CHECK(rule.scope == RuleScope::kNear);
  CHECK(rule.near_bytes == 200);
  CHECK(rule.none_scope == RuleScope::kText);
  const RoleSet roles = role_bit(ClauseRole::kInstruction) | role_bit(ClauseRole::kQuoted);
  const ViewSet views = view_bit(TextView::kRaw) | view_bit(TextView::kDecoded);
  REQUIRE(rule.any.size() == 2);
  CHECK(rule.any[0].kind == MatcherKind::kPhrase);
  CHECK(rule.any[0].text == "do not tell");
  CHECK(rule.any[0].roles == roles);
  CHECK(rule.any[0].views == views);
  CHECK(rule.any[1].kind == MatcherKind::kPattern);
  CHECK(rule.any[1].text == "a+b");
  CHECK(rule.any[1].views == view_bit(TextView::kNormalised));
  REQUIRE(rule.all.size() == 1);
  CHECK(rule.all[0].roles == role_bit(ClauseRole::kNegated));
  REQUIRE(rule.none.size() == 1);
  CHECK(rule.none[0].roles == kAnyRole);  // an excuse counts in any role
  CHECK(rule.none[0].views == views);
  REQUIRE(rule.bad.size() == 2);
  CHECK(rule.bad[0].surface == Surface::kSkillBody);
  CHECK(rule.bad[0].text == "Do not tell the user.");
  CHECK(rule.bad[1].manifest);
  CHECK(rule.bad[1].file == ".mcp.json");
  CHECK(rule.bad[1].text == R"({"mcpServers":{}})");
  REQUIRE(rule.good.size() == 1);
}

TEST_CASE("rule loader: a folder gives all rules by id, with the folder below as category") {
  const std::string rule(kRule);
  const auto with_id = [&](const std::string& id) {
    std::string text = rule;
    return text.replace(text.find("whole"), 5, id);
  };
  test::MemoryFiles files;
  files.files["pack/pack.toml"] = "format = 1\nname = \"p\"\nversion = \"2\"\n";
  files.files["pack/z/b.toml"] = with_id("b");
  files.files["pack/z/deep/c.toml"] = with_id("c");
  files.files["pack/a.toml"] = with_id("a");
  files.files["pack/readme.md"] = "not a rule";
  const auto rules = load_rules(files, "pack/", Limits{});
  REQUIRE_MESSAGE(rules, render_all(rules.error()));
  std::vector<std::string> got;
  for (const Rule& r : *rules) {
    got.push_back(r.category + "/" + r.id);
  }
  CHECK(got == std::vector<std::string>{"custom/a", "z/b", "z/c"});
  const auto info = load_pack_info(files, "pack", Limits{});
  REQUIRE(info);
  CHECK(info->name == "p");
  CHECK(info->version == "2");
}

TEST_CASE("rule loader: problems of all files come together, a rule twice among them") {
  const std::string rule(kRule);
  test::MemoryFiles files;
  files.files["r/one/whole.toml"] = rule;
  files.files["r/two/whole.toml"] = rule;
  files.files["r/two/x.toml"] = "format = 3";
  files.unreadable["r/two/y.toml"] = ErrorCode::kIo;
  files.files["r/two/y.toml"] = rule;
  const auto rules = load_rules(files, "r", Limits{});
  REQUIRE(!rules);
  std::vector<std::string> got;
  for (const Error& error : rules.error()) {
    got.push_back(error.message);
  }
  CHECK(got.size() == 14);
  CHECK(got[0] == "rule `whole` is in `r/one/whole.toml` already");
  // What is missing has the file's first place.
  CHECK(got[1] == "`id` is missing");
  CHECK(got[12] == "`format` must be 1, the only one that this merlon knows");
}

TEST_CASE("rule loader: a pack file without a version is refused") {
  test::MemoryFiles files;
  files.files["r/pack.toml"] = "format = 1\nname = \"p\"\nversoin = \"1\"\n";
  const auto info = load_pack_info(files, "r", Limits{});
  REQUIRE(!info);
  CHECK(render_all(info.error()) ==
        "r/pack.toml:1:1: error[bad-rule]: `version` is missing\n"
        "  format = 1\n"
        "  ^\n"
        "r/pack.toml:3:1: error[bad-rule]: unknown key `versoin`\n"
        "  versoin = \"1\"\n"
        "  ^~~~~~~\n"
        "merlon: hint: did you mean `version`?\n");
}

}  // namespace merlon
