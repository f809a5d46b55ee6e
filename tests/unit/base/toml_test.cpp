#include <string>

#include <doctest/doctest.h>

#include "base/toml/toml_reader.h"
#include "unit/base/tree_text.h"

namespace merlon {
namespace {

Result<Document> toml(std::string text, const Limits& limits = {}) {
  return parse_toml(SourceText::copy_of("a.toml", std::move(text)), limits);
}

std::string toml_tree(std::string text) {
  const auto document = toml(std::move(text));
  if (!document) {
    return render(document.error());
  }
  if (const std::string fault = test::check_tape(*document); !fault.empty()) {
    return fault;
  }
  return test::tree_text(*document);
}

std::string toml_error_of(std::string text, const Limits& limits = {}) {
  const auto document = toml(std::move(text), limits);
  return document ? "no error" : render(document.error());
}

}  // namespace

TEST_CASE("toml: every key and value has its exact place, in source order") {
  CHECK(toml_tree("z = 1\na = \"x\\ty\"\n[b.c]\nd = 'é' # no\ne = [true, 1979-05-27]\n") ==
        " object 1:1-6:1\n"
        "/z key 1:1-1:2 \"z\" stored\n"
        "/z number 1:5-1:6 \"1\"\n"
        "/a key 2:1-2:2 \"a\" stored\n"
        "/a string 2:6-2:10 \"x\ty\" escaped\n"
        "/b key 3:2-3:3 \"b\" stored\n"
        "/b object 3:1-3:6\n"
        "/b/c key 3:4-3:5 \"c\" stored\n"
        "/b/c object 3:1-3:6\n"
        "/b/c/d key 4:1-4:2 \"d\" stored\n"
        "/b/c/d string 4:6-4:7 \"é\"\n"
        "/b/c/e key 5:1-5:2 \"e\" stored\n"
        "/b/c/e array 5:5-5:23\n"
        "/b/c/e/0 bool 5:6-5:10 \"true\"\n"
        "/b/c/e/1 string 5:12-5:22 \"1979-05-27\" stored\n");
}

TEST_CASE("toml: columns are code points, whatever stands before") {
  CHECK(toml_tree("\"é𝄞\" = \"b\"\n") ==
        " object 1:1-2:1\n/é𝄞 key 1:2-1:4 \"é𝄞\"\n/é𝄞 string 1:9-1:10 \"b\"\n");
}

TEST_CASE("toml: a byte order mark and CRLF do not move places") {
  CHECK(toml_tree("\xEF\xBB\xBF"
                  "a = 1\r\nb = \"x\"\r\n") ==
        " object 1:1-3:1\n/a key 1:1-1:2 \"a\" stored\n/a number 1:5-1:6 \"1\"\n"
        "/b key 2:1-2:2 \"b\" stored\n/b string 2:6-2:7 \"x\"\n");
}

TEST_CASE("toml: arrays of tables and dotted keys nest") {
  CHECK(
      toml_tree("[[s]]\nn.o = 1\n[[s]]\nn.p = 2\n") ==
      " object 1:1-5:1\n/s key 1:3-1:4 \"s\" stored\n/s array 1:1-3:6\n/s/0 object 1:1-1:6\n"
      "/s/0/n key 2:1-2:2 \"n\" stored\n/s/0/n object 2:1-2:2\n/s/0/n/o key 2:3-2:4 \"o\" stored\n"
      "/s/0/n/o number 2:7-2:8 \"1\"\n/s/1 object 3:1-3:6\n/s/1/n key 4:1-4:2 \"n\" stored\n"
      "/s/1/n object 4:1-4:2\n/s/1/n/p key 4:3-4:4 \"p\" stored\n/s/1/n/p number 4:7-4:8 \"2\"\n");
}

TEST_CASE("toml: a place inside a multi-line string is found again") {
  const auto document = toml("a = \"\"\"\none \\\n  two\tthree\"\"\"\n");
  REQUIRE(document);
  const NodeId value = *document->find(document->root(), "a");
  CHECK(document->text(value) == "one two\tthree");
  const Location where = document->locate(value, 4, 7);
  CHECK(std::to_string(where.line) + ":" + std::to_string(where.column) == "3:3");
  CHECK(where.excerpt.marked == "two");
}

TEST_CASE("toml: what the grammar refuses is an error with a place") {
  CHECK(toml_error_of("a = 1\na = 2\n") ==
        "a.toml:2:5: error[syntax]: cannot redefine existing integer 'a' (in key-value pair)\n  a "
        "= 2\n      ^\n");
  CHECK(toml_error_of("a = \n") ==
        "a.toml:1:5: error[syntax]: expected value, saw '\\n' (in key-value pair)\n  a = \n      "
        "^\n");
  CHECK(toml_error_of("a = \"\xFF\"\n") ==
        "a.toml:1:6: error[syntax]: byte 255 is not valid UTF-8 here\n  a = \"\\xFF\"\n       "
        "^~~~\n");
  CHECK(toml_error_of(std::string("a = \"\0\"\n", 8)) ==
        "a.toml:1:6: error[syntax]: unescaped control characters other than TAB (U+0009) are "
        "explicitly prohibited "
        "(in string)\n  a = \"\\u{0000}\"\n       ^~~~~~~~\n");
  CHECK(toml_error_of("[[)a]]\n") ==
        "a.toml:1:3: error[syntax]: expected bare key starting character or string delimiter, saw "
        "')' (in key)\n  [[)a]]\n    ^\n");
}

TEST_CASE("toml: nesting of any kind is bounded and never takes the stack") {
  const std::size_t deep = 100'000;
  std::string dotted = "a";
  for (std::size_t i = 0; i < deep; ++i) {
    dotted += ".a";
  }
  const std::string limit = "error[limit]: nested deeper than 256 levels\n";
  CHECK(toml_error_of(dotted + " = 1\n").find(limit) != std::string::npos);
  CHECK(toml_error_of("[" + dotted + "]\n").find(limit) != std::string::npos);
  CHECK(toml_error_of("a = " + std::string(deep, '[')).find("error[limit]: ") != std::string::npos);
  CHECK(toml_error_of("a = " + std::string(300, '[')).find("nested value depth of 256") !=
        std::string::npos);
  std::string tables;
  for (std::size_t i = 0; i < deep; ++i) {
    tables += "{a=";
  }
  CHECK(toml_error_of("a = " + tables).find("exceeded maximum nested value depth of 256") !=
        std::string::npos);
}

TEST_CASE("toml: what the library searches linearly is bounded") {
  std::string text;
  for (int i = 0; i < 60'000; ++i) {
    text += "a" + std::to_string(i) + ".b = 1\n";
  }
  CHECK(toml_error_of(text) ==
        "a.toml:1:1: error[limit]: more than 50000 dots and `[[` headers\n  a0.b = 1\n  ^\n");
}

TEST_CASE("toml: bytes and nodes have limits") {
  Limits limits;
  limits.toml_bytes = 4;
  CHECK(toml_error_of("a=10\n", limits)
            .starts_with("a.toml:1:1: error[limit]: more than 4 bytes of TOML in one file\n"));
  limits = {};
  limits.json_nodes = 3;
  CHECK(toml_error_of("a=1\n", limits) == "no error");
  CHECK(toml_error_of("a=1\nb=2\n", limits) ==
        "a.toml:2:1: error[limit]: more than 3 keys and values\n  b=2\n  ^\n");
}

TEST_CASE("toml: an empty file is an empty table") {
  CHECK(toml_tree("") == " object 1:1-1:1\n");
}

}  // namespace merlon
