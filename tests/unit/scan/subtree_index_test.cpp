#include "scan/subtree_index.h"

#include <doctest/doctest.h>

#include "base/json/json_reader.h"

namespace merlon {
namespace {

Document parse_tree(std::string text) {
  return *parse_json(SourceText::copy_of("f", std::move(text)), JsonDialect::kStrict, Limits{});
}

TEST_CASE("subtree index: the innermost subtree wins, and what lies in none has none") {
  const Document document = parse_tree(R"([{"a":1},[{"b":[2]}],3])");
  const auto top = document.elements(document.root());
  const auto inner = document.elements(top[1]);
  const SubtreeIndex index(document, {top[0], top[1], inner[0], kNoNode});

  CHECK(index.innermost(document.root()) == std::nullopt);
  CHECK(index.innermost(top[0]) == 0U);
  CHECK(index.innermost(top[0] + 1) == 0U);
  CHECK(index.innermost(top[1]) == 1U);
  CHECK(index.innermost(inner[0]) == 2U);
  CHECK(index.innermost(document.node(inner[0]).next - 1) == 2U);
  CHECK(index.innermost(top[2]) == std::nullopt);
}

TEST_CASE("subtree index: of many neighbours the right one is found") {
  std::string text = "[";
  for (int i = 0; i < 1000; ++i) {
    text += (i == 0 ? "" : ",") + std::string(R"({"k":")") + std::to_string(i) + "\"}";
  }
  const Document document = parse_tree(text + "]");
  const auto elements = document.elements(document.root());
  const SubtreeIndex index(document, elements);
  for (std::uint32_t i = 0; i < elements.size(); ++i) {
    CHECK(index.innermost(elements[i] + 2) == i);
  }
}

}  // namespace
}  // namespace merlon
