#include <doctest/doctest.h>

#include "support/guard_session.h"

namespace merlon {
namespace {

/// A request with an id of its own.
std::string ping_of(std::size_t bytes, char id) {
  const std::string head =
      std::string(R"({"jsonrpc":"2.0","id":)") + id + R"(,"method":"ping","params":{"pad":")";
  const std::string tail = R"("}})";
  return head + std::string(bytes - head.size() - tail.size(), 'x') + tail;
}

constexpr std::string_view kSizePolicy = R"(
format = 1
name = "size"
[[guard]]
type = "message-size"
[guard.config]
max_bytes = 200
warn_bytes = 150
)";

}  // namespace

TEST_CASE("message size: a message at the limit passes, one byte more is denied") {
  test::GuardSession session(kSizePolicy);
  CHECK(session.send(Direction::kToServer, ping_of(150, '1')).verdict == Verdict::kAllow);
  CHECK(session.send(Direction::kToServer, ping_of(151, '2')).verdict == Verdict::kWarn);
  CHECK(session.send(Direction::kToServer, ping_of(200, '3')).verdict == Verdict::kWarn);
  const Decision denied = session.send(Direction::kToServer, ping_of(201, '4'));
  CHECK(denied.verdict == Verdict::kDeny);
  REQUIRE(determining_reasons(denied).size() == 1);
  CHECK(determining_reasons(denied)[0]->message == "a message of 201 bytes is above 200 bytes");
  CHECK(determining_reasons(denied)[0]->rule_id == "message-too-large");
}

TEST_CASE("message size: both directions and answers count") {
  test::GuardSession session(kSizePolicy);
  const std::string result =
      R"({"jsonrpc":"2.0","id":1,"result":{"pad":")" + std::string(200, 'x') + R"("}})";
  CHECK(session.send(Direction::kToClient, result).verdict == Verdict::kDeny);
}

}  // namespace merlon
