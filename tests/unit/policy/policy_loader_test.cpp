#include "policy/policy_loader.h"

#include <doctest/doctest.h>

#include "base/digest/digest.h"
#include "policy/compiled_policy.h"
#include "policy/evaluator.h"
#include "support/memory_files.h"
#include "support/scripted_guard.h"

namespace merlon {
namespace {

using test::MemoryFiles;

std::string messages(const std::vector<Error>& errors) {
  std::string out;
  for (const Error& error : errors) {
    out += error.where.file + ":" + std::to_string(error.where.line) + ": " + error.message + "\n";
  }
  return out;
}

Policy loaded(const MemoryFiles& files, std::string_view path, const PolicyOptions& options = {}) {
  auto policy = load_policy(files, path, options);
  REQUIRE_MESSAGE(policy.has_value(),
                  messages(policy.has_value() ? std::vector<Error>{} : policy.error()));
  return *std::move(policy);
}

std::string failure(const MemoryFiles& files, std::string_view path,
                    const PolicyOptions& options = {}) {
  const auto policy = load_policy(files, path, options);
  return policy ? "" : messages(policy.error());
}

const GuardEntry& guard(const Policy& policy, std::string_view id) {
  for (const GuardEntry& entry : policy.guards) {
    if (entry.id == id) {
      return entry;
    }
  }
  REQUIRE_MESSAGE(false, "no such guard");
  return policy.guards.front();
}

constexpr std::string_view kBase = R"(format = 1
name = "base"
version = 7
description = "the base"
mode = "shadow"
[defaults]
unlisted_tool = "deny"
timeout_ms = 50
[[guard]]
type = "message-size"
timeout_ms = 20
config = { max_bytes = 10 }
[[guard]]
type = "tool-list"
[[tool]]
tool = "read_*"
decision = "allow"
[rule_of_two]
mode = "observe"
)";

/// `p/base.toml`, and a `p/team.toml` with this behind its name.
struct BaseAnd final : MemoryFiles {
  explicit BaseAnd(const std::string& team) {
    files["p/base.toml"] = kBase;
    files["p/team.toml"] = "format = 1\nname = \"team\"\n" + team;
  }
};

}  // namespace

TEST_CASE("policy: one file's digest is that of its bytes") {
  MemoryFiles files;
  files.files["p/base.toml"] = kBase;
  const Policy policy = loaded(files, "p/base.toml");
  CHECK(policy.digest == sha256_hex(kBase));
  CHECK(policy.files == std::vector<std::string>{"p/base.toml"});
}

TEST_CASE(
    "policy: a file that extends another has its settings, but a name and version of its own") {
  const Policy policy = loaded(BaseAnd("extends = \"base.toml\"\n"), "p/team.toml");
  CHECK(policy.name == "team");
  CHECK(policy.version == 1);
  CHECK(policy.description.empty());
  CHECK(policy.mode == PolicyMode::kShadow);
  CHECK(policy.defaults.unlisted_tool == Verdict::kDeny);
  CHECK(policy.guards.size() == 2);
  CHECK(policy.tools.size() == 1);
  CHECK(policy.section("rule_of_two") != nullptr);
  CHECK(policy.files == std::vector<std::string>{"p/base.toml", "p/team.toml"});
}

TEST_CASE("policy: a guard of the same id is replaced field by field and keeps its place") {
  const Policy policy = loaded(BaseAnd(R"(extends = ["base.toml"]
[[guard]]
id = "message-size"
priority = 5
on_error = "ask"
[[guard]]
id = "second-size"
type = "message-size"
)"),
                               "p/team.toml");
  REQUIRE(policy.guards.size() == 3);
  CHECK(policy.guards[0].id == "message-size");
  CHECK(policy.guards[0].type == "message-size");
  CHECK(policy.guards[0].priority == 5);
  CHECK(policy.guards[0].timeout_ms == 20);
  CHECK(policy.guards[0].on_error == OnError::kAsk);
  CHECK(policy.guards[0].config.node != kNoNode);
  CHECK(policy.guards[2].id == "second-size");
}

TEST_CASE("policy: defaults of the extending file hold for inherited guards that say nothing") {
  const Policy policy = loaded(BaseAnd(R"(extends = "base.toml"
[defaults]
timeout_ms = 70
)"),
                               "p/team.toml");
  CHECK(guard(policy, "message-size").timeout_ms == 20);
  CHECK(guard(policy, "tool-list").timeout_ms == 70);
  CHECK(policy.defaults.unlisted_tool == Verdict::kDeny);
}

TEST_CASE("policy: another type under the same id does not inherit the other's settings") {
  const Policy policy = loaded(BaseAnd(R"(extends = "base.toml"
[[guard]]
id = "message-size"
type = "tool-list"
)"),
                               "p/team.toml");
  CHECK(guard(policy, "message-size").type == "tool-list");
  CHECK(guard(policy, "message-size").config.node == kNoNode);
}

TEST_CASE("policy: tool entries of the extending file come first, sections replace by key") {
  const Policy policy = loaded(BaseAnd(R"(extends = "base.toml"
[[tool]]
tool = "read_secret"
decision = "deny"
[[tool]]
tool = "write"
decision = "ask"
[rule_of_two]
mode = "off"
[quota]
calls = 3
)"),
                               "p/team.toml");
  REQUIRE(policy.tools.size() == 3);
  CHECK(policy.tools[0].tool == "read_secret");
  CHECK(policy.tools[1].tool == "write");
  CHECK(policy.tools[2].tool == "read_*");
  const PolicyNode& section = *policy.section("rule_of_two");
  CHECK(section.document->text(*section.document->find(section.node, "mode")) == "off");
  CHECK(policy.section("quota") != nullptr);
  CHECK(policy.sections.size() == 2);
}

TEST_CASE("policy: a file that two others extend counts once, where it is reached first") {
  BaseAnd files("extends = [\"a.toml\", \"b.toml\"]\n");
  files.files["p/a.toml"] =
      "format = 1\nname = \"a\"\nextends = \"base.toml\"\n[[guard]]\nid = \"message-size\"\n"
      "timeout_ms = 33\n";
  files.files["p/b.toml"] = "format = 1\nname = \"b\"\nextends = \"base.toml\"\n";
  const Policy policy = loaded(files, "p/team.toml");
  CHECK(guard(policy, "message-size").timeout_ms == 33);
  CHECK(policy.tools.size() == 1);
  CHECK(policy.files ==
        std::vector<std::string>{"p/base.toml", "p/a.toml", "p/b.toml", "p/team.toml"});
}

TEST_CASE("policy: a circle is refused at the place that closes it") {
  BaseAnd files("extends = \"other.toml\"\n");
  files.files["p/other.toml"] = "format = 1\nname = \"o\"\nextends = \"team.toml\"\n";
  CHECK(failure(files, "p/team.toml") == "p/other.toml:3: `p/team.toml` extends itself\n");
}

TEST_CASE("policy: a circle through a link is one too") {
  BaseAnd files("extends = \"link.toml\"\n");
  files.links["p/link.toml"] = "p/team.toml";
  CHECK(failure(files, "p/team.toml") == "p/team.toml:3: `p/link.toml` extends itself\n");
}

TEST_CASE("policy: a chain of nine files is one too many") {
  MemoryFiles files;
  for (int i = 0; i < 9; ++i) {
    files.files["p/" + std::to_string(i) + ".toml"] =
        "format = 1\nname = \"n\"\n" +
        (i < 8 ? "extends = \"" + std::to_string(i + 1) + ".toml\"\n" : std::string());
  }
  CHECK(failure(files, "p/0.toml").find("is one file too many") != std::string::npos);
  CHECK(failure(files, "p/1.toml").empty());
}

TEST_CASE("policy: all problems of all files are reported with their places") {
  BaseAnd files(
      "extends = [\"base.toml\", \"gone.toml\"]\n[[guard]]\nid = \"new\"\n"
      "[[guard]]\ntype = \"x\"\nid = \"a:b\"\n");
  files.files["p/base.toml"] = "format = 1\nname = \"base\"\nmod = \"shadow\"\n";
  CHECK(failure(files, "p/team.toml") ==
        "p/base.toml:3: unknown key `mod` in a policy\n"
        "p/team.toml:3: cannot open `p/gone.toml`: No such file or directory\n"
        "p/team.toml:5: guard `new` has no `type`\n"
        "p/team.toml:8: guard id `a:b` is not one of letters, digits, `-`, `_` and `.`, at most "
        "64\n");
}

TEST_CASE("policy: a guard id that is there twice in one file is a mistake") {
  BaseAnd files("[[guard]]\ntype = \"tool-list\"\n[[guard]]\ntype = \"tool-list\"\n");
  CHECK(failure(files, "p/team.toml") == "p/team.toml:5: guard id `tool-list` is there twice\n");
}

TEST_CASE("policy: a tenant's table overrides defaults, guards and tools, for that tenant only") {
  const std::string text = R"([[guard]]
type = "message-size"
[[tool]]
tool = "*"
decision = "ask"
[tenant.acme.defaults]
unlisted_tool = "deny"
[[tenant.acme.guard]]
id = "message-size"
[tenant.acme.guard.config]
max_bytes = 99
[[tenant.acme.tool]]
tool = "pay"
hidden = true
[tenant.other]
description = "nothing of its own"
)";
  const BaseAnd files(text);
  const Policy plain = loaded(files, "p/team.toml");
  CHECK(plain.tenants == std::vector<std::string>{"acme", "other"});
  CHECK(plain.tenant.empty());
  CHECK(plain.tools.size() == 1);
  const Policy acme = loaded(files, "p/team.toml", {.tenant = "acme"});
  CHECK(acme.tenant == "acme");
  CHECK(acme.defaults.unlisted_tool == Verdict::kDeny);
  CHECK(guard(acme, "message-size").config.node != kNoNode);
  REQUIRE(acme.tools.size() == 2);
  CHECK(acme.tools[0].tool == "pay");
  CHECK(acme.digest != plain.digest);
  const Policy other = loaded(files, "p/team.toml", {.tenant = "other"});
  CHECK(other.tools.size() == 1);
  CHECK(other.digest != plain.digest);
  CHECK(loaded(files, "p/team.toml", {.tenant = "unknown"}).digest == plain.digest);
}

TEST_CASE("policy: a tenant's table knows no keys of the whole policy") {
  CHECK(failure(BaseAnd("[tenant.acme]\nmode = \"shadow\"\n"), "p/team.toml", {.tenant = "acme"}) ==
        "p/team.toml:4: unknown key `mode` in `[tenant.NAME]`\n");
}

TEST_CASE("policy: the system's policy is read beside it, and none where there is no file") {
  BaseAnd files("[[guard]]\ntype = \"tool-list\"\n");
  CHECK(loaded(files, "p/team.toml", {.system_path = "/etc/merlon/policy.toml"}).minimum ==
        nullptr);
  files.files["/etc/merlon/policy.toml"] =
      "format = 1\nname = \"system\"\n[[guard]]\ntype = \"tool-list\"\n";
  const Policy policy = loaded(files, "p/team.toml", {.system_path = "/etc/merlon/policy.toml"});
  REQUIRE(policy.minimum != nullptr);
  CHECK(policy.minimum->guards.front().id == "system:tool-list");
  CHECK(policy.guards.front().id == "tool-list");
  CHECK(policy.digest != loaded(files, "p/team.toml").digest);
}

TEST_CASE("policy: a system policy that cannot be read is an error, not the lack of one") {
  BaseAnd files("");
  files.files["/etc/merlon/policy.toml"] = "format = 1\n";
  CHECK(failure(files, "p/team.toml", {.system_path = "/etc/merlon/policy.toml"}) ==
        "/etc/merlon/policy.toml:1: the policy has no `name`\n");
  files.unreadable["/etc/merlon/policy.toml"] = ErrorCode::kIo;
  CHECK_FALSE(failure(files, "p/team.toml", {.system_path = "/etc/merlon/policy.toml"}).empty());
}

TEST_CASE("policy: shadow mode of the user's file does not lift what the system denies") {
  BaseAnd files(
      "mode = \"shadow\"\n[[guard]]\ntype = \"tool-list\"\n"
      "[[tool]]\ntool = \"*\"\ndecision = \"allow\"\n");
  files.files["/s.toml"] =
      "format = 1\nname = \"system\"\n[[guard]]\ntype = \"tool-list\"\n"
      "[[tool]]\ntool = \"drop\"\ndecision = \"deny\"\n";
  const auto compiled =
      compile_policy(loaded(files, "p/team.toml", {.system_path = "/s.toml"}), {});
  REQUIRE(compiled.has_value());
  const Decision decision = decide(**compiled, {}, test::call_event("drop")).decision;
  CHECK(decision.verdict == Verdict::kDeny);
  CHECK(decision.determining == std::vector<std::string>{"system:tool-list"});
}

}  // namespace merlon
