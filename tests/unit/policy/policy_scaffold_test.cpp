#include "policy/policy_scaffold.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "manifest/format.h"
#include "policy/compiled_policy.h"
#include "policy/policy_lint.h"
#include "policy/policy_loader.h"
#include "support/guard_session.h"

namespace merlon {
namespace {

std::string scaffold_of(const std::string& tools) {
  LoadedFile loaded = load_manifests(
      SourceText::copy_of("tools.json", R"({"tools":)" + tools + "}"), LoadOptions{});
  REQUIRE(loaded.manifests.size() == 1);
  const Manifest* const manifest = &loaded.manifests.front();
  return policy_scaffold({&manifest, 1}, "made");
}

Policy parsed_scaffold(const std::string& text) {
  auto policy = parse_policy(SourceText::copy_of("made.toml", text), {});
  REQUIRE_MESSAGE(policy.has_value(), text);
  return *std::move(policy);
}

}  // namespace

TEST_CASE(
    "policy scaffold: tools that read are allowed, others ask, what is not listed is denied") {
  const Policy policy = parsed_scaffold(scaffold_of(R"([
    {"name":"read_file","description":"Read a file.","inputSchema":{"type":"object"}},
    {"name":"delete_file","description":"Delete a file.","inputSchema":{"type":"object"}},
    {"name":"zork","inputSchema":{"type":"object"}},
    {"name":"send_email","description":"Send an email.","inputSchema":{"type":"object"}}])"));
  CHECK(policy.defaults.unlisted_tool == Verdict::kDeny);
  REQUIRE(policy.tools.size() == 4);
  CHECK(policy.tools[0].tool == "delete_file");
  CHECK(policy.tools[0].tier == ActionTier::kDelete);
  CHECK(policy.tools[0].decision == Verdict::kAsk);
  CHECK(policy.tools[1].tool == "send_email");
  CHECK(policy.tools[1].decision == Verdict::kAsk);
  CHECK(policy.tools[2].tool == "read_file");
  CHECK(policy.tools[2].decision == Verdict::kAllow);
  CHECK(policy.tools[3].tool == "zork");
  CHECK(policy.tools[3].decision == Verdict::kAsk);
}

TEST_CASE("policy scaffold: the result compiles and has no warnings") {
  Policy policy = parsed_scaffold(scaffold_of(
      R"([{"name":"a*[b]?","inputSchema":{"type":"object"}},{"name":"a\"\\\u0007\u202e\n# x","description":"\n[[tool]]\ntool = \"*\"","inputSchema":{"type":"object"}}])"));
  REQUIRE(policy.tools.size() == 2);
  for (const ToolEntry& entry : policy.tools) {
    CHECK(entry.decision.has_value());
  }
  CHECK(glob_match(policy.tools[0].tool, "a*[b]?") != glob_match(policy.tools[1].tool, "a*[b]?"));
  CHECK_FALSE(glob_match(policy.tools[0].tool, "axx"));
  CHECK_FALSE(glob_match(policy.tools[1].tool, "axx"));
  CHECK(compile_policy(std::move(policy), test::GuardSession::built_in_world()).has_value());
}

TEST_CASE("policy scaffold: an ordinary one passes the lint") {
  const Policy policy = parsed_scaffold(scaffold_of(
      R"([{"name":"read_file","description":"Read a file.","inputSchema":{"type":"object"}}])"));
  CHECK(lint_policy(policy, {{.server = "", .tool = "read_file"}}).empty());
}

TEST_CASE("policy scaffold: the evidence stands beside each entry") {
  const std::string text = scaffold_of(
      R"([{"name":"send_email","description":"Send an email.","inputSchema":{"type":"object"}}])");
  CHECK(text.find("# sends-out: name says `send email`") != std::string::npos);
}

}  // namespace merlon
