#include <filesystem>

#include <doctest/doctest.h>

#include "base/files.h"
#include "commands.h"
#include "exit_code.h"
#include "test_env.h"

namespace merlon::cli {

TEST_CASE(
    "patterns: every example session is decided by its shipped policy as its expectations say") {
  std::size_t sessions = 0;
  const auto files = make_disk_files();
  for (const auto& entry : std::filesystem::directory_iterator(std::string(MERLON_SOURCE_DIR) +
                                                               "/testdata/recordings/patterns")) {
    if (entry.path().extension() != ".jsonl") {
      continue;
    }
    CAPTURE(entry.path().string());
    test::TestWorld world;
    Env env{.out = world.out,
            .err = world.err,
            .read_stdin = world.env.read_stdin,
            .files = *files,
            .clock = world.clock,
            .variable = world.env.variable};
    const std::vector<std::string> arguments{
        "replay",      entry.path().string(), "--policy", entry.path().stem().string(),
        "--no-system", "--messages",          "none"};
    CHECK(cli::run(env, arguments) == kYes);
    CAPTURE(world.out.str());
    CHECK(world.out.str().find(" 0 failed, 0 todo") != std::string::npos);
    CHECK(world.out.str().find("0 expectations") == std::string::npos);
    ++sessions;
  }
  CHECK(sessions == 8);
}

}  // namespace merlon::cli
