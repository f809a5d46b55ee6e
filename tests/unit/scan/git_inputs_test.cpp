#include "scan/git_inputs.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

namespace merlon {
namespace {

namespace fs = std::filesystem;

/// A repository made by git itself in a folder of its own.
class TemporaryRepository {
 public:
  TemporaryRepository() {
    std::string pattern = (fs::temp_directory_path() / "merlon-git-XXXXXX").string();
    root_ = fs::canonical(::mkdtemp(pattern.data()));
    git("init -q -b main");
  }
  TemporaryRepository(const TemporaryRepository&) = delete;
  TemporaryRepository& operator=(const TemporaryRepository&) = delete;
  ~TemporaryRepository() { fs::remove_all(root_); }

  [[nodiscard]] std::string path() const { return root_.string(); }
  [[nodiscard]] std::string path(const std::string& name) const { return (root_ / name).string(); }

  void write(const std::string& name, const std::string& bytes) const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name, std::ios::binary) << bytes;
  }
  void git(const std::string& arguments) const {
    const std::string command = "cd '" + path() +
                                "' && HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 git -c user.name=t "
                                "-c user.email=t@example.org "
                                "-c commit.gpgsign=false -c core.hooksPath=/dev/null " +
                                arguments + " >/dev/null 2>&1";
    REQUIRE(std::system(command.c_str()) == 0);
  }
  void commit() const {
    git("add -A");
    git("commit -q -m state");
  }

 private:
  fs::path root_;
};

std::string read(const ReadSource& source) {
  const auto text = source(1 << 20);
  return text ? std::string((*text)->bytes()) : "error: " + text.error().message;
}

std::string names(const ScanInputs& inputs) {
  std::string out;
  for (const ScanInput& input : inputs.files) {
    out += input.name + (input.named ? "*" : "") + "=" + read(input.read) + "\n";
  }
  for (const CoverageEntry& entry : inputs.left_out) {
    out += "- " + entry.file + ": " + entry.reason + "\n";
  }
  return out;
}

TEST_CASE("git inputs: a revision is read without a checkout, whatever the work tree holds") {
  const TemporaryRepository repository;
  repository.write("a.json", "old");
  repository.write("sub/b.json", "b");
  repository.commit();
  repository.write("a.json", "new");
  repository.commit();
  repository.write("a.json", "uncommitted");
  fs::create_symlink("a.json", repository.path("link"));
  repository.git("add link");
  repository.git("commit -q -m link");

  const auto head = open_git_revision(repository.path(), GitSearch::kHere, "HEAD");
  REQUIRE(head);
  ScanInputs inputs;
  CHECK(collect_git(inputs, *head, {}, {}));
  CHECK(names(inputs) == "a.json=new\nsub/b.json=b\n- link: symbolic link\n");

  const auto before = open_git_revision(repository.path(), GitSearch::kHere, "main~2");
  REQUIRE(before);
  ScanInputs some;
  CHECK(collect_git(some, *before, {"./a.json", "sub/"}, {}));
  CHECK(names(some) == "a.json*=old\nsub/b.json=b\n");
}

TEST_CASE("git inputs: globs leave out, limits stop, missing paths and revisions are errors") {
  const TemporaryRepository repository;
  repository.write("a/b/c/d.json", "1");
  repository.write("e.json", "2");
  repository.commit();
  const auto head = open_git_revision(repository.path(), GitSearch::kHere, "HEAD");
  REQUIRE(head);

  ScanInputs inputs;
  CHECK(collect_git(inputs, *head, {}, {.exclude = {"d.json"}, .limits = {}}));
  CHECK(names(inputs) == "e.json=2\n- a/b/c/d.json: excluded by `d.json`\n");

  WalkOptions tight;
  tight.limits.walk_depth = 2;
  const Status deep = collect_git(inputs, *head, {}, tight);
  REQUIRE_FALSE(deep);
  CHECK(deep.error().code == ErrorCode::kLimit);
  tight.limits = {};
  tight.limits.walk_files = 1;
  CHECK_FALSE(collect_git(inputs, *head, {}, tight));

  const Status missing = collect_git(inputs, *head, {"none.json"}, {});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::kNotFound);
  CHECK_FALSE(open_git_revision(repository.path(), GitSearch::kHere, "no-such-branch"));
  CHECK_FALSE(open_git_revision(repository.path("a"), GitSearch::kHere, "HEAD"));
  CHECK(open_git_revision(repository.path("a"), GitSearch::kUpwards, "HEAD"));
}

TEST_CASE("git inputs: a blob above the limit is refused before it is unpacked") {
  const TemporaryRepository repository;
  repository.write("big", std::string(5000, 'x'));
  repository.commit();
  const auto head = open_git_revision(repository.path(), GitSearch::kHere, "HEAD");
  REQUIRE(head);
  const auto text = head->read("big", "big", 4999);
  REQUIRE_FALSE(text);
  CHECK(text.error().code == ErrorCode::kLimit);
  CHECK(head->read("big", "big", 5000));
}

TEST_CASE("git inputs: since gives each file its own earlier state, a new file has none") {
  const TemporaryRepository repository;
  repository.write("sub/a.json", "old");
  repository.commit();
  repository.write("sub/a.json", "new");
  repository.write("sub/b.json", "added");

  const auto files = make_disk_files();
  ScanInputs inputs;
  collect_path(inputs, *files, repository.path("sub"), "sub", {});
  normalise_inputs(inputs);
  REQUIRE(inputs.files.size() == 2);
  REQUIRE(compare_since(inputs, "HEAD"));
  CHECK(read(inputs.files[0].read) == "new");
  CHECK(read(inputs.files[0].read_before) == "old");
  const auto added = inputs.files[1].read_before(100);
  REQUIRE_FALSE(added);
  CHECK(added.error().code == ErrorCode::kNotFound);
}

TEST_CASE("git inputs: since refuses standard input and files of no work tree") {
  ScanInputs inputs;
  add_source(inputs, SourceText::copy_of("-", "{}"));
  const Status status = compare_since(inputs, "HEAD");
  REQUIRE_FALSE(status);
  CHECK(status.error().code == ErrorCode::kUsage);

  const auto files = make_disk_files();
  ScanInputs outside;
  collect_path(outside, *files, "/etc/hostname", {});
  REQUIRE(outside.files.size() == 1);
  CHECK_FALSE(compare_since(outside, "HEAD"));
}

TEST_CASE("git inputs: hooks, filters and aliases of a hostile repository are not run") {
  const TemporaryRepository repository;
  repository.write("a.json", "{}");
  repository.write(".gitattributes", "* filter=evil\n");
  repository.commit();
  const std::string mark = repository.path("was-run");
  repository.write(".git/hooks/post-checkout", "#!/bin/sh\ntouch '" + mark + "'\n");
  fs::permissions(repository.path(".git/hooks/post-checkout"), fs::perms::owner_all);
  repository.git("config filter.evil.smudge \"touch '" + mark + "'; cat\"");
  repository.git("config core.fsmonitor \"touch '" + mark + "'\"");
  repository.git("config core.sshCommand \"touch '" + mark + "'\"");
  fs::remove(mark);  // git itself may have asked the monitor

  const auto head = open_git_revision(repository.path(), GitSearch::kHere, "HEAD");
  REQUIRE(head);
  ScanInputs inputs;
  REQUIRE(collect_git(inputs, *head, {"a.json"}, {}));
  CHECK(names(inputs) == "a.json*={}\n");
  CHECK_FALSE(fs::exists(mark));
}

TEST_CASE("git inputs: an object whose bytes do not have its name is an error") {
  const TemporaryRepository repository;
  repository.write("a.json", "original");
  repository.write("b.json", "swapped!");
  repository.commit();
  const auto head = open_git_revision(repository.path(), GitSearch::kHere, "HEAD");
  REQUIRE(head);
  const auto object = [&](const char* name) {
    const std::string oid = head->repository->find(head->tree, name)->oid;
    return repository.path(".git/objects/" + oid.substr(0, 2) + "/" + oid.substr(2));
  };
  fs::permissions(object("a.json"), fs::perms::owner_all);
  fs::copy_file(object("b.json"), object("a.json"), fs::copy_options::overwrite_existing);
  CHECK_FALSE(head->read("a.json", "a.json", 100));
}

}  // namespace
}  // namespace merlon
