#include "proxy/secret_source.h"

#include <fstream>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "support/temporary_folder.h"

using merlon::parse_secret_choice;
using merlon::read_secret;
using merlon::SecretChoice;
using merlon::SecretKind;

namespace {

const std::vector<merlon::EnvironmentVariable> kPath{{"PATH", "/usr/bin:/bin"}};

SecretChoice choice_of(std::string_view word) {
  auto choice = parse_secret_choice(word);
  REQUIRE(choice);
  return *std::move(choice);
}

std::string secret_told(const SecretChoice& choice, const merlon::SecretBounds& bounds = {}) {
  const auto value = read_secret(choice, kPath, merlon::system_clock(), bounds);
  return value ? *value : "error: " + value.error().message;
}

}  // namespace

TEST_CASE("secret source: the three kinds are secret_told by their prefix") {
  CHECK(choice_of("T=file:/a b/c") ==
        SecretChoice{.name = "T", .kind = SecretKind::kFile, .place = "/a b/c", .argv = {}});
  CHECK(choice_of("T=cmd:pass show 'a b'") == SecretChoice{.name = "T",
                                                           .kind = SecretKind::kCommand,
                                                           .place = "",
                                                           .argv = {"pass", "show", "a b"}});
  CHECK(choice_of("T=keyring:https://git.example/me") ==
        SecretChoice{
            .name = "T",
            .kind = SecretKind::kKeyring,
            .place = "",
            .argv = {"secret-tool", "lookup", "service", "https://git.example", "account", "me"}});
}

TEST_CASE("secret source: a wrong word is refused and never shown: it may be the secret itself") {
  for (const std::string_view word : {"T", "T=", "T=ghp_verysecret", "T=env:ghp_verysecret",
                                      "T=file:", "T=cmd:", "T=cmd: ", "T=keyring:ghp_verysecret",
                                      "T=keyring:/verysecret", "T=keyring:verysecret/"}) {
    CAPTURE(word);
    const auto choice = parse_secret_choice(word);
    REQUIRE_FALSE(choice);
    CHECK(choice.error().message.find("verysecret") == std::string::npos);
  }
}

TEST_CASE("secret source: a file of this user alone, without its line end") {
  const merlon::test::TemporaryFolder folder;
  const std::string path = folder.path() + "/token";
  std::ofstream(path) << "value of it\r\n";
  const SecretChoice choice = choice_of("T=file:" + path);
  ::chmod(path.c_str(), 0640);
  CHECK(secret_told(choice) ==
        "error: the secret in `" + path + "` can be used by others than its owner");
  ::chmod(path.c_str(), 0600);
  CHECK(secret_told(choice) == "value of it");
  CHECK(secret_told(choice, {.bytes = 12}) ==
        "error: the secret in `" + path + "` has more than 12 bytes");
  CHECK(secret_told(choice_of("T=file:" + folder.path())).ends_with("is not a regular file"));
  CHECK(secret_told(choice_of("T=file:" + path + "x")).starts_with("error: cannot open"));
  const std::string fifo = folder.path() + "/fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(secret_told(choice_of("T=file:" + fifo)).ends_with("is not a regular file"));
}

TEST_CASE("secret source: a command is run without a shell, bounded in time and size") {
  CHECK(secret_told(choice_of("T=cmd:printf 'a $HOME;b\\n'")) == "a $HOME;b");
  CHECK(secret_told(choice_of("T=cmd:false")) ==
        "error: `false` did not tell the secret `T`: exit code 1");
  CHECK(secret_told(choice_of("T=cmd:/nonexistent/helper")).starts_with("error: cannot start"));
  CHECK(secret_told(choice_of("T=cmd:yes verysecret"), {.bytes = 1000}) ==
        "error: `yes` wrote more than 1000 bytes as the secret `T`");
  CHECK(secret_told(choice_of("T=cmd:sleep 600"), {.patience = std::chrono::milliseconds(50)})
            .starts_with("error: `sleep` did not tell the secret `T` within"));
}
