#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "unit/rules/check_fixture.h"

namespace merlon::test {

using CheckReports = std::vector<std::string>;

TEST_CASE("duplicate keys: the second one is reported, with the first beside it") {
  std::vector<Manifest> manifests;
  manifests.push_back(manifest_of(R"({"a":{"b":1,"c":2,"b":3}})"));
  const auto hits = hits_of_check("duplicate-keys", manifests);
  REQUIRE(hits.size() == 1);
  CHECK(hits[0].message == "the key `b` stands in the same object before");
  const Document& document = manifests[0].document;
  CHECK(document.locate(hits[0].node).offset == 19);
  REQUIRE(hits[0].related.size() == 1);
  CHECK(document.locate(hits[0].related[0].second.second).offset == 7);
}

TEST_CASE("duplicate keys: the same key in two objects is fine, an escaped spelling is not") {
  CHECK(run_check("duplicate-keys", R"({"a":{"b":1},"c":{"b":1}})").empty());
  CHECK(run_check("duplicate-keys", R"({"b":1,"\u0062":2})") ==
        CheckReports{"duplicate-key @/b: the key `b` stands in the same object before"});
}

TEST_CASE("duplicate keys: a file made of them is reported a bounded number of times") {
  std::string json = "{";
  for (int i = 0; i < 5000; ++i) {
    json += "\"k\":1,";
  }
  json += "\"k\":1}";
  CHECK(run_check("duplicate-keys", json).size() == 200);
}

TEST_CASE("escaped keys: letters that are escaped without need") {
  CHECK(run_check("escaped-keys", R"({"\u0063ommand":"x"})") ==
        CheckReports{"escaped-key @/command: a key is spelled with escapes and means `command`"});
  CHECK(run_check("escaped-keys", R"({"a":"\u0069gnore"})") ==
        CheckReports{"escaped-letters @/a: "});
}

TEST_CASE("escaped keys: what writers of JSON do escape is left alone") {
  CHECK(run_check("escaped-keys", R"({"caf\u00e9":"\u003ca\u003e \u0026 \u0027 \u002b \n \u001b"})")
            .empty());
  CHECK(run_check("escaped-keys", R"({"a":"\\u0069gnore"})").empty());
}

TEST_CASE("lone surrogates: halves are reported, pairs are not") {
  CHECK(run_check("lone-surrogates", R"({"a":"\ud83d x"})") ==
        CheckReports{"lone-surrogate @/a: "});
  CHECK(run_check("lone-surrogates", R"({"a":"\ude00"})") == CheckReports{"lone-surrogate @/a: "});
  CHECK(run_check("lone-surrogates", R"({"a":"\ud83d\ud83d\ude00"})") ==
        CheckReports{"lone-surrogate @/a: "});
  CHECK(run_check("lone-surrogates", R"({"a":"\ud83d\ude00"})").empty());
  CHECK(run_check("lone-surrogates", R"({"a":"\\ud83d"})").empty());
}

}  // namespace merlon::test
