// Hostile texts are long runs of one thing. Whatever looks at a text must pass over each in steps
// that grow with its length; a square of it would not end in the time a test has.
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "rules/clause.h"
#include "rules/decode.h"
#include "rules/detector.h"
#include "rules/normalise.h"

namespace merlon {
namespace {

constexpr std::size_t kRunBytes = 128U << 10U;

constexpr std::array<std::string_view, 24> kRunUnits{
    " ", "a",   "A", "\"", "'", " \"",          "[",  "(",  "QWxs", "41",   "01", "\n", "\t", "%41",
    "<", "<a>", ".", "-",  "=", "\xE2\x80\x8B", ": ", "a@", "/",    "word "};

std::string long_run(std::string_view head, std::string_view unit) {
  std::string out(head);
  while (out.size() < kRunBytes) {
    out.append(unit);
  }
  return out;
}

}  // namespace

TEST_CASE("detectors: a long run of anything, behind any announcement, is passed over once") {
  for (const DetectorKind& kind : detector_kinds()) {
    for (const std::string_view unit : kRunUnits) {
      for (const std::string_view head : {"Bearer", "password: \""}) {
        std::vector<DetectorHit> hits;
        const std::string text = long_run(head, unit);
        kind.find(text, hits);
        for (const DetectorHit& hit : hits) {
          CHECK(hit.begin <= hit.end);
          CHECK(hit.end <= text.size());
        }
      }
    }
  }
}

TEST_CASE("decoders, normalisation and clauses: a long run of anything is passed over once") {
  for (const std::string_view unit : kRunUnits) {
    const std::string text = long_run("", unit);
    CHECK(decode_layer(text, 1U << 16U).size() <= 32);
    for (const DerivedText& derived : normalise(text)) {
      CHECK(derived.text.size() <= 2 * text.size());
    }
    for (const Clause& clause : split_clauses(text)) {
      CHECK(clause.end <= text.size());
    }
  }
}

TEST_CASE("assigned secrets: the name is found before any number of blanks and quotes") {
  const DetectorKind* kind = find_detector("assigned-secret");
  REQUIRE(kind != nullptr);
  const std::string blanks(1000, ' ');
  const std::string secret = "kJ8vQ2mZx7Lp4Rt9Wd3Nb6Yc";
  for (const std::string& text :
       {"Bearer" + blanks + secret, "api_key" + blanks + "=" + blanks + secret,
        "api_key \" ' \"" + blanks + ": '" + secret + "'"}) {
    std::vector<DetectorHit> hits;
    kind->find(text, hits);
    REQUIRE(hits.size() == 1);
    CHECK(text.substr(hits[0].begin, hits[0].end - hits[0].begin) == secret);
  }
}

}  // namespace merlon
