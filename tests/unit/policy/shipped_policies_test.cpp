/// Every policy in policies/ compiles without a warning, and those with cases beside them pass
/// them.
#include "policy/shipped_policies.h"

#include <algorithm>
#include <filesystem>

#include <doctest/doctest.h>

#include "policy/policy_cases.h"
#include "policy/policy_lint.h"
#include "policy/policy_loader.h"
#include "support/guard_session.h"
#include "support/memory_files.h"

namespace merlon {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> shipped(const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(fs::path(MERLON_SOURCE_DIR) / folder)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".toml") && !name.ends_with(".test.toml")) {
      out.push_back(folder + "/" + name);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::shared_ptr<const CompiledPolicy> compiled_file(const std::string& file) {
  const auto disk = make_disk_files();
  auto policy = load_policy(*disk, std::string(MERLON_SOURCE_DIR) + "/" + file, {});
  REQUIRE_MESSAGE(policy.has_value(), (policy ? std::string() : render(policy.error().front())));
  auto compiled = compile_policy(*std::move(policy), test::GuardSession::built_in_world());
  REQUIRE_MESSAGE(compiled.has_value(),
                  (compiled ? std::string() : render(compiled.error().front())));
  return *compiled;
}

}  // namespace

TEST_CASE("shipped policies: each one and each example compiles, without a warning") {
  std::vector<std::string> files = shipped("policies");
  CHECK(files.size() >= 3);
  for (const std::string& example : shipped("policies/examples")) {
    files.push_back(example);
  }
  for (const std::string& file : files) {
    CAPTURE(file);
    for (const PolicyWarning& warning : lint_policy(compiled_file(file)->policy(), {})) {
      CHECK_MESSAGE(false, warning.id, ": ", warning.message);
    }
  }
}

TEST_CASE("shipped policies: the cases beside them pass") {
  for (const std::string name : {"default", "strict", "observe"}) {
    CAPTURE(name);
    const auto policy = compiled_file("policies/" + name + ".toml");
    const auto cases = load_policy_cases(
        SourceText::copy_of(name, test::read_repository_file("policies/" + name + ".test.toml")),
        {});
    REQUIRE(cases.has_value());
    REQUIRE_FALSE(cases->empty());
    for (const PolicyCase& one : *cases) {
      for (const std::string& failure : run_policy_case(*policy, one).failures) {
        CHECK_MESSAGE(false, one.name, ": ", failure);
      }
    }
  }
}

TEST_CASE("shipped policies: each can be had by its name, wherever merlon runs") {
  const test::MemoryFiles nothing;
  const ShippedFiles files(nothing);
  for (const ShippedPolicy& shipped : shipped_policies()) {
    CAPTURE(std::string(shipped.name));
    const auto policy = load_policy(files, std::string(kShippedPrefix) + std::string(shipped.name),
                                    PolicyOptions());
    REQUIRE_MESSAGE(policy.has_value(), (policy ? std::string() : render(policy.error().front())));
    CHECK(policy->name == shipped.name);
  }
}

TEST_CASE("shipped policies: with a limit of two, a third call is denied before any answer came") {
  test::GuardSession session(R"(format = 1
name = "limit"
[[guard]]
type = "rate-limit"
[[guard.config.limit]]
max = 2
window = 60
)");
  session.offer(R"([{"name":"read_file","inputSchema":{"type":"object"}}])");
  CHECK(session.call("read_file").verdict == Verdict::kAllow);
  CHECK(session.call("read_file").verdict == Verdict::kAllow);
  const Decision third = session.call("read_file");
  CHECK(third.verdict == Verdict::kDeny);
  CHECK(determining_reasons(third).front()->retry_after_seconds == 60);
  CHECK(session.state.calls == 2);
}

}  // namespace merlon
