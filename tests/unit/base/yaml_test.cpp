#include <string>

#include <doctest/doctest.h>

#include "base/yaml/yaml_reader.h"
#include "unit/base/tree_text.h"

namespace merlon {
namespace {

using namespace std::string_literals;

Result<std::vector<Document>> yaml(std::string text, const Limits& limits = {}) {
  return parse_yaml(SourceText::copy_of("a.yaml", std::move(text)), limits);
}

std::string yaml_tree(std::string text) {
  const auto documents = yaml(std::move(text));
  if (!documents) {
    return render(documents.error());
  }
  std::string out;
  for (const Document& document : *documents) {
    if (const std::string fault = test::check_tape(document); !fault.empty()) {
      return fault;
    }
    out += test::tree_text(document);
  }
  return out;
}

std::string yaml_error_of(std::string text, const Limits& limits = {}) {
  const auto documents = yaml(std::move(text), limits);
  return documents ? "no error" : render(documents.error());
}

// line:column and source of decoded bytes [begin, end) of the value of `key`.
std::string place(const std::string& text, std::string_view key, std::size_t begin,
                  std::size_t end) {
  const auto documents = yaml(text);
  if (!documents) {
    return render(documents.error());
  }
  const Document& document = documents->front();
  const auto value = document.find(document.root(), key);
  if (!value) {
    return "no such key";
  }
  const Location where = document.locate(*value, begin, end);
  return std::to_string(where.line) + ":" + std::to_string(where.column) + " " +
         where.excerpt.marked;
}

}  // namespace

TEST_CASE("yaml: every key and value has its exact place") {
  CHECK(yaml_tree("a: b\n\"é\": [1, true, ~, -2.5e3, yes]\nc:\n  d: 'x'\n") ==
        " object 1:1-4:9\n"
        "/a key 1:1-1:2 \"a\" stored\n"
        "/a string 1:4-1:5 \"b\" stored\n"
        "/é key 2:2-2:3 \"é\"\n"
        "/é array 2:6-2:31\n"
        "/é/0 number 2:7-2:8 \"1\"\n"
        "/é/1 bool 2:10-2:14 \"true\" stored\n"
        "/é/2 null 2:16-2:17 \"~\"\n"
        "/é/3 number 2:19-2:25 \"-2.5e3\"\n"
        "/é/4 string 2:27-2:30 \"yes\" stored\n"
        "/c key 3:1-3:2 \"c\" stored\n"
        "/c object 4:3-4:9\n"
        "/c/d key 4:3-4:4 \"d\" stored\n"
        "/c/d string 4:7-4:8 \"x\"\n");
}

TEST_CASE("yaml: a byte order mark and CRLF do not move places") {
  CHECK(yaml_tree("\xEF\xBB\xBF"
                  "a: é\r\nb: \"c\"\r\n") ==
        " object 1:1-2:7\n/a key 1:1-1:2 \"a\" stored\n/a string 1:4-1:5 \"é\" stored\n"
        "/b key 2:1-2:2 \"b\" stored\n/b string 2:5-2:6 \"c\"\n");
}

TEST_CASE("yaml: each document of a stream is one of its own") {
  CHECK(yaml_tree("a\n---\nb\n...\n---\n") ==
        " string 1:1-1:2 \"a\" stored\n string 3:1-3:2 \"b\" stored\n null 6:1-6:1 \"\"\n");
  CHECK(yaml_tree("") == "");
  CHECK(yaml_tree("# only a comment\n") == "");
}

TEST_CASE("yaml: places inside block and folded scalars are exact") {
  const std::string text =
      "a: |\n  one\n   two\n  three\nb: >-\n  four\n  five\nc: \"x\\x41y\\e[m\"\nd: 'it''s me'\n";
  CHECK(place(text, "a", 5, 8) == "3:4 two");
  CHECK(place(text, "a", 9, 14) == "4:3 three");
  CHECK(place(text, "b", 5, 9) == "7:3 five");
  CHECK(place(text, "c", 1, 2) == "8:6 \\x41");
  CHECK(place(text, "c", 3, 6) == "8:11 \\e[m");
  CHECK(place(text, "d", 5, 7) == "9:11 me");
}

TEST_CASE("yaml: an alias is a copy under its own pointer at the place of the original") {
  CHECK(yaml_tree("a: &x {k: v}\nb: *x\n") ==
        " object 1:1-2:6\n/a key 1:1-1:2 \"a\" stored\n/a object 1:7-1:13\n/a/k key 1:8-1:9 \"k\" "
        "stored\n"
        "/a/k string 1:11-1:12 \"v\" stored\n/b key 2:1-2:2 \"b\" stored\n/b object 1:7-1:13\n"
        "/b/k key 1:8-1:9 \"k\" stored\n/b/k string 1:11-1:12 \"v\" stored\n");
}

TEST_CASE("yaml: a merge key adds what the mapping lacks") {
  CHECK(yaml_tree("a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  k: 3\n") ==
        " object 1:1-4:7\n/a key 1:1-1:2 \"a\" stored\n/a object 1:7-1:19\n"
        "/a/k key 1:8-1:9 \"k\" stored\n/a/k number 1:11-1:12 \"1\"\n"
        "/a/l key 1:14-1:15 \"l\" stored\n/a/l number 1:17-1:18 \"2\"\n"
        "/b key 2:1-2:2 \"b\" stored\n/b object 3:3-4:7\n"
        "/b/<< key 3:3-3:5 \"<<\" stored\n/b/<< string 3:7-3:9 \"*x\" stored\n"
        "/b/k key 4:3-4:4 \"k\" stored\n/b/k number 4:6-4:7 \"3\"\n"
        "/b/l key 1:14-1:15 \"l\" stored\n/b/l number 1:17-1:18 \"2\"\n");
  CHECK(yaml_tree("- &a {k: 1}\n- &b {k: 2, m: 3}\n- {<<: [*a, *b]}\n") ==
        " array 1:1-3:17\n/0 object 1:6-1:12\n/0/k key 1:7-1:8 \"k\" stored\n/0/k number 1:10-1:11 "
        "\"1\"\n"
        "/1 object 2:6-2:18\n/1/k key 2:7-2:8 \"k\" stored\n/1/k number 2:10-2:11 \"2\"\n"
        "/1/m key 2:13-2:14 \"m\" stored\n/1/m number 2:16-2:17 \"3\"\n"
        "/2 object 3:3-3:17\n/2/<< key 3:4-3:6 \"<<\" stored\n/2/<< array 3:8-3:16\n"
        "/2/<</0 string 3:9-3:11 \"*a\" stored\n/2/<</1 string 3:13-3:15 \"*b\" stored\n"
        "/2/k key 1:7-1:8 \"k\" stored\n/2/k number 1:10-1:11 \"1\"\n"
        "/2/m key 2:13-2:14 \"m\" stored\n/2/m number 2:16-2:17 \"3\"\n");
}

TEST_CASE("yaml: a repeated key is flagged and both values stay") {
  CHECK(yaml_tree("a: 1\n'a': 2\n") ==
        " object 1:1-2:7\n/a key 1:1-1:2 \"a\" stored\n/a number 1:4-1:5 \"1\"\n"
        "/a key 2:2-2:3 \"a\" duplicate\n/a number 2:6-2:7 \"2\"\n");
}

TEST_CASE("yaml: tags change nothing but !!str") {
  CHECK(yaml_tree("- !!str 1\n- !!python/object/apply:os.system 2\n- !x {a: 1}\n") ==
        " array 1:1-3:12\n/0 string 1:9-1:10 \"1\" stored\n/1 number 2:35-2:36 \"2\"\n"
        "/2 object 3:6-3:12\n/2/a key 3:7-3:8 \"a\" stored\n/2/a number 3:10-3:11 \"1\"\n");
}

TEST_CASE("yaml: an alias bomb reaches a limit with a place") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int k = 1; k < 9; ++k) {
      bomb += ", " + last;
    }
    bomb += "]\n";
  }
  const std::string error = yaml_error_of(bomb);
  CHECK(error.substr(0, error.find('\n')) ==
        "a.yaml:6:10: error[limit]: more than 100000 keys and values, aliases expanded");
}

TEST_CASE("yaml: aliases of a long text reach a limit of bytes") {
  std::string text = "a: &a " + std::string(1 << 20, 'x') + "\nb:\n";
  for (int i = 0; i < 20; ++i) {
    text += "- *a\n";
  }
  const std::string error = yaml_error_of(text);
  CHECK(error.substr(0, error.find('\n')) ==
        "a.yaml:19:3: error[limit]: aliases expand to more than 16777216 bytes of text");
}

TEST_CASE("yaml: merging the same mapping again and again reaches the limit") {
  std::string text = "a: &a {";
  for (int i = 0; i < 1000; ++i) {
    text += "k" + std::to_string(i) + ": 1, ";
  }
  text += "}\nb:\n  <<: [";
  for (int i = 0; i < 1000; ++i) {
    text += "*a, ";
  }
  text += "]\n";
  CHECK(yaml_error_of(text).find("error[limit]: more than 100000 keys and values") !=
        std::string::npos);
}

TEST_CASE("yaml: 100,000-deep nesting is an error and takes neither stack nor time") {
  CHECK(yaml_error_of(std::string(100'000, '['))
            .find("error[limit]: nested deeper than 256 levels") != std::string::npos);
  std::string block;
  for (int i = 0; i < 100'000; ++i) {
    block += "- ";
  }
  CHECK(yaml_error_of(block).find("error[limit]: nested deeper than 256 levels") !=
        std::string::npos);
  CHECK(yaml_error_of("? " + std::string(1000, '{')).find("error[") != std::string::npos);
}

TEST_CASE("yaml: what cannot be read is an error with a place") {
  CHECK(yaml_error_of("a: *b\n") ==
        "a.yaml:1:4: error[syntax]: unknown alias `*b`\n  a: *b\n     ^~\n");
  CHECK(yaml_error_of("a: &b [*b]\n") ==
        "a.yaml:1:8: error[syntax]: alias `*b` inside its own anchor\n  a: &b [*b]\n         ^~\n");
  CHECK(yaml_error_of("? [a]\n: b\n") ==
        "a.yaml:1:3: error[syntax]: a key must be a scalar here\n  ? [a]\n    ^\n");
  CHECK(yaml_error_of("é: [1\nb: 2\n") ==
        "a.yaml:2:2: error[syntax]: did not find expected ',' or ']' (while parsing a flow "
        "sequence)\n"
        "  b: 2\n   ^\n");
  CHECK(yaml_error_of("a: é\x01\n") ==
        "a.yaml:1:5: error[syntax]: control characters are not allowed\n  a: é\\u{0001}\n      "
        "^~~~~~~~\n");
  CHECK(yaml_error_of("a: \xFF\n") ==
        "a.yaml:1:4: error[syntax]: byte 255 is not valid UTF-8 here\n  a: \\xFF\n     ^~~~\n");
}

TEST_CASE("yaml: NUL in a quoted string is kept, a raw one is an error") {
  CHECK(yaml_tree("\"a\\0b\"\n") == " string 1:2-1:6 \"a\0b\" escaped stored\n"s);
  CHECK(yaml_error_of(std::string("a: \0\n", 5)).find("control characters are not allowed") !=
        std::string::npos);
}

TEST_CASE("yaml: directives whose check is quadratic are bounded") {
  std::string text;
  for (int i = 0; i < 1001; ++i) {
    text += "%TAG !a" + std::to_string(i) + "! b\n";
  }
  CHECK(yaml_error_of(text + "--- a\n").find("error[limit]: more than 1000 %TAG directives") !=
        std::string::npos);
}

}  // namespace merlon
