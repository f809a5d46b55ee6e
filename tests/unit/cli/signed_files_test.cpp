// Signed rule packs and package lists from end to end: keygen, build, sign, verify, scan. On the
// disk, because keys and the memory of versions live there.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "commands.h"
#include "exit_code.h"
#include "test_env.h"

namespace merlon::cli {
namespace {

constexpr std::string_view kWalletRule = R"(format = 1
id = "asks-for-wallet"
title = "Asks for the seed of a wallet"
severity = "high"
tier = "hard"
surfaces = ["description"]
taxonomies = ["OWASP-MCP03:2025"]
description = "A seed is all that is needed to spend."
remedy = "Leave it out."

[match]
any = [{ phrase = "zebra crossing words" }]

[[bad]]
surface = "tool-description"
text = "Needs the zebra crossing words."

[[good]]
surface = "tool-description"
text = "Shows the balance of a wallet."
)";

constexpr std::string_view kZebra =
    R"({"tools":[{"name":"get_time","description":"Returns the time. Knows the zebra crossing words.",)"
    R"("inputSchema":{"type":"object","properties":{"place":{"type":"string","description":"The place"}},)"
    R"("required":["place"],"additionalProperties":false}}]})";

constexpr std::string_view kList =
    R"({"merlon_package_list":1,"name":"acme","version":1,"minimum_engine":"0.1.0",)"
    R"("created":"2026-01-01","expires":"2026-12-31","packages":[{"kind":"malicious","source":"npm",)"
    R"("name":"bad-mail-mcp","reference":"a report","date":"2026-03-01"}]})";

/// A folder that goes with the test, and commands in it.
class SignedWorld {
 public:
  SignedWorld() {
    std::string name = std::filesystem::temp_directory_path() / "merlon-signed-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    variables = {{"XDG_STATE_HOME", path("state")}, {"HOME", path("home")}};
    std::filesystem::create_directories(path("rules/custom"));
    write("rules/custom/asks-for-wallet.toml", kWalletRule);
    write("tools.json", kZebra);
    write("list.json", kList);
    CHECK(run({"attest", "keygen", "--name", "acme.example/rules", "--out", path("key.pem")}) ==
          kYes);
    key = out.substr(0, out.find('\n'));
  }
  SignedWorld(const SignedWorld&) = delete;
  SignedWorld& operator=(const SignedWorld&) = delete;
  ~SignedWorld() { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(path(name)) << text;
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(path(name)).rdbuf();
    return text.str();
  }

  int run(std::vector<std::string> arguments) {
    std::ostringstream out_stream;
    std::ostringstream err_stream;
    const auto files = make_disk_files();
    Env env{.out = out_stream,
            .err = err_stream,
            .read_stdin = [](std::uint64_t) -> Result<std::string> { return std::string(); },
            .files = *files,
            .clock = clock,
            .variable = [this](std::string_view name) -> std::optional<std::string> {
              const auto found = variables.find(name);
              return found == variables.end() ? std::nullopt : std::optional(found->second);
            }};
    const int code = cli::run(env, arguments);
    out = out_stream.str();
    err = err_stream.str();
    return code;
  }

  /// `name+id` of the key; its last part may have a `+` of its own.
  [[nodiscard]] std::string signer() const {
    return key.substr(0, key.find('+', key.find('+') + 1));
  }

  /// `acme.pack`, signed.
  void make_pack(const std::string& version, const std::string& expires = "2026-12-31",
                 const std::string& engine = "0.1.0") {
    CHECK(run({"rules", "pack", "build", path("rules"), "--name", "acme", "--pack-version", version,
               "--expires", expires, "--minimum-engine", engine, "--today", "2026-01-01", "-o",
               path("pack.json")}) == kYes);
    CHECK(run({"rules", "pack", "sign", path("pack.json"), "--key", path("key.pem"), "-o",
               path("acme.pack")}) == kYes);
  }
  int scan(std::vector<std::string> more = {}, const std::string& today = "2026-06-01") {
    std::vector<std::string> arguments{"scan",         path("tools.json"), "--today",     today,
                                       "--rules-pack", path("acme.pack"),  "--rules-key", key};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  std::string key;
  std::string out;
  std::string err;
  std::map<std::string, std::string, std::less<>> variables;

 private:
  test::StandingClock clock;
  std::string folder_;
};

}  // namespace

TEST_CASE("attest keygen: a private file of mode 0600, printed are the verifier key and did:key") {
  SignedWorld world;
  struct stat status{};
  REQUIRE(::stat(world.path("key.pem").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0600);
  CHECK(world.read("key.pem").starts_with("Key-Name: acme.example/rules\n-----BEGIN PRIVATE KEY"));
  CHECK(world.run({"attest", "key", world.path("key.pem")}) == kYes);
  CHECK(world.out.starts_with(world.key + "\ndid:key:z6Mk"));
  CHECK(world.run({"attest", "keygen", "--name", "a", "--out", world.path("key.pem")}) ==
        kEnvironment);
  CHECK(world.run({"attest", "keygen", "--name", "a b", "--out", world.path("other.pem")}) ==
        kUsageError);
  CHECK(world.run({"attest", "keygen", "--name", "a"}) == kUsageError);
  CHECK_FALSE(std::filesystem::exists(world.path("other.pem")));
}

TEST_CASE("rules pack: a private key that others may read does not sign") {
  SignedWorld world;
  world.make_pack("1");
  REQUIRE(::chmod(world.path("key.pem").c_str(), 0644) == 0);
  CHECK(world.run({"rules", "pack", "sign", world.path("pack.json"), "--key",
                   world.path("key.pem")}) == kIncomplete);
  CHECK(world.out.empty());
}

TEST_CASE("rules pack: a scan uses the rules of a signed pack and says which pack it was") {
  SignedWorld world;
  CHECK(world.run({"scan", world.path("tools.json")}) == kYes);
  world.make_pack("7");
  CHECK(world.scan({"--format", "json"}) == kNo);
  CHECK(world.out.find("asks-for-wallet") != std::string::npos);
  const std::string shown = "acme 7 (" + world.signer() + ")";
  CHECK(world.out.find("+" + shown) != std::string::npos);
  CHECK(world.err == "merlon: rule pack " + shown + "\n");
}

TEST_CASE("rules pack: no trusted key is exit code 3, a pack that does not verify is 1") {
  SignedWorld world;
  world.make_pack("7");
  CHECK(world.run({"scan", world.path("tools.json"), "--rules-pack", world.path("acme.pack")}) ==
        kIncomplete);
  CHECK(world.out.empty());
  CHECK(world.scan({}, "2027-01-01") == kNo);

  CHECK(world.run({"attest", "keygen", "--name", "other", "--out", world.path("other.pem")}) ==
        kYes);
  const std::string other = world.out.substr(0, world.out.find('\n'));
  CHECK(world.run({"scan", world.path("tools.json"), "--rules-pack", world.path("acme.pack"),
                   "--rules-key", other}) == kNo);
  CHECK(world.out.empty());
  CHECK(world.err.find("no trusted key signed it") != std::string::npos);
  // Several keys, from a file: one that fits suffices.
  world.write("keys.txt", "# trusted\n" + other + "\n" + world.key + "\n");
  CHECK(world.run({"rules", "pack", "verify", world.path("acme.pack"), "--key",
                   world.path("keys.txt"), "--today", "2026-06-01"}) == kYes);
  CHECK(world.run({"scan", world.path("tools.json"), "--rules-pack", world.path("pack.json"),
                   "--rules-key", world.key}) == kNo);
  CHECK(world.err.find("is not signed") != std::string::npos);
  CHECK(world.run({"scan", world.path("tools.json"), "--rules-pack", world.path("tools.json"),
                   "--rules-key", world.key}) == kIncomplete);
}

TEST_CASE("rules pack: an older version is refused until a rollback is asked for, once") {
  SignedWorld world;
  world.make_pack("8");
  CHECK(world.scan() == kNo);
  CHECK(world.err.find("is not used") == std::string::npos);
  world.make_pack("7");
  CHECK(world.scan() == kNo);
  CHECK(world.out.empty());
  CHECK(world.err == "merlon: `" + world.path("acme.pack") +
                         "` is not used: version 7 is older than version 8, which was used before\n"
                         "merlon: hint: `--allow-rollback` goes back to it, and remembers that\n");
  CHECK(world.run({"rules", "pack", "verify", world.path("acme.pack"), "--key", world.key,
                   "--today", "2026-06-01", "--allow-rollback"}) == kYes);
  CHECK(world.scan({"--quiet"}) == kNo);
  CHECK(world.err.empty());
  CHECK(world.out.find("asks-for-wallet") != std::string::npos);
}

TEST_CASE("rules pack: a memory of versions that is broken or has no place stops the scan") {
  SignedWorld world;
  world.make_pack("8");
  std::filesystem::create_directories(world.path("state/merlon"));
  world.write("state/merlon/versions.json", "{");
  CHECK(world.scan() == kIncomplete);
  CHECK(world.out.empty());
  world.variables.clear();
  CHECK(world.scan() == kIncomplete);
  CHECK(world.scan({"--allow-rollback"}) == kNo);
}

TEST_CASE("rules pack: a pack for a newer engine is refused") {
  SignedWorld world;
  world.make_pack("9", "2026-12-31", "99.0.0");
  CHECK(world.scan() == kNo);
  CHECK(world.out.empty());
  CHECK(world.err.find("needs merlon 99.0.0 or newer") != std::string::npos);
}

TEST_CASE("rules pack verify: steps in order, as text and JSON") {
  SignedWorld world;
  world.make_pack("7");
  CHECK(world.run({"version"}) == kYes);
  const std::string engine = world.out.substr(7, world.out.find('\n') - 7);
  CHECK(world.run({"rules", "pack", "verify", world.path("acme.pack"), "--key", world.key,
                   "--today", "2027-06-01"}) == kNo);
  const std::string signer = world.signer();
  CHECK(world.out == "ok    signature: signed by " + signer +
                         "\n"
                         "ok    engine: needs merlon 0.1.0 or newer; this is " +
                         engine +
                         "\n"
                         "FAIL  expiry: expired on 2026-12-31\n"
                         "ok    version: version 7\n"
                         "not verified\n");
  CHECK(world.run({"rules", "pack", "verify", world.path("acme.pack"), "--key", world.key,
                   "--today", "2026-06-01", "--format", "json"}) == kYes);
  CHECK(world.out.starts_with("{\n  \"verified\": true,"));
  CHECK(world.run({"rules", "pack", "verify", world.path("acme.pack")}) == kIncomplete);
  CHECK(world.run({"rules", "pack", "show", world.path("acme.pack")}) == kYes);
  CHECK(world.out ==
        "rule pack acme, version 7\nneeds merlon 0.1.0 or newer\n"
        "created 2026-01-01, expires 2026-12-31\n"
        "holds 1 rule, beside those built in\n"
        "claims a signature of " +
            signer + "\nnot verified\n");
}

TEST_CASE("rules pack sign: a second key signs beside the first, the same key does not twice") {
  SignedWorld world;
  world.make_pack("7");
  CHECK(world.run({"rules", "pack", "sign", world.path("acme.pack"), "--key",
                   world.path("key.pem")}) == kUsageError);
  CHECK(world.run({"attest", "keygen", "--name", "second", "--out", world.path("second.pem")}) ==
        kYes);
  const std::string second = world.out.substr(0, world.out.find('\n'));
  CHECK(world.run({"rules", "pack", "sign", world.path("acme.pack"), "--key",
                   world.path("second.pem"), "-o", world.path("both.pack")}) == kYes);
  for (const std::string& key : {world.key, second}) {
    CHECK(world.run({"rules", "pack", "verify", world.path("both.pack"), "--key", key, "--today",
                     "2026-06-01"}) == kYes);
  }
}

TEST_CASE("rules pack build: bad rules and a missing name are refused") {
  SignedWorld world;
  CHECK(world.run({"rules", "pack", "build", world.path("rules")}) == kUsageError);
  world.write("rules/custom/broken.toml", "format = 1\n");
  CHECK(world.run({"rules", "pack", "build", world.path("rules"), "--name", "acme",
                   "--pack-version", "1", "--expires", "2026-12-31"}) == kIncomplete);
  CHECK(world.out.empty());
}

TEST_CASE("package list: a signed one adds packages to a scan, and expires") {
  SignedWorld world;
  world.write(".mcp.json",
              R"({"mcpServers":{"mail":{"command":"npx","args":["-y","bad-mail-mcp@1.0.0"]}}})");
  CHECK(world.run({"rules", "pack", "sign", world.path("list.json"), "--key", world.path("key.pem"),
                   "-o", world.path("acme.list")}) == kYes);
  const auto scan = [&](const std::string& today) {
    return world.run({"scan", world.path(".mcp.json"), "--today", today, "--package-list",
                      world.path("acme.list"), "--package-list-key", world.key});
  };
  CHECK(world.run({"scan", world.path(".mcp.json")}) == kYes);
  CHECK(scan("2026-06-01") == kNo);
  CHECK(world.out.find("`bad-mail-mcp@1.0.0` is known to be malicious: a report (2026-03-01)") !=
        std::string::npos);
  CHECK(scan("2027-06-01") == kNo);
  CHECK(world.out.empty());
  // A package list is no rule pack.
  CHECK(world.run({"scan", world.path("tools.json"), "--rules-pack", world.path("acme.list"),
                   "--rules-key", world.key, "--today", "2026-06-01"}) == kNo);
  CHECK(world.err.find("what is signed is no rule pack") != std::string::npos);
}

}  // namespace merlon::cli
