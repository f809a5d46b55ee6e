#include "proxy/approval_desk.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "approval/person_answer.h"
#include "base/digest/digest.h"
#include "policy/evaluator.h"
#include "policy/policy_loader.h"
#include "proxy/guarded_session.h"
#include "support/scripted_guard.h"
#include "support/temporary_folder.h"

namespace merlon {
namespace {

using test::guard_list;
using test::policy_of;
using test::says;
using test::scripted;

constexpr std::int64_t kStart = 1'700'000'000'000;

Policy asking_policy(const std::string& section) {
  auto policy = parse_policy(
      SourceText::copy_of("p.toml", "format = 1\nname = \"p\"\n[approval]\n" + section), {});
  REQUIRE(policy.has_value());
  return *std::move(policy);
}

/// Asks about every request to the server.
CompiledGuard asker() {
  return scripted("asks", [](const GuardInput& input) {
    return says(input.message.direction == Direction::kToServer &&
                        input.message.kind == MessageKind::kRequest &&
                        input.message.method != "initialize"
                    ? Verdict::kAsk
                    : Verdict::kAllow);
  });
}

std::string delete_call(std::string_view id, std::string_view path = "/a",
                        std::string_view meta = "") {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) +
         R"(,"method":"tools/call","params":{"name":"remove","arguments":{"path":")" +
         std::string(path) + "\"}" + std::string(meta) + "}}";
}

/// A session with a desk, as the proxy's loop has them.
class DeskBench final : public SessionDoor {
 public:
  explicit DeskBench(const std::string& section = "mode = \"hold\"\n")
      : desk(
            {.state_folder = root.path(),
             .session = "0123abcd89abcdef",
             .launch = "sha256:launch",
             .secret = "5ec3e7",
             .notify_environment = {},
             .masker = [](std::string_view, std::string_view,
                          const SecretMark&) { return std::optional<std::string>(); }},
            [this](std::string line) { to_client.push_back(std::move(line)); },
            [this](const std::string& text) { told.push_back(text); }),
        session(*this, watch, policy_of(guard_list(asker()), asking_policy(section)),
                session_state(), {}, "secret") {}

  static SessionState session_state() {
    SessionState out;
    out.session = "0123abcd89abcdef";
    out.server = "files";
    return out;
  }

  // SessionDoor
  std::int64_t now_ms() override { return now; }
  void send(Direction to, std::string line) override {
    (to == Direction::kToServer ? to_server : to_client).push_back(std::move(line));
  }
  void find(std::uint64_t /*ticket*/, const Need& /*need*/) override {}
  std::vector<GroupFact> group_news() override { return {}; }
  void group_told(const std::vector<GroupFact>& /*facts*/) override {}
  bool must_reserve(std::uint8_t /*legs*/) override { return false; }
  void reserve(std::uint64_t /*ticket*/, const LegClaim& /*claim*/) override {}
  PersonsAnswer ask_person(const AskedMessageView& asked) override { return desk.ask(asked, now); }
  void forget_person(std::uint64_t ticket) override { desk.forget(ticket); }
  bool takes_reply(const Message& message) override { return desk.hear(message, now); }
  bool happened(const Event& event, const Decision& decision,
                const Interception& /*what*/) override {
    desk.note(event.message);
    grants.insert(grants.end(), event.facts.grants.begin(), event.facts.grants.end());
    last = decision;
    return true;
  }
  bool unreadable(Direction /*direction*/, const std::string* /*bytes*/, std::uint64_t /*size*/,
                  const Error& /*problem*/, const Interception& /*what*/) override {
    return true;
  }

  void client(const std::string& line) {
    CHECK(session.on_line(Direction::kToServer, line) == Served::kOn);
  }
  void take() {
    for (const std::uint64_t ticket : desk.take(now)) {
      CHECK(session.on_person(ticket) == Served::kOn);
    }
  }
  [[nodiscard]] ApprovalStore store() const { return ApprovalStore::open(root.path()).value(); }
  [[nodiscard]] PersonAnswer answer(const std::string& id) const {
    const Ticket ticket = store().ticket(id).value();
    return {.ticket = id,
            .ticket_digest = sha256_hex(to_string(ticket)),
            .approves = true,
            .approver = "amelia",
            .created_ms = now,
            .expires_ms = ticket.expires_ms,
            .uses = 1,
            .vary = {}};
  }
  void hand_in(const PersonAnswer& answer) const {
    REQUIRE(store().write_answer(answer.ticket, to_string(answer)).has_value());
  }
  [[nodiscard]] std::string reason(const std::string& id) const {
    const auto outcome = store().outcome(id);
    return outcome ? outcome->state + ":" + outcome->reason : "none";
  }

  std::int64_t now{kStart};
  test::TemporaryFolder root;
  std::vector<std::string> to_server;
  std::vector<std::string> to_client;
  std::vector<std::string> told;
  std::vector<Grant> grants;
  std::optional<Decision> last;
  ApprovalDesk desk;
  DeadlineWatch watch;
  GuardedSession session;
};

bool has_text(const std::vector<std::string>& lines, std::string_view text) {
  return std::ranges::any_of(
      lines, [text](const std::string& line) { return line.find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE("approvals: a held call waits, holds up nobody, and goes on once it is approved") {
  DeskBench bench;
  bench.client(delete_call("1"));
  CHECK(bench.to_server.empty());
  CHECK(bench.to_client.empty());
  CHECK(bench.session.parked() == 1);
  bench.client(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  CHECK(bench.to_server.size() == 1);
  bench.hand_in(bench.answer("0123abcd-1"));
  bench.take();
  CHECK(bench.to_server.back() == delete_call("1"));
  CHECK(bench.session.parked() == 0);
  REQUIRE(bench.grants.size() == 1);
  CHECK(bench.grants.front() == Grant{.ticket = "0123abcd-1",
                                      .message_digest = sha256_hex(delete_call("1")),
                                      .assurance = Assurance::kSameUser,
                                      .approver = "amelia"});
  CHECK(bench.last->outcomes.back().guard == "approval");
  CHECK(bench.last->outcomes.back().reasons.front().rule_id == "approved-same-user");
  CHECK(bench.reason("0123abcd-1") == "used:");
  CHECK(bench.store().ticket_ids().empty());
}

TEST_CASE("approvals: a grant that is put back lets nothing pass") {
  DeskBench bench;
  bench.client(delete_call("1"));
  const Ticket ticket = bench.store().ticket("0123abcd-1").value();
  const PersonAnswer answer = bench.answer("0123abcd-1");
  bench.hand_in(answer);
  bench.take();
  CHECK(bench.to_server.size() == 1);
  REQUIRE(bench.store().add_ticket(ticket, bench.now).has_value());
  bench.hand_in(answer);
  bench.client(delete_call("2"));
  bench.take();
  CHECK(bench.to_server.size() == 1);
  CHECK(bench.reason("0123abcd-1") == "refused:replayed");
}

TEST_CASE("approvals: a grant for one call is none for another argument") {
  DeskBench bench("mode = \"ticket\"\n");
  bench.client(delete_call("1"));
  bench.hand_in(bench.answer("0123abcd-1"));
  bench.client(delete_call("2", "/b"));
  CHECK(bench.to_server.empty());
  CHECK(has_text(bench.to_client, "ticket 0123abcd-2"));
  bench.client(delete_call("3"));
  CHECK(bench.to_server == std::vector<std::string>{delete_call("3")});
  bench.client(delete_call("4"));
  CHECK(bench.to_server.size() == 1);
}

TEST_CASE("approvals: the ticket's number is all that a refused client is told") {
  DeskBench bench("mode = \"ticket\"\n");
  bench.client(delete_call("1"));
  REQUIRE(bench.to_client.size() == 1);
  const Ticket ticket = bench.store().ticket("0123abcd-1").value();
  CHECK(has_text(bench.to_client,
                 "ticket 0123abcd-1. Once that has happened, make exactly the same"));
  for (const std::string& secret : {ticket.nonce, ticket.call, sha256_hex(to_string(ticket)),
                                    std::string("merlon approvals"), bench.root.path()}) {
    CHECK_FALSE(has_text(bench.to_client, secret));
  }
  // The same call finds the same ticket.
  bench.client(delete_call("2"));
  CHECK(has_text({bench.to_client.back()}, "ticket 0123abcd-1."));
  CHECK(bench.store().ticket_ids().size() == 1);
}

TEST_CASE("approvals: an answer to another text of the ticket is refused") {
  DeskBench bench;
  bench.client(delete_call("1"));
  Ticket shown = bench.store().ticket("0123abcd-1").value();
  shown.summary = "{}";
  PersonAnswer answer = bench.answer("0123abcd-1");
  answer.ticket_digest = sha256_hex(to_string(shown));
  bench.hand_in(answer);
  bench.take();
  CHECK(bench.to_server.empty());
  CHECK(bench.reason("0123abcd-1") == "refused:other-ticket");
  CHECK(has_text(bench.told, "is refused: other-ticket"));
}

TEST_CASE("approvals: a file that others can write, or that is no grant, is refused") {
  DeskBench bench;
  bench.client(delete_call("1"));
  REQUIRE(bench.store().write_answer("0123abcd-1", "approve").has_value());
  bench.take();
  CHECK(bench.reason("0123abcd-1") == "refused:unreadable");
  bench.hand_in(bench.answer("0123abcd-1"));
  std::filesystem::permissions(bench.root.path("approvals/0123abcd-1.grant"),
                               std::filesystem::perms::others_write,
                               std::filesystem::perm_options::add);
  bench.take();
  CHECK(bench.reason("0123abcd-1") == "refused:forged");
  CHECK(bench.to_server.empty());
}

TEST_CASE("approvals: without an answer in time the call is refused, and never sent later") {
  DeskBench bench("mode = \"hold\"\nhold_seconds = 10\nttl_seconds = 10\n");
  bench.client(delete_call("1"));
  bench.now += 9'999;
  bench.take();
  CHECK(bench.to_client.empty());
  CHECK(bench.desk.wanted_at_ms() == kStart + 10'000);
  bench.now += 1;
  bench.take();
  CHECK(has_text(bench.to_client, "APPROVAL_REQUIRED"));
  CHECK(bench.session.parked() == 0);
  CHECK(bench.store().ticket_ids().empty());
  CHECK(bench.reason("0123abcd-1") == "over:expired");
}

TEST_CASE("approvals: an expired grant is refused") {
  DeskBench bench("mode = \"ticket\"\n");
  bench.client(delete_call("1"));
  PersonAnswer answer = bench.answer("0123abcd-1");
  answer.expires_ms = bench.now + 5'000;
  bench.hand_in(answer);
  bench.now += 5'000;
  bench.client(delete_call("2"));
  CHECK(bench.to_server.empty());
  CHECK(bench.reason("0123abcd-1") == "refused:expired");
}

TEST_CASE("approvals: a denial answers at once, and the same call is not asked about again") {
  DeskBench bench;
  bench.client(delete_call("1"));
  PersonAnswer answer = bench.answer("0123abcd-1");
  answer.approves = false;
  bench.hand_in(answer);
  bench.take();
  CHECK(has_text(bench.to_client, "A person refused this call: ticket 0123abcd-1."));
  bench.client(delete_call("2"));
  CHECK(bench.to_client.size() == 2);
  CHECK(bench.session.parked() == 0);
}

TEST_CASE("approvals: a cancelled call is gone, and its ticket with it") {
  DeskBench bench;
  bench.client(delete_call("1"));
  const PersonAnswer answer = bench.answer("0123abcd-1");
  bench.client(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})");
  CHECK(bench.session.parked() == 0);
  CHECK(bench.store().ticket_ids().empty());
  bench.hand_in(answer);
  bench.take();
  CHECK(bench.to_server.empty());
  CHECK(bench.reason("0123abcd-1") == "refused:replayed");
}

TEST_CASE("approvals: a definition that changes while a call waits voids the ticket") {
  DeskBench bench("mode = \"hold\"\n");
  const auto offer = [&bench](std::string_view id, std::string_view description) {
    // The list goes through the desk as well; its own call is approved first.
    const std::string line = R"({"jsonrpc":"2.0","id":)" + std::string(id) +
                             R"(,"result":{"tools":[{"name":"remove","description":")" +
                             std::string(description) + R"(","inputSchema":{"type":"object"}}]}})";
    CHECK(bench.session.on_line(Direction::kToClient, line) == Served::kOn);
  };
  bench.client(R"({"jsonrpc":"2.0","id":"l1","method":"tools/list"})");
  bench.hand_in(bench.answer("0123abcd-1"));
  bench.take();
  offer("\"l1\"", "takes one file away");
  bench.client(delete_call("1"));
  bench.client(R"({"jsonrpc":"2.0","id":"l2","method":"tools/list"})");
  bench.hand_in(bench.answer("0123abcd-3"));
  bench.take();
  offer("\"l2\"", "takes everything away");
  const std::size_t before = bench.to_server.size();
  bench.hand_in(bench.answer("0123abcd-2"));
  bench.take();
  CHECK(bench.to_server.size() == before);
  CHECK(has_text(bench.to_client, "is not any more what was to be approved: ticket 0123abcd-2"));
  CHECK(bench.reason("0123abcd-2") == "refused:call-changed");
}

TEST_CASE("approvals: below the assurance that is wanted an answer is refused by name") {
  DeskBench bench("mode = \"hold\"\n[approval.min_assurance]\ndefault = \"other-user\"\n");
  bench.client(delete_call("1"));
  bench.hand_in(bench.answer("0123abcd-1"));
  bench.take();
  CHECK(bench.to_server.empty());
  CHECK(bench.reason("0123abcd-1") == "refused:low-assurance");
}

TEST_CASE("approvals: who wants to know of progress is told, others are not") {
  DeskBench bench;
  bench.client(delete_call("1"));
  bench.client(delete_call("2", "/b", R"(,"_meta":{"progressToken":"t\"1"})"));
  bench.now += ApprovalDesk::kProgressMs;
  bench.take();
  bench.now += ApprovalDesk::kProgressMs;
  bench.take();
  CHECK(
      bench.to_client ==
      std::vector<std::string>{
          R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t\"1",)"
          R"("progress":1e-06,"message":"waiting for a person to approve ticket 0123abcd-2"}})",
          R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t\"1",)"
          R"("progress":2e-06,"message":"waiting for a person to approve ticket 0123abcd-2"}})"});
}

TEST_CASE("approvals: a dialogue asks where the client has one; its answer goes no further") {
  const std::string section =
      "mode = \"elicit\"\n[approval.min_assurance]\ndefault = \"elicited\"\n";
  const std::string hello =
      R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18",)"
      R"("capabilities":{"elicitation":{}},"clientInfo":{"name":"c","version":"1"}}})";
  DeskBench bench(section);
  bench.client(hello);
  bench.client(delete_call("1"));
  REQUIRE(bench.to_client.size() == 1);
  CHECK(has_text(bench.to_client, R"("method":"elicitation/create")"));
  const std::string reply =
      R"({"jsonrpc":"2.0","id":"merlon-ask-5ec3e7-1","result":{"action":"accept","content":)";
  const std::size_t before = bench.to_server.size();
  bench.client(reply + R"({"approve":true}}})");
  bench.take();
  REQUIRE(bench.to_server.size() == before + 1);
  CHECK(bench.to_server.back() == delete_call("1"));
  CHECK(bench.grants.back().assurance == Assurance::kElicited);
  // Late ones are swallowed as well.
  bench.client(reply + R"({"approve":true}}})");
  CHECK(bench.to_server.size() == before + 1);
  bench.client(delete_call("2", "/b"));
  bench.client(
      R"({"jsonrpc":"2.0","id":"merlon-ask-5ec3e7-2","result":{"action":"accept","content":{}}})");
  bench.take();
  CHECK(has_text(bench.to_client, "A person refused this call"));
}

TEST_CASE("approvals: a client without a dialogue, or a policy that wants more, gets a ticket") {
  DeskBench without("mode = \"elicit\"\n[approval.min_assurance]\ndefault = \"elicited\"\n");
  without.client(delete_call("1"));
  CHECK(has_text(without.to_client, "ticket 0123abcd-1"));
  DeskBench more("mode = \"elicit\"\n");
  more.client(
      R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"capabilities":{"elicitation":{}}}})");
  more.client(delete_call("1"));
  CHECK(has_text(more.to_client, "ticket 0123abcd-1"));
}

TEST_CASE("approvals: more than can be held are answered at once") {
  DeskBench bench;
  for (std::size_t i = 1; i <= ApprovalDesk::kMostHeld + 1; ++i) {
    bench.client(delete_call(std::to_string(i), "/" + std::to_string(i)));
  }
  CHECK(bench.session.parked() == ApprovalDesk::kMostHeld);
  CHECK(bench.to_client.size() == 1);
}

TEST_CASE("approvals: of a message that went another way nothing is left") {
  DeskBench bench;
  bench.client(delete_call("1"));
  bench.session.end_open_requests("it ended");
  bench.now += 46'000;
  bench.take();
  CHECK(bench.store().ticket_ids().empty());
  CHECK_FALSE(bench.desk.wanted_at_ms().has_value());
}

TEST_CASE("approvals: without a section nobody is asked") {
  DeskBench bench("mode = \"off\"\n");
  bench.client(delete_call("1"));
  CHECK(has_text(bench.to_client, "A person has to approve this call first. "));
  CHECK_FALSE(std::filesystem::exists(bench.root.path("approvals")));
  CHECK(bench.desk.fd() == -1);
}

TEST_CASE("approvals: what lies in the folder goes with the session") {
  DeskBench bench;
  bench.client(delete_call("1"));
  bench.desk.close();
  CHECK(bench.store().ticket_ids().empty());
  CHECK(bench.reason("0123abcd-1") == "over:session-ended");
}

}  // namespace merlon
