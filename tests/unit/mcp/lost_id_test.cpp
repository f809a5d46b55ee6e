#include "mcp/lost_id.h"

#include <string>

#include <doctest/doctest.h>

using merlon::lost_id;

TEST_CASE("lost id: the one plain id of an object is found, whatever else is wrong with it") {
  CHECK(lost_id(R"({"jsonrpc":"2.0","id":7,"method":"a","method":"b"})") == "7");
  CHECK(lost_id(R"({"id":"x-1","method":5})") == R"("x-1")");
  CHECK(lost_id(R"({"id":9007199254740993,"extra":1})") == "9007199254740993");
}

TEST_CASE("lost id: what could be read in two ways, or is no id, is null") {
  CHECK(lost_id(R"({"id":1,"id":2})") == "null");
  CHECK(lost_id(R"({"id":1,"\u0069d":2})") == "null");
  CHECK(lost_id(R"({"id":2.5})") == "null");
  CHECK(lost_id(R"({"id":2e0})") == "null");
  CHECK(lost_id(R"({"id":[1]})") == "null");
  CHECK(lost_id(R"({"id":"\ud800"})") == "null");
  CHECK(lost_id(R"([{"id":1}])") == "null");
  CHECK(lost_id("no json") == "null");
  CHECK(lost_id("") == "null");
  CHECK(lost_id(std::string(100'000, '[')) == "null");
}
