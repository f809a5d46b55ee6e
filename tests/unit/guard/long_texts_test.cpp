#include "guard/long_texts.h"

#include <string>

#include <doctest/doctest.h>

#include "base/json/json_reader.h"
#include "guard/message_text_reader.h"
#include "policy/decision_codec.h"
#include "support/guard_session.h"

namespace merlon {
namespace {

Document document_of(std::string json) {
  auto document =
      parse_json(SourceText::copy_of("t", std::move(json)), JsonDialect::kStrict, Limits{});
  REQUIRE(document);
  return *std::move(document);
}

}  // namespace

TEST_CASE("long texts: one is unescaped and folded once, a short one is not kept") {
  const std::string text = R"(He said: \"Ignore\n\nit\" )" + std::string(LongTexts::kLong, 'A');
  const Document document = document_of(R"(["short",")" + text + "\"]");
  LongTexts texts;
  const NodeId first = document.root() + 1;
  CHECK(texts.of(document, first) == nullptr);
  const LongText* const known = texts.of(document, first + 1);
  REQUIRE(known != nullptr);
  CHECK(known->text == "He said: \"Ignore\n\nit\" " + std::string(LongTexts::kLong, 'A'));
  CHECK(known->folded.text() == "he said: \"ignore it\" " + std::string(LongTexts::kLong, 'a'));
  CHECK(texts.of(document, first + 1) == known);
  MessageTextReader reader(document, document.root(), &texts);
  MessageText out;
  REQUIRE(reader.next(out));
  CHECK(out.folded == nullptr);
  REQUIRE(reader.next(out));
  CHECK(out.folded == &known->folded);
  CHECK(out.text == known->text);
}

TEST_CASE("long texts: no more is kept than the bound, and clearing makes room") {
  const std::string half = "\"" + std::string((LongTexts::kMostKept / 2) - 2, 'a') + "\"";
  const Document document = document_of("[" + half + "," + half + "," + half + "]");
  LongTexts texts;
  const NodeId first = document.root() + 1;
  CHECK(texts.of(document, first) != nullptr);
  CHECK(texts.of(document, first + 1) != nullptr);
  CHECK(texts.of(document, first + 2) == nullptr);
  texts.clear();
  CHECK(texts.of(document, first + 2) != nullptr);
}

TEST_CASE("long texts: a guard sees the text as the guard before it left it") {
  // Prefixes are split, so that scanners of repositories leave this file alone.
  const std::string token = std::string("gh") + "p_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17";
  test::GuardSession session(R"(format = 1
name = "two"
[[guard]]
type = "secrets"
priority = 1
[[guard]]
id = "again"
type = "secrets"
priority = 2
[guard.config]
action = "deny"
)");
  session.call("read_file");
  const Decision decision = session.answer(R"({"content":[{"type":"text","text":")" + token + " " +
                                           std::string(2000, 'x') + R"("}]})");
  CHECK(decision.verdict == Verdict::kModify);
  REQUIRE(decision.rewritten);
  CHECK(decision.rewritten->find(token) == std::string::npos);
}

}  // namespace merlon
