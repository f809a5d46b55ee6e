#include "base/json/plain_json.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/json/plain_text.h"

namespace merlon {
namespace {

bool is_json_object(const std::string& text) {
  const auto json = parse_json(SourceText::copy_of("t", text), JsonDialect::kStrict, Limits());
  return json && json->is(json->root(), NodeKind::kObject);
}

constexpr std::string_view kPlain =
    R"({"a":1,"b":[true,false,null,0,{"c":[]}],"long name of a member":{"d":"text of some bytes"}})";

TEST_CASE("plain json: compact objects are told") {
  CHECK(is_plain_json_object("{}"));
  CHECK(is_plain_json_object(kPlain));
}

TEST_CASE("plain json: what it says yes to is a JSON object, whatever two bytes become") {
  std::size_t yes = 0;
  for (std::size_t at = 0; at < kPlain.size(); ++at) {
    for (std::size_t other = at; other < std::min(at + 6, kPlain.size()); ++other) {
      for (const char c : {'{', '}', '[', ']', '"', ',', ':', '0', '1', 'e', '\\', '\x7f', ' '}) {
        std::string text(kPlain);
        text[at] = c;
        text.erase(other, 1);
        if (is_plain_json_object(text)) {
          ++yes;
          CAPTURE(text);
          CHECK(is_json_object(text));
        }
      }
    }
  }
  CHECK(yes > 100);
}

TEST_CASE("plain json: what it does not know is not said yes to") {
  for (const std::string_view text : {"",
                                      "[]",
                                      "1",
                                      "{",
                                      "{}}",
                                      "{} ",
                                      " {}",
                                      R"({"a" :1})",
                                      R"({"a":-1})",
                                      R"({"a":1.5})",
                                      R"({"a":01})",
                                      R"({"a":"\n"})",
                                      R"({"a":1,})",
                                      R"({"a"})",
                                      R"({,"a":1})",
                                      R"({"a":tru})",
                                      R"({"a":[1 ]})",
                                      R"({"a":[,1]})",
                                      "{\"a\":\"\xC3\xA4\"}",
                                      R"({"a":1]})"}) {
    CAPTURE(text);
    CHECK_FALSE(is_plain_json_object(text));
  }
}

TEST_CASE("plain json: nests as deep as it says, one level more is not told") {
  const auto nested = [](unsigned levels) {
    const std::string open(levels - 1, '[');
    const std::string close(levels - 1, ']');
    return R"({"a":)" + open + close + "}";
  };
  CHECK(is_plain_json_object(nested(kMostPlainDepth)));
  CHECK_FALSE(is_plain_json_object(nested(kMostPlainDepth + 1)));
}

TEST_CASE("plain text: ends at the first byte that needs an escape, at every place of a block") {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool plain = byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
    for (std::size_t at = 0; at < 20; ++at) {
      std::string text(20, 'x');
      text[at] = c;
      CHECK(end_of_plain_text(text, 0) == (plain ? text.size() : at));
    }
  }
}

TEST_CASE("json writer: a long text is written as each of its bytes alone would be") {
  std::string text;
  std::string expected = "\"";
  for (int byte = 0x20; byte < 0x7F; ++byte) {
    const char c = static_cast<char>(byte);
    text.append(9, c);
    for (int i = 0; i < 9; ++i) {
      expected += c == '"' || c == '\\' ? "\\" : "";
      expected.push_back(c);
    }
  }
  std::string out;
  append_json_string(out, text);
  CHECK(out == expected + "\"");
}

}  // namespace
}  // namespace merlon
