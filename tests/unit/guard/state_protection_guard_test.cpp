#include <random>

#include <doctest/doctest.h>

#include "guard/protected_paths.h"
#include "policy/compiled_policy.h"
#include "policy/policy_loader.h"
#include "support/guard_session.h"

namespace merlon {
namespace {

using test::GuardSession;

constexpr std::string_view kProtectionTools = R"([
  {"name":"read_file","description":"Reads a file.",
   "inputSchema":{"type":"object","properties":{"path":{"type":"string"}}}},
  {"name":"write_file","description":"Writes a file.",
   "inputSchema":{"type":"object","properties":{"path":{"type":"string"},"content":{}}}},
  {"name":"delete_folder","description":"Deletes a folder.",
   "inputSchema":{"type":"object","properties":{"path":{"type":"string"}}}},
  {"name":"run_command","description":"Runs a shell command.",
   "inputSchema":{"type":"object","properties":{"command":{"type":"string"}}}}])";

std::string protection_policy(std::string_view config) {
  return "format = 1\nname = \"p\"\n[[guard]]\ntype = \"state-protection\"\n[guard.config]\n" +
         std::string(config);
}

GuardSession guarded(std::string_view config) {
  GuardSession session(protection_policy(config));
  session.offer(kProtectionTools);
  return session;
}

}  // namespace

TEST_CASE("state protection: writing is denied, reading is asked about, twins pass") {
  GuardSession session = guarded("resolve = false\n");
  const std::vector<std::array<std::string, 3>> cases{
      {"write_file", R"({"path":"/home/u/.cursor/mcp.json"})", "protected-write"},
      {"read_file", R"({"path":"/home/u/.cursor/mcp.json"})", "protected-read"},
      {"write_file", R"({"path":"/home/u/.cursor/notes.json"})", ""},
      {"write_file", R"({"path":".mcp.json"})", "protected-write"},
      {"write_file", R"({"path":"docs/mcp.json"})", ""},
      {"write_file", R"({"path":"~/.local/state/merlon/pins/x"})", "protected-write"},
      {"write_file", R"({"path":"/etc/MERLON/policy.toml"})", "protected-write"},
      {"write_file", R"({"path":"/a/.vscode/x/..//./mcp.json"})", "protected-write"},
      {"write_file", R"({"path":"/a/%2evscode%2fmcp.json"})", "protected-write"},
      {"write_file",
       R"({"path":"C:\\Users\\u\\AppData\\Roaming\\Claude\\claude_desktop_config.json"})",
       "protected-write"},
      {"write_file", R"({"path":"a.md","content":"edit ~/.cursor/mcp.json"})", ""},
      {"run_command", R"({"command":"echo x >> ~/.cursor/mcp.json"})", "protected-write"},
      {"run_command", R"({"command":"cat '/home/u/.cl'aude.json|tee x"})", "protected-write"},
      {"run_command", R"({"command":"sed -i s/a/b/ --file=.claude/settings.local.json"})",
       "protected-write"},
      {"run_command", R"({"command":"cat README.md && ls .cursor"})", ""},
      {"run_command", R"({"command":"rm -rf ~/.cursor"})", "protected-write"},
      {"delete_folder", R"({"path":"/home/u/.claude"})", "protected-write"},
      {"delete_folder", R"({"path":"/home/u/.gemini/antigravity"})", "protected-write"},
      {"delete_folder", R"({"path":"/h/.config/Code - Insiders/User/profiles/a1"})",
       "protected-write"},
      {"delete_folder", R"({"path":"/h/.vscode-server-x"})", "protected-write"},
      {"write_file", R"({"path":"/h/team.code-WORKSPACE"})", "protected-write"},
      {"delete_folder", R"({"path":"/home/u/project"})", ""},
      {"read_file", R"({"path":"/home/u/.claude"})", ""}};
  for (const auto& [tool, arguments, rule] : cases) {
    CAPTURE(arguments);
    const Decision decision = session.call(tool, arguments);
    CHECK(test::deciding_rule(decision) == rule);
    CHECK(decision.verdict == (rule.empty()               ? Verdict::kAllow
                               : rule == "protected-read" ? Verdict::kAsk
                                                          : Verdict::kDeny));
  }
}

TEST_CASE("state protection: the reason names the place and tells no path") {
  GuardSession session = guarded("resolve = false\n");
  const Decision denied = session.call("write_file", R"({"path":"/h/.cursor/mcp.json"})");
  Reason expected;
  expected.code = DenialCode::kPermissionDenied;
  expected.rule_id = "protected-write";
  expected.severity = Severity::kCritical;
  expected.message = "a call that may change a client's configuration";
  expected.pointer = "/params/arguments/path";
  expected.remedy = "a person changes these files, outside of the session";
  CHECK(*determining_reasons(denied).front() == expected);
}

TEST_CASE("state protection: links are followed, and what cannot be resolved is an error") {
  GuardSession session = guarded("");
  const auto call = [&session](std::string real, FactState state) {
    session.facts.answers = {{.need = {.kind = NeedKind::kPath, .what = "/tmp/a"},
                              .state = state,
                              .values = {std::move(real)}}};
    return session.call("write_file", R"({"path":"/tmp/a"})");
  };
  CHECK(call("/tmp/a", FactState::kKnown).verdict == Verdict::kAllow);
  const Decision linked = call("/home/u/.claude.json", FactState::kKnown);
  CHECK(test::deciding_rule(linked) == "protected-write");
  CHECK(determining_reasons(linked).front()->message ==
        "a call that may change a client's configuration through a link");
  CHECK(call("", FactState::kTimeout).erroring == std::vector<std::string>{"state-protection"});
}

TEST_CASE("state protection: the policy's own paths, and folders above them for a deletion") {
  GuardSession session =
      guarded("resolve = false\nreads = \"warn\"\npaths = [\"/var/log/audit\"]\n");
  CHECK(session.call("read_file", R"({"path":"/var/log/audit/log.jsonl"})").verdict ==
        Verdict::kWarn);
  CHECK(session.call("write_file", R"({"path":"/var/log/AUDIT"})").verdict == Verdict::kDeny);
  CHECK(session.call("write_file", R"({"path":"/var/log"})").verdict == Verdict::kAllow);
  CHECK(session.call("delete_folder", R"({"path":"/var/log"})").verdict == Verdict::kDeny);
}

TEST_CASE("state protection: resources are read") {
  GuardSession session = guarded("resolve = false\n");
  const Decision decision = session.send(
      Direction::kToServer,
      R"({"jsonrpc":"2.0","id":"r","method":"resources/read","params":{"uri":"file:///h/.mcp.json"}})");
  CHECK(test::deciding_rule(decision) == "protected-read");
}

TEST_CASE("state protection: random spellings of a protected path are all seen") {
  GuardSession session = guarded("resolve = false\n");
  std::mt19937 random(9);
  const std::vector<std::string> slashes{"/", "//", "/./", "/x/../", "%2f", "\\\\", "%5C", "%252F"};
  const std::vector<std::string> folders{".cursor", ".CURSOR", "%2ecursor", ".c%75rsor"};
  const std::vector<std::string> files{"mcp.json", "MCP.json", "mcp%2ejson", "mcp.jso%6e"};
  for (int run = 0; run < 300; ++run) {
    const std::string path = "/home/u" + slashes[random() % slashes.size()] +
                             folders[random() % folders.size()] +
                             slashes[random() % slashes.size()] + files[random() % files.size()];
    CAPTURE(path);
    REQUIRE(session.call("write_file", "{\"path\":\"" + path + "\"}").verdict == Verdict::kDeny);
  }
}

TEST_CASE("state protection: wrong settings are errors with their places") {
  auto policy =
      parse_policy(SourceText::copy_of(
                       "policy.toml", protection_policy("writes = \"allow\"\n"
                                                        "paths = [\"audit\", \"/\", \"/a/..\"]\n")),
                   {});
  REQUIRE(policy.has_value());
  const auto compiled = compile_policy(*std::move(policy), {});
  REQUIRE_FALSE(compiled.has_value());
  std::vector<std::string> problems;
  for (const Error& error : compiled.error()) {
    problems.push_back(std::to_string(error.where.line) + ": " + error.message);
  }
  CHECK(problems == std::vector<std::string>{"6: unknown value `allow` of `writes`",
                                             "7: `audit` is not one plain absolute path",
                                             "7: `/` is not one plain absolute path",
                                             "7: `/a/..` is not one plain absolute path"});
}

}  // namespace merlon
