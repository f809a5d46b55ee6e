#include "mcp/lost_answer.h"

#include <string>

#include <doctest/doctest.h>

using merlon::lost_answer_id;

TEST_CASE(
    "lost answer: the id of what looks like an answer is found, whatever else is wrong with it") {
  CHECK(lost_answer_id(R"({"jsonrpc":"2.0","id":7,"result":{},"result":{}})") == "7");
  CHECK(lost_answer_id(R"({"result":{"id":1,"b":["}",{"id":2}]},"id" : "x-1" ,"extra":1})") ==
        R"("x-1")");
  CHECK(lost_answer_id("\xEF\xBB\xBF {\"id\":-3,\"error\":{}}") == "-3");
  CHECK(lost_answer_id("{\"id\":4,\"result\":\"\xFF\"}") == "4");
  CHECK(lost_answer_id(R"({"id":5,"result":{"a":"\"}"},"jsonrpc":"1.0"})") == "5");
}

TEST_CASE("lost answer: a line that is broken or cut off is read as far as it goes") {
  CHECK(lost_answer_id(R"({"jsonrpc":"2.0","id":7,"result":{"content":[{"text":"aaa)") == "7");
  CHECK(lost_answer_id(R"({"jsonrpc":"2.0","id":7,"result":)") == "7");
  CHECK(lost_answer_id(R"({"jsonrpc":"2.0","id":7,"result":{}},"id":8})") == "7");
  CHECK(lost_answer_id(R"({"jsonrpc":"2.0","result":{"content":[)") == "null");
  CHECK(lost_answer_id(R"({"jsonrpc":"2.0","result":{},"id":7)") == "null");
}

TEST_CASE("lost answer: logs, requests, and what could be read in two ways have none") {
  CHECK(lost_answer_id(R"({"level":"info","id":7,"msg":"done"})") == "null");
  CHECK(lost_answer_id(R"({"jsonrpc":"2.0","id":7,"method":"ping","result":{}})") == "null");
  CHECK(lost_answer_id(R"({"jsonrpc":"2.0","id":7,"id":8,"result":{}})") == "null");
  CHECK(lost_answer_id(R"({"jsonrpc":"2.0","id":7,"\u0069d":8,"result":{}})") == "null");
  CHECK(lost_answer_id(R"({"id":2.0,"result":{}})") == "null");
  CHECK(lost_answer_id(R"({"id":"\ud800","result":{}})") == "null");
  CHECK(lost_answer_id(R"({"id":null,"error":{}})") == "null");
  CHECK(lost_answer_id(R"({"id":[7],"result":{}})") == "null");
  CHECK(lost_answer_id(R"([{"id":7,"result":{}}])") == "null");
  CHECK(lost_answer_id("Ready.{\"id\":7,\"result\":{}}") == "null");
  CHECK(lost_answer_id("") == "null");
  CHECK(lost_answer_id("{") == "null");
  CHECK(lost_answer_id("{\"id\\") == "null");
  CHECK(lost_answer_id(std::string(100'000, '[')) == "null");
  CHECK(lost_answer_id("{\"result\":" + std::string(100'000, '[')) == "null");
}
