#include "approval/open_tickets.h"

#include <string>

#include <doctest/doctest.h>

#include "answers.h"

namespace merlon {
namespace {

using test::answer_to;
using test::bare_file;
using test::binding_of;
using test::kNowMs;
using test::kOwnFile;
using test::open_ticket;

constexpr std::int64_t kLater = kNowMs + 1000;

struct Desk {
  explicit Desk(Ticket asked = open_ticket(), const std::string& arguments = R"({"a":1,"b":1})")
      : ticket(std::move(asked)) {
    tickets.add(ticket, binding_of(arguments));
  }
  AnswerRefusal answer(const PersonAnswer& answer, std::int64_t now_ms = kLater) {
    return tickets.answer(bare_file(answer), kOwnFile, terms, now_ms).refusal;
  }
  bool use(const std::string& arguments, CategorySet categories = 0, std::int64_t now_ms = kLater) {
    return tickets.use(binding_of(arguments), categories, terms, now_ms).has_value();
  }

  Ticket ticket;
  ApprovalTerms terms;
  OpenTickets tickets;
};

}  // namespace

TEST_CASE("open tickets: an approval lets its call pass once") {
  Desk desk;
  CHECK_FALSE(desk.use(R"({"a":1,"b":1})"));
  CHECK(desk.answer(answer_to(desk.ticket)) == AnswerRefusal::kNone);
  CHECK(desk.use(R"({"b":1,"a":1})"));
  CHECK_FALSE(desk.use(R"({"a":1,"b":1})"));
  CHECK(desk.tickets.empty());
}

TEST_CASE("open tickets: a changed argument or definition finds no approval") {
  Desk desk;
  CHECK(desk.answer(answer_to(desk.ticket)) == AnswerRefusal::kNone);
  CHECK_FALSE(desk.use(R"({"a":1,"b":2})"));
  CHECK_FALSE(desk.tickets.use(binding_of(R"({"a":1,"b":1})", "changed"), 0, desk.terms, kLater));
  CHECK(desk.use(R"({"a":1,"b":1})"));
}

TEST_CASE("open tickets: a grant that comes again is a replay, before and after its use") {
  Desk desk;
  CHECK(desk.answer(answer_to(desk.ticket)) == AnswerRefusal::kNone);
  CHECK(desk.answer(answer_to(desk.ticket)) == AnswerRefusal::kReplayed);
  CHECK(desk.use(R"({"a":1,"b":1})"));
  CHECK(desk.answer(answer_to(desk.ticket)) == AnswerRefusal::kReplayed);
  CHECK_FALSE(desk.use(R"({"a":1,"b":1})"));
}

TEST_CASE("open tickets: a grant that nobody used in its time is over") {
  Desk desk;
  PersonAnswer answer = answer_to(desk.ticket);
  answer.expires_ms = kNowMs + 5000;
  CHECK(desk.answer(answer) == AnswerRefusal::kNone);
  CHECK_FALSE(desk.use(R"({"a":1,"b":1})", 0, kNowMs + 5000));
  CHECK(desk.tickets.expire(kNowMs + 4999).empty());
  CHECK(desk.tickets.expire(kNowMs + 5000) == std::vector<std::string>{desk.ticket.id});
}

TEST_CASE("open tickets: a grant for several calls counts down, and only what it names may vary") {
  Desk desk;
  desk.terms.most_uses = 3;
  PersonAnswer answer = answer_to(desk.ticket);
  answer.uses = 3;
  answer.vary = {"/a"};
  CHECK(desk.answer(answer) == AnswerRefusal::kNone);
  CHECK(desk.use(R"({"a":2,"b":1})"));
  CHECK_FALSE(desk.use(R"({"a":2,"b":2})"));
  CHECK_FALSE(desk.use(R"({"b":1})"));
  // An argument that makes the call grave is approved one by one.
  CHECK_FALSE(desk.use(R"({"a":3,"b":1})", kCategoryBulk));
  CHECK(desk.use(R"({"a":3,"b":1})"));
  CHECK(desk.use(R"({"a":1,"b":1})"));
  CHECK_FALSE(desk.use(R"({"a":1,"b":1})"));
}

TEST_CASE("open tickets: pointers that lead nowhere make no grant") {
  Desk desk;
  desk.terms.most_uses = 3;
  PersonAnswer answer = answer_to(desk.ticket);
  answer.uses = 3;
  answer.vary = {"/none"};
  CHECK(desk.answer(answer) == AnswerRefusal::kNotRepeatable);
}

TEST_CASE("open tickets: terms that were tightened since count") {
  Desk desk;
  CHECK(desk.answer(answer_to(desk.ticket)) == AnswerRefusal::kNone);
  desk.terms.standard = Assurance::kOtherUser;
  CHECK_FALSE(desk.use(R"({"a":1,"b":1})"));
  desk.terms.standard = Assurance::kSameUser;
  desk.terms.by_category.fill(Assurance::kHardware);
  CHECK_FALSE(desk.use(R"({"a":1,"b":1})", kCategoryMoney));
  CHECK(desk.use(R"({"a":1,"b":1})"));
}

TEST_CASE("open tickets: what is denied stays denied") {
  Desk desk;
  PersonAnswer answer = answer_to(desk.ticket);
  answer.approves = false;
  CHECK(desk.answer(answer) == AnswerRefusal::kNone);
  CHECK(desk.answer(answer_to(desk.ticket)) == AnswerRefusal::kReplayed);
  CHECK_FALSE(desk.use(R"({"a":1,"b":1})"));
}

TEST_CASE("open tickets: nothing is opened by an answer to a ticket that nobody asked") {
  OpenTickets tickets;
  const Ticket ticket = open_ticket();
  CHECK(tickets.answer(bare_file(answer_to(ticket)), kOwnFile, ApprovalTerms{}, kLater).refusal ==
        AnswerRefusal::kOtherTicket);
  CHECK(tickets.empty());
}

}  // namespace merlon
