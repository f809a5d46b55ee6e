#include "replay/replay_files.h"

#include <string>

#include <doctest/doctest.h>

#include "replay/replay_writer.h"
#include "support/guard_session.h"
#include "support/made_recording.h"
#include "support/memory_files.h"

namespace merlon {
namespace {

constexpr std::string_view kFilesPolicy = R"(format = 1
name = "files"
[[guard]]
type = "tool-list"
[[tool]]
tool = "drop"
decision = "deny"
)";

std::string session_of(std::size_t calls) {
  test::MadeRecording made(kFilesPolicy);
  made.offer(
      R"([{"name":"look","inputSchema":{"type":"object"}},{"name":"drop","inputSchema":{}}])");
  for (std::size_t i = 0; i < calls; ++i) {
    made.call(i % 3 == 2 ? "drop" : "look");
    made.answer();
  }
  return made.end();
}

/// Twenty sessions of different length; the second half of one is missing.
struct ManyFiles : test::MemoryFiles {
  ManyFiles() {
    for (std::size_t i = 0; i < 20; ++i) {
      std::string bytes = session_of(i % 7);
      if (i == 11) {
        bytes.resize(bytes.size() / 2);
      }
      files["s" + std::to_string(100 + i) + ".jsonl"] = bytes;
    }
    files["s999.jsonl"] = "no recording\n";
  }
};

const ManyFiles& many_files() {
  static const ManyFiles files;
  return files;
}

struct Outcome {
  std::string text;
  ReplaySummary summary;
  std::size_t taken{0};
};

Outcome replay_many(unsigned jobs, std::string_view format, std::size_t most = 100) {
  const PolicySource recorded(test::GuardSession::built_in_world().rules, Limits());
  const Replayer replayer({.policy = &recorded, .keep_going = true});
  const auto writer = find_replay_writer(format)->make({});
  Outcome out;
  std::vector<std::string> paths;
  for (const auto& [name, bytes] : many_files().files) {
    paths.push_back(name);
  }
  out.text = writer->begin();
  replay_files(replayer,
               {.files = many_files(),
                .paths = paths,
                .open = [](std::shared_ptr<const SourceText> source) -> Result<ImportedFile> {
                  MERLON_TRY(auto session, open_recording(std::move(source)));
                  ImportedFile file;
                  file.sessions.push_back(std::move(session));
                  return file;
                },
                .jobs = jobs,
                .take =
                    [&](const std::vector<SessionReplay>& sessions) {
                      for (const SessionReplay& session : sessions) {
                        out.summary.add(session);
                        out.text += writer->session(session);
                      }
                      return ++out.taken < most;
                    }});
  out.text += writer->end(out.summary);
  return out;
}

}  // namespace

TEST_CASE("replay files: any number of threads writes the same bytes, in the order of the paths") {
  for (const ReplayWriterKind& kind : replay_writer_kinds()) {
    CAPTURE(std::string(kind.name));
    const Outcome one = replay_many(1, kind.name);
    CHECK(one.taken == 21);
    CHECK(one.summary.sessions == 21);
    CHECK(one.summary.broken == 1);
    CHECK(one.summary.unfinished == 2);
    CHECK(one.summary.reproduction.different == 0);
    for (const unsigned threads : {2U, 8U, 64U}) {
      CHECK(replay_many(threads, kind.name).text == one.text);
    }
  }
}

TEST_CASE("replay files: the run ends where it is told to, whatever runs ahead") {
  CHECK(replay_many(1, "text", 5).taken == 5);
  CHECK(replay_many(8, "text", 5).taken == 5);
}

}  // namespace merlon
