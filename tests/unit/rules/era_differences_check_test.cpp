#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "unit/rules/check_fixture.h"

namespace merlon::test {
namespace {

std::vector<std::string> differences(const std::string& modern, const std::string& legacy) {
  return run_check("era-differences",
                   R"({"merlon_snapshot":1,"eras":[{"era":"modern",)" + modern +
                       R"(},{"era":"legacy",)" + legacy + "}]}",
                   "merlon-snapshot");
}

}  // namespace

TEST_CASE("era-differences: the order of members and blanks do not count") {
  CHECK(
      differences(R"("tools":[{"name":"a","inputSchema":{"type":"object","x":[1,{"y":2}]}}])",
                  R"("tools":[{"inputSchema": {"x": [1, {"y": 2}], "type":"object"}, "name":"a"}])")
          .empty());
}

TEST_CASE("era-differences: a changed definition, and one that only one era has") {
  CHECK(differences(R"("tools":[{"name":"a","description":"x"},{"name":"b"}])",
                    R"("tools":[{"name":"a","description":"y"},{"name":"c"}])") ==
        std::vector<std::string>{
            "definition-differs-between-eras @/eras/0/tools/0/name: the tool `a` differs between "
            "the eras",
            "definition-differs-between-eras @/eras/0/tools/1/name: only clients of the `modern` "
            "era are shown the tool `b`",
            "definition-differs-between-eras @/eras/1/tools/1/name: only clients of the `legacy` "
            "era are shown the tool `c`"});
  CHECK(
      differences(R"("resources":[{"uri":"a","x":[1]}])", R"("resources":[{"uri":"a","x":[1,2]}])")
          .size() == 1);
  CHECK(differences(R"("prompts":[{"name":"a","x":1}])", R"("prompts":[{"name":"a","y":1}])")
            .size() == 1);
}

TEST_CASE("era-differences: instructions, and a list that was not announced") {
  CHECK(differences(R"("instructions":"a")", R"("instructions":"b")") ==
        std::vector<std::string>{"definition-differs-between-eras @/eras/0/instructions: the "
                                 "instructions differ between the eras"});
  CHECK(differences(R"("tools":[{"name":"a"}])", R"("tools":[])").empty());
}

TEST_CASE("era-differences: one era, no eras and other files give nothing") {
  for (const char* text : {"[]", "{}", R"({"eras":7})", R"({"eras":[{"tools":[{"name":"a"}]}]})",
                           R"({"eras":[1,2]})", R"({"eras":[{"tools":[1]},{"tools":[2]}]})"}) {
    CAPTURE(text);
    CHECK(run_check("era-differences", text, "merlon-snapshot").empty());
  }
}

}  // namespace merlon::test
