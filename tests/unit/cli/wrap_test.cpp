#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "commands.h"
#include "exit_code.h"
#include "manifest/format.h"
#include "support/temporary_folder.h"
#include "test_env.h"
#include "wrap/wrap_plan.h"

namespace merlon::cli {
namespace {

namespace fs = std::filesystem;

/// `merlon wrap` on files of the disk, with a home of its own.
class WrapBench {
 public:
  WrapBench() { fs::create_directories(home()); }

  [[nodiscard]] std::string path(const std::string& name) const { return place_.path(name); }
  [[nodiscard]] std::string home() const { return place_.path("home"); }
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  [[nodiscard]] std::string text(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  int wrap(std::vector<std::string> arguments) {
    out.str("");
    err.str("");
    if (std::ranges::find(arguments, "--program") == arguments.end()) {
      arguments.insert(arguments.begin(), {"--program", "/opt/merlon"});
    }
    arguments.insert(arguments.begin(), "wrap");
    return cli::run(env_, arguments);
  }

  std::ostringstream out;
  std::ostringstream err;

 private:
  test::TemporaryFolder place_;
  std::unique_ptr<FileSource> files_{make_disk_files()};
  test::StandingClock clock_;
  Env env_{.out = out,
           .err = err,
           .read_stdin = [](std::uint64_t) -> Result<std::string> { return std::string(); },
           .files = *files_,
           .clock = clock_,
           .variable = [this](std::string_view name) -> std::optional<std::string> {
             return name == "HOME" ? std::optional(home()) : std::nullopt;
           }};
};

constexpr const char* kConfig =
    "{\n  // mine\n  \"mcpServers\": {\n    \"a\": {\"command\": \"npx\", \"args\": [\"x\"]},\n"
    "    \"far\": {\"url\": \"https://far.example/mcp\"}\n  }\n}\n";

std::string bytes_of_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("wrap: --undo restores every client's format byte for byte, with its mode") {
  WrapBench bench;
  std::size_t wrapped = 0;
  for (const ManifestFormat& format : manifest_formats()) {
    if (!is_client_format(format.name)) {
      continue;
    }
    const fs::path folder = fs::path(MERLON_SOURCE_DIR) / "testdata/manifests" / format.name;
    for (const auto& entry : fs::directory_iterator(folder)) {
      const std::string stem = entry.path().stem().string();
      if ((stem != "real" && stem != "special") || entry.path().extension() == ".expect") {
        continue;
      }
      CAPTURE(entry.path().string());
      const std::string before = bytes_of_file(entry.path());
      bench.put("config", before);
      REQUIRE(::chmod(bench.path("config").c_str(), 0640) == 0);
      const int code = bench.wrap({"--yes", bench.path("config")});
      CAPTURE(bench.err.str());
      const bool refused = before.find("envFile") != std::string::npos;
      CHECK(code == (refused ? kIncomplete : kYes));
      wrapped += bench.text("config") != before ? 1U : 0U;
      CHECK(bench.wrap({"--yes", "--undo", bench.path("config")}) == kYes);
      CHECK(bench.text("config") == before);
      struct stat status{};
      REQUIRE(::stat(bench.path("config").c_str(), &status) == 0);
      CHECK((status.st_mode & 07777U) == 0640);
    }
  }
  CHECK(wrapped > 20);
}

TEST_CASE("wrap: shows what changes and writes nothing when nobody can be asked") {
  WrapBench bench;
  bench.put("mcp.json", kConfig);
  CHECK(bench.wrap({bench.path("mcp.json")}) == kUsageError);
  CHECK(bench.text("mcp.json") == kConfig);
  CHECK(bench.out.str() ==
        "  `a`  behind the proxy\n"
        "  `far`  not protected: it has a URL and is not started here\n"
        "--- " +
            bench.path("mcp.json") + "\n+++ " + bench.path("mcp.json") +
            "\n"
            "@@ -1,7 +1,7 @@\n {\n   // mine\n   \"mcpServers\": {\n"
            "-    \"a\": {\"command\": \"npx\", \"args\": [\"x\"]},\n"
            "+    \"a\": {\"command\": \"/opt/merlon\", \"args\": [\"proxy\", \"--group\", "
            "\"mcp-servers\", \"--name\", \"a\", \"--\", \"npx\", \"x\"]},\n"
            "     \"far\": {\"url\": \"https://far.example/mcp\"}\n   }\n }\n");
  CHECK(bench.err.str() ==
        "merlon: error[usage]: nobody can be asked: nothing was written\n"
        "merlon: hint: `--yes` writes without asking\n");
  CHECK_FALSE(fs::exists(bench.home() + "/.local"));
  CHECK(bench.wrap({"--dry-run", bench.path("mcp.json")}) == kYes);
  CHECK(bench.text("mcp.json") == kConfig);
}

TEST_CASE("wrap: a second time changes nothing") {
  WrapBench bench;
  bench.put("mcp.json", kConfig);
  REQUIRE(bench.wrap({"--yes", bench.path("mcp.json")}) == kYes);
  const std::string once = bench.text("mcp.json");
  CHECK(bench.wrap({"--yes", bench.path("mcp.json")}) == kYes);
  CHECK(bench.out.str() ==
        "  `a`  behind the proxy already\n"
        "  `far`  not protected: it has a URL and is not started here\nnothing to change\n");
  CHECK(bench.text("mcp.json") == once);
}

TEST_CASE("wrap: one server after the other, and back to the first bytes") {
  WrapBench bench;
  const std::string before = R"({"mcpServers": {"a": {"command": "x"}, "b": {"command": "y"}}})";
  bench.put("mcp.json", before);
  REQUIRE(bench.wrap({"--yes", "--server", "a", bench.path("mcp.json")}) == kYes);
  REQUIRE(bench.wrap({"--yes", "--server", "b", bench.path("mcp.json")}) == kYes);
  REQUIRE(bench.wrap({"--yes", "--undo", bench.path("mcp.json")}) == kYes);
  CHECK(bench.text("mcp.json") == before);
}

TEST_CASE("wrap: what was edited since is unwrapped where it stands") {
  WrapBench bench;
  bench.put("mcp.json", kConfig);
  REQUIRE(bench.wrap({"--yes", bench.path("mcp.json")}) == kYes);
  std::string edited = bench.text("mcp.json");
  edited.replace(edited.find("// mine"), 7, "// ours");
  bench.put("mcp.json", edited);
  CHECK(bench.wrap({"--yes", "--undo", bench.path("mcp.json")}) == kYes);
  std::string expected = kConfig;
  expected.replace(expected.find("// mine"), 7, "// ours");
  CHECK(bench.text("mcp.json") == expected);
  CHECK(bench.err.str() ==
        "merlon: the file was edited since it was wrapped: the proxy is taken out of what stands "
        "there now\n");
}

TEST_CASE("wrap: a link is followed and stays one; read-only files stay as they are") {
  WrapBench bench;
  bench.put("real.json", kConfig);
  fs::create_symlink(bench.path("real.json"), bench.path("mcp.json"));
  CHECK(bench.wrap({"--yes", bench.path("mcp.json")}) == kYes);
  CHECK(fs::is_symlink(bench.path("mcp.json")));
  CHECK(bench.text("real.json") != kConfig);
  CHECK(bench.wrap({"--yes", "--undo", bench.path("mcp.json")}) == kYes);
  CHECK(bench.text("real.json") == kConfig);
  REQUIRE(::chmod(bench.path("real.json").c_str(), 0444) == 0);
  CHECK(bench.wrap({"--yes", bench.path("real.json")}) == kIncomplete);
  CHECK(bench.text("real.json") == kConfig);
  CHECK(bench.wrap({"--yes", bench.path("gone.json")}) == kIncomplete);
}

TEST_CASE("wrap: no key of the configuration is shown") {
  WrapBench bench;
  const std::string key = "ghp_" + std::string("Zq8Kx2Vb7Nw4Rt6Yp1Ls9Md3Fh5Jc0GaQe2U");
  bench.put("mcp.json", R"({"mcpServers": {"a": {"command": "x", "args": ["--token=)" + key +
                            R"("], "env": {"GITHUB_TOKEN": ")" + key + R"("}}}})");
  CHECK(bench.wrap({"--dry-run", bench.path("mcp.json")}) == kYes);
  CHECK(bench.out.str().find("@@") != std::string::npos);
  CHECK(bench.out.str().find(key) == std::string::npos);
  CHECK(bench.out.str().find("`GITHUB_TOKEN` is kept in a private file") != std::string::npos);
}

TEST_CASE("wrap: plain keys leave the file for a private place, and --undo brings them back") {
  WrapBench bench;
  const std::string key = "ghp_" + std::string("Zq8Kx2Vb7Nw4Rt6Yp1Ls9Md3Fh5Jc0GaQe2U");
  const std::string before =
      R"({"mcpServers": {"a": {"command": "x", "env": {"GITHUB_TOKEN": ")" + key + R"("}}}})";
  bench.put("mcp.json", before);
  REQUIRE(bench.wrap({"--yes", bench.path("mcp.json")}) == kYes);
  const std::string wrapped = bench.text("mcp.json");
  CHECK(wrapped.find(key) == std::string::npos);
  const std::size_t at = wrapped.find("GITHUB_TOKEN=file:") + 18;
  REQUIRE(at > 18);
  const std::string place = wrapped.substr(at, wrapped.find('"', at) - at);
  CHECK(bytes_of_file(place) == key);
  struct stat status{};
  REQUIRE(::stat(place.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0600);
  bench.put("mcp.json", wrapped + "\n");
  REQUIRE(bench.wrap({"--yes", "--undo", bench.path("mcp.json")}) == kYes);
  CHECK(bench.text("mcp.json").find(key) != std::string::npos);
  CHECK(bench.out.str().find(key) == std::string::npos);
  CHECK_FALSE(fs::exists(place));
  REQUIRE(bench.wrap({"--yes", "--keep-keys", bench.path("mcp.json")}) == kYes);
  CHECK(bench.text("mcp.json").find(key) != std::string::npos);
}

TEST_CASE("wrap: a program that --undo would not know again is refused") {
  WrapBench bench;
  bench.put("mcp.json", kConfig);
  CHECK(bench.wrap({"--yes", "--program", "/opt/other", bench.path("mcp.json")}) == kUsageError);
  CHECK(bench.text("mcp.json") == kConfig);
}

TEST_CASE("wrap: what is no configuration of a client is left alone") {
  WrapBench bench;
  for (const std::string text :
       {R"({"tools": []})", "not json", "", R"({"mcpServers": [)", "{\"a\": 1}"}) {
    CAPTURE(text);
    bench.put("x.json", text);
    CHECK(bench.wrap({"--yes", bench.path("x.json")}) == kIncomplete);
    CHECK(bench.text("x.json") == text);
  }
}

}  // namespace merlon::cli
