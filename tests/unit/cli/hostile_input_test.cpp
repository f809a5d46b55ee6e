// Inputs that were made to break a scanner. Each ends with a clear message and the right exit code;
// that none crashes is what the fuzzers and the sanitizer build show.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/text.h"
#include "commands.h"
#include "exit_code.h"
#include "support/zip_builder.h"
#include "test_env.h"

namespace merlon::cli {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

std::string tool_saying(const std::string& description) {
  return R"({"tools":[{"name":"a","description":")" + description +
         R"(","inputSchema":{"type":"object"}}]})";
}

/// Runs `scan` over one file. The answer is the exit code, what stands on standard error, and a
/// line for each finding.
std::string scanned(const std::string& name, std::string bytes,
                    const std::vector<std::string>& words = {},
                    const test::MemoryFiles& others = {}) {
  test::TestWorld world;
  world.files.files = others.files;
  world.files.links = others.links;
  world.files.unreadable = others.unreadable;
  world.files.files[name] = std::move(bytes);
  std::vector<std::string> arguments{"scan", "--quiet", "--format", "json"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  arguments.push_back(name);
  const int code = cli::run(world.env, arguments);
  std::string out = "exit " + std::to_string(code) + "\n" + world.err.str();
  const std::string report = world.out.str();
  for (const std::string_view line : split(report, '\n')) {
    const std::size_t at = line.find("\"rule\": \"");
    if (at != std::string_view::npos) {
      out += "finding " + std::string(line.substr(at + 9, line.rfind('"') - at - 9)) + "\n";
    }
  }
  return out;
}

}  // namespace

TEST_CASE("hostile: nesting of 100,000 levels is over a limit, in every syntax") {
  CHECK(scanned("a.json", repeated("[", 100'000)) ==
        R"(exit 3
a.json:1:257: error[limit]: nested deeper than 256 levels
  …[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…
                                                               ^
)");
  CHECK(scanned("a.json", repeated(R"({"a":)", 100'000)) ==
        R"(exit 3
a.json:1:1281: error[limit]: nested deeper than 256 levels
  …{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{…
                                                               ^
)");
  CHECK(scanned("a.yaml", "mcpServers: " + repeated("[", 100'000)) ==
        R"(exit 3
a.yaml:1:268: error[limit]: nested deeper than 256 levels
  …[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…
                                                               ^
)");
  CHECK(scanned("a.toml", "a = " + repeated("[", 100'000)) ==
        R"(exit 3
a.toml:1:1: error[limit]: more than 50000 dots and `[[` headers
  a = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…
  ^
)");
}

TEST_CASE("hostile: a string of megabytes is looked at in part, and that is said") {
  CHECK(scanned("a.json", tool_saying(repeated("word ", 1'000'000))) ==
        R"(exit 3
finding definitions-oversized
finding rule-budget-exceeded
finding description-oversized
finding rule-budget-exceeded
)");
}

TEST_CASE("hostile: keys that stand twice, also when one is escaped") {
  CHECK(scanned("a.json", R"({"mcpServers":{"a":{"command":"x","\u0063ommand":"y"}}})") ==
        R"(exit 1
finding duplicate-key
finding escaped-key
)");
}

TEST_CASE("hostile: lone surrogates, bad UTF-8, a byte order mark, NUL") {
  CHECK(scanned("a.json", tool_saying(R"(x \ud800 y)")) ==
        R"(exit 0
finding lone-surrogate
)");
  CHECK(scanned("a.json", tool_saying("x \xFF y")) ==
        R"(exit 3
a.json:1:40: error[syntax]: byte 255 is not valid UTF-8 here
  {"tools":[{"name":"a","description":"x \xFF y","inputSchema":{"type":"object"}}]}
                                         ^~~~
)");
  CHECK(scanned("a.json", "\xEF\xBB\xBF" + tool_saying("Adds.")) ==
        R"(exit 0
)");
  CHECK(scanned("a.json", tool_saying(std::string("x \0 y", 5))) ==
        R"(exit 3
a.json:1:40: error[syntax]: control character in a string; write it as an escape
  {"tools":[{"name":"a","description":"x \u{0000} y","inputSchema":{"type":"object"}}]}
                                         ^~~~~~~~
)");
  CHECK(scanned("a.json", std::string(5, '\0')) ==
        R"(exit 3
a.json: error[format]: neither JSON, TOML, YAML, a skill nor a bundle
merlon: hint: `--manifest-format NAME` forces a format, `merlon scan --list-formats` lists them
)");
}

TEST_CASE("hostile: zip bombs and entries that leave the folder") {
  test::ZipBuilder bomb;
  bomb.add("manifest.json", std::string(std::size_t{8} << 20U, ' '));
  CHECK(scanned("bomb.mcpb", bomb.build()) ==
        R"(exit 3
)");
  test::ZipBuilder outside;
  outside.add("manifest.json",
              R"({"manifest_version":"0.3","name":"a","version":"1","description":"d",)"
              R"("author":{"name":"a"},"server":{"type":"node","entry_point":"a.js",)"
              R"("mcp_config":{"command":"node","args":["${__dirname}/a.js"]}}})");
  outside.add("../../.bashrc", "x");
  outside.add("/etc/cron.d/x", "x");
  outside.add(
      test::ZipBuilder::Entry{.name = "link", .bytes = "/etc/passwd", .unix_mode = 0120777});
  CHECK(scanned("outside.mcpb", outside.build()) ==
        R"(exit 1
finding bundle-entry-unsafe
finding bundle-entry-unsafe
finding bundle-entry-unsafe
)");
}

TEST_CASE("hostile: YAML aliases that grow without end") {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + alias +
            repeated(", " + alias, 8) + "]\n";
  }
  CHECK(scanned("config.yaml", text + "mcpServers: *a9\n") ==
        R"(exit 3
config.yaml:6:10: error[limit]: more than 100000 keys and values, aliases expanded
  a5: &a5 [*a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4]
           ^~~
)");
}

TEST_CASE("hostile: a rule of the user whose pattern never ends is a finding, not a stall") {
  test::MemoryFiles files;
  files.files["r/a/slow.toml"] =
      "format = 1\nid = \"slow\"\ntitle = \"t\"\nseverity = \"low\"\ntier = \"hard\"\n"
      "surfaces = [\"description\"]\ntaxonomies = [\"CWE-1427\"]\ndescription = \"d\"\n"
      "remedy = \"r\"\n[match]\nany = [{ pattern = '''(a+)+$''' }]\n"
      "[[bad]]\nsurface = \"tool-description\"\ntext = \"aaa\"\n"
      "[[good]]\nsurface = \"tool-description\"\ntext = \"b\"\n";
  CHECK(scanned("a.json", tool_saying(repeated("a", 5000) + "!"), {"--rules", "r"}, files) ==
        R"(exit 3
finding encoded-blob
finding rule-budget-exceeded
)");
}

TEST_CASE("hostile: files that cannot be read, links in a circle") {
  test::MemoryFiles files;
  files.files["d/secret.json"] = "{}";
  files.unreadable["d/secret.json"] = ErrorCode::kIo;
  files.links["d/loop"] = "d/loop";
  files.links["d/self"] = "d";
  CHECK(scanned("d/a.json", tool_saying("Adds."), {"d"}, files) ==
        R"(exit 3
merlon: error[io]: cannot open `d/secret.json`: Permission denied
)");
}

}  // namespace merlon::cli
