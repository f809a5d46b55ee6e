#include "scan/fingerprint.h"

#include <set>
#include <vector>

#include <doctest/doctest.h>

namespace merlon {
namespace {

Finding fingerprinted_finding() {
  Finding out;
  out.rule_id = "concealment";
  out.message = "asks to hide something";
  out.where = {.file = "a/tools.json",
               .line = 3,
               .column = 9,
               .end_line = 3,
               .end_column = 20,
               .offset = 40,
               .length = 11,
               .excerpt = {}};
  out.pointer = "/tools/3/description";
  out.server = "calc";
  out.item = "add";
  out.evidence.text = "Do not tell  the user";
  return out;
}

TEST_CASE("fingerprint: 32 hex digits that a later version must give as well") {
  CHECK(fingerprint_of(fingerprinted_finding(), 0) == "bd6ec9ad7908e2be7bea42614e134253");
}

TEST_CASE(
    "fingerprint: lines, folders, list positions, blanks, case and our own words do not matter") {
  const std::string expected = fingerprint_of(fingerprinted_finding(), 0);
  std::vector<Finding> same(8, fingerprinted_finding());
  same[0].where.line = 77;
  same[1].where.offset = 9000;
  same[2].where.file = "/builds/4711/b/tools.json";
  same[3].pointer = "/tools/12/description";
  same[4].evidence.text = " do not\n tell\tthe USER ";
  same[5].message = "wants to hide something";
  same[6].severity = Severity::kInfo;
  same[7].remedy = "take it out";
  for (const Finding& other : same) {
    CHECK(fingerprint_of(other, 0) == expected);
  }
}

TEST_CASE("fingerprint: rule, file name, server, item, pointer, evidence, signals and ordinal do") {
  std::vector<Finding> others(8, fingerprinted_finding());
  others[0].rule_id = "other";
  others[1].where.file = "a/other.json";
  others[2].server = "other";
  others[3].item = "sub";
  others[4].pointer = "/tools/3/title";
  others[5].evidence.text = "do not tell the admin";
  others[6].signals = {{"soft", 10, "x"}};
  others[7].signals = {{"soft", 10, "y"}};
  std::set<std::string> all = {fingerprint_of(fingerprinted_finding(), 0),
                               fingerprint_of(fingerprinted_finding(), 1),
                               fingerprint_of(fingerprinted_finding(), 2)};
  for (const Finding& other : others) {
    all.insert(fingerprint_of(other, 0));
  }
  CHECK(all.size() == 11);
}

TEST_CASE("fingerprint: fields cannot flow into each other") {
  Finding a = fingerprinted_finding();
  Finding b = fingerprinted_finding();
  a.server = "ab";
  a.item = "c";
  b.server = "a";
  b.item = "bc";
  CHECK(fingerprint_of(a, 0) != fingerprint_of(b, 0));
}

TEST_CASE("fingerprint: equal findings of one file are numbered, those of another file are not") {
  std::vector<Finding> findings(3, fingerprinted_finding());
  findings[2].where.file = "b/tools.json";
  assign_fingerprints(findings);
  CHECK(findings[0].fingerprint == fingerprint_of(fingerprinted_finding(), 0));
  CHECK(findings[1].fingerprint == fingerprint_of(fingerprinted_finding(), 1));
  CHECK(findings[2].fingerprint == fingerprint_of(fingerprinted_finding(), 0));
}

TEST_CASE("fingerprint: only whole list positions leave a pointer") {
  CHECK(pointer_without_positions("") == "");
  CHECK(pointer_without_positions("/3") == "/*");
  CHECK(pointer_without_positions("/tools/0/enum/12") == "/tools/*/enum/*");
  CHECK(pointer_without_positions("/a1/1a//~1") == "/a1/1a//~1");
}

}  // namespace
}  // namespace merlon
