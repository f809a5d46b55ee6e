#include <doctest/doctest.h>

#include "commands.h"
#include "exit_code.h"
#include "test_env.h"

namespace merlon::cli {
namespace {

struct PolicyWorld : test::TestWorld {
  int policy(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "policy");
    out.str("");
    err.str("");
    return cli::run(env, arguments);
  }
  [[nodiscard]] bool says(std::string_view text) const {
    return out.str().find(text) != std::string::npos;
  }
};

constexpr const char* kTeam =
    "format = 1\nname = \"team\"\n[defaults]\nunlisted_tool = \"deny\"\n"
    "[[guard]]\ntype = \"tool-list\"\n[[tool]]\ntool = \"read_*\"\ndecision = \"ask\"\n";

}  // namespace

TEST_CASE("policy check: a right policy is 0, a wrong one 1, one that is not there 3") {
  PolicyWorld world;
  world.files.files["team.toml"] = kTeam;
  CHECK(world.policy({"check", "team.toml"}) == kYes);
  CHECK(world.out.str() == "team 1: 1 guard, 1 tool listed, 0 warnings\n");
  world.files.files["wrong.toml"] = "format = 1\nname = \"w\"\n[[guard]]\ntype = \"tool-lis\"\n";
  CHECK(world.policy({"check", "wrong.toml"}) == kNo);
  CHECK(world.err.str().find("wrong.toml:3:1: error[bad-policy]: unknown guard type") == 0);
  CHECK(world.out.str().empty());
  CHECK(world.policy({"check", "gone.toml"}) == kIncomplete);
}

TEST_CASE("policy check: warnings fail only when that is wanted") {
  PolicyWorld world;
  world.files.files["team.toml"] =
      std::string(kTeam) + "[[tool]]\ntool = \"read_a\"\ndecision = \"deny\"\n";
  CHECK(world.policy({"check", "team.toml"}) == kYes);
  CHECK(world.says("team.toml:10:1: warning[entry-shadowed]"));
  CHECK(world.policy({"check", "--strict", "team.toml"}) == kNo);
}

TEST_CASE("policy check: a system policy that was named must be there, and is checked too") {
  PolicyWorld world;
  world.files.files["team.toml"] = kTeam;
  CHECK(world.policy({"check", "team.toml", "--system", "gone.toml"}) == kIncomplete);
  world.files.files["system.toml"] = "format = 2\nname = \"s\"\n";
  CHECK(world.policy({"check", "team.toml", "--system", "system.toml"}) == kNo);
}

TEST_CASE("policy explain: names the entry, the guards and why, as text and JSON") {
  PolicyWorld world;
  world.files.files["team.toml"] = kTeam;
  CHECK(world.policy({"explain", "team.toml", "--tool", "read_file"}) == kYes);
  CHECK(world.out.str() ==
        "ask, by tool-list\nentry: `read_*` (team.toml:7)\nguards that ran, in order:\n"
        "  tool-list: ask\n    tool-entry: the policy's entry `read_*` says ask for `read_file`\n");
  CHECK(world.policy({"explain", "team.toml", "--tool", "write", "--format", "json"}) == kYes);
  CHECK(world.says("\"would_be\":\"deny\""));
  CHECK(world.says("\"entries\": []"));
}

TEST_CASE("policy explain: a manifest gives the definitions, and the system's word is shown") {
  PolicyWorld world;
  world.files.files["team.toml"] = kTeam;
  world.files.files["system.toml"] =
      "format = 1\nname = \"s\"\n[[guard]]\ntype = \"tool-list\"\n[[tool]]\ntool = \"read_file\"\n"
      "decision = \"deny\"\n";
  world.files.files["tools.json"] =
      "{\"tools\":[{\"name\":\"read_file\",\n\"inputSchema\":{\"type\":\"object\"}}]}";
  CHECK(world.policy({"explain", "team.toml", "--tool", "read_file", "--manifest", "tools.json",
                      "--system", "system.toml"}) == kYes);
  CHECK(world.err.str().empty());
  CHECK(world.says("deny, by system:tool-list\nsystem entry: `read_file` (system.toml:5)\n"));
}

TEST_CASE("policy explain: arguments that are no JSON object are a wrong command line") {
  PolicyWorld world;
  world.files.files["team.toml"] = kTeam;
  CHECK(world.policy({"explain", "team.toml", "--tool", "a", "--args", "[1]"}) == kUsageError);
  CHECK(world.policy({"explain", "team.toml", "--tool", "a", "--args", "{"}) == kUsageError);
  CHECK(world.policy({"explain", "team.toml"}) == kUsageError);
}

TEST_CASE("policy test: failing cases are 1, todo does not count, a todo that passes does") {
  PolicyWorld world;
  world.files.files["team.toml"] = kTeam;
  const std::string offer =
      "[[case.event]]\noffer = '[{\"name\":\"read_a\",\"inputSchema\":{}}]'\n";
  const std::string asks =
      "[[case.event]]\ncall = \"read_a\"\nverdict = \"ask\"\nrule = "
      "\"tool-entry\"\n";
  const std::string wrong = "[[case.event]]\ncall = \"read_a\"\n";
  world.files.files["team.test.toml"] = "format = 1\n[[case]]\nname = \"asks\"\n" + offer + asks;
  CHECK(world.policy({"test", "team.toml"}) == kYes);
  CHECK(world.out.str() == "1 case, 0 failed, 0 todo\n");
  world.files.files["team.test.toml"] =
      "format = 1\n[[case]]\nname = \"<x>\"\n" + offer + wrong + "[[case]]\nname = \"later\"\n" +
      "todo = \"not yet\"\n" + offer + wrong + "[[case]]\nname = \"done\"\ntodo = \"not yet\"\n" +
      offer + asks;
  CHECK(world.policy({"test", "team.toml"}) == kNo);
  CHECK(world.says("failed: <x> (team.test.toml:2)\n"));
  CHECK(world.says("todo: later: not yet\n"));
  CHECK(world.says("  the case passes: take its `todo` out\n"));
  CHECK(world.says("3 cases, 2 failed, 1 todo\n"));
  CHECK(world.policy({"test", "team.toml", "--format", "junit"}) == kNo);
  CHECK(world.says("tests=\"3\" failures=\"2\" errors=\"0\" skipped=\"1\""));
  CHECK(
      world.says("name=\"&lt;x&gt;\"><failure message=\"event 3 (line 6): expected allow, got "
                 "ask by `tool-entry`\"/>"));
  CHECK(world.policy({"test", "team.toml", "--cases", "gone.toml"}) == kIncomplete);
}

TEST_CASE("policy init: what it writes passes policy check with the manifest") {
  PolicyWorld world;
  world.files.files["tools.json"] =
      R"({"tools":[{"name":"read_file","description":"Read a file.","inputSchema":{"type":"object"}},
      {"name":"delete_file","description":"Delete a file.","inputSchema":{"type":"object"}}]})";
  REQUIRE(world.policy({"init", "--from", "tools.json", "--name", "made"}) == kYes);
  world.files.files["made.toml"] = world.out.str();
  CHECK(world.policy({"check", "--strict", "made.toml", "--manifest", "tools.json"}) == kYes);
  CHECK(world.says("made 1: "));
  CHECK(world.policy({"init"}) == kUsageError);
  CHECK(world.policy({"init", "--from", "gone.json"}) == kIncomplete);
}

TEST_CASE(
    "policy install: a policy that extends others, and a place that is not known, are refused") {
  PolicyWorld world;
  world.files.files["base.toml"] = kTeam;
  world.files.files["team.toml"] = "format = 1\nname = \"team\"\nextends = \"base.toml\"\n";
  CHECK(world.policy({"install", "base.toml"}) == kEnvironment);
  world.variables["XDG_STATE_HOME"] = "/nowhere";
  CHECK(world.policy({"install", "team.toml"}) == kNo);
  CHECK(world.policy({"rollback", "team"}) == kIncomplete);
}

}  // namespace merlon::cli
