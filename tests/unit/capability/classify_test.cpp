#include "capability/classify.h"

#include "unit/capability/tool_document.h"

using namespace merlon;
using merlon::test::parse;

namespace {

std::string capabilities(const std::string& name, const std::string& description,
                         const std::vector<std::string>& parameters = {}) {
  std::string text = R"({"name":")" + name + R"(","description":")" + description +
                     R"(","inputSchema":{"type":"object","properties":{)";
  for (const std::string& parameter : parameters) {
    text += (text.ends_with('{') ? "\"" : ",\"") + parameter + R"(":{"type":"string"})";
  }
  const Document document = parse(text + "}}}");
  return to_string_list(classify_tool(document, find_tool_nodes(document, document.root())).set);
}

}  // namespace

TEST_CASE("classify: tools that people know") {
  CHECK(capabilities("get_forecast", "Get the weather forecast for a city", {"city"}) == "none");
  CHECK(capabilities("calculate", "Evaluate a mathematical expression", {"expression"}) == "none");
  CHECK(capabilities("read_file", "Read the complete contents of a file", {"path"}) ==
        "reads-private");
  CHECK(capabilities("write_file", "Create a new file or overwrite an existing one",
                     {"path", "content"}) == "changes-state, destroys");
  CHECK(capabilities("fetch",
                     "Fetches a URL from the internet and extracts its contents as markdown",
                     {"url"}) == "takes-untrusted, sends-out");
  CHECK(capabilities("brave_web_search", "Performs a web search", {"query", "count"}) ==
        "takes-untrusted");
  CHECK(capabilities("send_email", "Send an email", {"to", "subject", "body"}) ==
        "sends-out, changes-state");
  CHECK(capabilities("list_messages", "List the messages of the inbox", {"query"}) ==
        "reads-private, takes-untrusted");
  CHECK(capabilities("delete_branch", "Delete a branch", {"name"}) == "changes-state, destroys");
  CHECK(capabilities("execute_command", "Run a command", {"command"}) == "changes-state, executes");
  CHECK(capabilities("bash", "", {"command"}) == "executes");
  CHECK(capabilities("query", "Run a read-only SQL query", {"sql"}) ==
        "reads-private, changes-state");
  CHECK(capabilities("create_issue", "Create a new issue in a GitHub repository",
                     {"title", "body"}) == "sends-out, changes-state");
  CHECK(capabilities("get_issue", "Get the details of an issue", {"number"}) ==
        "reads-private, takes-untrusted");
  CHECK(capabilities("transfer_eth", "Transfer ETH to an address", {"to", "amount"}) ==
        "changes-state, spends-money");
  CHECK(capabilities("transfer_issue", "Move an issue to another project", {"project"}) ==
        "changes-state");
  CHECK(
      capabilities("add_observations", "Add new observations to entities of the knowledge graph") ==
      "changes-state, writes-memory");
  CHECK(capabilities("upload_file", "Upload a file", {"file_path"}) ==
        "reads-private, sends-out, changes-state");
}

TEST_CASE("classify: a word that is a noun as well is a verb only where no other verb is") {
  CHECK(capabilities("get_post", "") == "takes-untrusted");
  CHECK(capabilities("create_post", "") == "sends-out, changes-state");
  CHECK(capabilities("linkedin_post", "") == "sends-out, changes-state");
  CHECK(capabilities("emails_search", "") == "reads-private, takes-untrusted");
  CHECK(capabilities("vault_transfers", "", {}) == "none");
  CHECK(capabilities("orderCreate", "") == "changes-state");
}

TEST_CASE("classify: what a description denies is not a capability") {
  CHECK(capabilities("preview", "Shows what would happen and never deletes files") ==
        "reads-private");
  CHECK(capabilities("sync", "Synchronise, without sending email") == "changes-state");
  CHECK(
      capabilities("notes",
                   "Shows notes. It does not delete anything. This will permanently delete them") ==
      "reads-private, changes-state, destroys");
}

TEST_CASE("classify: only the first sentence says what is done, not how to call it") {
  CHECK(capabilities("forecast",
                     "Show the weather. Send the city in English. Delete blanks first") == "none");
}

TEST_CASE(
    "classify: a description in another language proves nothing, name and parameters still count") {
  CHECK(capabilities("gdb_execute_command", "执行GDB命令", {"command"}) ==
        "changes-state, executes");
  CHECK(capabilities("notizen", "Löscht alle Dateien") == "none");
}

TEST_CASE("classify: a command that is one of a list is not free text") {
  const Document document = parse(
      R"({"name":"lamp","inputSchema":{"properties":{"command":{"type":"string","enum":["on","off"]}}}})");
  CHECK(classify_tool(document, find_tool_nodes(document, document.root())).set == 0);
}

TEST_CASE("classify: evidence names its words and their place") {
  const Document document = parse(
      R"({"name":"gmail_sendEmail","inputSchema":{"properties":{"recipient":{"type":"string"}}}})");
  const ToolNodes nodes = find_tool_nodes(document, document.root());
  const ToolCapabilities found = classify_tool(document, nodes);
  const NodeId parameter = parameters_of(document, nodes.input_schema).front().name;
  CHECK(
      found.evidence ==
      std::vector<CapabilityEvidence>{
          {Capability::kSendsOut, EvidenceSource::kName, nodes.name, 6, 15, "send email", true},
          {Capability::kSendsOut, EvidenceSource::kParameter, parameter, 0, 9, "recipient", false},
          {Capability::kChangesState, EvidenceSource::kName, nodes.name, 6, 10, "send", true}});
  CHECK(document.text(nodes.name).substr(6, 9) == "sendEmail");
}

TEST_CASE("classify: annotations do not count, and what contradicts them is listed") {
  const Document document = parse(R"({"name":"delete_all","annotations":
      {"readOnlyHint":true,"destructiveHint":false,"openWorldHint":false}})");
  const ToolNodes nodes = find_tool_nodes(document, document.root());
  const ToolCapabilities found = classify_tool(document, nodes);
  CHECK(to_string_list(found.set) == "changes-state, destroys");
  const NodeId read_only = *document.find(nodes.annotations, "readOnlyHint");
  const NodeId destructive = *document.find(nodes.annotations, "destructiveHint");
  CHECK(found.contradictions ==
        std::vector<AnnotationContradiction>{
            {read_only, "readOnlyHint", true, Capability::kDestroys, "delete"},
            {destructive, "destructiveHint", false, Capability::kDestroys, "delete"}});
}

TEST_CASE("classify: honest annotations are not contradicted") {
  const Document document = parse(
      R"({"name":"get_page","annotations":{"readOnlyHint":true,"destructiveHint":false,"openWorldHint":true}})");
  CHECK(classify_tool(document, find_tool_nodes(document, document.root())).contradictions.empty());
}

TEST_CASE("classify: shapes that are no tool give nothing and do not fail") {
  for (const char* text :
       {"1", "[]", "{}", R"({"name":1,"description":[],"inputSchema":7,"annotations":"x"})",
        R"({"name":"","inputSchema":{"properties":[1]}})"}) {
    CAPTURE(text);
    const Document document = parse(text);
    CHECK(classify_tool(document, find_tool_nodes(document, document.root())).set == 0);
  }
}

TEST_CASE("capability: names are unique, sorted by the enum, and read back") {
  for (std::size_t i = 0; i < capability_infos().size(); ++i) {
    const CapabilityInfo& info = capability_infos()[i];
    CHECK(static_cast<std::size_t>(info.capability) == i);
    CHECK(parse_capability(info.name) == info.capability);
    CHECK(to_string(info.capability) == info.name);
  }
  CHECK_FALSE(parse_capability("sends").has_value());
}
