#include "base/document.h"

#include <string>

#include <doctest/doctest.h>

#include "base/json/json_reader.h"

namespace merlon {
namespace {

Document parse_document(std::string text) {
  auto document =
      parse_json(SourceText::copy_of("a.json", std::move(text)), JsonDialect::kStrict, {});
  REQUIRE(document);
  return *std::move(document);
}

// The source of decoded bytes [begin, end) of the root.
std::string source_of(const Document& document, std::size_t begin, std::size_t end) {
  const auto [first, last] = document.source_range(0, begin, end);
  return std::string(document.source().bytes().substr(first, last - first));
}

}  // namespace

TEST_CASE("document: find takes the first member, decodes keys, and minds the kind") {
  const Document document = parse_document("{\"\\u0061\":1,\"a\":\"x\",\"b\":[]}");
  CHECK(document.text(*document.find(0, "a")) == "1");
  CHECK_FALSE(document.find(0, "a", NodeKind::kString).has_value());
  CHECK(document.find(0, "b", NodeKind::kArray).has_value());
  CHECK_FALSE(document.find(0, "c").has_value());
  CHECK_FALSE(document.find(kNoNode, "a").has_value());
  CHECK_FALSE(document.find(*document.find(0, "b"), "a").has_value());
  CHECK_FALSE(document.find(std::optional<NodeId>{}, "a").has_value());
}

TEST_CASE("document: pointers escape as RFC 6901 says and count elements") {
  const Document document = parse_document("{\"a/b~c\":[0,{\"\":1}],\"é\":2}");
  const NodeId array = *document.find(0, "a/b~c");
  const NodeId element = document.elements(array).at(1);
  CHECK(document.pointer(0) == "");
  CHECK(document.pointer(array) == "/a~1b~0c");
  CHECK(document.pointer(*document.find(element, "")) == "/a~1b~0c/1/");
  CHECK(document.pointer(*document.find(0, "é")) == "/é");
}

TEST_CASE("document: in JSON lines a pointer starts at its line") {
  const auto document = parse_json_lines(SourceText::copy_of("a", "{\"a\":1}\n{\"a\":[2]}\n"), {});
  REQUIRE(document);
  const NodeId second = document->elements(0).at(1);
  CHECK(document->pointer(second) == "");
  CHECK(document->pointer(*document->find(second, "a") + 1) == "/a/0");
}

TEST_CASE("document: a place inside a decoded string is its exact source, escapes whole") {
  const Document document = parse_document("\"a\\u00e9\\ud834\\udd1ez\\n\"");  // aé𝄞z<LF>
  CHECK(document.text(0) == "aé𝄞z\n");
  CHECK(source_of(document, 0, 1) == "a");
  CHECK(source_of(document, 1, 3) == "\\u00e9");
  CHECK(source_of(document, 2, 3) == "\\u00e9");  // half of a character is all of it
  CHECK(source_of(document, 3, 7) == "\\ud834\\udd1e");
  CHECK(source_of(document, 7, 8) == "z");
  CHECK(source_of(document, 8, 9) == "\\n");
  CHECK(source_of(document, 0, 9) == "a\\u00e9\\ud834\\udd1ez\\n");
  CHECK(source_of(document, 7, 7) == "");
}

TEST_CASE("document: places beyond the text are clamped") {
  for (const std::string text : {"\"abc\"", "\"a\\nc\"", "\"\"", "12"}) {
    const Document document = parse_document(text);
    for (std::size_t begin = 0; begin < 6; ++begin) {
      for (std::size_t end = 0; end < 6; ++end) {
        const auto [first, last] = document.source_range(0, begin, end);
        CHECK(first <= last);
        CHECK(last <= text.size());
      }
    }
  }
}

TEST_CASE("document: a copied subtree stands under its new parent at its old place") {
  Document document(SourceText::copy_of("a", "[[1],0]"));
  const NodeId root = document.add(NodeKind::kArray, 0, 7, kNoNode, 0);
  const NodeId list = document.add(NodeKind::kArray, 1, 4, root, 0);
  const NodeId one = document.add(NodeKind::kString, 2, 3, list, 0);
  document.store_text(one, "one");
  document.close(list, 4);
  const NodeId copy = document.copy_subtree(list, root, 1);
  document.close(root, 7);
  CHECK(document.elements(root) == std::vector<NodeId>{list, copy});
  CHECK(document.text(copy + 1) == "one");
  CHECK(document.pointer(copy + 1) == "/1/0");
  CHECK(document.node(copy + 1).begin == 2);
}

}  // namespace merlon
