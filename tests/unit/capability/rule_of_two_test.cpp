#include "capability/rule_of_two.h"

#include "capability/flow.h"
#include "unit/capability/tool_document.h"

using namespace merlon;
using merlon::test::parse_manifest;

namespace {

constexpr const char* kWeb =
    R"("web":{"tools":[{"name":"fetch","inputSchema":{"properties":{"url":{"type":"string"}}}}]})";
constexpr const char* kSearch = R"("search":{"tools":[{"name":"web_search"}]})";
constexpr const char* kFiles = R"("files":{"tools":[{"name":"read_file"}]})";
constexpr const char* kMail = R"("mail":{"tools":[{"name":"list_emails"},{"name":"send_email"}]})";
constexpr const char* kNotes = R"("notes":{"tools":[{"name":"update_note"}]})";

struct World {
  std::vector<Manifest> manifests;
  std::vector<const Manifest*> pointers;
  std::vector<CapableTool> tools;
  std::vector<ToolGroup> groups;

  explicit World(std::vector<Manifest> given) : manifests(std::move(given)) {
    for (const Manifest& manifest : manifests) {
      pointers.push_back(&manifest);
    }
    tools = capable_tools(pointers);
    groups = tool_groups(pointers, tools);
  }
};

World client(std::initializer_list<const char*> servers) {
  std::string text = "{";
  for (const char* server : servers) {
    text += (text.size() > 1 ? "," : "") + std::string(server);
  }
  return World({parse_manifest(text + "}", true)});
}

}  // namespace

TEST_CASE(
    "rule of two: two properties are fine, the third is one too many, with a witness for each") {
  const World two = client({kSearch, kFiles});
  REQUIRE(two.groups.size() == 3);
  CHECK(two.groups[2].client);
  CHECK_FALSE(check_rule_of_two(two.tools, two.groups[2]).violated());

  const World three = client({kSearch, kFiles, kNotes});
  const RuleOfTwoVerdict verdict = check_rule_of_two(three.tools, three.groups.back());
  REQUIRE(verdict.violated());
  CHECK_FALSE(verdict.severe);
  CHECK(describe(three.tools[verdict.untrusted->tool], verdict.untrusted->evidence) ==
        "`search.web_search` takes untrusted text (name says `search web`)");
  CHECK(describe(three.tools[verdict.sensitive->tool], verdict.sensitive->evidence) ==
        "`files.read_file` reads private data (name says `read file`)");
  CHECK(describe(three.tools[verdict.outside->tool], verdict.outside->evidence) ==
        "`notes.update_note` changes something (name says `update`)");
  for (std::size_t i = 0; i + 1 < three.groups.size(); ++i) {
    CHECK_FALSE(check_rule_of_two(three.tools, three.groups[i]).violated());
  }
}

TEST_CASE("rule of two: one server can have all three, and an effect that sends is severe") {
  const World world = client({kMail});
  REQUIRE(world.groups.size() == 1);
  const RuleOfTwoVerdict verdict = check_rule_of_two(world.tools, world.groups[0]);
  CHECK(verdict.violated());
  CHECK(verdict.severe);
}

TEST_CASE(
    "tool groups: a configured server's tools are found in other files by its name; disabled ones "
    "are not") {
  std::vector<Manifest> manifests;
  manifests.push_back(parse_manifest(R"({"web":{"command":["a"]},"files":{"command":["b"]},
      "mail":{"command":["c"],"disabled":true},"lost":{"command":["d"]}})",
                                     false, ".mcp.json"));
  manifests.push_back(parse_manifest("{" + std::string(kWeb) + "}", false, "web.json"));
  manifests.push_back(
      parse_manifest("{" + std::string(kFiles) + "," + kMail + "}", false, "rest.json"));
  const World world(std::move(manifests));
  REQUIRE(world.groups.size() == 4);
  const ToolGroup& group = world.groups[0];
  CHECK(group.client);
  CHECK(group.name == ".mcp.json");
  CHECK(group.tools == std::vector<std::size_t>{0, 1});
  CHECK(group.unknown == std::vector<std::string>{"lost"});
  CHECK(world.groups[1].name == "web");
  CHECK(world.groups[1].tools == std::vector<std::size_t>{0});
}

TEST_CASE("toxic flow: a path over several servers names its three tools") {
  const World world = client({kSearch, kFiles, kWeb, kNotes});
  const auto flows = find_toxic_flows(world.tools, world.groups.back());
  REQUIRE(flows.size() == 1);
  CHECK(flows[0].crosses_servers);
  CHECK(flows[0].explain(world.tools) ==
        "`web.fetch` takes untrusted text (parameter says `url`), "
        "`files.read_file` reads private data (name says `read file`), "
        "`web.fetch` sends data out (parameter says `url`)");
}

TEST_CASE("toxic flow: one server that has all three is a flow of its own") {
  const World world = client({kMail, kFiles});
  const auto flows = find_toxic_flows(world.tools, world.groups.back());
  REQUIRE(flows.size() == 1);
  CHECK_FALSE(flows[0].crosses_servers);
  CHECK(flows[0].explain(world.tools) ==
        "`mail.list_emails` takes untrusted text (name says `list emails`), "
        "`mail.list_emails` reads private data (name says `list emails`), "
        "`mail.send_email` sends data out (name says `send email`)");
}

TEST_CASE("toxic flow: without untrusted input, private data or a way out there is none") {
  for (const World& world :
       {client({kSearch, kFiles, kNotes}), client({kFiles, kNotes}), client({kWeb, kNotes})}) {
    CHECK(find_toxic_flows(world.tools, world.groups.back()).empty());
  }
}
