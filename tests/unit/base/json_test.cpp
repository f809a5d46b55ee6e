#include <string>

#include <doctest/doctest.h>

#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "unit/base/tree_text.h"

namespace merlon {
namespace {

using namespace std::string_literals;

Result<Document> json(std::string text, JsonDialect dialect = JsonDialect::kStrict,
                      const Limits& limits = {}) {
  return parse_json(SourceText::copy_of("a.json", std::move(text)), dialect, limits);
}

std::string show_json(const Result<Document>& document) {
  if (!document) {
    return render(document.error());
  }
  const std::string fault = test::check_tape(*document);
  return fault.empty() ? test::tree_text(*document) : fault;
}

std::string json_tree(std::string text, JsonDialect dialect = JsonDialect::kStrict) {
  return show_json(json(std::move(text), dialect));
}

std::string lines(std::string text) {
  return show_json(parse_json_lines(SourceText::copy_of("a.jsonl", std::move(text)), {}));
}

std::string json_error_of(std::string text, JsonDialect dialect = JsonDialect::kStrict,
                          const Limits& limits = {}) {
  const auto document = json(std::move(text), dialect, limits);
  return document ? "no error" : render(document.error());
}

// First line of the error without the file name.
std::string fault(std::string text, JsonDialect dialect = JsonDialect::kStrict) {
  const std::string error = json_error_of(std::move(text), dialect);
  return error == "no error" ? error : error.substr(7, error.find('\n') - 7);
}

}  // namespace

TEST_CASE("json: every key and value has its exact place") {
  CHECK(json_tree("{\"a\": [1, true, null],\n  \"é\": {\"b\": \"x\\ny\"}}\n") ==
        " object 1:1-2:22\n"
        "/a key 1:3-1:4 \"a\"\n"
        "/a array 1:7-1:22\n"
        "/a/0 number 1:8-1:9 \"1\"\n"
        "/a/1 bool 1:11-1:15 \"true\"\n"
        "/a/2 null 1:17-1:21 \"null\"\n"
        "/é key 2:4-2:5 \"é\"\n"
        "/é object 2:8-2:21\n"
        "/é/b key 2:10-2:11 \"b\"\n"
        "/é/b string 2:15-2:19 \"x\ny\" escaped\n");
}

TEST_CASE("json: scalars, empty containers and blanks around them are documents") {
  for (const std::string text :
       {"1", "-0.5e+3", "\"\"", "true", "null", "[]", "{}", " \t\r\n[ ] ", "[{},[]]"}) {
    CAPTURE(text);
    CHECK(json(text).has_value());
  }
}

TEST_CASE("json: what RFC 8259 refuses is an error at its place") {
  CHECK(fault("") == "1:1: error[syntax]: the document ends where a value is expected");
  CHECK(fault("[1 2]") == "1:4: error[syntax]: expected `,` or `]`");
  CHECK(fault("{\"a\" 1}") == "1:6: error[syntax]: expected `:` after the key");
  CHECK(fault("{\"a\":1 \"b\":2}") == "1:8: error[syntax]: expected `,` or `}`");
  CHECK(fault("{a:1}") == "1:2: error[syntax]: expected a key in double quotes");
  CHECK(fault("{\"a\":1,}") == "1:7: error[syntax]: trailing comma");
  CHECK(fault("[1,]") == "1:3: error[syntax]: trailing comma");
  CHECK(fault("[,1]") == "1:2: error[syntax]: expected a JSON value");
  CHECK(fault("[01]") == "1:2: error[syntax]: a number must not start with 0");
  CHECK(fault("[-]") == "1:2: error[syntax]: a number needs a digit");
  CHECK(fault("[1.]") == "1:2: error[syntax]: a number needs a digit after the point");
  CHECK(fault("[1e]") == "1:2: error[syntax]: a number needs a digit in its exponent");
  CHECK(fault("[.5]") == "1:2: error[syntax]: expected a JSON value");
  CHECK(fault("[nul]") == "1:2: error[syntax]: expected a JSON value");
  CHECK(fault("[nullx]") == "1:2: error[syntax]: expected a JSON value");
  CHECK(fault("[NaN]") == "1:2: error[syntax]: expected a JSON value");
  CHECK(fault("['a']") == "1:2: error[syntax]: expected a JSON value");
  CHECK(fault("\"a") == "1:1: error[syntax]: this string does not end");
  CHECK(fault("\"\\x\"") == "1:2: error[syntax]: unknown escape in a string");
  CHECK(fault("\"\\u12g4\"") == "1:2: error[syntax]: `\\u` needs four hexadecimal digits");
  CHECK(fault("[[1]") == "1:1: error[syntax]: this bracket is never closed");
  CHECK(fault("[1]]") == "1:4: error[syntax]: text after the end of the JSON document");
  CHECK(fault("// c\n1") == "1:1: error[syntax]: expected a JSON value");
}

TEST_CASE("json: raw control characters are errors, NUL among them") {
  CHECK(fault("\"a\nb\"") == "1:1: error[syntax]: this string does not end on its line");
  CHECK(fault("\"a\tb\"") ==
        "1:3: error[syntax]: control character in a string; write it as an escape");
  CHECK(fault("\"a\0b\""s) ==
        "1:3: error[syntax]: control character in a string; write it as an escape");
  CHECK(fault("[1\0]"s) == "1:3: error[syntax]: expected `,` or `]`");
}

TEST_CASE("json: bad UTF-8 anywhere is an error at the byte") {
  CHECK(json_error_of("[\"a\xC3\"]") ==
        "a.json:1:4: error[syntax]: byte 195 is not valid UTF-8 here\n  [\"a\\xC3\"]\n     ^~~~\n");
  for (const std::string bad :
       {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF", "\x80", "\xE2\x82"}) {
    CHECK(fault("\"" + bad + "\"").find("is not valid UTF-8 here") != std::string::npos);
  }
}

TEST_CASE("json: a byte order mark at the start takes no column, elsewhere it is an error") {
  CHECK(json_tree("\xEF\xBB\xBF[1]") == " array 1:1-1:4\n/0 number 1:2-1:3 \"1\"\n");
  CHECK(fault("[\xEF\xBB\xBF"
              "1]") == "1:2: error[syntax]: expected a JSON value");
}

TEST_CASE("json: escapes decode, surrogate pairs join, lone surrogates become U+FFFD") {
  CHECK(json_tree("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\ud834\\udd1e\"") ==
        " string 1:2-1:36 \"\"\\/\b\f\n\r\tA\U0001D11E\" escaped\n");
  CHECK(json_tree("\"\\ud800\"") == " string 1:2-1:8 \"\uFFFD\" escaped\n");
  CHECK(json_tree("\"\\udc00\\ud800x\"") == " string 1:2-1:15 \"\uFFFD\uFFFDx\" escaped\n");
  CHECK(json_tree("\"\\ud834\\u0041\"") == " string 1:2-1:14 \"\uFFFDA\" escaped\n");
}

TEST_CASE("json: a repeated key is flagged, however it is spelled, and both stay") {
  CHECK(json_tree("{\"a\":1,\"\\u0061\":2,\"b\":3}") ==
        " object 1:1-1:25\n/a key 1:3-1:4 \"a\"\n/a number 1:6-1:7 \"1\"\n"
        "/a key 1:9-1:15 \"a\" escaped duplicate\n/a number 1:17-1:18 \"2\"\n"
        "/b key 1:20-1:21 \"b\"\n/b number 1:23-1:24 \"3\"\n");
  const auto document = json("{\"a\":1,\"a\":2}");
  REQUIRE(document);
  CHECK(document->text(*document->find(0, "a")) == "1");
}

TEST_CASE("json: repeated keys are found in objects of any size") {
  for (const int size : {2, 31, 32, 33, 34, 100, 5000}) {
    for (const int twin : {0, 1, size / 2, size - 1}) {
      std::string text = "{";
      for (int i = 0; i < size; ++i) {
        text += "\"key" + std::to_string(i) + "\":{\"in\":1},";
      }
      text += "\"key" + std::to_string(twin) + "\":0}";
      const auto document = json(text);
      REQUIRE(document);
      std::string duplicates;
      for (const auto& [key, value] : document->members(0)) {
        if ((document->node(key).flags & kNodeDuplicate) != 0) {
          duplicates += document->text(key) + "=" + document->text(value) + " ";
        }
      }
      CHECK(duplicates == "key" + std::to_string(twin) + "=0 ");
    }
  }
}

TEST_CASE("json: relaxed takes comments and trailing commas and nothing else") {
  CHECK(json_tree("// head\n{ /* a */ \"a\": 1, // end\n  \"b\": [1, 2,],\n}\n// foot",
                  JsonDialect::kRelaxed) ==
        " object 2:1-4:2\n/a key 2:12-2:13 \"a\"\n/a number 2:16-2:17 \"1\"\n/b key 3:4-3:5 \"b\"\n"
        "/b array 3:8-3:15\n/b/0 number 3:9-3:10 \"1\"\n/b/1 number 3:12-3:13 \"2\"\n");
  CHECK(fault("[,]", JsonDialect::kRelaxed) == "1:2: error[syntax]: expected a JSON value");
  CHECK(fault("[1,,]", JsonDialect::kRelaxed) == "1:4: error[syntax]: expected a JSON value");
  CHECK(fault("[1] /* x", JsonDialect::kRelaxed) ==
        "1:5: error[syntax]: this comment does not end");
  CHECK(fault("[1] / x", JsonDialect::kRelaxed) ==
        "1:5: error[syntax]: expected a comment after `/`");
  CHECK(fault("{'a':1}", JsonDialect::kRelaxed) ==
        "1:2: error[syntax]: expected a key in double quotes");
}

TEST_CASE("json lines: each line is a document of its own, blank lines are nothing") {
  CHECK(lines("{\"a\":1}\n\n  [2]\r\n3") ==
        " array 1:1-4:2\n object 1:1-1:8\n/a key 1:3-1:4 \"a\"\n/a number 1:6-1:7 \"1\"\n"
        " array 3:3-3:6\n/0 number 3:4-3:5 \"2\"\n number 4:1-4:2 \"3\"\n");
  CHECK(lines("1 2\n") ==
        "a.jsonl:1:3: error[syntax]: text after the JSON document of this line\n  1 2\n    ^\n");
  CHECK(lines("{}\n{\n") == "a.jsonl:2:1: error[syntax]: this bracket is never closed\n  {\n  ^\n");
  CHECK(lines("") == " array 1:1-1:1\n");
}

TEST_CASE("json: nesting is bounded and 100,000 levels take no stack") {
  const std::string limit = "1:257: error[limit]: nested deeper than 256 levels";
  CHECK(fault(std::string(100'000, '[')) == limit);
  CHECK(fault(std::string(256, '[') + std::string(256, ']')) == "no error");
  Limits limits;
  limits.json_depth = 200'000;
  const auto deep =
      json(std::string(100'000, '[') + std::string(100'000, ']'), JsonDialect::kStrict, limits);
  REQUIRE(deep);
  CHECK(deep->size() == 100'000);
  CHECK(deep->pointer(deep->size() - 1).size() == 2 * 99'999);
  std::string objects;
  for (int i = 0; i < 100'000; ++i) {
    objects += "{\"\":";
  }
  CHECK(fault(objects) == "1:1025: error[limit]: nested deeper than 256 levels");
}

TEST_CASE("json: the number of nodes is bounded") {
  Limits limits;
  limits.json_nodes = 3;
  CHECK(json_error_of("[1,2]", JsonDialect::kStrict, limits) == "no error");
  CHECK(json_error_of("[1,2,3]", JsonDialect::kStrict, limits) ==
        "a.json:1:6: error[limit]: more than 3 keys and values\n  [1,2,3]\n       ^\n");
}

TEST_CASE("json: a string of 32 MB is one node and costs no copy") {
  const auto document = json("[\"" + std::string(32U << 20U, 'a') + "\\n\"]");
  REQUIRE(document);
  CHECK(document->size() == 2);
  const Location where = document->locate(1, 32U << 20U, (32U << 20U) + 1);
  CHECK(where.column == (32U << 20U) + 3);
  CHECK(where.excerpt.marked == "\\n");
}

TEST_CASE("json: any cut of a document is an error and never a crash") {
  const std::string whole = "{\"a\\u0041\":[1.5e+3,true,null,\"\\ud834\\udd1e é\",{}]}";
  REQUIRE(json(whole));
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    CHECK_FALSE(json(whole.substr(0, cut)).has_value());
    CHECK_FALSE(json(whole.substr(0, cut), JsonDialect::kRelaxed).has_value());
  }
}

TEST_CASE("json writer: what it writes reads back the same") {
  JsonWriter writer(JsonStyle::kPretty);
  writer.begin_object().field("a\"\\\n", "é\u200B\U000E0041\x7F").key("n").begin_array();
  writer.number(std::uint64_t{18446744073709551615ULL}).number(std::int64_t{-5}).number(0.1).null();
  writer.boolean(true)
      .begin_array()
      .end_array()
      .begin_object()
      .end_object()
      .end_array()
      .end_object();
  CHECK(writer.text() ==
        "{\n  \"a\\\"\\\\\\n\": \"é\\u200b\\udb40\\udc41\\u007f\",\n  \"n\": [\n    "
        "18446744073709551615,\n    -5,\n"
        "    0.1,\n    null,\n    true,\n    [],\n    {}\n  ]\n}");
  const auto document = json(writer.text());
  REQUIRE(document);
  CHECK(document->string_or(document->find(0, "a\"\\\n"), "") == "é\u200B\U000E0041\x7F");
}

TEST_CASE("json writer: bad bytes become U+FFFD, numbers that are none become null") {
  std::string out;
  append_json_string(out, "a\xFF\xC3");
  CHECK(out == "\"a\uFFFD\uFFFD\"");
  JsonWriter writer;
  writer.begin_array().number(1.0 / 0.0).number(1e300).end_array();
  CHECK(writer.text() == "[null,1e+300]");
}

}  // namespace merlon
