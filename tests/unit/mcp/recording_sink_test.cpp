#include "mcp/recording_sink.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace merlon {
namespace {

namespace fs = std::filesystem;

class SinkFolder {
 public:
  SinkFolder() {
    std::string name = (fs::temp_directory_path() / "merlon-sink-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  SinkFolder(const SinkFolder&) = delete;
  SinkFolder& operator=(const SinkFolder&) = delete;
  ~SinkFolder() { fs::remove_all(path); }
  fs::path path;
};

std::string bytes_of_file(const fs::path& path) {
  std::stringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

}  // namespace

TEST_CASE("recording sink: lines are appended to a file that only its owner reads") {
  const SinkFolder folder;
  const std::string path = folder.path / "a.jsonl";
  {
    const auto sink = open_recording_file(path);
    REQUIRE(sink.has_value());
    CHECK((*sink)->append("one\n").has_value());
    CHECK((*sink)->append("two\n").has_value());
  }
  CHECK(bytes_of_file(path) == "one\ntwo\n");
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
}

TEST_CASE("recording sink: what is there already is neither written over nor followed") {
  const SinkFolder folder;
  const std::string path = folder.path / "a.jsonl";
  std::ofstream(path) << "older";
  auto again = open_recording_file(path);
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().code == ErrorCode::kUsage);
  CHECK(bytes_of_file(path) == "older");
  const std::string link = folder.path / "link.jsonl";
  fs::create_symlink(folder.path / "nowhere", link);
  CHECK_FALSE(open_recording_file(link).has_value());
  CHECK_FALSE(fs::exists(folder.path / "nowhere"));
}

TEST_CASE("recording sink: a folder that is not there is an error of the disk") {
  const auto sink = open_recording_file("/nonexistent/folder/a.jsonl");
  REQUIRE_FALSE(sink.has_value());
  CHECK(sink.error().code == ErrorCode::kIo);
}

TEST_CASE("recording sink: a full disk is an error with the file's name") {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full < 0) {
    return;  // no such device here
  }
  const auto sink = make_recording_sink(full, "session.jsonl");
  const Status written = sink->append("line\n");
  REQUIRE_FALSE(written.has_value());
  CHECK(written.error().code == ErrorCode::kIo);
  CHECK(written.error().message.find("session.jsonl") != std::string::npos);
  ::close(full);
}

}  // namespace merlon
