#pragma once
/// A session under a policy, for tests: messages in, decisions out.
///
///   GuardSession session(R"(format = 1
///   name = "t"
///   [[guard]]
///   type = "tool-list"
///   )");
///   session.offer(R"([{"name":"read_file","inputSchema":{"type":"object"}}])");
///   CHECK(session.call("read_file", R"({"path":"a"})").verdict == Verdict::kAllow);
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "policy/evaluator.h"

namespace merlon::test {

class GuardSession {
 public:
  /// `policy` must load and compile: a test that fails says with what.
  explicit GuardSession(std::string_view policy, GuardWorld world = built_in_world());

  /// The embedded rules, no pins.
  [[nodiscard]] static GuardWorld built_in_world();

  /// One message as it stands; facts of `facts` are used once. The decision is settled.
  Decision send(Direction direction, std::string bytes);
  /// The same without settling, with the facts that the guards still want.
  [[nodiscard]] Evaluation ask(Direction direction, std::string bytes) const;

  /// A tools/list and its result with these tools; the decision about the result.
  Decision offer(std::string_view tools_json);
  /// A tools/call.
  Decision call(std::string_view tool, std::string_view arguments_json = "{}");
  /// The result of the last tools/call.
  Decision answer(std::string_view result_json);

  SessionState state;
  Facts facts;  ///< given to the next event, then cleared
  std::int64_t now_ms{1'800'000'000'000};

 private:
  [[nodiscard]] Event event_of(Direction direction, std::string bytes) const;

  std::shared_ptr<const CompiledPolicy> policy_;
  std::uint64_t next_id_{1};
};

/// The rule of the first reason of those that determined the decision; empty when it passes
/// without a reason.
[[nodiscard]] std::string deciding_rule(const Decision& decision);

}  // namespace merlon::test
