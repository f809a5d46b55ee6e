#include "approval/ticket.h"

#include <string>

#include <doctest/doctest.h>

#include "base/digest/digest.h"

namespace merlon {
namespace {

Ticket full_ticket() {
  return {.id = "0123abcd-7",
          .nonce = "00112233445566778899aabbccddeeff",
          .session = "0123abcd89abcdef",
          .server = "files",
          .launch = "sha256:aa",
          .policy = "bb",
          .direction = "to-server",
          .method = "tools/call",
          .item = "delete_file",
          .definition = "cc",
          .shown = "dd",
          .call = sha256_hex("call"),
          .message = sha256_hex("message"),
          .summary = R"({"path":"/a"})",
          .categories = kCategoryDeletion | kCategoryMoney,
          .reasons = {{.code = "APPROVAL_REQUIRED", .rule = "category-deletion", .message = "why"}},
          .least = Assurance::kOtherUser,
          .user = 1000,
          .created_ms = 1'700'000'000'000,
          .expires_ms = 1'700'000'900'000};
}

}  // namespace

TEST_CASE("ticket: one line with one spelling, read back as it was") {
  const Ticket ticket = full_ticket();
  const std::string line = to_string(ticket);
  CHECK(
      line ==
      R"({"merlon_approval_ticket":1,"id":"0123abcd-7","nonce":"00112233445566778899aabbccddeeff",)"
      R"("session":"0123abcd89abcdef","server":"files","launch":"sha256:aa","policy":"bb",)"
      R"("direction":"to-server","method":"tools/call","item":"delete_file","definition":"cc",)"
      R"("shown":"dd","call":")" +
          sha256_hex("call") + R"(","message":")" + sha256_hex("message") +
          R"(","summary":"{\"path\":\"/a\"}","categories":["deletion","money"],)"
          R"("reasons":[{"code":"APPROVAL_REQUIRED","rule":"category-deletion","message":"why"}],)"
          R"("least":"other-user","user":1000,"created_ms":1700000000000,)"
          R"("expires_ms":1700000900000})");
  const auto read = parse_ticket(line + "\n");
  REQUIRE(read.has_value());
  CHECK(*read == ticket);
}

TEST_CASE("ticket: another spelling of the same is none") {
  const std::string line = to_string(full_ticket());
  for (const std::string& other : {" " + line, line + " ", line + "\n\n", "{ " + line.substr(1),
                                   line.substr(0, line.size() - 1) + R"(,"more":1})",
                                   line.substr(0, 28) + R"("id":"0123abcd-7",)" + line.substr(28),
                                   std::string("{}"), std::string("[]"), std::string()}) {
    CAPTURE(other);
    CHECK_FALSE(parse_ticket(other).has_value());
  }
}

TEST_CASE("ticket: every byte that is changed makes it another ticket or none") {
  const std::string line = to_string(full_ticket());
  const std::string digest = sha256_hex(line);
  for (std::size_t i = 0; i < line.size(); ++i) {
    std::string other = line;
    other[i] = static_cast<char>(other[i] ^ 1);
    const auto read = parse_ticket(other);
    CAPTURE(i);
    CHECK((!read || (sha256_hex(to_string(*read)) != digest && to_string(*read) == other)));
  }
}

TEST_CASE("ticket: what stands in a file's name leads nowhere else") {
  CHECK(is_ticket_id("0123abcd-1"));
  CHECK(is_ticket_id("ffffffff-10000000000"));
  for (const std::string_view id :
       {"", "0123abcd", "0123abcd-", "0123abcd-0", "0123abcd-01", "0123abcg-1", "0123ABCD-1",
        "0123abcd-1/..", "../../etc-1", "0123abcd-1\n", "0123abcd-1.x", "0123abcd-100000000000"}) {
    CAPTURE(id);
    CHECK_FALSE(is_ticket_id(id));
  }
}

TEST_CASE("ticket: a text at the limit is read, one byte more is not") {
  Ticket ticket = full_ticket();
  ticket.summary.clear();
  ticket.summary.assign(kMostTicketBytes - to_string(ticket).size(), 'a');
  CHECK(parse_ticket(to_string(ticket)).has_value());
  ticket.summary += 'a';
  const auto more = parse_ticket(to_string(ticket));
  REQUIRE_FALSE(more.has_value());
  CHECK(more.error().code == ErrorCode::kLimit);
}

}  // namespace merlon
