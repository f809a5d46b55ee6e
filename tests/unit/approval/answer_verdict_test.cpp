#include "approval/answer_verdict.h"

#include <string>

#include <doctest/doctest.h>

#include "answers.h"

namespace merlon {
namespace {

using test::answer_to;
using test::approver_key;
using test::bare_file;
using test::kNowMs;
using test::kOwnFile;
using test::kProxyUser;
using test::open_ticket;
using test::signed_file;

struct Asked {
  Ticket ticket{open_ticket()};
  ApprovalTerms terms;
  std::int64_t now_ms{kNowMs + 1000};

  [[nodiscard]] AnswerVerdict judge(const AnswerFile& file,
                                    const AnswerCarrier& carrier = kOwnFile) const {
    return judge_answer(file, carrier,
                        {.terms = terms,
                         .ticket = ticket,
                         .digest = sha256_hex(to_string(ticket)),
                         .now_ms = now_ms});
  }
  [[nodiscard]] AnswerRefusal refusal(const PersonAnswer& answer) const {
    return judge(bare_file(answer)).refusal;
  }
};

AnswerCarrier socket_from(std::uint64_t user, bool named) {
  return {.way = AnswerCarrier::Way::kSocket, .user = user, .named = named, .own_user = kProxyUser};
}

}  // namespace

TEST_CASE("answer: believed as far as the way it came reaches") {
  Asked asked;
  const AnswerFile file = bare_file(answer_to(asked.ticket));
  const AnswerVerdict own = asked.judge(file);
  CHECK(own.refusal == AnswerRefusal::kNone);
  CHECK(own.assurance == Assurance::kSameUser);
  CHECK(own.approver == "amelia");
  CHECK(asked.judge(file, socket_from(kProxyUser, true)).assurance == Assurance::kSameUser);
  const AnswerVerdict other = asked.judge(file, socket_from(2000, true));
  CHECK(other.refusal == AnswerRefusal::kNone);
  CHECK(other.assurance == Assurance::kOtherUser);
  CHECK(other.approver == "user 2000");
  CHECK(asked.judge(file, socket_from(2000, false)).refusal == AnswerRefusal::kWrongUser);
  AnswerCarrier foreign = kOwnFile;
  foreign.user = 2000;
  CHECK(asked.judge(file, foreign).refusal == AnswerRefusal::kForged);
  asked.ticket.least = Assurance::kElicited;
  CHECK(asked
            .judge(bare_file(answer_to(asked.ticket)), {.way = AnswerCarrier::Way::kDialogue,
                                                        .user = kProxyUser,
                                                        .named = false,
                                                        .own_user = kProxyUser})
            .assurance == Assurance::kElicited);
}

TEST_CASE("answer: a signature by a pinned key counts wherever it comes from") {
  Asked asked;
  asked.ticket.least = Assurance::kRemoteSigned;
  const SigningKey key = approver_key('a');
  asked.terms.keys = {key.verifier};
  const PersonAnswer answer = answer_to(asked.ticket);
  const AnswerVerdict verdict = asked.judge(signed_file(answer, key));
  CHECK(verdict.refusal == AnswerRefusal::kNone);
  CHECK(verdict.assurance == Assurance::kRemoteSigned);
  CHECK(verdict.approver == short_key(key.verifier));
  CHECK(asked.judge(signed_file(answer, key), socket_from(2000, false)).refusal ==
        AnswerRefusal::kNone);
}

TEST_CASE("answer: another key, or another text under a signature, is refused") {
  Asked asked;
  const SigningKey key = approver_key('a');
  const SigningKey other = approver_key('b');
  const PersonAnswer answer = answer_to(asked.ticket);
  CHECK(asked.judge(signed_file(answer, key)).refusal == AnswerRefusal::kWrongKey);
  asked.terms.keys = {other.verifier};
  CHECK(asked.judge(signed_file(answer, key)).refusal == AnswerRefusal::kWrongKey);
  asked.terms.keys = {key.verifier};
  AnswerFile forged = signed_file(answer, key);
  PersonAnswer more = answer;
  more.approver = "another";
  forged.dsse->payload = to_string(more);
  forged.answer = more;
  forged.line = forged.dsse->payload;
  CHECK(asked.judge(forged).refusal == AnswerRefusal::kBadSignature);
  forged = signed_file(answer, key);
  forged.dsse->payload_type = "application/vnd.merlon.rule-pack+json";
  CHECK(asked.judge(forged).refusal != AnswerRefusal::kNone);
}

TEST_CASE("answer: what was shown is what is approved") {
  const Asked asked;
  PersonAnswer answer = answer_to(asked.ticket);
  Ticket shown = asked.ticket;
  shown.summary = "something harmless";
  answer.ticket_digest = sha256_hex(to_string(shown));
  CHECK(asked.refusal(answer) == AnswerRefusal::kOtherTicket);
  answer = answer_to(asked.ticket);
  answer.ticket = "0123abcd-2";
  CHECK(asked.refusal(answer) == AnswerRefusal::kOtherTicket);
}

TEST_CASE("answer: time is over at the end of the grant's, and of the ticket's") {
  Asked asked;
  PersonAnswer answer = answer_to(asked.ticket);
  answer.expires_ms = kNowMs + 5000;
  asked.now_ms = kNowMs + 4999;
  CHECK(asked.refusal(answer) == AnswerRefusal::kNone);
  asked.now_ms = kNowMs + 5000;
  CHECK(asked.refusal(answer) == AnswerRefusal::kExpired);
  asked.now_ms = asked.ticket.expires_ms;
  CHECK(asked.refusal(answer_to(asked.ticket)) == AnswerRefusal::kExpired);
  asked.now_ms = kNowMs + 1000;
  answer.expires_ms = asked.ticket.expires_ms + 1;
  CHECK(asked.refusal(answer) == AnswerRefusal::kTooMany);
}

TEST_CASE("answer: several calls only as far as the policy says, and never of a grave category") {
  Asked asked;
  PersonAnswer answer = answer_to(asked.ticket);
  answer.uses = 2;
  answer.vary = {"/path"};
  CHECK(asked.refusal(answer) == AnswerRefusal::kTooMany);
  asked.terms.most_uses = 2;
  CHECK(asked.refusal(answer) == AnswerRefusal::kNone);
  answer.uses = 1;
  CHECK(asked.refusal(answer) == AnswerRefusal::kNotRepeatable);
  for (const CategorySet category :
       {kCategoryDeletion, kCategoryBulk, kCategoryPrivilege, kCategoryMoney}) {
    asked.ticket = open_ticket(Assurance::kSameUser, category);
    answer = answer_to(asked.ticket);
    answer.uses = 2;
    CHECK(asked.refusal(answer) == AnswerRefusal::kNotRepeatable);
    answer.uses = 1;
    CHECK(asked.refusal(answer) == AnswerRefusal::kNone);
  }
}

TEST_CASE("answer: below the assurance that is wanted it is refused; a denial never is") {
  Asked asked;
  asked.ticket = open_ticket(Assurance::kOtherUser);
  PersonAnswer answer = answer_to(asked.ticket);
  CHECK(asked.refusal(answer) == AnswerRefusal::kLowAssurance);
  answer.approves = false;
  CHECK(asked.refusal(answer) == AnswerRefusal::kNone);
}

TEST_CASE("answer: an SSH signature that is none, or of a key that is not pinned, is refused") {
  const Asked asked;
  const std::string line = to_string(answer_to(asked.ticket));
  const auto file = parse_answer_file(ssh_answer_file(line, "no armor"));
  REQUIRE(file.has_value());
  CHECK(file->line == line);
  CHECK(asked.judge(*file).refusal == AnswerRefusal::kBadSignature);
}

TEST_CASE("grant: one line with one spelling, and no other is read") {
  const PersonAnswer answer = answer_to(open_ticket());
  const std::string line = to_string(answer);
  CHECK(line == R"({"merlon_approval_grant":1,"ticket":"0123abcd-1","ticket_digest":")" +
                    answer.ticket_digest +
                    R"(","answer":"approve","approver":"amelia","created_ms":1700000000001,)"
                    R"("expires_ms":1700000900000,"uses":1,"vary":[]})");
  CHECK(parse_person_answer(line).value() == answer);
  for (const std::string& other :
       {line + " ", " " + line, line.substr(0, line.size() - 1) + R"(,"x":1})", std::string("{}"),
        std::string(R"({"merlon_approval_grant":2})")}) {
    CAPTURE(other);
    CHECK_FALSE(parse_answer_file(other).has_value());
  }
  PersonAnswer wild = answer;
  wild.expires_ms = std::int64_t{1} << 62U;
  CHECK_FALSE(parse_person_answer(to_string(wild)).has_value());
  wild = answer;
  wild.uses = kMostGrantUses + 1;
  CHECK_FALSE(parse_person_answer(to_string(wild)).has_value());
  wild = answer;
  wild.vary.assign(kMostVaryPointers + 1, "/a");
  CHECK_FALSE(parse_person_answer(to_string(wild)).has_value());
}

}  // namespace merlon
