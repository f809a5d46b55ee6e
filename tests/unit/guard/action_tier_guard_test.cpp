#include <doctest/doctest.h>

#include "guard/category_exceptions.h"
#include "policy/compiled_policy.h"
#include "policy/policy_loader.h"
#include "support/guard_session.h"

namespace merlon {
namespace {

using test::GuardSession;

constexpr std::string_view kTierPolicy = R"(
format = 1
name = "tiers"
[[guard]]
type = "action-tier"
)";

constexpr std::string_view kTierTools = R"([
  {"name":"get_weather","description":"Returns the weather.","inputSchema":{"type":"object"}},
  {"name":"update_page","description":"Updates a page.","inputSchema":{"type":"object"}},
  {"name":"delete_page","description":"Deletes a page.","inputSchema":{"type":"object"}},
  {"name":"grant_role","description":"Gives a role.","inputSchema":{"type":"object"}},
  {"name":"invite_user","inputSchema":{"type":"object"}},
  {"name":"list_permissions","inputSchema":{"type":"object"}},
  {"name":"refund_payment","inputSchema":{"type":"object","properties":{"amount":{}}}},
  {"name":"bulk_update_pages","inputSchema":{"type":"object"}},
  {"name":"list_all_pages","inputSchema":{"type":"object"}},
  {"name":"close_quarter","description":"Closes the quarter.","inputSchema":{"type":"object"}},
  {"name":"create_directory","description":"Creates a folder.","inputSchema":{"type":"object"}},
  {"name":"write_file","description":"Create a new file or completely overwrite one.",
   "inputSchema":{"type":"object","properties":{"path":{},"content":{}}}},
  {"name":"run_command","description":"Runs a shell command.",
   "inputSchema":{"type":"object","properties":{"command":{"type":"string"}}}},
  {"name":"sql_query","description":"Runs a query on the database.",
   "inputSchema":{"type":"object","properties":{"query":{"type":"string"}}}}])";

std::string evidence_of(const Decision& decision) {
  const auto reasons = determining_reasons(decision);
  return reasons.empty() ? std::string() : reasons.front()->evidence;
}

std::vector<std::string> tier_policy_errors(std::string_view config) {
  auto policy = parse_policy(
      SourceText::copy_of("policy.toml", std::string(kTierPolicy) + std::string(config)), {});
  REQUIRE(policy.has_value());
  const auto compiled = compile_policy(*std::move(policy), {});
  std::vector<std::string> out;
  for (const Error& error : compiled ? std::vector<Error>{} : compiled.error()) {
    out.push_back(std::to_string(error.where.line) + ": " + error.message);
  }
  return out;
}

}  // namespace

TEST_CASE("action tier: reading and writing pass, the four categories ask") {
  GuardSession session(kTierPolicy);
  session.offer(kTierTools);
  for (const char* const quiet : {"get_weather", "update_page", "list_permissions",
                                  "list_all_pages", "create_directory", "write_file"}) {
    CAPTURE(quiet);
    CHECK(session.call(quiet).verdict == Verdict::kAllow);
  }
  const std::vector<std::pair<std::string, std::string>> asked{
      {"delete_page", "category-deletion"},
      {"grant_role", "category-privilege"},
      {"invite_user", "category-privilege"},
      {"refund_payment", "category-money"},
      {"bulk_update_pages", "category-bulk"}};
  for (const auto& [tool, rule] : asked) {
    CAPTURE(tool);
    const Decision decision = session.call(tool);
    CHECK(decision.verdict == Verdict::kAsk);
    CHECK(test::deciding_rule(decision) == rule);
    CHECK(determining_reasons(decision).front()->code == DenialCode::kApprovalRequired);
  }
  CHECK(evidence_of(session.call("grant_role")) == "privilege: grant role");
}

TEST_CASE("action tier: arguments count, and their harmless twins do not") {
  GuardSession session(kTierPolicy);
  session.offer(kTierTools);
  const std::vector<std::array<std::string, 3>> cases{
      {"update_page", R"({"all":true})", "category-bulk"},
      {"update_page", R"({"all":false})", ""},
      {"update_page", R"({"filter":"*"})", "category-bulk"},
      {"update_page", R"({"text":"*"})", ""},
      {"update_page", R"({"filter":"*.md"})", ""},
      {"update_page", R"({"force":true})", "category-deletion"},
      {"update_page", R"({"recursive":true})", "category-bulk"},
      {"create_directory", R"({"path":"a/b","recursive":true})", ""},
      {"get_weather", R"({"all":true,"city":"*"})", ""},
      {"run_command", R"({"command":"ls -la src"})", ""},
      {"run_command", R"({"command":"docker run --rm alpine true"})", ""},
      {"run_command", R"({"command":"cd build && /bin/rm -rf ."})", "category-deletion"},
      {"run_command", R"({"command":"sudo apt install jq"})", "category-privilege"},
      {"run_command", R"({"command":"git push --force"})", "category-deletion"},
      {"run_command", R"({"command":"chmod +x build.sh"})", ""},
      {"run_command", R"({"command":"chmod 777 /"})", "category-privilege"},
      {"sql_query", R"({"query":"SELECT * FROM updates WHERE id = 1"})", ""},
      {"sql_query", R"({"query":"UPDATE t SET a = 1"})", "category-bulk"},
      {"sql_query", R"({"query":"UPDATE t SET a = 1 WHERE id = 2"})", ""},
      {"sql_query", R"({"query":"drop table t"})", "category-deletion"},
      {"sql_query", R"({"query":"GRANT ALL ON t TO bob"})", "category-privilege"}};
  for (const auto& [tool, arguments, rule] : cases) {
    CAPTURE(tool);
    CAPTURE(arguments);
    const Decision decision = session.call(tool, arguments);
    CHECK(decision.verdict == (rule.empty() ? Verdict::kAllow : Verdict::kAsk));
    CHECK(test::deciding_rule(decision) == rule);
  }
}

TEST_CASE("action tier: fifty items in a list pass, fifty-one are a bulk change") {
  GuardSession session(kTierPolicy);
  session.offer(kTierTools);
  std::string items = "1";
  for (int i = 1; i < 50; ++i) {
    items += ",1";
  }
  CHECK(session.call("update_page", "{\"ids\":[" + items + "]}").verdict == Verdict::kAllow);
  const Decision decision = session.call("update_page", "{\"ids\":[" + items + ",1]}");
  CHECK(test::deciding_rule(decision) == "category-bulk");
  CHECK(evidence_of(decision) == "bulk: a list of more than 50 items");
}

TEST_CASE("action tier: no setting of a tool entry takes a category away") {
  GuardSession session(std::string(kTierPolicy) + R"(
[[tool]]
tool = "delete_page"
tier = "read"
decision = "allow"
capabilities = []
)");
  session.offer(kTierTools);
  CHECK(test::deciding_rule(session.call("delete_page")) == "category-deletion");
  CHECK(tier_policy_errors("[guard.config]\ndelete = \"allow\"\n").size() == 1);
  CHECK(tier_policy_errors("[guard.config]\nbulk_items = 51\n").size() == 1);
}

TEST_CASE("action tier: a tool that nobody listed is asked about as an administrator's") {
  GuardSession session(kTierPolicy);
  const Decision decision = session.call("get_weather");
  CHECK(decision.verdict == Verdict::kAsk);
  CHECK(test::deciding_rule(decision) == "tier-admin");
}

TEST_CASE("action tier: of a definition that was sent and a newer one the worse counts") {
  GuardSession session(kTierPolicy);
  session.offer(R"([{"name":"tidy","description":"Lists what is old.","inputSchema":{}}])");
  CHECK(session.call("tidy").verdict == Verdict::kAllow);
  KnownDefinition newer = session.state.surface.newest.at({SurfaceList::kTools, "tidy"});
  GuardSession other(kTierPolicy);
  other.offer(R"([{"name":"tidy","description":"Deletes all files.","inputSchema":{}}])");
  session.state.surface.newest.at({SurfaceList::kTools, "tidy"}) =
      other.state.surface.newest.at({SurfaceList::kTools, "tidy"});
  CHECK(test::deciding_rule(session.call("tidy")) == "category-deletion");
}

TEST_CASE("action tier: what is remembered of a definition changes no answer") {
  GuardSession session(kTierPolicy);
  session.offer(kTierTools);
  for (const char* const tool : {"delete_page", "grant_role", "refund_payment", "sql_query"}) {
    CAPTURE(tool);
    const Decision first = session.call(tool);
    const Decision second = session.call(tool);
    CHECK(first.outcomes == second.outcomes);
  }
  CHECK(session.state.memory.at("action-tier").texts.size() == 4);
}

TEST_CASE("action tier: settings decide by tier, and a policy may add categories") {
  GuardSession session(std::string(kTierPolicy) + R"(
[guard.config]
read = "warn"
write = "deny"
[[guard.config.category]]
tool = "get_*"
add = ["money"]
[[tool]]
tool = "close_quarter"
tier = "read"
)");
  session.offer(kTierTools);
  CHECK(test::deciding_rule(session.call("update_page")) == "tier-write");
  CHECK(session.call("update_page").verdict == Verdict::kDeny);
  CHECK(session.call("close_quarter").verdict == Verdict::kWarn);
  CHECK(test::deciding_rule(session.call("get_weather")) == "category-money");
  // Denied is more than asked.
  CHECK(session.call("bulk_update_pages").verdict == Verdict::kDeny);
}

TEST_CASE("action tier: permissions are per user and resource, and run out by the event's time") {
  GuardSession session(std::string(kTierPolicy) + R"(
[[guard.config.permission]]
user = "*"
resource = "get_*"
allow = ["read"]
[[guard.config.permission]]
user = "alice"
resource = "*_page"
allow = ["write"]
until = 2027-01-15T08:00:01Z
)");
  session.offer(kTierTools);
  session.state.user = "bob";
  CHECK(session.call("get_weather").verdict == Verdict::kAllow);
  const Decision denied = session.call("update_page");
  CHECK(denied.verdict == Verdict::kDeny);
  CHECK(test::deciding_rule(denied) == "permission-missing");
  CHECK(determining_reasons(denied).front()->code == DenialCode::kPermissionDenied);
  session.state.user = "alice";
  session.now_ms = 1'800'000'000'999;  // 2027-01-15T08:00:00.999Z
  CHECK(session.call("update_page").verdict == Verdict::kAllow);
  CHECK(test::deciding_rule(session.call("delete_page")) == "permission-missing");
  session.now_ms = 1'800'000'001'000;
  CHECK(test::deciding_rule(session.call("update_page")) == "permission-expired");
  const Decision resource = session.send(
      Direction::kToServer,
      R"({"jsonrpc":"2.0","id":"r","method":"resources/read","params":{"uri":"file:///a"}})");
  CHECK(test::deciding_rule(resource) == "permission-missing");
}

TEST_CASE("action tier: an exception lets its calls pass until it ends, and no others") {
  GuardSession session(std::string(kTierPolicy) + R"(
[[guard.config.exception]]
tool = "delete_*"
server = "test*"
categories = ["deletion"]
until = 2027-01-15T08:00:01Z
owner = "Ann"
reason = "nightly clean-up"
[[guard.config.exception]]
tool = "grant_role"
server = "other"
categories = ["privilege"]
until = 2027-01-15T08:00:01Z
owner = "Ann"
reason = "another server's"
)");
  session.offer(kTierTools);
  session.state.server = "test-server";
  session.now_ms = 1'800'000'000'999;
  const Decision excepted = session.call("delete_page");
  CHECK(excepted.verdict == Verdict::kWarn);
  CHECK(test::deciding_rule(excepted) == "category-exception");
  CHECK(evidence_of(excepted) == "Ann: nightly clean-up");
  // Another category of the same tool, another tool, another server.
  CHECK(test::deciding_rule(session.call("delete_page", R"({"all":true})")) == "category-bulk");
  CHECK(session.call("refund_payment").verdict == Verdict::kAsk);
  CHECK(session.call("grant_role").verdict == Verdict::kAsk);
  session.state.server = "foreign";
  CHECK(test::deciding_rule(session.call("delete_page")) == "category-deletion");
  session.state.server = "test-server";
  session.now_ms = 1'800'000'001'000;
  CHECK(test::deciding_rule(session.call("delete_page")) == "category-deletion");
}

TEST_CASE("action tier: an exception does not lift a tier that is denied") {
  GuardSession session(std::string(kTierPolicy) + R"(
[guard.config]
delete = "deny"
[[guard.config.exception]]
tool = "*"
categories = ["deletion", "bulk", "privilege", "money"]
until = 2030-01-01T00:00:00Z
owner = "Ann"
reason = "everything"
)");
  session.offer(kTierTools);
  CHECK(session.call("delete_page").verdict == Verdict::kDeny);
  CHECK(session.call("bulk_update_pages").verdict == Verdict::kWarn);
}

TEST_CASE("action tier: an exception says all of it, or is an error") {
  CHECK(tier_policy_errors(R"([[guard.config.exception]]
categories = ["deletio"]
until = 2027-01-15
reason = ""
)") == std::vector<std::string>{"6: an exception has no `tool`", "6: an exception has no `owner`",
                                "7: unknown category `deletio`",
                                "8: `until` must be a date and time with an offset",
                                "9: `reason` is empty"});
}

TEST_CASE("action tier: who enforces a policy can tell whether it has an exception") {
  const auto has = [](std::string_view config) {
    auto policy = parse_policy(
        SourceText::copy_of("policy.toml", std::string(kTierPolicy) + std::string(config)), {});
    REQUIRE(policy.has_value());
    Policy with_minimum;
    with_minimum.minimum = std::make_shared<const Policy>(*policy);
    CHECK(!has_category_exceptions(with_minimum));
    return has_category_exceptions(*policy);
  };
  CHECK(!has(""));
  CHECK(!has("[guard.config]\nwrite = \"ask\"\n"));
  CHECK(has("[[guard.config.exception]]\ntool = \"a\"\n"));
}

TEST_CASE("action tier: wrong settings are errors with their places") {
  CHECK(tier_policy_errors(R"([guard.config]
write = "maybe"
[[guard.config.permission]]
user = "a"
allow = ["fly"]
until = 2027-01-15
)") == std::vector<std::string>{"7: unknown value `maybe` of `write`",
                                "8: a permission has no `resource`", "10: unknown permission `fly`",
                                "11: `until` must be a date and time with an offset"});
}

TEST_CASE("action tier: hostile definitions and arguments are judged without harm") {
  GuardSession session(kTierPolicy);
  session.offer(R"([{"name":"delete|x\n","description":"|||1|2","inputSchema":[1]},
    {"name":"update_x","inputSchema":{"properties":"no"}}])");
  CHECK(session.call(R"(delete|x\n)").verdict == Verdict::kAsk);
  CHECK(session.call(R"(delete|x\n)").verdict == Verdict::kAsk);
  std::string deep = R"({"a":)" + std::string(100, '[') + "true" + std::string(100, ']') + "}";
  CHECK(session.call("update_x", deep).verdict == Verdict::kAllow);
  CHECK(session.call("update_x", "[1,2]").verdict == Verdict::kAllow);
}

}  // namespace merlon
