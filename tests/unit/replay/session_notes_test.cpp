#include "replay/session_notes.h"

#include <string>

#include <doctest/doctest.h>

namespace merlon {
namespace {

std::string first_error(const std::string& text) {
  const auto notes = load_session_notes(SourceText::copy_of("a.expect.toml", text), Limits());
  REQUIRE(!notes.has_value());
  return std::to_string(notes.error().front().where.line) + ": " + notes.error().front().message;
}

std::string first_label_error(const std::string& text) {
  const auto labels = load_labels(SourceText::copy_of("labels.jsonl", text), Limits());
  REQUIRE(!labels.has_value());
  return std::to_string(labels.error().front().where.line) + ": " + labels.error().front().message;
}

}  // namespace

TEST_CASE("session notes: a label and what policies are expected to say are read") {
  const auto notes = load_session_notes(SourceText::copy_of("a.expect.toml", R"(format = 1
[label]
kind = "attack"
attacker_calls = [7, 9]
utility = true
cluster = "office"
[[policy]]
name = "strict"
[[policy.expect]]
sequence = 7
verdict = "deny"
rule = ["b", "a"]
todo = "soon"
[[policy]]
)"),
                                        Limits());
  REQUIRE(notes.has_value());
  REQUIRE(notes->label);
  CHECK(notes->label->kind == SessionKind::kAttack);
  CHECK(notes->label->attacker_calls == std::vector<std::uint64_t>{7, 9});
  CHECK(notes->label->utility);
  CHECK(notes->label->cluster == "office");
  const PolicyExpectations* const strict = notes->find("strict");
  REQUIRE(strict != nullptr);
  REQUIRE(strict->messages.size() == 1);
  CHECK(strict->messages[0].sequence == 7);
  CHECK(strict->messages[0].expected.verdict == Verdict::kDeny);
  CHECK(strict->messages[0].expected.rules == std::vector<std::string>{"a", "b"});
  CHECK(strict->messages[0].todo == "soon");
  CHECK(notes->find("other") == &notes->policies[1]);
}

TEST_CASE("session notes: what is wrong is said with its line") {
  CHECK(first_error("[label]\nkind = \"attack\"\n") == "1: `format` is missing");
  CHECK(first_error("format = 1\n[label]\nkind = \"odd\"\n").starts_with("3: "));
  CHECK(first_error("format = 1\n[label]\nutility = true\n") == "2: a label has no `kind`");
  CHECK(first_error("format = 1\n[label]\nkind = \"benign\"\nattacker_calls = [1]\n") ==
        "2: a benign session has no `attacker_calls`");
  CHECK(first_error("format = 1\n[label]\nkind = \"attack\"\nattacker_calls = [0]\n") ==
        "4: a sequence number is a whole number from 1");
  CHECK(first_error("format = 1\n[[policy]]\n[[policy.expect]]\nverdict = \"deny\"\n") ==
        "3: an expectation has no `sequence`");
  CHECK(first_error("format = 1\n[[policy]]\n[[policy.expect]]\nsequence = 1\n") ==
        "3: an expectation has no `verdict`");
  CHECK(first_error("format = 1\n[[policy]]\nname = \"a\"\n[[policy]]\nname = \"a\"\n") ==
        "4: policy `a` is there twice");
  CHECK(first_error("format = 1\nlabels = 1\n").starts_with("2: unknown key"));
}

TEST_CASE("labels: a line for each file, and no file twice") {
  const auto labels = load_labels(
      SourceText::copy_of("labels.jsonl",
                          "{\"file\":\"a.jsonl\",\"kind\":\"attack\",\"attacker_calls\":[3]}\n"
                          "{\"file\":\"b.jsonl\",\"kind\":\"benign\",\"utility\":true}\n"),
      Limits());
  REQUIRE(labels.has_value());
  CHECK(labels->size() == 2);
  CHECK(labels->at("a.jsonl").attacker_calls == std::vector<std::uint64_t>{3});
  CHECK(labels->at("b.jsonl").utility);
  CHECK(first_label_error("{\"kind\":\"benign\"}\n") == "1: a label has no `file`");
  CHECK(first_label_error("{\"file\":\"a\",\"kind\":\"benign\"}\n"
                          "{\"file\":\"a\",\"kind\":\"benign\"}\n") ==
        "2: `a` has a label already");
  CHECK(first_label_error("[]\n") == "1: a label is an object");
}

}  // namespace merlon
