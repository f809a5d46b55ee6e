#include "mcp/message_edit.h"

#include <vector>

#include <doctest/doctest.h>

#include "base/json/json_reader.h"

namespace merlon {
namespace {

std::string edited(std::string text, const std::vector<Edit>& edits) {
  const auto document =
      parse_json(SourceText::copy_of("m", std::move(text)), JsonDialect::kStrict, {});
  REQUIRE(document.has_value());
  const auto out = edit_message(*document, edits);
  return out ? *out : "error: " + out.error().message;
}

Edit put(std::string pointer, std::string json) {
  return {.pointer = std::move(pointer), .remove = false, .json = std::move(json)};
}
Edit drop(std::string pointer) {
  return {.pointer = std::move(pointer), .remove = true, .json = {}};
}

}  // namespace

TEST_CASE("edit: all bytes but the changed value stay") {
  CHECK(edited(R"({ "id":1e2 , "a": {"b" : "secret", "c":1.0} })", {put("/a/b", R"("x")")}) ==
        R"({ "id":1e2 , "a": {"b" : "x", "c":1.0} })");
  CHECK(edited(R"({"a/b":1,"m~n":2})", {put("/a~1b", "3"), put("/m~0n", "4")}) ==
        R"({"a/b":3,"m~n":4})");
}

TEST_CASE("edit: any set of elements can go, and the rest stays an array") {
  // Every subset of four elements.
  const std::vector<std::string> words{"0", "[1]", "\"2\"", "{\"3\":3}"};
  for (unsigned removed = 0; removed < 16; ++removed) {
    CAPTURE(removed);
    std::vector<Edit> edits;
    std::string expected;
    for (unsigned i = 0; i < 4; ++i) {
      if ((removed >> i & 1U) != 0) {
        edits.push_back(drop("/a/" + std::to_string(i)));
      } else {
        expected += (expected.empty() ? "" : ",") + words[i];
      }
    }
    CHECK(edited(R"({"a":[0,[1],"2",{"3":3}]})", edits) == R"({"a":[)" + expected + "]}");
  }
}

TEST_CASE("edit: members go with their key and comma") {
  CHECK(edited(R"({"a":1,"b":2,"c":3})", {drop("/b")}) == R"({"a":1,"c":3})");
  CHECK(edited(R"({"a":1,"b":2,"c":3})", {drop("/c")}) == R"({"a":1,"b":2})");
  CHECK(edited(R"({"a":1,"b":2,"c":3})", {drop("/b"), drop("/c")}) == R"({"a":1})");
  CHECK(edited(R"({"x":{"a":1}})", {drop("/x/a")}) == R"({"x":{}})");
}

TEST_CASE("edit: a change inside a part that goes is dropped; of two changes the later holds") {
  CHECK(edited(R"({"a":{"b":1},"c":2})", {put("/a/b", "5"), drop("/a")}) == R"({"c":2})");
  CHECK(edited(R"({"a":1})", {put("/a", "2"), put("/a", "3")}) == R"({"a":3})");
}

TEST_CASE("edit: a pointer that leads nowhere and a value that is no JSON are errors") {
  CHECK(edited(R"({"a":1})", {put("/b", "2")}) == "error: an edit's pointer `/b` leads nowhere");
  CHECK(edited(R"({"a":1})", {put("", "2")}) == "error: an edit's pointer `` leads nowhere");
  CHECK(edited(R"({"a":[1]})", {put("/a/1", "2")}) ==
        "error: an edit's pointer `/a/1` leads nowhere");
  CHECK(edited(R"({"a":1})", {put("/a", "x")}) == "error: the new value at `/a` is not JSON");
}

}  // namespace merlon
