#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "unit/rules/check_fixture.h"

namespace merlon::test {

TEST_CASE(
    "bundle-entries: an entry that is unsafe to unpack is a finding, one that is only not read is "
    "none") {
  CHECK(run_check("bundle-entries",
                  R"({"merlon_bundle":1,"entries":[{"name":"a"},
                      {"name":"../b","problem":"leaves the folder","unsafe":true},
                      {"name":"c","problem":"too large"},{"name":"/d","unsafe":true},{"unsafe":true}]})",
                  "bundle-entries") ==
        std::vector<std::string>{
            "bundle-entry-unsafe @/entries/1/name: the entry `../b` is not safe to unpack: leaves "
            "the folder",
            "bundle-entry-unsafe @/entries/3/name: the entry `/d` is not safe to unpack"});
}

TEST_CASE(
    "bundle-entries: only the listing of a bundle is believed, and odd shapes do not matter") {
  const std::string unsafe = R"({"entries":[{"name":"../b","unsafe":true}]})";
  CHECK(run_check("bundle-entries", unsafe, "test").empty());
  CHECK(run_check("bundle-entries", "[]", "bundle-entries").empty());
  CHECK(run_check("bundle-entries", R"({"entries":{"name":"../b"}})", "bundle-entries").empty());
}

}  // namespace merlon::test
