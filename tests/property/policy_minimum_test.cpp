/// The system's policy is a minimum: whatever a user's policy says, on the same state no message
/// gets a weaker verdict, and no leg of the Rule of Two is missed.
#include <random>

#include <doctest/doctest.h>

#include "policy/evaluator.h"
#include "policy/policy_loader.h"
#include "support/memory_files.h"
#include "support/scripted_guard.h"

namespace merlon {
namespace {

class RandomPolicies {
 public:
  explicit RandomPolicies(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t bound) { return random_() % bound; }

  std::string text(bool system) {
    std::string out = "format = 1\nname = \"r\"\n";
    // A system policy that only watches has nothing to hold.
    out += !system && below(4) == 0 ? "mode = \"shadow\"\n" : "";
    out += "[defaults]\nunlisted_tool = \"" + pick({"allow", "ask", "deny"}) + "\"\n";
    out += "[[guard]]\ntype = \"tool-list\"\n";
    out += below(3) == 0 ? "shadow = true\n" : "";
    out += below(4) == 0 ? "enabled = false\n" : "";
    out += "on_error = \"" + pick({"allow", "ask", "deny"}) + "\"\n";
    out += "[[guard]]\ntype = \"message-size\"\npriority = " + std::to_string(below(200)) +
           "\nconfig = { max_bytes = " + std::to_string(60 + below(120)) + " }\n";
    for (std::size_t i = below(4); i > 0; --i) {
      out += "[[tool]]\ntool = \"" + pick({"*", "a*", "aa", "b", "?b"}) + "\"\n";
      out += "decision = \"" + pick({"allow", "warn", "ask", "deny"}) + "\"\n";
      out += below(4) == 0 ? "hidden = true\n" : "";
      out += below(3) == 0 ? "capabilities = []\n" : "";
      out += below(4) == 0 ? "capabilities = [\"reads-private\", \"sends-out\"]\n" : "";
    }
    return fixed(out);
  }

  std::string pick(std::initializer_list<std::string_view> words) {
    return std::string(words.begin()[below(words.size())]);
  }

 private:
  /// A key that came twice: the later one goes.
  static std::string fixed(std::string text) {
    const std::string twice = "capabilities = []\ncapabilities = [";
    for (std::size_t at = text.find(twice); at != std::string::npos; at = text.find(twice)) {
      text.erase(at, std::string_view("capabilities = []\n").size());
    }
    return text;
  }

  std::mt19937 random_;
};

std::shared_ptr<const CompiledPolicy> compiled(const test::MemoryFiles& files,
                                               std::string_view path, std::string_view system) {
  auto policy = load_policy(files, path, {.system_path = std::string(system)});
  REQUIRE(policy.has_value());
  auto out = compile_policy(*std::move(policy), {});
  REQUIRE(out.has_value());
  return *out;
}

/// A session that has seen three tools.
SessionState opened(const CompiledPolicy& policy) {
  SessionState state;
  state.session = "s";
  for (const auto& [text, direction] :
       {std::pair{R"({"jsonrpc":"2.0","id":9,"method":"tools/list"})", Direction::kToServer},
        std::pair{R"({"jsonrpc":"2.0","id":9,"result":{"tools":[
          {"name":"aa","description":"Send an email.","inputSchema":{"type":"object"}},
          {"name":"b","description":"Read a file.","inputSchema":{"type":"object"}},
          {"name":"ab","inputSchema":{"type":"object"}}]}})",
                  Direction::kToClient}}) {
    Event event;
    event.sequence = state.sequence + 1;
    event.message = *parse_message(text, direction, {});
    Decision allowed;
    allowed.verdict = Verdict::kAllow;
    settle(policy, state, event, allowed);
  }
  return state;
}

}  // namespace

TEST_CASE("system policy: no user's policy gets a weaker verdict or hides a leg") {
  RandomPolicies random(20260728);
  std::size_t tightened = 0;
  std::size_t held = 0;
  for (int round = 0; round < 400; ++round) {
    test::MemoryFiles files;
    files.files["system.toml"] = random.text(true);
    files.files["user.toml"] = random.text(false);
    INFO(files.files["system.toml"], "\n---\n", files.files["user.toml"]);
    const auto alone = compiled(files, "system.toml", "");
    const auto both = compiled(files, "user.toml", "system.toml");
    const auto user = compiled(files, "user.toml", "");
    const SessionState state = opened(*both);
    for (const char* const tool : {"aa", "b", "ab", "ghost"}) {
      Event event =
          test::call_event(tool, "{\"x\":\"" + std::string(random.below(80), 'y') + "\"}");
      event.sequence = state.sequence + 1;
      const Decision least = decide(*alone, state, event).decision;
      const Decision found = decide(*both, state, event).decision;
      CHECK(found.verdict >= least.verdict);
      const Decision users = decide(*user, state, event).decision;
      CHECK(found.verdict == std::max(least.verdict, users.verdict));
      tightened += found.verdict > least.verdict ? 1U : 0U;
      held += found.verdict > users.verdict ? 1U : 0U;
      SessionState with_both = state;
      SessionState with_system = state;
      settle(*both, with_both, event, found);
      settle(*alone, with_system, event, found);
      CHECK((with_both.leg_bits() & with_system.leg_bits()) == with_system.leg_bits());
    }
  }
  // The test is worth something only if both happened.
  CHECK(tightened > 100);
  CHECK(held > 100);
}

}  // namespace merlon
