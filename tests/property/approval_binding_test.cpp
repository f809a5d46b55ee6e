// What an approval is for: of random calls, a grant for one lets another pass exactly when both
// mean the same.
#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "approval/call_binding.h"
#include "approval/open_tickets.h"
#include "base/digest/digest.h"
#include "mcp/message_codec.h"

namespace merlon {
namespace {

/// A call as its meaning; spelled in many ways.
struct MeantCall {
  std::size_t server{0};
  std::size_t definition{0};
  std::vector<std::pair<std::string, int>> arguments;  ///< by name
  friend bool operator==(const MeantCall&, const MeantCall&) = default;
};

class CallMaker {
 public:
  explicit CallMaker(std::uint32_t seed) : random_(seed) {}

  std::size_t pick(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
  }

  MeantCall call() {
    MeantCall out{.server = pick(2), .definition = pick(2), .arguments = {}};
    for (const char* const name : {"a", "b", "c"}) {
      if (pick(3) > 0) {
        out.arguments.emplace_back(name, static_cast<int>(pick(2)));
      }
    }
    return out;
  }

  CallBinding spell(const MeantCall& call) {
    auto arguments = call.arguments;
    std::ranges::shuffle(arguments, random_);
    std::string text = R"({"jsonrpc":"2.0","id":)" + std::to_string(pick(1000)) +
                       R"(,"method":"tools/call","params":{"name":"t","arguments":{)";
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      text += (i == 0 ? "" : ", ") + std::string("\"") + arguments[i].first +
              "\":" + std::to_string(arguments[i].second) + (pick(2) == 0 ? "" : ".0");
    }
    text += "}";
    text += pick(2) == 0 ? "" : R"(,"_meta":{"progressToken":)" + std::to_string(pick(9)) + "}";
    text += "}}";
    const std::string digest = std::to_string(call.definition);
    return CallBinding::of({.server = std::to_string(call.server),
                            .launch = "l",
                            .item = "t",
                            .definition = digest,
                            .shown = digest},
                           parse_message(text, Direction::kToServer, {}).value())
        .value();
  }

 private:
  std::mt19937 random_;
};

}  // namespace

TEST_CASE("approval binding: calls have one digest exactly when they mean the same") {
  CallMaker maker(20261121);
  std::size_t same = 0;
  for (int round = 0; round < 4000; ++round) {
    const MeantCall left = maker.call();
    const MeantCall right = maker.pick(4) == 0 ? left : maker.call();
    same += left == right ? 1U : 0U;
    CHECK((maker.spell(left).digest() == maker.spell(right).digest()) == (left == right));
  }
  CHECK(same > 500);
}

TEST_CASE("approval binding: as many calls pass as were approved, and none that was not") {
  CallMaker maker(7);
  const ApprovalTerms terms;
  std::size_t passed = 0;
  for (int round = 0; round < 300; ++round) {
    OpenTickets tickets;
    std::vector<MeantCall> approved;
    for (int i = 1; i <= 4; ++i) {
      const MeantCall call = maker.call();
      Ticket ticket;
      ticket.id = "0123abcd-" + std::to_string(i);
      ticket.nonce = std::string(32, 'a');
      ticket.call = sha256_hex("c");
      ticket.message = sha256_hex("m");
      ticket.created_ms = 1000;
      ticket.expires_ms = 2000;
      tickets.add(ticket, maker.spell(call));
      const PersonAnswer answer{.ticket = ticket.id,
                                .ticket_digest = sha256_hex(to_string(ticket)),
                                .approves = maker.pick(2) == 0,
                                .approver = "a",
                                .created_ms = 1000,
                                .expires_ms = 2000,
                                .uses = 1,
                                .vary = {}};
      const AnswerVerdict verdict =
          tickets.answer(parse_answer_file(to_string(answer)).value(), {}, terms, 1500);
      REQUIRE(verdict.refusal == AnswerRefusal::kNone);
      if (answer.approves) {
        approved.push_back(call);
      }
    }
    for (int i = 0; i < 40; ++i) {
      const MeantCall call = maker.call();
      const auto found = std::ranges::find(approved, call);
      const bool used = tickets.use(maker.spell(call), 0, terms, 1500).has_value();
      CHECK(used == (found != approved.end()));
      if (used) {
        ++passed;
        approved.erase(found);
      }
    }
  }
  CHECK(passed > 100);
}

}  // namespace merlon
