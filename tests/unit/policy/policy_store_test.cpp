#include "policy/policy_store.h"

#include <filesystem>

#include <doctest/doctest.h>
#include <unistd.h>

namespace merlon {
namespace {

class StoreWorld {
 public:
  StoreWorld()
      : root_(std::filesystem::temp_directory_path() /
              ("merlon-store-" + std::to_string(::getpid()))),
        disk_(make_disk_files()) {
    std::filesystem::remove_all(root_);
  }
  StoreWorld(const StoreWorld&) = delete;
  StoreWorld& operator=(const StoreWorld&) = delete;
  ~StoreWorld() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  PolicyStore store() { return {*disk_, (root_ / "policies").string()}; }
  std::string current() {
    const auto path = store().current("team");
    if (!path) {
      return std::string(to_string(path.error().code));
    }
    return std::string((*disk_->read(*path, 1000))->bytes());
  }

 private:
  std::filesystem::path root_;
  std::unique_ptr<FileSource> disk_;
};

}  // namespace

TEST_CASE("policy store: the last installed version is in force, and a rollback takes one step") {
  StoreWorld world;
  CHECK(world.current() == "not-found");
  REQUIRE(world.store().install("team", 1, "one").has_value());
  REQUIRE(world.store().install("team", 9, "nine").has_value());
  REQUIRE(world.store().install("team", 10, "ten").has_value());
  CHECK(world.current() == "ten");
  REQUIRE(world.store().rollback("team").has_value());
  CHECK(world.current() == "nine");
  REQUIRE(world.store().rollback("team").has_value());
  CHECK(world.current() == "one");
  const auto further = world.store().rollback("team");
  REQUIRE_FALSE(further.has_value());
  CHECK(further.error().code == ErrorCode::kUsage);
  CHECK(world.current() == "one");
}

TEST_CASE(
    "policy store: a version must rise, also after a rollback; the same bytes may come back") {
  StoreWorld world;
  REQUIRE(world.store().install("team", 1, "one").has_value());
  REQUIRE(world.store().install("team", 2, "two").has_value());
  REQUIRE(world.store().rollback("team").has_value());
  CHECK_FALSE(world.store().install("team", 2, "other two").has_value());
  CHECK_FALSE(world.store().install("team", 1, "other one").has_value());
  CHECK(world.current() == "one");
  REQUIRE(world.store().install("team", 2, "two").has_value());
  CHECK(world.current() == "two");
  CHECK(world.store().versions("team")->size() == 2);
}

TEST_CASE("policy store: a name cannot lead out of the folder") {
  StoreWorld world;
  for (const char* const name : {"../team", "..", ".hidden", "a/b", "", "a\nb"}) {
    CHECK_FALSE(world.store().install(name, 1, "one").has_value());
    CHECK_FALSE(world.store().rollback(name).has_value());
  }
}

}  // namespace merlon
