// Neither the number of threads nor the order of the arguments changes a byte of any output.
#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "commands.h"
#include "report/writer.h"
#include "unit/cli/test_env.h"

namespace merlon {
namespace {

namespace fs = std::filesystem;

/// The real, special and broken file of every format, in memory.
using FileMap = std::map<std::string, std::string>;

FileMap all_manifests() {
  FileMap out;
  const fs::path root = fs::path(MERLON_SOURCE_DIR) / "testdata/manifests";
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string extension = entry.path().extension().string();
    if (entry.is_regular_file() && extension != ".expect" && extension != ".err") {
      const std::string name = entry.path().lexically_relative(root).generic_string();
      out["m/" + name] = test::read_repository_file("testdata/manifests/" + name);
    }
  }
  return out;
}

struct Answer {
  int code{0};
  std::string out;
  std::string err;
};

Answer run_scan(const FileMap& files, std::vector<std::string> arguments) {
  test::TestWorld world;
  world.files.files = files;
  arguments.insert(arguments.begin(), "scan");
  Answer answer;
  answer.code = cli::run(world.env, arguments);
  answer.out = world.out.str();
  answer.err = world.err.str();
  return answer;
}

void check_same(const Answer& got, const Answer& wanted) {
  CHECK(got.code == wanted.code);
  CHECK(got.out == wanted.out);
  CHECK(got.err == wanted.err);
}

}  // namespace

TEST_CASE("scan order: one thread and eight give the same bytes in every output format") {
  const FileMap files = all_manifests();
  REQUIRE(files.size() > 100);
  for (const WriterKind& writer : writer_kinds()) {
    CAPTURE(std::string(writer.name));
    const std::vector<std::string> words{"--format", std::string(writer.name), "--jobs"};
    std::vector<std::string> one = words;
    one.insert(one.end(), {"1", "m"});
    const Answer wanted = run_scan(files, one);
    CHECK_FALSE(wanted.out.empty());
    for (const char* jobs : {"2", "8"}) {
      std::vector<std::string> many = words;
      many.insert(many.end(), {jobs, "m"});
      check_same(run_scan(files, many), wanted);
    }
  }
}

TEST_CASE("scan order: arguments in any order, some twice, with a bound that cuts") {
  const FileMap files = all_manifests();
  std::vector<std::string> names;
  for (const auto& [name, bytes] : files) {
    names.push_back(name);
  }
  std::mt19937 random(7);
  for (const char* bound : {"1000000000", "40000"}) {
    const std::vector<std::string> words{"--format", "json", "--limit",
                                         std::string("total-bytes=") + bound};
    std::vector<std::string> in_order = words;
    in_order.insert(in_order.end(), names.begin(), names.end());
    const Answer wanted = run_scan(files, in_order);
    for (int run = 0; run < 3; ++run) {
      std::vector<std::string> mixed = names;
      std::shuffle(mixed.begin(), mixed.end(), random);
      const std::vector<std::string> twice(mixed.begin(), mixed.begin() + 5);
      mixed.insert(mixed.end(), twice.begin(), twice.end());
      std::vector<std::string> arguments = words;
      arguments.insert(arguments.end(), {"--jobs", run == 0 ? "1" : "8"});
      arguments.insert(arguments.end(), mixed.begin(), mixed.end());
      check_same(run_scan(files, arguments), wanted);
    }
  }
}

}  // namespace merlon
