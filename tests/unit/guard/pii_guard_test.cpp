#include <doctest/doctest.h>

#include "policy/policy_loader.h"
#include "support/guard_session.h"

namespace merlon {
namespace {

using test::GuardSession;

std::string pii_policy(std::string_view config) {
  return R"(format = 1
name = "pii"
[[guard]]
type = "pii"
[guard.config]
)" + std::string(config);
}

/// The result as the client gets it; empty when it is not rewritten.
std::string masked(GuardSession& session, std::string_view result) {
  session.call("read");
  const Decision decision = session.answer(result);
  CHECK(decision.verdict == (decision.rewritten ? Verdict::kModify : Verdict::kAllow));
  const std::string all = decision.rewritten.value_or("");
  const std::size_t at = all.find("\"result\":");
  return at == std::string::npos ? all : all.substr(at + 9, all.size() - at - 10);
}

std::size_t complaints_of(std::string_view config) {
  auto policy = parse_policy(SourceText::copy_of("policy.toml", pii_policy(config)), {});
  REQUIRE(policy.has_value());
  const auto compiled = compile_policy(*std::move(policy), {});
  return compiled.has_value() ? 0 : compiled.error().size();
}

}  // namespace

TEST_CASE("pii: cards, accounts and person numbers are masked, the text around them stays") {
  GuardSession session(pii_policy(""));
  CHECK(masked(session, R"({"a":"paid with 4012 8888 8888 1881 today"})") ==
        R"({"a":"paid with [masked:payment-card] today"})");
  CHECK(masked(session, R"({"a":["DE89 3704 0044 0532 0130 00"]})") ==
        R"({"a":["[masked:bank-account]"]})");
  CHECK(masked(session, R"({"a":{"b":"ssn 536-22-8145."}})") ==
        R"({"a":{"b":"ssn [masked:person-number]."}})");
  CHECK(masked(session, R"({"a":"4012888888881881 and 5500005555555559"})") ==
        R"({"a":"[masked:payment-card] and [masked:payment-card]"})");
}

TEST_CASE("pii: a wrong check digit, and numbers that cannot have been issued, are none") {
  GuardSession session(pii_policy(""));
  for (const std::string_view text :
       {"4012 8888 8888 1882", "DE88 3704 0044 0532 0130 00", "000-22-8145", "666-22-8145",
        "536-00-8145", "order 1234567890123456", "someone@nowhere.io"}) {
    CAPTURE(text);
    CHECK(masked(session, R"({"a":")" + std::string(text) + R"("})").empty());
  }
}

TEST_CASE("pii: a score at the minimum counts, one below does not") {
  // A person number without a word scores 50, with one 90.
  GuardSession at(pii_policy("min_score = 50\n"));
  CHECK_FALSE(masked(at, R"({"a":"536-22-8145"})").empty());
  GuardSession above(pii_policy("min_score = 51\n"));
  CHECK(masked(above, R"({"a":"536-22-8145"})").empty());
  CHECK_FALSE(masked(above, R"({"a":"SSN: 536-22-8145"})").empty());
  CHECK_FALSE(masked(above, R"({"ssn":"536-22-8145"})").empty());
}

TEST_CASE("pii: a bare number is a card only where a word says so") {
  GuardSession session(pii_policy(""));
  CHECK(masked(session, R"({"id":4012888888881881})").empty());
  CHECK(masked(session, R"({"card":4012888888881881,"n":1})") ==
        R"({"card":"[masked:payment-card]","n":1})");
}

TEST_CASE("pii: arguments ask, `deny` rejects with its code, each type has its own word") {
  GuardSession asks(pii_policy(""));
  CHECK(asks.call("pay", R"({"card":"4012888888881881"})").verdict == Verdict::kAsk);
  CHECK(asks.call("pay", R"({"card":"none"})").verdict == Verdict::kAllow);
  GuardSession denies(pii_policy(R"(action = "deny"
types = ["payment-card", "mail-address"]
[guard.config.type.mail-address]
action = "mask"
arguments = "allow"
)"));
  denies.call("pay");
  const Decision decision = denies.answer(R"({"a":"4012888888881881"})");
  CHECK(decision.verdict == Verdict::kDeny);
  REQUIRE(determining_reasons(decision).size() == 1);
  const Reason& reason = *determining_reasons(decision).front();
  CHECK(reason.code == DenialCode::kDataLeak);
  CHECK(reason.rule_id == "pii-payment-card");
  CHECK(reason.message == "personal data: `payment-card`, score 80 of 100");
  CHECK(reason.pointer == "/result/a");
  CHECK(masked(denies, R"({"a":"write to someone@nowhere.io"})") ==
        R"({"a":"write to [masked:mail-address]"})");
  CHECK(denies.call("pay", R"({"to":"someone@nowhere.io"})").verdict == Verdict::kAllow);
}

TEST_CASE("pii: `keep_last` shows the end of a number and never that of an address") {
  GuardSession session(pii_policy("keep_last = 4\ntypes = [\"payment-card\", \"mail-address\"]\n"));
  CHECK(masked(session, R"({"a":"4012888888881881, a.b@nowhere.io"})") ==
        R"({"a":"[masked:payment-card ..1881], [masked:mail-address]"})");
}

TEST_CASE("pii: what stands in a member that is there twice is denied") {
  GuardSession session(pii_policy(""));
  session.call("read");
  const Decision decision = session.answer(R"({"a":"x","a":"4012888888881881"})");
  CHECK(decision.verdict == Verdict::kDeny);
  CHECK(determining_reasons(decision).back()->rule_id == "pii-not-maskable");
}

TEST_CASE("pii: wrong settings are complaints") {
  CHECK(complaints_of("") == 0);
  CHECK(complaints_of("min_score = 101\nkeep_last = 5\ntypes = [\"name\"]\naction = \"hide\"\n") ==
        4);
  CHECK(complaints_of("[guard.config.type.mail-address]\naction = \"mask\"\n") == 1);
  CHECK(complaints_of("[guard.config.type.payment-card]\ncolour = 1\n") == 1);
  CHECK(complaints_of("[guard.config.type.name]\naction = \"mask\"\n") == 1);
}

}  // namespace merlon
