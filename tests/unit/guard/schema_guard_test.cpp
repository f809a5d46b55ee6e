#include <doctest/doctest.h>

#include "policy/compiled_policy.h"
#include "policy/policy_loader.h"
#include "support/guard_session.h"

namespace merlon {
namespace {

using test::GuardSession;

std::string schema_policy(std::string_view config) {
  return "format = 1\nname = \"t\"\n[[guard]]\ntype = \"schema\"\n[guard.config]\n" +
         std::string(config);
}

std::vector<std::string> schema_policy_errors(std::string_view config) {
  auto policy = parse_policy(SourceText::copy_of("policy.toml", schema_policy(config)), {});
  REQUIRE(policy.has_value());
  const auto compiled = compile_policy(*std::move(policy), {});
  std::vector<std::string> out;
  for (const Error& error : compiled ? std::vector<Error>{} : compiled.error()) {
    out.push_back(std::to_string(error.where.line) + ": " + error.message);
  }
  return out;
}

constexpr std::string_view kPutTool = R"([{"name":"put","inputSchema":{"type":"object",
  "properties":{"count":{"type":"integer","minimum":1},"note":{"type":"string","pattern":"^[a-z]*$"},
                "size":{"multipleOf":0.01}},
  "required":["count"]},
  "outputSchema":{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"]}}])";

struct SchemaWord {
  Verdict verdict;
  std::string rule;
  std::string pointer;
  friend bool operator==(const SchemaWord&, const SchemaWord&) = default;
};

SchemaWord word_of(const Decision& decision) {
  const auto reasons = determining_reasons(decision);
  return reasons.empty()
             ? SchemaWord{decision.verdict, "", ""}
             : SchemaWord{decision.verdict, reasons.front()->rule_id, reasons.front()->pointer};
}

}  // namespace

TEST_CASE("schema: arguments that break the input schema are denied with place and keyword") {
  GuardSession session(schema_policy(""));
  session.offer(kPutTool);
  CHECK(session.call("put", R"({"count":1.0,"note":"abc","size":0.07})").verdict ==
        Verdict::kAllow);
  const Decision denied = session.call("put", R"({"count":0})");
  CHECK(word_of(denied) ==
        SchemaWord{Verdict::kDeny, "schema-violation", "/params/arguments/count"});
  CHECK(determining_reasons(denied).front()->code == DenialCode::kSuspiciousInput);
  CHECK(determining_reasons(denied).front()->message ==
        "the arguments of `put` break `minimum` of its `inputSchema`");
  CHECK(word_of(session.call("put", "{}")) ==
        SchemaWord{Verdict::kDeny, "schema-violation", "/params/arguments"});
  CHECK(word_of(session.call("put", R"({"count":1,"note":"abc\n"})")) ==
        SchemaWord{Verdict::kDeny, "schema-violation", "/params/arguments/note"});
  CHECK(word_of(session.call("put", R"({"count":1,"size":0.071})")) ==
        SchemaWord{Verdict::kDeny, "schema-violation", "/params/arguments/size"});
}

TEST_CASE("schema: the value that is wrong is not in the reason") {
  GuardSession session(schema_policy(""));
  session.offer(kPutTool);
  const Decision denied = session.call("put", R"({"count":"hunter2"})");
  for (const Reason* reason : determining_reasons(denied)) {
    CHECK(reason->message.find("hunter2") == std::string::npos);
    CHECK(reason->evidence.empty());
  }
}

TEST_CASE("schema: results that break the output schema are a warning, or denied") {
  GuardSession lenient(schema_policy(""));
  lenient.offer(kPutTool);
  lenient.call("put", R"({"count":1})");
  CHECK(lenient.answer(R"({"content":[],"structuredContent":{"ok":true}})").verdict ==
        Verdict::kAllow);
  lenient.call("put", R"({"count":1})");
  CHECK(word_of(lenient.answer(R"({"content":[],"structuredContent":{"ok":1}})")) ==
        SchemaWord{Verdict::kWarn, "schema-violation", "/result/structuredContent/ok"});
  GuardSession strict(schema_policy("results = \"deny\"\n"));
  strict.offer(kPutTool);
  strict.call("put", R"({"count":1})");
  CHECK(word_of(strict.answer(R"({"content":[]})")) ==
        SchemaWord{Verdict::kDeny, "schema-violation", "/result"});
  strict.call("put", R"({"count":1})");
  CHECK(strict.answer(R"({"content":[],"isError":true})").verdict == Verdict::kAllow);
}

TEST_CASE("schema: an argument that the schema does not name is denied when the policy says so") {
  GuardSession open(schema_policy(""));
  open.offer(kPutTool);
  CHECK(open.call("put", R"({"count":1,"sidecar":"x"})").verdict == Verdict::kAllow);
  GuardSession closed(schema_policy("no_extra_arguments = true\n"));
  closed.offer(kPutTool);
  CHECK(closed.call("put", R"({"count":1})").verdict == Verdict::kAllow);
  CHECK(word_of(closed.call("put", R"({"count":1,"sidecar":"x"})")) ==
        SchemaWord{Verdict::kDeny, "schema-extra-argument", "/params/arguments/sidecar"});
  closed.offer(R"([{"name":"any","inputSchema":{"type":"object","additionalProperties":true}}])");
  CHECK(closed.call("any", R"({"sidecar":"x"})").verdict == Verdict::kAllow);
}

TEST_CASE("schema: what is not checked is said, and denied when the policy says so") {
  constexpr std::string_view kTool = R"([{"name":"far","inputSchema":{"type":"object",
    "properties":{"a":{"$ref":"https://example.com/s.json"},"b":{"not":{"pattern":"\\Qx"}}}}}])";
  GuardSession lenient(schema_policy(""));
  lenient.offer(kTool);
  CHECK(word_of(lenient.call("far", R"({"a":1})")) ==
        SchemaWord{Verdict::kWarn, "schema-not-checked", ""});
  CHECK(word_of(lenient.call("far", R"({"b":"x"})")) ==
        SchemaWord{Verdict::kWarn, "schema-not-checked", ""});
  CHECK(lenient.call("far", R"({"c":1})").verdict == Verdict::kAllow);
  GuardSession strict(schema_policy("unsupported = \"deny\"\n"));
  strict.offer(kTool);
  CHECK(strict.call("far", R"({"a":1})").verdict == Verdict::kDeny);
}

TEST_CASE("schema: endless references and hungry patterns reach a bound, which denies") {
  GuardSession session(schema_policy(""));
  session.offer(R"([{"name":"loop","inputSchema":{"$ref":"#/$defs/a",
      "$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}},
    {"name":"hungry","inputSchema":{"properties":{"s":{"pattern":"^(a+)+$"}}}}])");
  CHECK(word_of(session.call("loop")).verdict == Verdict::kDeny);
  CHECK(session.call("loop").erroring == std::vector<std::string>{"schema"});
  const std::string long_text(200, 'a');
  CHECK(session.call("hungry", R"({"s":")" + long_text + R"(!"})").verdict == Verdict::kDeny);
  CHECK(session.call("hungry", R"({"s":"aaa"})").verdict == Verdict::kAllow);
}

TEST_CASE("schema: steps are bounded: what fits passes, a bigger value is a guard error") {
  GuardSession session(schema_policy("max_steps = 100\n"));
  session.offer(
      R"([{"name":"many","inputSchema":{"properties":{"l":{"items":{"type":"null"}}}}}])");
  CHECK(session.call("many", R"({"l":[null,null]})").verdict == Verdict::kAllow);
  std::string list = "[null";
  for (int i = 0; i < 200; ++i) {
    list += ",null";
  }
  const Decision decision = session.call("many", R"({"l":)" + list + "]}");
  CHECK(decision.verdict == Verdict::kDeny);
  CHECK(decision.erroring == std::vector<std::string>{"schema"});
}

TEST_CASE("schema: more definitions than are kept are still all checked") {
  GuardSession session(schema_policy("max_cached = 1\n"));
  session.offer(R"([{"name":"a","inputSchema":{"required":["x"]}},
                    {"name":"b","inputSchema":{"required":["y"]}}])");
  for (int i = 0; i < 3; ++i) {
    CHECK(session.call("a", R"({"x":1})").verdict == Verdict::kAllow);
    CHECK(session.call("b", R"({"x":1})").verdict == Verdict::kDeny);
  }
}

TEST_CASE("schema: wrong settings are errors with their places") {
  CHECK(schema_policy_errors("max_steps = 99\n").size() == 1);
  CHECK(schema_policy_errors("results = \"ask\"\n").size() == 1);
  const auto errors = schema_policy_errors("unsuported = \"deny\"\n");
  REQUIRE(errors.size() == 1);
  CHECK(errors.front().starts_with("6: "));
}

}  // namespace merlon
