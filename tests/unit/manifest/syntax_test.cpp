#include "manifest/syntax.h"

#include <string>

#include <doctest/doctest.h>

#include "manifest/front_matter.h"

namespace merlon {
namespace {

std::string_view name_of(Syntax syntax) {
  switch (syntax) {
    case Syntax::kEmpty: return "empty";
    case Syntax::kUnknown: return "unknown";
    case Syntax::kUtf16: return "utf-16";
    case Syntax::kJson: return "json";
    case Syntax::kMarkdown: return "markdown";
    case Syntax::kToml: return "toml";
    case Syntax::kYaml: return "yaml";
  }
  return "?";
}

struct Row {
  std::string_view text;
  std::string_view syntax;
};

}  // namespace

TEST_CASE("syntax: the first line that says something decides") {
  const Row rows[] = {
      {"{", "json"},
      {"[1]", "json"},
      {"[\"a\"]", "json"},
      {"[", "json"},
      {"[true]", "json"},
      {"[null, 1]", "json"},
      {"[ {", "json"},
      {"[[1]]", "json"},
      {"// c\n{", "json"},
      {"/* c */ {", "json"},
      {" \n\t{", "json"},
      {"[mcp_servers.a]", "toml"},
      {"[[a]]", "toml"},
      {"[ a . b ]", "toml"},
      {"[a.\"b c\"] # x", "toml"},
      {"a = 1", "toml"},
      {"\"a b\" = 1", "toml"},
      {"a.b=1", "toml"},
      {"# c\n\na = 1", "toml"},
      {"# c\n[a]", "toml"},
      {"a: 1", "yaml"},
      {"a:", "yaml"},
      {"\"a b\": 1", "yaml"},
      {"- a", "yaml"},
      {"# c\na: 1", "yaml"},
      {"%YAML 1.2\n---\na: 1", "yaml"},
      {"--- # x\na: 1\n", "yaml"},
      {"---\na: 1\n", "yaml"},
      {"? a\n: b", "yaml"},
      {"---\na: 1\n---\ntext", "markdown"},
      {"\xEF\xBB\xBF---\r\na: 1\r\n---\r\n", "markdown"},
      {"", "empty"},
      {"# c", "empty"},
      {" \r\n", "empty"},
      {"Hello, world", "unknown"},
      {"http://example.com", "unknown"},
      {"if a == b", "unknown"},
      {"<html>", "unknown"},
      {"#!/bin/sh\necho", "unknown"},
      {"---\n", "unknown"},
      {"true", "unknown"},
      {"\xFF\xFE{", "utf-16"},
      {"\xFE\xFF{", "utf-16"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(name_of(detect_syntax(row.text)) == row.syntax);
  }
}

TEST_CASE("front matter: from the first dashes to the next line of dashes") {
  const std::string text = "---\na: 1\n--- x\nb: ---\n---  \r\nbody";
  const auto front = find_front_matter(text);
  REQUIRE(front);
  CHECK(text.substr(front->yaml_begin, front->yaml_end - front->yaml_begin) ==
        "a: 1\n--- x\nb: ---\n");
  CHECK(text.substr(front->body_begin) == "body");
  CHECK_FALSE(find_front_matter("---\na: 1\n").has_value());
  CHECK_FALSE(find_front_matter(" ---\na: 1\n---\n").has_value());
  CHECK_FALSE(find_front_matter("text\n---\n---\n").has_value());
}

TEST_CASE("front matter: the body stands at its exact place") {
  const auto document =
      parse_markdown(SourceText::copy_of("a.md", "---\nname: é\n---\nText\nmore\n"), {});
  REQUIRE(document);
  const NodeId body = *document->find(0, "body");
  const Location where = document->locate(body, 5, 9);
  CHECK(where.line == 5);
  CHECK(where.column == 1);
  CHECK(where.excerpt.marked == "more");
  CHECK(document->pointer(body) == "/body");
}

TEST_CASE("front matter: one that is no mapping is an error at its place") {
  const auto document = parse_markdown(SourceText::copy_of("a.md", "---\n- a\n---\n"), {});
  REQUIRE_FALSE(document);
  CHECK(render(document.error()) ==
        "a.md:2:1: error[format]: the front matter is not a mapping\n  - a\n  ^~~\n");
}

}  // namespace merlon
