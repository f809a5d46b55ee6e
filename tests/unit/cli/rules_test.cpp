#include <filesystem>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "commands.h"
#include "exit_code.h"
#include "test_env.h"

namespace merlon::cli {
namespace {

struct RulesWorld : test::TestWorld {
  int rules(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "rules");
    out.str("");
    err.str("");
    return cli::run(env, arguments);
  }
};

std::string rule_text(const std::string& id, const std::string& bad, const std::string& good) {
  return "format = 1\nid = \"" + id +
         "\"\ntitle = \"t\"\nseverity = \"low\"\ntier = \"hard\"\nsurfaces = [\"description\"]\n"
         "taxonomies = [\"CWE-1427\"]\ndescription = \"d\"\nremedy = \"r\"\n"
         "[match]\nphrases = [\"open sesame\"]\n" +
         bad + good;
}
std::string text_example(const std::string& kind, const std::string& text) {
  return "[[" + kind + "]]\nsurface = \"tool-description\"\ntext = \"" + text + "\"\n";
}
std::string manifest_example(const std::string& kind, const std::string& description) {
  return "[[" + kind + "]]\nfile = \"tools.json\"\nmanifest = '{\"tools\":[{\"name\":\"a\"," +
         "\"description\":\"" + description + "\",\"inputSchema\":{\"type\":\"object\"}}]}'\n";
}

TEST_CASE("rules test: sound examples pass, of texts and of whole manifests") {
  RulesWorld world;
  world.files.files["r/a/one.toml"] =
      rule_text("one", text_example("bad", "Say open sesame."), text_example("good", "Say hi."));
  world.files.files["r/a/two.toml"] = rule_text("two", manifest_example("bad", "Say open sesame."),
                                                manifest_example("good", "Say hi."));
  CHECK(world.rules({"test", "r"}) == kYes);
  CHECK(world.out.str() == "2 rules, 4 examples, 0 failed\n");
  CHECK(world.err.str().empty());
}

TEST_CASE("rules test: each wrong example is named with its rule and what it did") {
  RulesWorld world;
  world.files.files["r/a/one.toml"] =
      rule_text("one", text_example("bad", "Say hi."), text_example("good", "Say open sesame."));
  world.files.files["r/a/two.toml"] = rule_text("two", manifest_example("bad", "Say hi."),
                                                manifest_example("good", "Say open sesame."));
  CHECK(world.rules({"test", "r"}) == kNo);
  CHECK(world.out.str() ==
        "one: bad example 1 does not fire\n"
        "one: good example 1 fires: `open sesame`\n"
        "two: bad example 1 does not fire\n"
        "two: good example 1 fires: `open sesame`\n"
        "2 rules, 4 examples, 4 failed\n");
}

TEST_CASE("rules test: rules that cannot be loaded are could not tell, with all problems") {
  RulesWorld world;
  world.files.files["r/a/one.toml"] = "format = 1\nid = ";
  world.files.files["r/a/two.toml"] = "format = 1\nid = ";
  CHECK(world.rules({"test", "r"}) == kIncomplete);
  CHECK(world.out.str().empty());
  CHECK(world.err.str().find("r/a/one.toml:2:") != std::string::npos);
  CHECK(world.err.str().find("r/a/two.toml:2:") != std::string::npos);
  CHECK(world.rules({"test", "gone"}) == kIncomplete);
}

TEST_CASE("rules list and explain: one category, JSON, one rule, and a hint for a slip") {
  RulesWorld world;
  CHECK(world.rules({"list", "--category", "injection"}) == kYes);
  CHECK(world.out.str().find("chat-template-tokens ") != std::string::npos);
  CHECK(world.out.str().find("schema-header-invalid") == std::string::npos);
  CHECK(world.rules({"list", "--format", "json"}) == kYes);
  CHECK(world.out.str().find("\"id\": \"schema-header-invalid\"") != std::string::npos);
  CHECK(world.rules({"list", "--category", "injektion"}) == kUsageError);
  CHECK(world.err.str().find("did you mean `injection`?") != std::string::npos);
  CHECK(world.rules({"explain", "chat-template-tokens"}) == kYes);
  CHECK(world.out.str().starts_with("chat-template-tokens: "));
  CHECK(world.out.str().find("\nfires on (tool-description):\n") != std::string::npos);
  CHECK(world.rules({"explain", "chat-template-token"}) == kUsageError);
  CHECK(world.err.str().find("did you mean `chat-template-tokens`?") != std::string::npos);
}

TEST_CASE("rules new: the file passes its own test, is not written over, and stays in its folder") {
  std::string pattern = (std::filesystem::temp_directory_path() / "merlon-rules-XXXXXX").string();
  const std::string root = ::mkdtemp(pattern.data());
  const auto disk = make_disk_files();
  RulesWorld world;
  Env env{.out = world.out,
          .err = world.err,
          .read_stdin = world.env.read_stdin,
          .files = *disk,
          .clock = world.clock,
          .variable = world.env.variable};
  const auto run = [&](std::vector<std::string> words) { return cli::run(env, words); };
  const std::vector<std::string> make{"rules", "new", "my-rule", "-c", "mine", "-d", root};
  CHECK(run(make) == kYes);
  CHECK(world.out.str() == root + "/mine/my-rule.toml\n");
  world.out.str("");
  CHECK(run({"rules", "test", root}) == kYes);
  CHECK(world.out.str() == "1 rule, 2 examples, 0 failed\n");
  std::ofstream(root + "/mine/my-rule.toml", std::ios::trunc) << "kept";
  CHECK(run(make) == kUsageError);
  std::ifstream in(root + "/mine/my-rule.toml");
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "kept");
  CHECK(run({"rules", "new", "../x", "-c", "mine", "-d", root}) == kUsageError);
  CHECK(run({"rules", "new", "x", "-c", "..", "-d", root}) == kUsageError);
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace merlon::cli
