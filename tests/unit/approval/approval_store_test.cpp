#include "approval/approval_store.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "answers.h"
#include "support/temporary_folder.h"

namespace merlon {
namespace {

using test::answer_to;
using test::kNowMs;
using test::open_ticket;
using test::TemporaryFolder;

Ticket numbered_ticket(std::size_t number) {
  Ticket out = open_ticket();
  out.id = "0123abcd-" + std::to_string(number);
  return out;
}

unsigned mode_of_path(const std::string& path) {
  struct stat status{};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("approval store: folder and files are this user's alone") {
  const TemporaryFolder root;
  const auto store = ApprovalStore::open(root.path("state"));
  REQUIRE(store.has_value());
  REQUIRE(store->add_ticket(open_ticket(), kNowMs).has_value());
  REQUIRE(store->write_answer("0123abcd-1", to_string(answer_to(open_ticket()))).has_value());
  CHECK(mode_of_path(root.path("state/approvals")) == 0700);
  CHECK(mode_of_path(root.path("state/approvals/0123abcd-1.ticket")) == 0600);
  CHECK(mode_of_path(root.path("state/approvals/0123abcd-1.grant")) == 0600);
  CHECK(store->ticket("0123abcd-1").value() == open_ticket());
}

TEST_CASE("approval store: an answer is taken once") {
  const TemporaryFolder root;
  const auto store = ApprovalStore::open(root.path());
  REQUIRE(store->write_answer("0123abcd-1", "answer").has_value());
  CHECK(store->answered_ids() == std::vector<std::string>{"0123abcd-1"});
  CHECK(store->take_answer("0123abcd-1").value() == "answer");
  CHECK(store->answered_ids().empty());
  CHECK_FALSE(store->take_answer("0123abcd-1").has_value());
}

TEST_CASE("approval store: links and files that others can write are not read") {
  const TemporaryFolder root;
  const auto store = ApprovalStore::open(root.path());
  REQUIRE(store.has_value());
  const std::string folder = root.path("approvals/");
  std::ofstream(root.path("elsewhere")) << "answer";
  std::filesystem::create_symlink(root.path("elsewhere"), folder + "0123abcd-1.grant");
  CHECK_FALSE(store->take_answer("0123abcd-1").has_value());
  CHECK_FALSE(
      std::filesystem::exists(std::filesystem::symlink_status(folder + "0123abcd-1.grant")));
  REQUIRE(store->write_answer("0123abcd-2", "answer").has_value());
  REQUIRE(::chmod((folder + "0123abcd-2.grant").c_str(), 0666) == 0);
  CHECK_FALSE(store->take_answer("0123abcd-2").has_value());
}

TEST_CASE("approval store: a folder that others can write is not used") {
  const TemporaryFolder root;
  std::filesystem::create_directory(root.path("approvals"));
  REQUIRE(::chmod(root.path("approvals").c_str(), 0777) == 0);
  CHECK_FALSE(ApprovalStore::open(root.path()).has_value());
}

TEST_CASE("approval store: at the bound no ticket is written; what is over makes room") {
  const TemporaryFolder root;
  const auto store = ApprovalStore::open(root.path());
  for (std::size_t i = 1; i <= ApprovalStore::kMostTickets; ++i) {
    const Ticket ticket = numbered_ticket(i);
    const std::string path = root.path("approvals/" + ticket.id + ".ticket");
    std::ofstream(path) << to_string(ticket);
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
  }
  const Status more = store->add_ticket(numbered_ticket(1000), kNowMs);
  REQUIRE_FALSE(more.has_value());
  CHECK(more.error().code == ErrorCode::kLimit);
  Ticket later = numbered_ticket(1001);
  later.expires_ms += 1'000'000;
  CHECK(store->add_ticket(later, open_ticket().expires_ms).has_value());
  CHECK(store->ticket_ids() == std::vector<std::string>{"0123abcd-1001"});
}

TEST_CASE("approval store: an outcome is read back, and goes after its time") {
  const TemporaryFolder root;
  const auto store = ApprovalStore::open(root.path());
  const TicketOutcome outcome{.ticket = "0123abcd-1",
                              .answer = "aa",
                              .state = "refused",
                              .reason = "wrong-key",
                              .assurance = "",
                              .approver = "",
                              .time_ms = kNowMs};
  REQUIRE(store->write_outcome(outcome).has_value());
  CHECK(store->outcome("0123abcd-1") == outcome);
  REQUIRE(store->add_ticket(numbered_ticket(2), kNowMs + ApprovalStore::kOutcomeMs).has_value());
  CHECK_FALSE(store->outcome("0123abcd-1").has_value());
  CHECK_FALSE(store->outcome("../../etc/passwd").has_value());
}

TEST_CASE("approval store: a ticket's file under another name is none") {
  const TemporaryFolder root;
  const auto store = ApprovalStore::open(root.path());
  REQUIRE(store->add_ticket(open_ticket(), kNowMs).has_value());
  std::filesystem::rename(root.path("approvals/0123abcd-1.ticket"),
                          root.path("approvals/0123abcd-9.ticket"));
  CHECK_FALSE(store->ticket("0123abcd-9").has_value());
}

}  // namespace merlon
