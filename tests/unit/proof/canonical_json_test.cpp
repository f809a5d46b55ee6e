#include "proof/canonical_json.h"

#include <bit>
#include <cstdint>

#include <doctest/doctest.h>

#include "base/json/json_reader.h"
#include "base/toml/toml_reader.h"

using namespace merlon;

namespace {

Document parse(std::string text) {
  auto document =
      parse_json(SourceText::copy_of("a.json", std::move(text)), JsonDialect::kStrict, Limits{});
  REQUIRE(document.has_value());
  return *std::move(document);
}

std::string canonical(std::string text) {
  const Document document = parse(std::move(text));
  const auto result = canonical_json(document, document.root());
  return result ? *result : render(result.error());
}

}  // namespace

TEST_CASE(
    "canonical JSON: keys are sorted, blanks go, order and spelling of the source do not matter") {
  CHECK(
      canonical(
          R"( { "b" : [ 1 , 2.50 , { } ] , "a" : { "\u0061b" : null , "aa" : true } , "" : [ ] } )") ==
      R"({"":[],"a":{"aa":true,"ab":null},"b":[1,2.5,{}]})");
}

TEST_CASE("canonical JSON: keys are sorted by UTF-16 code units, not by bytes") {
  CHECK(canonical("{\"\xEF\xAC\xB3\":1,\"\xF0\x9F\x98\x80\":2,\"\xE2\x82\xAC\":3,\"1\":4}") ==
        "{\"1\":4,\"\xE2\x82\xAC\":3,\"\xF0\x9F\x98\x80\":2,\"\xEF\xAC\xB3\":1}");
  CHECK(less_utf16("a", "ab"));
  CHECK_FALSE(less_utf16("ab", "a"));
  CHECK_FALSE(less_utf16("a", "a"));
  CHECK(less_utf16("\xED\x9F\xBF", "\xF0\x90\x80\x80"));        // U+D7FF before U+10000
  CHECK_FALSE(less_utf16("\xEE\x80\x80", "\xF0\x90\x80\x80"));  // U+E000 after it
}

TEST_CASE("canonical JSON: strings have the fewest escapes") {
  CHECK(canonical(R"("\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/\u007f\b\f\t\r")") ==
        "\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\x7F\\b\\f\\t\\r\"");
  CHECK(canonical(R"("\ud83d\ude00")") == "\"\xF0\x9F\x98\x80\"");
}

TEST_CASE("canonical JSON: numbers of RFC 8785, appendix B") {
  const std::vector<std::pair<std::uint64_t, std::string>> rows{
      {0x0000000000000000, "0"},
      {0x8000000000000000, "0"},
      {0x0000000000000001, "5e-324"},
      {0x8000000000000001, "-5e-324"},
      {0x7fefffffffffffff, "1.7976931348623157e+308"},
      {0xffefffffffffffff, "-1.7976931348623157e+308"},
      {0x4340000000000000, "9007199254740992"},
      {0xc340000000000000, "-9007199254740992"},
      {0x4430000000000000, "295147905179352830000"},
      {0x44b52d02c7e14af5, "9.999999999999997e+22"},
      {0x44b52d02c7e14af6, "1e+23"},
      {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
      {0x444b1ae4d6e2ef4e, "999999999999999700000"},
      {0x444b1ae4d6e2ef4f, "999999999999999900000"},
      {0x444b1ae4d6e2ef50, "1e+21"},
      {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
      {0x3eb0c6f7a0b5ed8d, "0.000001"},
      {0x41b3de4355555553, "333333333.3333332"},
      {0x41b3de4355555554, "333333333.33333325"},
      {0x41b3de4355555555, "333333333.3333333"},
      {0x41b3de4355555556, "333333333.3333334"},
      {0x41b3de4355555557, "333333333.33333343"},
      {0xbecbf647612f3696, "-0.0000033333333333333333"},
      {0x43143ff3c1cb0959, "1424953923781206.2"},
  };
  for (const auto& [bits, text] : rows) {
    CAPTURE(text);
    CHECK(ecmascript_number(std::bit_cast<double>(bits)) == text);
  }
}

TEST_CASE("canonical JSON: numbers are what a double makes of them") {
  CHECK(canonical("[1.0,-0,-0.0,1E2,0.1e1,100000000000000000000000,9007199254740993,1e-400,"
                  "0e999999999999999999]") == "[1,0,0,100,1,1e+23,9007199254740992,0,0]");
  CHECK(canonical("0.000000000000000000000000000000000000001e-999999999999999999999") == "0");
}

TEST_CASE("canonical JSON: what has no canonical form is an error with its place") {
  CHECK(canonical(R"({"a":1,"b":{"c":1,"\u0063":2}})") ==
        "a.json:1:20: error[format]: the key `c` is there twice: the object has no canonical form\n"
        "  {\"a\":1,\"b\":{\"c\":1,\"\\u0063\":2}}\n"
        "                     ^~~~~~\n");
  for (const std::string bad : {"1e400", "-1e400", "1000e306", "0.1e310"}) {
    CAPTURE(bad);
    CHECK(canonical("[" + bad + "]").find("the number `" + bad + "` has no canonical form") !=
          std::string::npos);
  }
  for (const std::string bad : {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800\udc00")",
                                R"("\ud800\\udc00")", R"({"\uDFFF":1})"}) {
    CAPTURE(bad);
    CHECK(canonical(bad).find("lone surrogate") != std::string::npos);
  }
  CHECK(canonical(R"("\\ud800")") == R"("\\ud800")");
}

TEST_CASE(
    "canonical JSON: the spellings of TOML's numbers are read too, what JSON lacks is refused") {
  auto document = parse_toml(
      SourceText::copy_of("a.toml", "a=[0xFF,0o17,0b101,+1_000,-1_0.5e+1_0]\nb=-inf\nc=1979-05-27"),
      Limits{});
  REQUIRE(document.has_value());
  CHECK(canonical_json(*document, *document->find(document->root(), "a")).value() ==
        "[255,15,5,1000,-105000000000]");
  CHECK_FALSE(canonical_json(*document, *document->find(document->root(), "b")).has_value());
  CHECK(canonical_json(*document, *document->find(document->root(), "c")).value() ==
        "\"1979-05-27\"");
}

TEST_CASE("canonical JSON: nesting to the reader's limit does not recurse") {
  const std::size_t depth = 250;
  const std::string text = std::string(depth, '[') + std::string(depth, ']');
  CHECK(canonical(text) == text);
}

TEST_CASE(
    "canonical JSON: the layout for people has one thing a line and shows invisible characters") {
  const Document document = parse("{\"b\":[1,{}],\"a\":\"x\xE2\x80\x8By\",\"c\":[]}");
  CHECK(canonical_json_lines(document, document.root(), 4).value() == R"({
      "a": "x\u200by",
      "b": [
        1,
        {}
      ],
      "c": []
    })");
}
