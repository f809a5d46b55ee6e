#include "proxy/group_places.h"

#include <filesystem>
#include <fstream>
#include <map>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/temporary_folder.h"

namespace merlon {
namespace {

namespace fs = std::filesystem;

VariableLookup lookup_in(std::map<std::string, std::string, std::less<>> values) {
  return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

unsigned mode_of(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0U;
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

TEST_CASE("group places: state and sockets are where the environment says") {
  const auto both = find_group_places(lookup_in(
      {{"HOME", "/home/ann"}, {"XDG_STATE_HOME", "/state"}, {"XDG_RUNTIME_DIR", "/run/x"}}));
  REQUIRE(both);
  CHECK(both->state_folder == "/state/merlon");
  CHECK(both->runtime_folder == "/run/x");
  const auto home = find_group_places(
      lookup_in({{"HOME", "/home/ann"}, {"XDG_STATE_HOME", "relative"}, {"XDG_RUNTIME_DIR", ""}}));
  REQUIRE(home);
  CHECK(home->state_folder == "/home/ann/.local/state/merlon");
  CHECK_FALSE(find_group_places(lookup_in({})));
}

TEST_CASE("group places: no name leads out of the folder, and no two names are one") {
  CHECK(safe_group_name("work-2_B") == "work-2_B");
  CHECK(safe_group_name(std::string(64, 'a')) == std::string(64, 'a'));
  std::map<std::string, std::string> seen;
  for (const std::string name :
       {"..", ".", "", "a/b", "a.b", "h.x", "größe", "a b", "../../x", "a\nb"}) {
    const std::string safe = safe_group_name(name);
    CAPTURE(safe);
    CHECK(safe.size() == 34);
    CHECK(safe.starts_with("h."));
    CHECK(safe.find('/') == std::string::npos);
    CHECK(seen.emplace(safe, name).second);
    // A name that looks like the safe form of another is not taken as it is.
    CHECK(safe_group_name(safe) != safe);
  }
  CHECK(safe_group_name(std::string(65, 'a')).starts_with("h."));
}

TEST_CASE("group places: a folder that others may write is not used, one they may read is closed") {
  const test::TemporaryFolder root;
  REQUIRE(open_private_folder(root.path("new/folder")));
  CHECK(mode_of(root.path("new/folder")) == 0700);
  REQUIRE(::chmod(root.path("new/folder").c_str(), 0755) == 0);
  REQUIRE(open_private_folder(root.path("new/folder")));
  CHECK(mode_of(root.path("new/folder")) == 0700);
  REQUIRE(::chmod(root.path("new/folder").c_str(), 0720) == 0);
  CHECK_FALSE(open_private_folder(root.path("new/folder")));
  fs::create_directory_symlink(root.path("new"), root.path("link"));
  CHECK_FALSE(open_private_folder(root.path("link")));
}

TEST_CASE("group places: a group is kept, forgotten after its time, and its version goes on") {
  const test::TemporaryFolder root;
  const std::string state = root.path("merlon");
  const auto fresh = load_group(state, "work", 1000);
  REQUIRE(fresh);
  CHECK(*fresh == GroupState{.name = "work", .used_ms = 1000});
  GroupState group = *fresh;
  group.version = 4;
  group.legs[2] = GroupWitness{.server = "a", .tool = "b", .reference = "c/1", .time_ms = 900};
  group.time_to_live_ms = 50;
  REQUIRE(keep_group(state, group));
  CHECK(mode_of(root.path("merlon/groups/work.json")) == 0600);
  const auto back = load_group(state, "work", 1050);
  REQUIRE(back);
  CHECK(*back == group);
  const auto later = load_group(state, "work", 1051);
  REQUIRE(later);
  CHECK(*later == GroupState{.name = "work", .version = 5, .used_ms = 1051, .time_to_live_ms = 50});
  REQUIRE(forget_group(state, "work"));
  REQUIRE(forget_group(state, "work"));
  CHECK_FALSE(fs::exists(root.path("merlon/groups/work.json")));
}

TEST_CASE("group places: a file that cannot be trusted is the worst case, and says why") {
  const test::TemporaryFolder root;
  const std::string state = root.path("merlon");
  const std::string file = root.path("merlon/groups/work.json");
  REQUIRE(keep_group(state, {.name = "work"}));
  const auto doubt = [&] {
    const auto loaded = load_group(state, "work", 0);
    REQUIRE(loaded);
    const std::string prefix = "the group's file `" + file + "` cannot be read: ";
    REQUIRE(loaded->doubt.starts_with(prefix));
    return loaded->doubt.substr(prefix.size());
  };
  SUBCASE("not JSON") {
    write_text(file, "{");
    CHECK_FALSE(doubt().empty());
  }
  SUBCASE("another group's") {
    write_text(file, group_json({.name = "play"}));
    CHECK(doubt() == "it is of another group");
  }
  SUBCASE("writable by others") {
    REQUIRE(::chmod(file.c_str(), 0622) == 0);
    CHECK(doubt() == "others can write it");
  }
  SUBCASE("a link") {
    fs::rename(file, root.path("elsewhere"));
    fs::create_symlink(root.path("elsewhere"), file);
    CHECK_FALSE(doubt().empty());
  }
  SUBCASE("a folder") {
    fs::remove(file);
    fs::create_directory(file);
    CHECK(doubt() == "it is no regular file");
    CHECK_FALSE(keep_group(state, {.name = "work"}));
  }
  SUBCASE("a pipe: nobody waits for its other end") {
    fs::remove(file);
    REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
    CHECK(doubt() == "it is no regular file");
    CHECK_FALSE(keep_group(state, {.name = "work"}));
    CHECK(forget_group(state, "work"));
  }
  SUBCASE("another user's") {
    // Only the administrator can give a file away.
    if (::geteuid() == 0) {
      REQUIRE(::chown(file.c_str(), 65534, 65534) == 0);
      CHECK(doubt() == "it belongs to another user");
    }
  }
}

TEST_CASE("group places: one has the lock, and a replaced lock is nobody's") {
  const test::TemporaryFolder root;
  const std::string state = root.path("merlon");
  {
    const auto mine = GroupLock::take(state, "work");
    REQUIRE(mine);
    const auto second = GroupLock::take(state, "work");
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::kUsage);
    CHECK(GroupLock::take(state, "other"));
    CHECK(mine->holds());
    fs::remove(root.path("merlon/groups/work.lock"));
    CHECK_FALSE(mine->holds());
  }
  CHECK(GroupLock::take(state, "work"));
}

TEST_CASE("group places: the socket is found without the runtime folder's variable") {
  const test::TemporaryFolder root;
  const std::string long_part(200, 'x');  // far more than a socket's address can hold
  const GroupPlaces places{.state_folder = root.path(long_part + "/merlon"),
                           .runtime_folder = root.path("run")};
  fs::create_directories(places.runtime_folder);
  CHECK(connect_to_group(places.state_folder, "work").error().code == ErrorCode::kNotFound);
  auto lock = GroupLock::take(places.state_folder, "work");
  REQUIRE(lock);
  for (const bool runtime : {true, false}) {
    CAPTURE(runtime);
    const auto listener =
        listen_for_group({.state_folder = places.state_folder,
                          .runtime_folder = runtime ? places.runtime_folder : root.path("nowhere")},
                         "work");
    REQUIRE(listener);
    CHECK(listener->folder ==
          (runtime ? root.path("run/merlon") : places.state_folder + "/groups"));
    CHECK(mode_of(listener->folder) == 0700);
    REQUIRE(lock->tell_socket_folder(listener->folder));
    CHECK(connect_to_group(places.state_folder, "work"));
    REQUIRE(lock->tell_socket_folder(""));
    CHECK_FALSE(connect_to_group(places.state_folder, "work"));
  }
  CHECK_FALSE(fs::exists(root.path("nowhere")));
}

}  // namespace
}  // namespace merlon
