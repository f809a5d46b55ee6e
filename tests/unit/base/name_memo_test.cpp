#include "base/name_memo.h"

#include <functional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace merlon {
namespace {

/// The function that is remembered, and how often it was asked.
struct Asked {
  int times{0};
  std::string operator()(std::string_view name) {
    ++times;
    return "<" + std::string(name) + ">";
  }
};

TEST_CASE("name memo: the second asking is answered without the function") {
  NameMemo<std::string> memo;
  Asked asked;
  CHECK(memo.get("path", std::ref(asked)) == "<path>");
  CHECK(memo.get("path", std::ref(asked)) == "<path>");
  CHECK(memo.get("", std::ref(asked)) == "<>");
  CHECK(memo.get("", std::ref(asked)) == "<>");
  CHECK(asked.times == 2);
}

TEST_CASE("name memo: names that share a slot never have each other's answer") {
  NameMemo<std::string> memo;
  Asked asked;
  constexpr int kMany = 4 * static_cast<int>(NameMemo<std::string>::kSlots);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < kMany; ++i) {
      const std::string name = "name_" + std::to_string(i);
      CHECK(memo.get(name, std::ref(asked)) == "<" + name + ">");
    }
  }
  CHECK(asked.times > kMany);  // more names than slots: some were forgotten
}

TEST_CASE("name memo: a name at the limit is kept, a longer one is asked each time") {
  NameMemo<std::string> memo;
  Asked asked;
  const std::string longest(NameMemo<std::string>::kLongestName, 'n');
  const std::string longer = longest + "n";
  for (int i = 0; i < 2; ++i) {
    CHECK(memo.get(longest, std::ref(asked)) == "<" + longest + ">");
    CHECK(memo.get(longer, std::ref(asked)) == "<" + longer + ">");
  }
  CHECK(asked.times == 3);
}

}  // namespace
}  // namespace merlon
