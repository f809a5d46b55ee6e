#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "commands.h"
#include "exit_code.h"
#include "support/made_recording.h"
#include "support/temporary_folder.h"
#include "test_env.h"

namespace merlon::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDeskPolicy = R"(format = 1
name = "desk"
[[guard]]
type = "tool-list"
[[tool]]
tool = "drop"
decision = "deny"
)";

void write_replay_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string read_replay_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// A folder with four recordings, and `merlon replay` over it.
class ReplayDesk {
 public:
  ReplayDesk() {
    fs::create_directories(folder_.path("in"));
    for (std::size_t i = 0; i < 4; ++i) {
      test::MadeRecording made(kDeskPolicy);
      made.offer(R"([{"name":"look","inputSchema":{"type":"object"}}])");
      for (std::size_t call = 0; call < i; ++call) {
        made.call("look");
        made.answer();
      }
      write_replay_file(path("in/" + std::to_string(i) + ".jsonl"), made.end());
    }
    write_replay_file(path("other.toml"), "format = 1\nname = \"other\"\n");
  }

  int run(std::vector<std::string> words, const std::string& input = {}) {
    test::TestWorld world;
    words.insert(words.begin(), "replay");
    Env env{.out = world.out,
            .err = world.err,
            .read_stdin = [&](std::uint64_t) -> Result<std::string> { return input; },
            .files = *disk_,
            .clock = world.clock,
            .variable = [](std::string_view) { return std::nullopt; }};
    const int code = cli::run(env, words);
    out = world.out.str();
    err = world.err.str();
    return code;
  }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }

  std::string out;
  std::string err;

 private:
  test::TemporaryFolder folder_;
  std::unique_ptr<FileSource> disk_{make_disk_files()};
};

}  // namespace

TEST_CASE("replay: a run that was interrupted goes on and writes what it would have written") {
  ReplayDesk desk;
  const std::string journal = desk.path("done.ndjson");
  const std::vector<std::string> words{desk.path("in"), "--resume", journal, "--jobs", "2"};
  CHECK(desk.run(words) == kYes);
  CHECK(desk.out.empty());
  CHECK(desk.err == "merlon: 4 files done, 0 were done before\n");
  const std::string whole = read_replay_file(journal);
  // Wherever it stopped, half a line and a file's sessions without its end included.
  for (std::size_t kept = whole.find('\n') + 1; kept < whole.size(); kept += whole.size() / 23) {
    CAPTURE(kept);
    write_replay_file(journal, whole.substr(0, kept));
    CHECK(desk.run(words) == kYes);
    CHECK(read_replay_file(journal) == whole);
  }
  CHECK(desk.run(words) == kYes);
  CHECK(desk.err == "merlon: 0 files done, 4 were done before\n");
}

TEST_CASE("replay: the answer of files that were done before counts, and other runs are refused") {
  ReplayDesk desk;
  const std::string journal = desk.path("done.ndjson");
  std::string changed = read_replay_file(desk.path("in/0.jsonl"));
  const std::string allowed = R"("decision":{"verdict":"allow")";
  changed.replace(changed.find(allowed), allowed.size(), R"("decision":{"verdict":"warn")");
  write_replay_file(desk.path("in/0.jsonl"), changed);
  CHECK(desk.run({desk.path("in"), "--resume", journal}) == kNo);
  CHECK(desk.run({desk.path("in"), "--resume", journal}) == kNo);
  CHECK(desk.err == "merlon: 0 files done, 4 were done before\n");
  CHECK(desk.run({desk.path("in"), "--resume", journal, "--policy", desk.path("other.toml"),
                  "--no-system"}) == kUsageError);
  CHECK(desk.run({desk.path("in"), "--resume", desk.path("other.toml")}) == kUsageError);
}

TEST_CASE("replay: a file that changed, or what is said about it, ends a run that is to go on") {
  ReplayDesk desk;
  const std::string journal = desk.path("done.ndjson");
  const std::vector<std::string> words{desk.path("in"), "--resume", journal};
  CHECK(desk.run(words) == kYes);
  const std::string file = desk.path("in/2.jsonl");
  const std::string whole = read_replay_file(file);
  write_replay_file(file, whole.substr(0, whole.rfind('\n', whole.size() - 2) + 1));
  CHECK(desk.run(words) == kUsageError);
  CHECK(desk.err.find("in/2.jsonl` has changed since it was replayed") != std::string::npos);
  write_replay_file(file, whole);
  CHECK(desk.run(words) == kYes);
  write_replay_file(desk.path("in/2.expect.toml"), "format = 1\n");
  CHECK(desk.run(words) == kUsageError);
}

TEST_CASE("replay --ndjson: lines in, lines out; parts put together are the whole") {
  ReplayDesk desk;
  const auto line = [&](int number) {
    return desk.path("in/" + std::to_string(number) + ".jsonl") + "\n";
  };
  CHECK(desk.run({"--ndjson"}, line(3) + line(1) + "\n" + line(2)) == kYes);
  const std::string whole = desk.out;
  std::string parts;
  for (const int number : {3, 1, 2}) {
    CHECK(desk.run({"--ndjson"}, line(number)) == kYes);
    parts += desk.out;
  }
  CHECK(parts == whole);
  // A file that is not there has a line too.
  CHECK(desk.run({"--ndjson"}, desk.path("gone.jsonl\n")) == kYes);
  CHECK(desk.out.find("\"code\":\"not-found\"") != std::string::npos);
}

TEST_CASE("replay --ndjson: a line can carry the text itself") {
  ReplayDesk desk;
  const std::string input =
      R"({"name":"chat.json","text":"[{\"role\":\"user\",\"content\":\"a\"},)"
      R"({\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"look\",)"
      R"(\"arguments\":\"{}\"}}]}]"})"
      "\n";
  CHECK(desk.run({"--ndjson", "--policy", desk.path("other.toml"), "--no-system"}, input) == kYes);
  CHECK(desk.out.find(R"({"file":"chat.json","format":"openai-messages",)") == 0);
  CHECK(desk.run({"--ndjson"}, "{\"name\":1}\n") == kIncomplete);
  CHECK(desk.err.find("-:1:1: error[format]: a line is a path, or an object") == 0);
}

TEST_CASE("replay: the command line is checked before anything is read") {
  ReplayDesk desk;
  CHECK(desk.run({}) == kUsageError);
  CHECK(desk.run({desk.path("in"), "--against", "strict"}) == kUsageError);
  CHECK(desk.run({desk.path("in"), "--ndjson"}) == kUsageError);
  CHECK(desk.run({desk.path("in"), "--min-coverage", "101"}) == kUsageError);
  CHECK(desk.run({desk.path("gone")}) == kIncomplete);
  fs::create_directories(desk.path("empty"));
  CHECK(desk.run({desk.path("empty")}) == kIncomplete);
}

}  // namespace merlon::cli
