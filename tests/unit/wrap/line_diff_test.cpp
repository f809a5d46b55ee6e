#include "wrap/line_diff.h"

#include <doctest/doctest.h>

namespace merlon {

TEST_CASE("line diff: equal texts have none") {
  CHECK(unified_diff("f", "a\nb\n", "a\nb\n").empty());
}

TEST_CASE("line diff: hunks have three lines around them and the right numbers") {
  CHECK(unified_diff("f", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n",
                     "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n11\n12\n13\n") ==
        "--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        "@@ -10,3 +10,4 @@\n 10\n 11\n 12\n+13\n");
}

TEST_CASE("line diff: from and to nothing") {
  CHECK(unified_diff("f", "", "a\n") == "--- f\n+++ f\n@@ -0,0 +1,1 @@\n+a\n");
  CHECK(unified_diff("f", "a\n", "") == "--- f\n+++ f\n@@ -1,1 +0,0 @@\n-a\n");
}

TEST_CASE("line diff: long texts without anything in common are one replacement") {
  std::string before;
  std::string after;
  for (int i = 0; i < 3000; ++i) {
    before += "a" + std::to_string(i) + "\n";
    after += "b" + std::to_string(i) + "\n";
  }
  CHECK(unified_diff("f", before, after).starts_with("--- f\n+++ f\n@@ -1,3000 +1,3000 @@\n-a0\n"));
}

}  // namespace merlon
