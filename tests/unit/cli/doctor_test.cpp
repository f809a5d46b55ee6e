#include <algorithm>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "base/files.h"
#include "commands.h"
#include "doctor_report.h"
#include "exit_code.h"
#include "support/temporary_folder.h"
#include "test_env.h"

namespace merlon::cli {
namespace {

namespace fs = std::filesystem;

/// `merlon doctor` of a user with a home of their own.
class DoctorBench {
 public:
  void put(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path(home() + "/" + name).parent_path());
    std::ofstream(home() + "/" + name) << text;
  }
  [[nodiscard]] std::string home() const { return place_.path("home"); }
  int doctor(std::vector<std::string> arguments = {}) {
    out.str("");
    arguments.insert(arguments.begin(), "doctor");
    return cli::run(env, arguments);
  }

  std::ostringstream out;
  std::ostringstream err;

 private:
  test::TemporaryFolder place_;
  std::unique_ptr<FileSource> files_{make_disk_files()};
  test::StandingClock clock_;

 public:
  Env env{.out = out,
          .err = err,
          .read_stdin = [](std::uint64_t) -> Result<std::string> { return std::string(); },
          .files = *files_,
          .clock = clock_,
          .variable = [this](std::string_view name) -> std::optional<std::string> {
            return name == "HOME" ? std::optional(home()) : std::nullopt;
          }};
};

std::string wrapped_by(const std::string& program) {
  return R"({"mcpServers":{"a":{"command":")" + program +
         R"(","args":["proxy","--name","a","--","x"]}}})";
}

/// A name that begins with `merlon` of the program that runs here.
std::string own_name(const DoctorBench& bench) {
  fs::create_directories(bench.home());
  const std::string link = bench.home() + "/merlon";
  fs::remove(link);
  fs::create_symlink(fs::canonical("/proc/self/exe"), link);
  return link;
}

std::vector<std::pair<std::string, WrapState>> states_of(const DoctorReport& report,
                                                         std::string_view client) {
  std::vector<std::pair<std::string, WrapState>> out;
  for (const CheckedClient& one : report.clients) {
    for (const ServerPlan& server : one.servers) {
      if (one.client == client) {
        out.emplace_back(server.name, server.state);
      }
    }
  }
  return out;
}

}  // namespace

TEST_CASE("doctor: says of each server of each client whether it is behind the proxy") {
  DoctorBench bench;
  bench.put(".cursor/mcp.json", wrapped_by(own_name(bench)));
  bench.put(".codex/config.toml",
            "[mcp_servers.b]\ncommand = \"y\"\n[mcp_servers.c]\nurl = \"https://c.example\"\n");
  const DoctorReport report = examine(bench.env);
  using States = std::vector<std::pair<std::string, WrapState>>;
  CHECK(states_of(report, "Cursor") == States{{"a", WrapState::kAlready}});
  CHECK(states_of(report, "Codex CLI") ==
        States{{"b", WrapState::kDirect}, {"c", WrapState::kRemote}});
  CHECK_FALSE(report.protects_all());
  CHECK(report.complete());
  CHECK(bench.doctor() == kNo);
  CHECK(bench.out.str().find("`b`  not protected: the client starts it directly") !=
        std::string::npos);
  CHECK(bench.out.str().find("the own tools of cursor (shell, files, web)  not judged: no hook") !=
        std::string::npos);
}

TEST_CASE("doctor: all behind the proxy is a yes, and what cannot be read is not") {
  DoctorBench bench;
  bench.put(".cursor/mcp.json", wrapped_by(own_name(bench)));
  bench.put(".cursor/hooks.json", R"({"hooks":{"x":[{"command":"merlon hook --client cursor"}]}})");
  // The test's own folder may have configurations too: only those below the home count here.
  const DoctorReport report = examine(bench.env);
  CHECK(states_of(report, "Cursor").size() >= 1);
  CHECK(report.hosts_without_hook.empty());
  bench.put(".gemini/settings.json", R"({"mcpServers": )");
  const DoctorReport broken = examine(bench.env);
  CHECK_FALSE(broken.complete());
  CHECK(broken.hosts_without_hook == std::vector<std::string>{"gemini"});
}

TEST_CASE("doctor: a file in a folder of this account can be changed, whatever its mode") {
  DoctorBench bench;
  bench.put(".local/state/merlon/pins/x", "pin");
  fs::permissions(bench.home() + "/.local/state/merlon/pins", fs::perms::owner_read);
  const DoctorReport report = examine(bench.env);
  fs::permissions(bench.home() + "/.local/state/merlon/pins", fs::perms::owner_all);
  const auto pins =
      std::ranges::find(report.files, "approved definitions (pins)", &CheckedFile::what);
  REQUIRE(pins != report.files.end());
  CHECK(pins->exists);
  CHECK(pins->changeable);
}

TEST_CASE("doctor: something else that is called merlon protects nothing") {
  DoctorBench bench;
  bench.put("fake/merlon", "#!/bin/sh");
  for (const auto& [program, why] :
       {std::pair<std::string, std::string>{bench.home() + "/fake/merlon",
                                            "is another program than this one"},
        {"/nowhere/merlon", "is not there"}}) {
    CAPTURE(program);
    bench.put(".cursor/mcp.json", wrapped_by(program));
    CHECK_FALSE(examine(bench.env).protects_all());
    CHECK(bench.doctor() == kNo);
    CHECK(bench.out.str().find("`a`  not protected: `" + program + "` " + why) !=
          std::string::npos);
  }
}

TEST_CASE("doctor: the same as JSON") {
  DoctorBench bench;
  bench.put(".cursor/mcp.json", wrapped_by(own_name(bench)));
  (void)bench.doctor({"--format", "json"});
  CHECK(bench.out.str().starts_with("{\n  \"format\": 1,\n  \"all_protected\": "));
  CHECK(bench.out.str().find("\"state\": \"already-wrapped\"") != std::string::npos);
}

}  // namespace merlon::cli
