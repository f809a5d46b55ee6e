#include "base/files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace merlon {
namespace {

namespace fs = std::filesystem;

/// A folder of its own that is gone afterwards.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "merlon-files-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }

 private:
  fs::path path_;
};

std::string read(const std::string& path, std::uint64_t max_bytes = 1U << 20U) {
  const auto text = make_disk_files()->read(path, max_bytes);
  return text ? std::string((*text)->bytes()) : std::string(to_string(text.error().code));
}

}  // namespace

TEST_CASE("files: a file is read whole, under the name it was asked by") {
  const Scratch folder;
  folder.write("a", "one\ntwo");
  const auto text = make_disk_files()->read(folder.file("a"), 7);
  REQUIRE(text);
  CHECK((*text)->bytes() == "one\ntwo");
  CHECK((*text)->name() == folder.file("a"));
  folder.write("empty", "");
  CHECK(read(folder.file("empty")) == "");
}

TEST_CASE("files: one byte more than the limit is an error, for small files and mapped ones") {
  const Scratch folder;
  folder.write("small", std::string(10, 'x'));
  CHECK(read(folder.file("small"), 10) == std::string(10, 'x'));
  CHECK(read(folder.file("small"), 9) == "limit");
  const std::string large((9U << 20U) + 1, 'y');
  folder.write("large", large);
  CHECK(read(folder.file("large"), large.size()) == large);
  CHECK(read(folder.file("large"), large.size() - 1) == "limit");
}

TEST_CASE("files: what is no regular file is refused at once and never waited for") {
  const Scratch folder;
  REQUIRE(::mkfifo(folder.file("fifo").c_str(), 0600) == 0);
  CHECK(read(folder.file("fifo")) == "io");
  CHECK(read(folder.file("")) == "io");
  CHECK(read("/dev/zero") == "io");
  CHECK(read(folder.file("missing")) == "not-found");
}

TEST_CASE("files: a listing is sorted and does not follow links") {
  const Scratch folder;
  folder.write("b", "");
  fs::create_directory(folder.file("a"));
  fs::create_symlink("b", folder.file("c"));
  fs::create_symlink(".", folder.file("loop"));
  const auto entries = make_disk_files()->list(folder.file(""));
  REQUIRE(entries);
  std::string shown;
  for (const DirectoryEntry& entry : *entries) {
    shown += entry.name + std::to_string(static_cast<int>(entry.kind)) + " ";
  }
  CHECK(shown == "a1 b0 c2 loop2 ");
  const auto files = make_disk_files();
  CHECK(files->kind_of(folder.file("c")).value() == FileKind::kRegular);
  CHECK(files->canonical(folder.file("loop/loop/b")).value() ==
        files->canonical(folder.file("b")).value());
}

TEST_CASE("files: an output is replaced whole, keeps its mode, and leaves nothing beside it") {
  const Scratch folder;
  folder.write("out", "old");
  fs::permissions(folder.file("out"), fs::perms::owner_read | fs::perms::owner_write);
  REQUIRE(write_file_atomically(folder.file("out"), "new").has_value());
  CHECK(read(folder.file("out")) == "new");
  CHECK(fs::status(folder.file("out")).permissions() ==
        (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(make_disk_files()->list(folder.file(""))->size() == 1);
  CHECK_FALSE(write_file_atomically(folder.file("no/such/folder"), "x").has_value());
}

}  // namespace merlon
