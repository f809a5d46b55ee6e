#include "scan/folder_walk.h"

#include <doctest/doctest.h>

#include "support/memory_files.h"

namespace merlon {
namespace {

using test::MemoryFiles;

/// One line per input and per thing left out, in the order of the report.
std::string describe(ScanInputs inputs) {
  normalise_inputs(inputs);
  std::string out;
  for (const ScanInput& input : inputs.files) {
    out += input.name + (input.named ? " (named)\n" : "\n");
  }
  for (const CoverageEntry& entry : inputs.left_out) {
    out +=
        "- " + entry.file + ": " + std::string(to_string(entry.state)) + ": " + entry.reason + "\n";
  }
  return out;
}

std::string walk(const MemoryFiles& files, const std::vector<std::string>& paths,
                 const WalkOptions& options = {}) {
  ScanInputs inputs;
  for (const std::string& path : paths) {
    collect_path(inputs, files, path, options);
  }
  return describe(std::move(inputs));
}

TEST_CASE("folder walk: every file of a folder is met, ignore files hide nothing") {
  MemoryFiles files;
  files.files = {{"d/.gitignore", "*"}, {"d/a.json", ""}, {"d/node_modules/x/b", ""}, {"e", ""}};
  CHECK(walk(files, {"d/"}) == "d/.gitignore\nd/a.json\nd/node_modules/x/b\n");
}

TEST_CASE("folder walk: a file given by name stays named when a walk meets it too") {
  MemoryFiles files;
  files.files = {{"d/a", ""}, {"d/b", ""}};
  CHECK(walk(files, {"d", "d/b"}) == "d/a\nd/b (named)\n");
  CHECK(walk(files, {"d/b", "d"}) == "d/a\nd/b (named)\n");
}

TEST_CASE("folder walk: what the user excludes is listed with the glob that did it") {
  MemoryFiles files;
  files.files = {{"d/a.json", ""}, {"d/test/b.json", ""}, {"d/test/c.json", ""}, {"d/x/y.md", ""}};
  CHECK(walk(files, {"d"}, {.exclude = {"test", "x/*.md"}, .limits = {}}) ==
        "d/a.json\n"
        "- d/test: skipped: excluded by `test`\n"
        "- d/x/y.md: skipped: excluded by `x/*.md`\n");
}

TEST_CASE(
    "folder walk: links in circles, to folders, to nowhere and out of the folder are skipped") {
  MemoryFiles files;
  files.files = {{"d/a", ""}, {"d/sub/b", ""}, {"outside", ""}};
  files.links = {{"d/circle1", "d/circle2"}, {"d/circle2", "d/circle1"}, {"d/folder", "d/sub"},
                 {"d/gone", "d/none"},       {"d/out", "outside"},       {"d/self", "d/a"}};
  CHECK(walk(files, {"d"}) ==
        "d/a\nd/sub/b\n"
        "- d/circle1: skipped: link to nowhere, or in a circle\n"
        "- d/circle2: skipped: link to nowhere, or in a circle\n"
        "- d/folder: skipped: link to a folder\n"
        "- d/gone: skipped: link to nowhere, or in a circle\n"
        "- d/out: skipped: link out of the folder\n"
        "- d/self: skipped: link to `a`, which is scanned itself\n");
}

TEST_CASE("folder walk: a link to a file in a part that was left out brings it in, once") {
  MemoryFiles files;
  files.files = {{"d/hidden/a", ""}};
  files.links = {{"d/one", "d/hidden/a"}, {"d/two", "d/hidden/a"}};
  CHECK(walk(files, {"d"}, {.exclude = {"hidden"}, .limits = {}}) ==
        "d/one\n"
        "- d/hidden: skipped: excluded by `hidden`\n"
        "- d/two: skipped: link to `hidden/a`, which is scanned itself\n");
}

TEST_CASE("folder walk: what git keeps in .git is left out in one entry, all else in it is not") {
  MemoryFiles files;
  files.files = {{"d/.git/HEAD", ""},           {"d/.git/config", ""},
                 {"d/.git/hooks/x.sample", ""}, {"d/.git/objects/ab", ""},
                 {"d/.git/refs/heads", ""},     {"d/.git/.mcp.json", ""},
                 {"d/.git/x/SKILL.md", ""},     {"d/a", ""}};
  CHECK(walk(files, {"d"}) ==
        "d/.git/.mcp.json\nd/.git/x/SKILL.md\nd/a\n"
        "- d/.git: skipped: what git itself keeps; `--git` scans its revisions\n");
}

TEST_CASE("folder walk: a folder that is only called .git hides nothing") {
  MemoryFiles files;
  files.files = {{"d/.git/hooks/x", ""}, {"d/.git/objects/ab", ""}, {"d/.git/refs/a", ""}};
  CHECK(walk(files, {"d"}) == "d/.git/hooks/x\nd/.git/objects/ab\nd/.git/refs/a\n");
}

TEST_CASE("folder walk: limits on depth and files make the scan incomplete") {
  MemoryFiles files;
  files.files = {{"d/1", ""}, {"d/2", ""}, {"d/3", ""}, {"e/x/y/z/a", ""}};
  Limits limits;
  limits.walk_files = 2;
  limits.walk_depth = 2;
  CHECK(walk(files, {"d"}, {.exclude = {}, .limits = limits}) ==
        "d/1\nd/2\n- d: failed: too many files (limit `walk-files`)\n");
  CHECK(walk(files, {"e"}, {.exclude = {}, .limits = limits}) ==
        "- e/x/y/z: failed: too many nested folders (limit `walk-depth`)\n");
}

TEST_CASE("folder walk: what is not there has failed") {
  CHECK(walk(MemoryFiles{}, {"gone"}) ==
        "- gone: failed: cannot open `gone`: No such file or directory\n");
}

TEST_CASE("folder walk: the current folder adds nothing to the names") {
  MemoryFiles files;
  files.files = {{"./a", ""}};
  ScanInputs inputs;
  collect_path(inputs, files, ".", ".", {});
  // The files of this fake live under "./", so the name without it is what must be shown.
  CHECK(describe(std::move(inputs)) == "a\n");
}

}  // namespace
}  // namespace merlon
