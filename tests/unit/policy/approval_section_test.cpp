#include "policy/approval_section.h"

#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "policy/approval.h"
#include "policy/compiled_policy.h"
#include "policy/evaluator.h"
#include "policy/policy_loader.h"
#include "support/scripted_guard.h"

namespace merlon {
namespace {

Policy approving_policy(const std::string& text) {
  auto policy =
      parse_policy(SourceText::copy_of("p.toml", "format = 1\nname = \"p\"\n" + text), {});
  REQUIRE(policy.has_value());
  return *std::move(policy);
}

SigningKey policy_approver() {
  return make_signing_key("amelia", Ed25519PrivateKey::from_seed(std::string(32, 'a')).value())
      .value();
}

}  // namespace

TEST_CASE("approval section: without one nobody is asked, and what a recording has counts") {
  const ApprovalTerms terms = approval_terms_of(approving_policy(""));
  CHECK(terms.mode == ApprovalMode::kOff);
  CHECK(terms.least(kCategoryMoney) == Assurance::kElicited);
}

TEST_CASE("approval section: everything that it says is read") {
  const VerifierKey key = policy_approver().verifier;
  const ApprovalTerms terms = approval_terms_of(approving_policy(
      "[approval]\nmode = \"hold\"\nhold_seconds = 20\nttl_seconds = 60\nmax_uses = 5\n"
      "max_minutes = 10\nkeys = [\"" +
      to_string(key) +
      "\"]\nusers = [\"amelia\", \"1001\"]\nsocket = \"/run/approvals\"\n"
      "notify = [\"/usr/bin/notify\", \"-x\"]\n"
      "[approval.min_assurance]\ndefault = \"other-user\"\nmoney = \"hardware\"\n"));
  ApprovalTerms wanted;
  wanted.mode = ApprovalMode::kHold;
  wanted.hold_seconds = 20;
  wanted.ttl_seconds = 60;
  wanted.most_uses = 5;
  wanted.most_minutes = 10;
  wanted.keys = {key};
  wanted.users = {"amelia", "1001"};
  wanted.socket = "/run/approvals";
  wanted.notify = {"/usr/bin/notify", "-x"};
  wanted.standard = Assurance::kOtherUser;
  wanted.by_category = {Assurance::kOtherUser, Assurance::kOtherUser, Assurance::kOtherUser,
                        Assurance::kHardware};
  CHECK(terms == wanted);
  CHECK(terms.least(0) == Assurance::kOtherUser);
  CHECK(terms.least(kCategoryDeletion | kCategoryMoney) == Assurance::kHardware);
}

TEST_CASE("approval section: the system's minimum can only tighten") {
  Policy policy = approving_policy(
      "[approval]\nmode = \"hold\"\nmax_uses = 9\nusers = [\"mallory\"]\n"
      "[approval.min_assurance]\ndefault = \"elicited\"\nmoney = \"hardware\"\n");
  policy.minimum = std::make_shared<const Policy>(
      approving_policy("[approval]\nhold_seconds = 5\nusers = [\"amelia\"]\nsocket = \"/run/a\"\n"
                       "[approval.min_assurance]\ndefault = \"other-user\"\n"));
  const ApprovalTerms terms = approval_terms_of(policy);
  CHECK(terms.mode == ApprovalMode::kHold);
  CHECK(terms.hold_seconds == 5);
  CHECK(terms.most_uses == 1);
  CHECK(terms.users == std::vector<std::string>{"amelia"});
  CHECK(terms.least(0) == Assurance::kOtherUser);
  CHECK(terms.least(kCategoryMoney) == Assurance::kHardware);
}

TEST_CASE("approval section: what is wrong with it is an error of the policy, with its place") {
  for (const std::string& line :
       {std::string("mode = \"sometimes\""), std::string("hold_seconds = 0"),
        std::string("keys = [\"no key\"]"), std::string("ssh_keys = [\"ssh-rsa AAAA\"]"),
        std::string("socket = \"run\""), std::string("notify = [\"notify\"]"),
        std::string("users = [\"\"]"), std::string("wait = 1"),
        std::string("[approval.min_assurance]\nmoney = \"much\"")}) {
    CAPTURE(line);
    const auto compiled =
        compile_policy(approving_policy("[approval]\n" + line + "\n"), GuardWorld{});
    REQUIRE_FALSE(compiled.has_value());
    CHECK(compiled.error().size() == 1);
    CHECK(compiled.error().front().where.line >= 4);
  }
}

TEST_CASE("approval: a grant below the assurance that the policy wants lets nothing pass") {
  const auto judged = [](Assurance assurance, const std::string& rule) {
    const auto policy = test::policy_of(
        test::guard_list(test::scripted(
            "asks", [rule](const GuardInput&) { return test::says(Verdict::kAsk, rule); })),
        approving_policy("[approval]\n[approval.min_assurance]\ndefault = \"same-user\"\n"
                         "money = \"hardware\"\n"));
    Event event = test::call_event();
    event.facts.grants.push_back({.ticket = "1",
                                  .message_digest = digest_of_message(event.message.bytes()),
                                  .assurance = assurance,
                                  .approver = "a"});
    SessionState state;
    state.session = "s";
    return decide(*policy, state, event).decision;
  };
  CHECK(judged(Assurance::kElicited, "plain").verdict == Verdict::kAsk);
  CHECK(judged(Assurance::kHardware, "plain").verdict == Verdict::kWarn);
  CHECK(judged(Assurance::kRemoteSigned, "category-money").verdict == Verdict::kAsk);
  CHECK(judged(Assurance::kHardware, "category-money").verdict == Verdict::kWarn);
  const Decision passed = judged(Assurance::kHardware, "plain");
  CHECK(passed.outcomes.back().guard == "approval");
  CHECK(passed.outcomes.back().reasons.front().rule_id == "approved-hardware");
}

}  // namespace merlon
