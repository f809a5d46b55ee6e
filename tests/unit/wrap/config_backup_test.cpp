#include "wrap/config_backup.h"

#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "base/digest/digest.h"
#include "support/temporary_folder.h"

namespace merlon {
namespace {

unsigned mode_of(const std::string& path) {
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("config backup: keeps the bytes in a private place and gives them back") {
  const test::TemporaryFolder place;
  const ConfigBackup backup(place.path("state"), "/home/ann/.cursor/mcp.json");
  REQUIRE(backup.find().has_value());
  CHECK_FALSE(backup.find()->has_value());
  REQUIRE(backup.keep("one", "two").has_value());
  const auto kept = backup.find();
  REQUIRE(kept.has_value());
  REQUIRE(kept->has_value());
  CHECK((*kept)->original == "one");
  CHECK((*kept)->wrapped_digest == sha256_hex("two"));
  CHECK(mode_of(backup.folder()) == 0700);
  CHECK(mode_of(backup.folder() + "/original") == 0600);
  backup.forget();
  CHECK_FALSE(backup.find()->has_value());
}

TEST_CASE("config backup: one that was changed is refused") {
  const test::TemporaryFolder place;
  const ConfigBackup backup(place.path("state"), "/a");
  REQUIRE(backup.keep("one", "two").has_value());
  std::ofstream(backup.folder() + "/original") << "other";
  const auto kept = backup.find();
  REQUIRE_FALSE(kept.has_value());
  CHECK(kept.error().code == ErrorCode::kFormat);
}

TEST_CASE("config backup: reads only the secrets that it keeps") {
  const test::TemporaryFolder place;
  const ConfigBackup backup(place.path("state"), "/a");
  const std::string path = backup.secret_path("s", "../../KEY");
  CHECK(path.starts_with(backup.folder() + "/secrets/"));
  REQUIRE(backup.keep_secret(path, "value").has_value());
  CHECK(mode_of(path) == 0600);
  CHECK(backup.read_secret(path) == "value");
  CHECK_FALSE(backup.read_secret("/etc/hostname").has_value());
  CHECK_FALSE(backup.read_secret(backup.folder() + "/secrets/../record.json").has_value());
}

TEST_CASE("config backup: read-only files, folders and files with two names are not replaced") {
  const test::TemporaryFolder place;
  const std::string path = place.path("mcp.json");
  std::ofstream(path) << "{}";
  CHECK(replaceable_file(path).value() == path);
  std::filesystem::create_symlink(path, place.path("link.json"));
  CHECK(replaceable_file(place.path("link.json")).value() == path);
  CHECK_FALSE(replaceable_file(place.path()).has_value());
  REQUIRE(::chmod(path.c_str(), 0400) == 0);
  CHECK_FALSE(replaceable_file(path).has_value());
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  std::filesystem::create_hard_link(path, place.path("second.json"));
  CHECK_FALSE(replaceable_file(path).has_value());
}

}  // namespace merlon
