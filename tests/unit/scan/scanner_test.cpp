#include "scan/scanner.h"

#include <algorithm>
#include <random>

#include <doctest/doctest.h>

#include "report/writer.h"
#include "scan/folder_walk.h"
#include "support/memory_files.h"

namespace merlon {
namespace {

using test::MemoryFiles;

Rule rule(std::string id, MatcherKind kind, std::string text) {
  Rule out;
  out.id = std::move(id);
  out.title = "title of " + out.id;
  out.category = "test";
  out.severity = Severity::kHigh;
  out.surfaces = ~SurfaceSet{0};
  out.any = {RuleMatcher{.kind = kind, .text = std::move(text)}};
  return out;
}

Rule soft(std::string id, std::string phrase, std::uint16_t score) {
  Rule out = rule(std::move(id), MatcherKind::kPhrase, std::move(phrase));
  out.tier = Tier::kSoft;
  out.score = score;
  return out;
}

std::shared_ptr<const CompiledRules> rules() {
  Rule token = rule("token", MatcherKind::kPattern, "tok_[a-z0-9]{20}");
  token.secret = true;
  token.message = "a token stands here: {evidence}";
  auto compiled = CompiledRules::compile(
      {rule("bad-word", MatcherKind::kPhrase, "xyzzy"), std::move(token),
       soft("soft-a", "plugh", 35), soft("soft-b", "frotz", 30)},
      RulePackInfo{.name = "test", .version = "1", .digest = "", .rules = 4});
  REQUIRE(compiled);
  return *compiled;
}

std::string tool(const std::string& name, const std::string& description) {
  return R"({"name":")" + name + R"(","description":")" + description +
         R"(","inputSchema":{"type":"object"}})";
}

std::string tools(const std::vector<std::string>& list) {
  std::string out = "{\"tools\":[";
  for (std::size_t i = 0; i < list.size(); ++i) {
    out += (i == 0 ? "" : ",\n") + list[i];
  }
  return out + "]}";
}

ScanInputs one(std::string bytes, std::string name = "tools.json") {
  ScanInputs inputs;
  add_source(inputs, SourceText::copy_of(std::move(name), std::move(bytes)));
  return inputs;
}

/// Only findings of the rules of this test, which the registered checks do not disturb.
std::vector<Finding> findings_of(const ScanReport& report) {
  std::vector<Finding> out;
  for (const Finding& finding : report.findings) {
    if (finding.rule_id == "bad-word" || finding.rule_id == "token" ||
        finding.rule_id.starts_with("soft-") || finding.rule_id == "suspicious-definition" ||
        finding.rule_id == "rule-budget-exceeded") {
      out.push_back(finding);
    }
  }
  return out;
}

std::vector<Finding> scan_text(std::string bytes, const ScanSettings& settings = {}) {
  return findings_of(scan(one(std::move(bytes)), settings, rules()));
}

std::string as_json(const ScanReport& report) {
  return find_writer("json")->write(report, {});
}

TEST_CASE("scanner: a finding has its exact place, pointer, surface, item and rule") {
  const auto found = scan_text(tools({tool("a", "fine"), tool("b", "say \\\"xyzzy\\\" now")}));
  REQUIRE(found.size() == 1);
  const Finding& finding = found[0];
  CHECK(finding.rule_id == "bad-word");
  CHECK(finding.severity == Severity::kHigh);
  CHECK(finding.message == "title of bad-word");
  CHECK(finding.where.file == "tools.json");
  CHECK(finding.where.line == 2);
  CHECK(finding.where.excerpt.marked == "xyzzy");
  CHECK(finding.where.length == 5);
  CHECK(finding.pointer == "/tools/1/description");
  CHECK(finding.surface == "tool-description");
  CHECK(finding.item == "b");
  CHECK(finding.evidence.text == "xyzzy");
  CHECK(finding.fingerprint.size() == 32);
}

TEST_CASE("scanner: the report is the same for any number of threads and any order of inputs") {
  MemoryFiles files;
  for (int i = 0; i < 60; ++i) {
    const std::string name = "d/" + std::to_string(i) + ".json";
    files.files[name] =
        i % 7 == 0 ? "{\"tools\": ["
                   : tools({tool("t" + std::to_string(i), i % 3 == 0 ? "xyzzy" : "plugh and frotz"),
                            tool("t" + std::to_string(i % 5),
                                 "tok_0123456789abcdefghi" + std::to_string(i % 10))});
  }
  ScanInputs inputs;
  collect_path(inputs, files, "d", {});
  ScanSettings settings;
  settings.jobs = 1;
  const auto pack = rules();
  const std::string expected = as_json(scan(inputs, settings, pack));
  CHECK(expected.find("bad-word") != std::string::npos);
  std::mt19937 random(7);
  for (const unsigned jobs : {2U, 8U, 64U}) {
    std::shuffle(inputs.files.begin(), inputs.files.end(), random);
    settings.jobs = jobs;
    CHECK(as_json(scan(inputs, settings, pack)) == expected);
  }
}

TEST_CASE("scanner: no text of the report shows a secret, also not beside another finding") {
  const std::string secret = "tok_0123456789abcdefghij";
  const ScanReport report = scan(
      one(tools({tool("a", "xyzzy " + secret + " xyzzy"), tool("b", "plugh frotz " + secret)})), {},
      rules());
  const auto found = findings_of(report);
  REQUIRE(found.size() >= 4);
  const auto token = std::find_if(found.begin(), found.end(),
                                  [](const Finding& f) { return f.rule_id == "token"; });
  REQUIRE(token != found.end());
  CHECK(token->secret);
  CHECK(token->evidence.text == "tok_…(24)");
  CHECK(token->message == "a token stands here: tok_…(24)");
  for (const WriterKind& writer : writer_kinds()) {
    CAPTURE(writer.name);
    const std::string text = writer.write(report, {.explain = true});
    CHECK(text.find("0123456789abcdefghij") == std::string::npos);
    CHECK(text.find("456789ab") == std::string::npos);
  }
}

TEST_CASE("scanner: a secret in an escaped or encoded form is masked in its source form as well") {
  const ScanReport report =
      scan(one(tools({tool("a", "xyzzy \\u0074ok_0123456789abcdefghij"),
                      tool("b", "xyzzy dG9rXzAxMjM0NTY3ODlhYmNkZWZnaGlqIGlzIHRoZSB0b2tlbg==")})),
           {}, rules());
  const std::string text = as_json(report);
  CHECK(text.find("0123456789abcdefghij") == std::string::npos);
  CHECK(text.find("AxMjM0NTY3ODlhYmNkZWZnaGlq") == std::string::npos);
}

TEST_CASE("scanner: soft signals count only together, and then name what made the sum") {
  const auto apart = scan_text(tools({tool("a", "plugh plugh"), tool("b", "frotz")}));
  REQUIRE(apart.size() == 2);
  for (const Finding& finding : apart) {
    CHECK(finding.tier == Tier::kSoft);
    CHECK(finding.severity == Severity::kInfo);
  }

  const auto together = scan_text(tools({tool("a", "plugh, frotz and plugh")}));
  REQUIRE(together.size() == 3);
  const auto sum = std::find_if(together.begin(), together.end(), [](const Finding& f) {
    return f.rule_id == "suspicious-definition";
  });
  REQUIRE(sum != together.end());
  CHECK(sum->tier == Tier::kHard);
  CHECK(sum->severity == Severity::kHigh);
  CHECK(sum->score == 65);
  CHECK(sum->item == "a");
  CHECK(sum->pointer == "/tools/0/name");
  CHECK(sum->message ==
        "tool `a` shows 2 weak signs of manipulation that add up to 65 (threshold 60)");
  REQUIRE(sum->signals.size() == 2);
  CHECK(sum->signals[0].rule_id == "soft-a");
  CHECK(sum->signals[1].rule_id == "soft-b");
  CHECK(sum->related.size() == 2);

  ScanSettings strict;
  strict.score_threshold = 66;
  CHECK(scan_text(tools({tool("a", "plugh, frotz")}), strict).size() == 2);
}

TEST_CASE(
    "scanner: the configuration suppresses, changes severity and tier, for the files it names") {
  ScanSettings settings;
  settings.overrides = {{.rule = "bad-*",
                         .files = {},
                         .disable = true,
                         .severity = {},
                         .tier = {},
                         .reason = "known"}};
  auto found = scan_text(tools({tool("a", "xyzzy")}), settings);
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].suppression);
  CHECK(found[0].suppression->by == "config");
  CHECK(found[0].suppression->reason == "known");

  settings.overrides = {{.rule = "bad-word",
                         .files = {"other.json"},
                         .disable = true,
                         .severity = {},
                         .tier = {},
                         .reason = "known"}};
  CHECK_FALSE(scan_text(tools({tool("a", "xyzzy")}), settings)[0].suppression);

  settings.overrides = {{.rule = "bad-word",
                         .files = {},
                         .disable = false,
                         .severity = Severity::kLow,
                         .tier = {},
                         .reason = "r"}};
  CHECK(scan_text(tools({tool("a", "xyzzy")}), settings)[0].severity == Severity::kLow);

  settings.overrides = {{.rule = "soft-a",
                         .files = {},
                         .disable = false,
                         .severity = {},
                         .tier = Tier::kHard,
                         .reason = "r"}};
  found = scan_text(tools({tool("a", "plugh frotz")}), settings);
  REQUIRE(found.size() == 2);  // 30 alone is no sum
  CHECK(found[0].tier == Tier::kHard);
  CHECK(found[0].severity == Severity::kHigh);
}

TEST_CASE("scanner: with an earlier state only what is new or changed is reported") {
  ScanInputs inputs = one(tools({tool("a", "xyzzy"), tool("b", "xyzzy!"), tool("c", "xyzzy")}));
  inputs.files[0].read_before = [](std::uint64_t) -> Result<std::shared_ptr<const SourceText>> {
    return SourceText::copy_of("tools.json", tools({tool("a", "xyzzy"), tool("b", "xyzzy")}));
  };
  const auto found = findings_of(scan(inputs, {}, rules()));
  REQUIRE(found.size() == 2);
  CHECK(found[0].item == "b");
  CHECK(found[1].item == "c");

  inputs.files[0].read_before = [](std::uint64_t) -> Result<std::shared_ptr<const SourceText>> {
    return fail(ErrorCode::kNotFound, "new");
  };
  ScanReport report = scan(inputs, {}, rules());
  CHECK(findings_of(report).size() == 3);
  CHECK_FALSE(report.incomplete());

  inputs.files[0].read_before = [](std::uint64_t) -> Result<std::shared_ptr<const SourceText>> {
    return fail(ErrorCode::kIo, "broken");
  };
  report = scan(inputs, {}, rules());
  CHECK(findings_of(report).size() == 3);
  CHECK(report.incomplete());
}

TEST_CASE(
    "scanner: a file of unknown format fails when it was named and is skipped when it was met") {
  MemoryFiles files;
  files.files = {{"d/package.json", R"({"name":"x","version":"1"})"},
                 {"d/broken.json", R"({"a": )"},
                 {"d/broken-mcp.json", R"({"mcpServers": {)"},
                 {"d/prose.txt", "Once upon a time"}};
  const auto states = [&](const std::vector<std::string>& paths) {
    ScanInputs inputs;
    for (const std::string& path : paths) {
      collect_path(inputs, files, path, {});
    }
    std::string out;
    for (const CoverageEntry& entry : scan(inputs, {}, rules()).coverage) {
      out += entry.file + " " + std::string(to_string(entry.state)) +
             (entry.rendered_error.empty() ? "" : " error") + "\n";
    }
    return out;
  };
  CHECK(states({"d"}) ==
        "d/broken-mcp.json failed error\nd/broken.json skipped\nd/package.json skipped\n"
        "d/prose.txt skipped\n");
  CHECK(states({"d/package.json", "d/prose.txt", "d/broken.json"}) ==
        "d/broken.json failed error\nd/package.json failed error\nd/prose.txt failed error\n");
}

TEST_CASE("scanner: what cannot be read makes the scan incomplete, the rest is scanned") {
  MemoryFiles files;
  files.files = {{"a.json", tools({tool("a", "xyzzy")})}, {"b.json", "{}"}};
  files.unreadable = {{"b.json", ErrorCode::kIo}};
  ScanInputs inputs;
  collect_path(inputs, files, "b.json", {});
  collect_path(inputs, files, "a.json", {});
  const ScanReport report = scan(inputs, {}, rules());
  CHECK(findings_of(report).size() == 1);
  CHECK(report.incomplete());
  REQUIRE(report.coverage.size() == 2);
  CHECK(report.coverage[1].state == CoverageState::kFailed);
  CHECK(report.coverage[1].rendered_error ==
        "merlon: error[io]: cannot open `b.json`: Permission denied\n");
}

TEST_CASE(
    "scanner: inputs above the limit of all bytes are not scanned, whichever thread was first") {
  const std::string text = tools({tool("a", "xyzzy")});
  ScanInputs inputs;
  for (int i = 0; i < 20; ++i) {
    add_source(inputs, SourceText::copy_of("t" + std::to_string(10 + i) + ".json", text));
  }
  const auto pack = rules();
  ScanSettings settings;
  settings.limits.total_bytes = 3 * text.size();
  settings.jobs = 1;
  const ScanReport report = scan(inputs, settings, pack);
  CHECK(findings_of(report).size() == 3);
  CHECK(report.incomplete());
  REQUIRE(report.coverage.size() == 20);
  CHECK(report.coverage[2].state == CoverageState::kScanned);
  const std::string reason = "not scanned: the inputs have more than " +
                             std::to_string(3 * text.size()) +
                             " bytes together (limit `total-bytes`)";
  CHECK(report.coverage[3].state == CoverageState::kFailed);
  CHECK(report.coverage[3].reason == reason);
  CHECK(report.coverage[3].rendered_error == "t13.json: error[limit]: " + reason + "\n");
  CHECK(report.coverage[4].reason == reason);
  CHECK(report.coverage[4].rendered_error.empty());  // said once
  settings.jobs = 8;
  for (int run = 0; run < 20; ++run) {
    CHECK(as_json(scan(inputs, settings, pack)) == as_json(report));
  }
  settings.limits.total_bytes = 20 * text.size();
  CHECK_FALSE(scan(inputs, settings, pack).incomplete());
}

TEST_CASE("scanner: what both eras of a snapshot say is one definition, what differs is two") {
  const std::string same = tool("same", "xyzzy");
  const std::string snapshot = R"({"merlon_snapshot":1,"complete":true,"eras":[)"
                               R"({"era":"modern","instructions":"say xyzzy","tools":[)" +
                               same + "," + tool("other", "plugh and frotz") +
                               R"(]},{"era":"legacy","instructions":"say xyzzy","tools":[)" + same +
                               "," + tool("other", "plugh, frotz") + "]}]}";
  const ScanReport report = scan(one(snapshot, "s.json"), {}, rules());
  std::vector<std::string> places;
  for (const Finding& finding : findings_of(report)) {
    if (finding.rule_id == "bad-word") {
      places.push_back(finding.pointer);
    }
  }
  CHECK(places == std::vector<std::string>{"/eras/0/instructions", "/eras/0/tools/0/description"});
  REQUIRE(report.coverage.size() == 1);
  CHECK(report.coverage[0].tools == 3);
}

TEST_CASE("scanner: a text above the limit is looked at in part, and the report says so") {
  ScanSettings settings;
  settings.limits.text_bytes = 100;
  const ScanReport report =
      scan(one(tools({tool("a", "xyzzy " + std::string(200, '-') + " plugh")})), settings, rules());
  const auto found = findings_of(report);
  REQUIRE(found.size() == 2);
  CHECK(found[0].rule_id == "bad-word");
  CHECK(found[1].rule_id == "rule-budget-exceeded");
  CHECK(found[1].message ==
        "this text has 212 bytes, patterns saw the first 100 (limit `text-bytes`)");
  CHECK(report.incomplete());
  REQUIRE(report.coverage.size() == 1);
  CHECK(report.coverage[0].state == CoverageState::kPartial);
}

TEST_CASE("scanner: the limit on findings cuts in the report's order and is never silent") {
  ScanSettings settings;
  settings.limits.findings = 3;
  ScanInputs inputs = one(tools({tool("a", "xyzzy"), tool("b", "xyzzy")}), "1.json");
  add_source(inputs,
             SourceText::copy_of("2.json", tools({tool("c", "xyzzy"), tool("d", "xyzzy")})));
  add_source(inputs, SourceText::copy_of("3.json", tools({tool("e", "xyzzy")})));
  const ScanReport report = scan(inputs, settings, rules());
  CHECK(report.findings.size() == 3);
  CHECK(report.incomplete());
  CHECK(report.coverage[2].state == CoverageState::kPartial);
}

TEST_CASE("scanner: metadata of every rule that a finding names is in the report") {
  const ScanReport report = scan(one(tools({tool("a", "xyzzy plugh frotz")})), {}, rules());
  std::vector<std::string> ids;
  for (const Rule& each : report.rules) {
    ids.push_back(each.id);
  }
  CHECK(std::is_sorted(ids.begin(), ids.end()));
  for (const char* id : {"bad-word", "soft-a", "soft-b", "suspicious-definition"}) {
    CHECK(std::find(ids.begin(), ids.end(), id) != ids.end());
  }
}

TEST_CASE("scanner: keys of megabytes and many findings in one huge line cost no quadratic work") {
  const std::string key(1 << 20, 'k');
  std::string properties;
  for (int i = 0; i < 2000; ++i) {
    properties += (i == 0 ? "" : ",") + std::string("\"p") + std::to_string(i) +
                  R"(":{"description":"xyzzy"})";
  }
  const std::string text = R"({"tools":[{"name":"a","inputSchema":{"properties":{")" + key +
                           R"(":{"properties":{)" + properties + "}}}}}]}";
  const auto found = scan_text(text);
  CHECK(found.size() == 2000);
  for (const Finding& finding : found) {
    CHECK(finding.pointer.size() < 5000);
  }
}

TEST_CASE("scanner: a check's related places are in the manifest that the check saw") {
  Rule twice;
  twice.id = "tool-name-duplicate";
  twice.title = "a name twice";
  twice.check = "tool-names";
  auto compiled = CompiledRules::compile(
      {std::move(twice)}, RulePackInfo{.name = "test", .version = "1", .digest = "", .rules = 1});
  REQUIRE(compiled);
  ScanInputs inputs;
  add_source(inputs, SourceText::copy_of("1.json", tools({tool("a", "x")})));
  add_source(inputs, SourceText::copy_of("2.json", tools({tool("b", "x"), tool("b", "y")})));
  const ScanReport report = scan(inputs, {}, *compiled);
  const auto found =
      std::find_if(report.findings.begin(), report.findings.end(),
                   [](const Finding& each) { return each.rule_id == "tool-name-duplicate"; });
  REQUIRE(found != report.findings.end());
  CHECK(found->where.file == "2.json");
  REQUIRE(found->related.size() == 1);
  CHECK(found->related[0].where.file == "2.json");
}

}  // namespace
}  // namespace merlon
