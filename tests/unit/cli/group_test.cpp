#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "commands.h"
#include "exit_code.h"
#include "proxy/group_broker.h"
#include "support/temporary_folder.h"
#include "unit/cli/test_env.h"

namespace merlon::cli {
namespace {

/// Commands about groups that are kept in a folder of the test.
struct GroupCommandWorld : merlon::test::TestWorld {
  merlon::test::TemporaryFolder root;
  std::string state{root.path("state/merlon")};

  GroupCommandWorld() {
    variables["XDG_STATE_HOME"] = root.path("state");
    variables["XDG_RUNTIME_DIR"] = root.path("none");
  }
  int group(std::vector<std::string> words) {
    words.insert(words.begin(), "group");
    out.str("");
    err.str("");
    return cli::run(env, words);
  }
  void keep(const std::string& name, std::uint8_t bits) const {
    GroupState group{.name = name};
    for (std::size_t leg = 0; leg < group.legs.size(); ++leg) {
      if ((bits & (1U << leg)) != 0) {
        group.legs[leg] = GroupWitness{.server = "web\x1B[2J",
                                       .tool = "fetch",
                                       .reference = "s/7",
                                       .time_ms = 86'400'000 + 3'720'000};
      }
    }
    REQUIRE(keep_group(state, group));
  }
};

TEST_CASE("group list: without groups there is nothing to say, and nothing is made") {
  GroupCommandWorld world;
  CHECK(world.group({"list"}) == kYes);
  CHECK(world.out.str().empty());
  CHECK(world.err.str().empty());
  CHECK(world.group({"show", "work"}) == kYes);
  CHECK_FALSE(std::filesystem::exists(world.root.path("state")));
}

TEST_CASE("group list: groups by name, with what they have touched") {
  GroupCommandWorld world;
  world.keep("work", kLegUntrusted | kLegOutside);
  world.keep("größe", 0);
  CHECK(world.group({"list"}) == kYes);
  CHECK(world.out.str() ==
        "`größe`  nothing  no proxies\n"
        "`work`  untrusted input, outside effect  no proxies\n");
  CHECK(world.err.str().empty());
}

TEST_CASE("group list: a file that cannot be read is not clean") {
  GroupCommandWorld world;
  world.keep("work", kLegOutside);
  std::ofstream(world.state + "/groups/play.json") << "{";
  std::ofstream(world.state + "/groups/h.0123456789abcdef0123456789abcdef.json") << "{}";
  CHECK(world.group({"list"}) == kIncomplete);
  CHECK(world.out.str() ==
        "`play`  not known  no proxies\n"
        "`work`  outside effect  no proxies\n");
  CHECK(world.err.str() == "merlon: error[format]: cannot read `" + world.state +
                               "/groups/h.0123456789abcdef0123456789abcdef.json`: "
                               "it is of another group\n");
}

TEST_CASE("group show: who first touched what, escaped") {
  GroupCommandWorld world;
  world.keep("work", kLegSensitive);
  CHECK(world.group({"show", "work"}) == kYes);
  CHECK(world.out.str() ==
        "group `work`\n"
        "  untrusted input  -\n"
        "  private data     `fetch` of `web\\e[2J`, event s/7, 1970-01-02 01:02 UTC\n"
        "  outside effect   -\n"
        "  forgotten after 1970-01-02 00:00 UTC when no proxy comes\n");
  CHECK(world.err.str().empty());
}

TEST_CASE("group show: what is not known is said, with what to do") {
  GroupCommandWorld world;
  world.keep("work", 0);
  std::ofstream(world.state + "/groups/work.json") << "{}";
  CHECK(world.group({"show", "work"}) == kIncomplete);
  CHECK(world.err.str() ==
        "merlon: error[format]: the group's file `" + world.state +
            "/groups/work.json` cannot be read: `merlon_group` is no number that it can be\n"
            "merlon: hint: proxies of this group assume the worst until you look at the file and "
            "say `merlon group reset NAME`\n");
}

TEST_CASE("group reset: forgets, also what cannot be read") {
  GroupCommandWorld world;
  world.keep("work", kAllLegs);
  CHECK(world.group({"reset", "work"}) == kYes);
  CHECK(world.out.str() == "forgotten: what the group `work` had touched\n");
  CHECK_FALSE(std::filesystem::exists(world.state + "/groups/work.json"));
  std::ofstream(world.state + "/groups/work.json") << "{}";
  CHECK(world.group({"reset", "work"}) == kYes);
  CHECK_FALSE(std::filesystem::exists(world.state + "/groups/work.json"));
}

TEST_CASE("group reset: not beside a broker that cannot be reached") {
  GroupCommandWorld world;
  const auto lock = GroupLock::take(world.state, "work");
  REQUIRE(lock);
  CHECK(world.group({"reset", "work"}) == kEnvironment);
  CHECK(world.err.str() ==
        "merlon: error[io]: the group has a broker already, which cannot be reached; try again\n");
}

TEST_CASE("group: what cannot be a name, a command or a place is said") {
  GroupCommandWorld world;
  CHECK(world.group({"show", ""}) == kNo);
  CHECK(world.err.str() ==
        "merlon: error[usage]: `` cannot be the name of a group: 1 to 256 bytes of text without "
        "control characters\n");
  CHECK(world.group({"rest"}) == kUsageError);
  CHECK(world.err.str() ==
        "merlon: error[usage]: unknown command `rest`\n"
        "merlon: hint: did you mean `merlon group reset`?\n");
  world.variables.clear();
  CHECK(world.group({"list"}) == kEnvironment);
  CHECK(world.err.str() ==
        "merlon: error[io]: neither XDG_STATE_HOME nor HOME says where state is kept\n");
}

TEST_CASE("broker: wants a name, and one is enough") {
  GroupCommandWorld world;
  CHECK(cli::run(world.env, std::vector<std::string>{"broker"}) == kUsageError);
  CHECK(world.err.str() ==
        "merlon: error[usage]: which group?\nmerlon: hint: say `--group NAME`\n");
  world.err.str("");
  const auto lock = GroupLock::take(world.state, "work");
  REQUIRE(lock);
  CHECK(cli::run(world.env, std::vector<std::string>{"broker", "--group=work"}) == kNo);
  CHECK(world.err.str() == "merlon: error[usage]: the group has a broker already\n");
}

TEST_CASE("broker: without a proxy it ends after its idle time") {
  GroupCommandWorld world;
  const std::vector<std::string> words{"broker", "--group=work", "--idle=0", "--keep=48"};
  CHECK(cli::run(world.env, words) == kYes);
  CHECK(world.err.str().empty());
  const auto kept = load_group(world.state, "work", 0);
  REQUIRE(kept);
  CHECK(kept->time_to_live_ms == 48LL * 60 * 60 * 1000);
}

}  // namespace
}  // namespace merlon::cli
