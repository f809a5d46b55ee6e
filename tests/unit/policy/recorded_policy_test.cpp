#include "policy/recorded_policy.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "policy/policy_loader.h"
#include "support/guard_session.h"
#include "support/memory_files.h"

namespace merlon {
namespace {

constexpr const char* kRecordedBase =
    "format = 1\nname = \"base\"\n[[guard]]\ntype = \"tool-list\"\n";
constexpr const char* kRecordedTeam =
    "format = 1\nname = \"team\"\nversion = 4\nextends = [\"base.toml\", \"./base.toml\"]\n"
    "[tenant.blue]\n[tenant.blue.defaults]\nunlisted_tool = \"deny\"\n";
constexpr const char* kRecordedSystem =
    "format = 1\nname = \"system\"\n[[guard]]\ntype = \"message-size\"\n";

/// `policies/team.toml` for a tenant, under the system's minimum, as loaded and as recorded.
struct LoadedTeam {
  LoadedTeam() {
    files.files = {{"policies/base.toml", kRecordedBase},
                   {"policies/team.toml", kRecordedTeam},
                   {"/etc/system.toml", kRecordedSystem}};
    files.links["policies/./base.toml"] = "policies/base.toml";
    files.files["policies/./base.toml"] = kRecordedBase;
    const RememberingFiles remembering(files);
    auto loaded = load_policy(remembering, "policies/team.toml",
                              {.tenant = "blue", .system_path = "/etc/system.toml"});
    REQUIRE(loaded.has_value());
    policy = *std::move(loaded);
    recorded = record_policy(policy, "blue", remembering);
  }
  test::MemoryFiles files;
  Policy policy;
  RecordedPolicy recorded;
};

}  // namespace

TEST_CASE("recorded policy: holds the texts that were read, with their names") {
  const LoadedTeam team;
  RecordedPolicy expected;
  expected.name = "team";
  expected.version = 4;
  expected.digest = team.policy.digest;
  expected.tenant = "blue";
  expected.files = {{"policies/base.toml", kRecordedBase, {"policies/./base.toml"}},
                    {"policies/team.toml", kRecordedTeam, {}}};
  expected.system = {{"/etc/system.toml", kRecordedSystem, {}}};
  CHECK(team.recorded == expected);
}

TEST_CASE("recorded policy: loads again without the files, to the same policy") {
  const LoadedTeam team;
  const auto again = load_recorded_policy(team.recorded, {});
  REQUIRE(again.has_value());
  CHECK(again->digest == team.policy.digest);
  CHECK(again->name == "team");
  CHECK(again->tenant == "blue");
  CHECK(again->defaults.unlisted_tool == Verdict::kDeny);
  CHECK(again->files == team.policy.files);
  REQUIRE(again->minimum != nullptr);
  CHECK(again->minimum->digest == team.policy.minimum->digest);
  RecordedEngine engine;
  engine.policy = team.recorded;
  CHECK(compile_recorded(engine, test::GuardSession::built_in_world().rules, {}).has_value());
}

TEST_CASE("recorded policy: another text is another digest, and refused") {
  LoadedTeam team;
  team.recorded.files[0].text += "# changed\n";
  const auto again = load_recorded_policy(team.recorded, {});
  REQUIRE_FALSE(again.has_value());
  REQUIRE(again.error().size() == 1);
  CHECK(again.error()[0].code == ErrorCode::kBadPolicy);
  CHECK(again.error()[0].message.find(team.policy.digest) != std::string::npos);
}

TEST_CASE("recorded policy: a file that was not recorded is not looked for on the disk") {
  LoadedTeam team;
  team.recorded.files.erase(team.recorded.files.begin());
  const auto again = load_recorded_policy(team.recorded, {});
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error()[0].message == "the recording has no policy file `policies/base.toml`");
  team.recorded.files.clear();
  CHECK_FALSE(load_recorded_policy(team.recorded, {}).has_value());
}

TEST_CASE("recorded policy: pins that are no lock are an error with a place") {
  const LoadedTeam team;
  RecordedEngine engine;
  engine.policy = team.recorded;
  engine.pins = "{]";
  const auto compiled = compile_recorded(engine, test::GuardSession::built_in_world().rules, {});
  REQUIRE_FALSE(compiled.has_value());
  CHECK(compiled.error()[0].where.file == "recorded pins");
}

TEST_CASE("remembering files: what was read is kept when the disk changes") {
  test::MemoryFiles files;
  files.files["a.toml"] = "old";
  const RememberingFiles remembering(files);
  REQUIRE(remembering.read("a.toml", 100).has_value());
  files.files["a.toml"] = "new";
  CHECK(remembering.file("a.toml")->text == "old");
  CHECK(remembering.file("b.toml") == std::nullopt);
}

}  // namespace merlon
