#include "manifest/shell_words.h"

#include <doctest/doctest.h>

namespace merlon {
namespace {

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("shell words: blanks separate, quotes keep, adjoining pieces join") {
  CHECK(split_shell_words("") == Words{});
  CHECK(split_shell_words("  npx  -y\tpkg \n") == Words{"npx", "-y", "pkg"});
  CHECK(split_shell_words("a 'b c' \"d e\" f'g h'i") == Words{"a", "b c", "d e", "fg hi"});
  CHECK(split_shell_words("a '' \"\"") == Words{"a", "", ""});
  CHECK(split_shell_words("sh -c \"echo \\\"x\\\"\"") == Words{"sh", "-c", "echo \"x\""});
}

TEST_CASE("shell words: a backslash keeps what follows only where a shell needs it") {
  CHECK(split_shell_words("a\\ b c") == Words{"a b", "c"});
  CHECK(split_shell_words("\\\"x\\'") == Words{"\"x'"});
  CHECK(split_shell_words("D:\\dir\\new") == Words{"D:\\dir\\new"});
  CHECK(split_shell_words("a\\") == Words{"a\\"});
}

TEST_CASE("shell words: a Windows program keeps its blanks up to .exe") {
  CHECK(split_shell_words("C:\\Program Files\\nodejs\\node.exe server.js") ==
        Words{"C:\\Program Files\\nodejs\\node.exe", "server.js"});
  CHECK(split_shell_words("C:\\tools\\run.cmd a b") == Words{"C:\\tools\\run.cmd", "a", "b"});
}

TEST_CASE("shell words: nothing is expanded and an open quote reaches to the end") {
  CHECK(split_shell_words("echo $HOME `id` $(id) *") ==
        Words{"echo", "$HOME", "`id`", "$(id)", "*"});
  CHECK(split_shell_words("a 'b c") == Words{"a", "b c"});
}

}  // namespace merlon
