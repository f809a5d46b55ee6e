#include "policy/policy_lint.h"

#include <random>

#include <doctest/doctest.h>

#include "base/text.h"
#include "policy/policy_loader.h"

namespace merlon {
namespace {

Policy parsed(const std::string& text) {
  auto policy =
      parse_policy(SourceText::copy_of("p.toml", "format = 1\nname = \"t\"\n" + text), {});
  REQUIRE(policy.has_value());
  return *std::move(policy);
}

std::vector<std::string> warnings(const std::string& text,
                                  const std::vector<KnownTool>& tools = {}) {
  std::vector<std::string> out;
  for (const PolicyWarning& warning : lint_policy(parsed(text), tools)) {
    out.push_back(std::to_string(warning.where.line) + " " + warning.id);
  }
  return out;
}

using Ids = std::vector<std::string>;
constexpr const char* kList = "[[guard]]\ntype = \"tool-list\"\n";

}  // namespace

TEST_CASE("policy lint: a policy that does what it says has no warning") {
  CHECK(warnings(std::string("[defaults]\nunlisted_tool = \"deny\"\n") + kList +
                 "[[tool]]\ntool = \"a\"\n[[tool]]\ntool = \"b*\"\ndecision = \"ask\"\n") == Ids{});
}

TEST_CASE("policy lint: a guard that is off never runs") {
  CHECK(warnings(std::string(kList) + "enabled = false\n") == Ids{"3 guard-never-runs"});
}

TEST_CASE("policy lint: failing open matters where calls that write can pass") {
  const std::string open = std::string(kList) + "on_error = \"allow\"\n";
  CHECK(warnings(open) == Ids{"3 fails-open"});
  CHECK(warnings("[defaults]\nunlisted_tool = \"deny\"\n" + open) == Ids{});
  CHECK(warnings("[defaults]\nunlisted_tool = \"deny\"\n" + open +
                 "[[tool]]\ntool = \"a\"\ndecision = \"allow\"\n") == Ids{"5 fails-open"});
  CHECK(warnings("[defaults]\nunlisted_tool = \"deny\"\n" + open +
                 "[[tool]]\ntool = \"a\"\ntier = \"read\"\n") == Ids{});
  CHECK(warnings(open + "runs_on = [\"tools_list\"]\n") == Ids{});
}

TEST_CASE("policy lint: an entry behind a wider one is never used") {
  CHECK(warnings(std::string(kList) + "[[tool]]\ntool = \"read_*\"\ndecision = \"allow\"\n" +
                 "[[tool]]\ntool = \"read_file\"\ndecision = \"deny\"\n") ==
        Ids{"8 entry-shadowed"});
  CHECK(warnings(std::string(kList) +
                 "[[tool]]\ntool = \"read_*\"\nserver = \"a\"\ndecision = \"allow\"\n" +
                 "[[tool]]\ntool = \"read_file\"\ndecision = \"deny\"\n") == Ids{});
}

TEST_CASE("policy lint: entries are held against the tools of a manifest") {
  const std::string text = std::string(kList) + "[[tool]]\ntool = \"raed_file\"\ntier = \"read\"\n";
  CHECK(warnings(text) == Ids{});
  const auto found = lint_policy(parsed(text), {{.server = "", .tool = "read_file"}});
  REQUIRE(found.size() == 1);
  CHECK(found.front().id == "entry-never-matches");
  CHECK(found.front().hint == "did you mean `read_file`?");
}

TEST_CASE("policy lint: what no guard reads has no effect") {
  CHECK(warnings("[[guard]]\ntype = \"message-size\"\n"
                 "[[tool]]\ntool = \"a\"\ndecision = \"deny\"\nargument = []\nrate = []\n"
                 "[[tool]]\ntool = \"b\"\n") ==
        Ids{"5 entry-not-read", "5 entry-not-read", "5 entry-not-read", "10 entry-says-nothing"});
  CHECK(warnings("[defaults]\nunlisted_tool = \"deny\"\n") ==
        Ids{"1 no-guards", "1 default-not-read"});
  CHECK(warnings(std::string(kList) + "[rule_of_two]\nmode = \"off\"\n") ==
        Ids{"1 section-not-read"});
}

TEST_CASE("policy lint: hidden and decided, tenants that are required and missing, blanks") {
  CHECK(warnings(std::string("tenant_required = true\n") + kList +
                 "[[tool]]\ntool = \"a\"\nhidden = true\ndecision = \"ask\"\n"
                 "[[tool]]\ntool = \"b c\"\ndecision = \"ask\"\n") ==
        Ids{"1 no-tenants", "6 hidden-and-decided", "10 entry-never-matches"});
}

TEST_CASE("policy lint: a glob that is said to cover another matches whatever that one matches") {
  std::mt19937 random(7);
  const auto made = [&random](std::string_view letters, std::size_t most) {
    std::string out;
    for (std::size_t i = random() % (most + 1); i > 0; --i) {
      out.push_back(letters[random() % letters.size()]);
    }
    return out;
  };
  std::size_t covered = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string wide = made("ab*?[]", 5);
    const std::string narrow = made("ab*?[]", 5);
    if (!glob_covers(wide, narrow)) {
      continue;
    }
    ++covered;
    for (int j = 0; j < 20; ++j) {
      const std::string text = made("ab", 6);
      INFO(wide, " ", narrow, " ", text);
      CHECK((!glob_match(narrow, text) || glob_match(wide, text)));
    }
  }
  CHECK(covered > 300);
}

}  // namespace merlon
