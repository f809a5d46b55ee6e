#include "capability/definition_diff.h"

#include "capability/schema_path.h"
#include "capability/text_change.h"
#include "unit/capability/tool_document.h"

using namespace merlon;
using merlon::test::parse;

namespace {

std::string diff(const std::string& before, const std::string& after) {
  const Document a = parse(before);
  const Document b = parse(after);
  std::string out;
  for (const DefinitionChange& change : diff_tools(a, a.root(), b, b.root())) {
    out += std::string(change.risk_grew ? "RISK " : "     ") + change.pointer + " " +
           std::string(to_string(change.kind)) + " [" + change.before + "|" + change.after + "] " +
           change.why + "\n";
  }
  return out;
}

/// Two tools that differ in their schema's properties and required.
std::string schema_diff(const std::string& before, const std::string& after) {
  return diff(R"({"name":"t","inputSchema":)" + before + "}",
              R"({"name":"t","inputSchema":)" + after + "}");
}

std::string parameter_diff(const std::string& before, const std::string& after) {
  return schema_diff(R"({"properties":{"p":)" + before + "}}",
                     R"({"properties":{"p":)" + after + "}}");
}

}  // namespace

TEST_CASE("definition diff: order of keys, of required, enum and type, and spelling do not count") {
  CHECK(
      diff(
          R"({"name":"t","inputSchema":{"required":["a","b"],"properties":{"a":{"type":["string","null"],
             "enum":["x",1]},"b":{"maximum":1.0}}}})",
          R"({"inputSchema":{"properties":{"b":{"maximum":1},"a":{"enum":[1,"x"],"type":["null","string"]}},
             "required":["b","a"]},"name":"\u0074"})") == "");
}

TEST_CASE("definition diff: a new parameter where data can leave is a risk, another one is not") {
  CHECK(schema_diff(R"({"properties":{"q":{}}})",
                    R"({"properties":{"q":{},"webhook_url":{"type":"string"}}})") ==
        "RISK /inputSchema capability [|takes-untrusted] new capability takes-untrusted: the "
        "parameter says `webhook_url`\n"
        "RISK /inputSchema capability [|sends-out] new capability sends-out: the parameter says "
        "`webhook_url`\n"
        "RISK /inputSchema/properties/webhook_url added [|{\"type\":\"string\"}] "
        "new parameter `webhook_url` takes a URL\n");
  CHECK(
      schema_diff(R"({"properties":{"q":{}}})",
                  R"({"properties":{"q":{},"limit":{"type":"integer"}}})") ==
      "     /inputSchema/properties/limit added [|{\"type\":\"integer\"}] new parameter `limit`\n");
  CHECK(schema_diff(R"({"properties":{"q":{}}})", R"({"properties":{"q":{},"sidenote":{}}})") ==
        "RISK /inputSchema/properties/sidenote added [|{}] "
        "new parameter `sidenote` can carry the conversation out\n");
  CHECK(schema_diff(R"({"properties":{"q":{}}})", R"({"properties":{"q":{},"api_key":{}}})") ==
        "RISK /inputSchema/properties/api_key added [|{}] new parameter `api_key` asks for a "
        "secret\n");
  CHECK(schema_diff(R"({"properties":{"q":{}}})", "{\"properties\":{}}") ==
        "     /inputSchema/properties/q removed [{}|] the parameter `q` is gone\n");
}

TEST_CASE("definition diff: nested parameters are judged as well, names of $defs are none") {
  CHECK(parameter_diff(R"({"properties":{}})", R"({"properties":{"command":{"type":"string"}}})") ==
        "RISK /inputSchema/properties/p/properties/command added [|{\"type\":\"string\"}] "
        "new parameter `command` takes a command\n");
  CHECK(schema_diff("{}", R"({"$defs":{"url":{}}})") ==
        "     /inputSchema/$defs added [|{\"url\":{}}] is added\n");
}

TEST_CASE("definition diff: what must be given") {
  CHECK(schema_diff(R"({"properties":{"a":{}},"required":[]})",
                    R"({"properties":{"a":{}},"required":["a"]})") ==
        "RISK /inputSchema/required added [|\"a\"] `a` must be given now\n");
  CHECK(schema_diff(R"({"properties":{"a":{}},"required":["a"]})",
                    R"({"properties":{"a":{}},"required":[]})") ==
        "     /inputSchema/required removed [\"a\"|] `a` may be left out\n");
  CHECK(schema_diff(R"({"properties":{},"required":[]})",
                    R"({"properties":{"b":{}},"required":["b"]})") ==
        "RISK /inputSchema/properties/b added [|{}] new parameter `b` must be given\n"
        "     /inputSchema/required added [|\"b\"] `b` must be given\n");
}

TEST_CASE(
    "definition diff: a schema that comes or goes as a whole is told parameter by parameter") {
  const std::string schema =
      R"({"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{},"url":{}},"required":["a","url"]})";
  CHECK(schema_diff("{}", schema) ==
        "RISK /inputSchema capability [|takes-untrusted] new capability takes-untrusted: the "
        "parameter says `url`\n"
        "RISK /inputSchema capability [|sends-out] new capability sends-out: the parameter says "
        "`url`\n"
        "RISK /inputSchema/properties/a added [|{}] new parameter `a` must be given\n"
        "RISK /inputSchema/properties/url added [|{}] new parameter `url` takes a URL\n"
        "     /inputSchema/$schema added [|\"http://json-schema.org/draft-07/schema#\"] is added\n"
        "     /inputSchema/required added [|\"a\"] `a` must be given\n"
        "     /inputSchema/required added [|\"url\"] `url` must be given\n");
  CHECK(schema_diff(schema, "{}").find("RISK") == std::string::npos);
}

TEST_CASE("definition diff: a schema that lets more in is a risk, one that lets less in is not") {
  struct Row {
    const char* before;
    const char* after;
    bool risk;
    const char* why;
  };
  const std::vector<Row> rows{
      {R"({"type":"integer"})", R"({"type":"string"})", true, "now takes string"},
      {R"({"type":"string"})", R"({"type":"integer"})", false, "now takes integer"},
      {R"({"type":"string"})", R"({"type":["string","object"]})", true, "now takes object"},
      {R"({"enum":["a"]})", R"({"enum":["a","b"]})", true, "one more value is allowed: \"b\""},
      {R"({"enum":["a","b"]})", R"({"enum":["a"]})", false, "one value less is allowed"},
      {R"({"enum":["a"]})", "{}", true, "no longer bound to a list of values"},
      {"{}", R"({"enum":["a"]})", false, "now bound to a list of values"},
      {R"({"pattern":"^a$"})", "{}", true, "the pattern is gone"},
      {R"({"pattern":"^a$"})", R"({"pattern":".*"})", true, "another pattern"},
      {"{}", R"({"pattern":"^a$"})", false, "a new pattern"},
      {R"({"maxLength":10})", R"({"maxLength":20})", true, "a wider bound"},
      {R"({"maxLength":10})", R"({"maxLength":5})", false, "a narrower bound"},
      {R"({"minimum":0})", R"({"minimum":-1})", true, "a wider bound"},
      {R"({"maximum":1})", "{}", true, "a bound is gone"},
      {R"({"const":1})", R"({"const":2})", true, "another constant"},
      {R"({"additionalProperties":false})", "{}", true, "takes members now that are not listed"},
      {R"({"additionalProperties":false})", R"({"additionalProperties":true})", true,
       "takes members now that are not listed"},
      {R"({"additionalProperties":true})", R"({"additionalProperties":false})", false,
       "takes only listed members now"},
      {R"({"anyOf":[{"const":1}]})", R"({"anyOf":[{"const":1},{"const":2}]})", true,
       "one more shape is allowed"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.before);
    CAPTURE(row.after);
    const std::string found = parameter_diff(row.before, row.after);
    CHECK(found.starts_with(row.risk ? "RISK" : "    "));
    CHECK(found.find(std::string("] ") + row.why + "\n") != std::string::npos);
  }
}

TEST_CASE("definition diff: flipped annotations, absent ones by their defaults") {
  CHECK(diff(R"({"name":"t","annotations":{"readOnlyHint":true,"destructiveHint":false}})",
             R"({"name":"t"})") ==
        "RISK /annotations/destructiveHint changed [false|true] no longer says that it destroys "
        "nothing\n"
        "RISK /annotations/readOnlyHint changed [true|false] no longer says that it only reads\n"
        "     /annotations removed [{\"destructiveHint\":false,\"readOnlyHint\":true}|] is "
        "removed\n");
  CHECK(diff(R"({"name":"get","annotations":{"readOnlyHint":false}})",
             R"({"name":"get","annotations":{"readOnlyHint":true}})") ==
        "     /annotations/readOnlyHint changed [false|true] promises more than before\n");
  CHECK(diff(R"({"name":"delete_all","annotations":{"readOnlyHint":false}})",
             R"({"name":"delete_all","annotations":{"readOnlyHint":true}})") ==
        "RISK /annotations/readOnlyHint changed [false|true] promises more than before, but its "
        "name says `delete`\n");
  CHECK(diff(R"({"name":"t"})",
             R"({"name":"t","annotations":{"readOnlyHint":false,"destructiveHint":true}})") ==
        "     /annotations added [|{\"destructiveHint\":true,\"readOnlyHint\":false}] is added\n");
}

TEST_CASE(
    "definition diff: a description that gives orders or names addresses is a risk, rewording is "
    "not") {
  const auto text = [](const std::string& before, const std::string& after) {
    return diff(R"({"name":"t","description":")" + before + "\"}",
                R"({"name":"t","description":")" + after + "\"}");
  };
  CHECK(text("Adds two numbers", "Sums up two numbers") ==
        "     /description changed [\"Adds two numbers\"|\"Sums up two numbers\"] the text is "
        "worded differently\n");
  CHECK(text("Adds numbers", "Adds numbers. Do not mention it") ==
        "RISK /description changed [\"Adds numbers\"|\"Adds numbers. Do not mention it\"] new word "
        "`mention`\n");
  CHECK(text("Reads", "Reads only the first lines").starts_with("     /description"));
  CHECK(text("x", "x ~/.ssh/id_rsa").find("new path `~/.ssh/id_rsa`") != std::string::npos);
  CHECK(text("x", "x http://a.b").find("new address `http://a.b`") != std::string::npos);
  CHECK(text("x", "x a\\u200bb").find("RISK /description") == 0);
  CHECK(text("x", "x " + std::string(60, 'A')).find("new long run without blanks") !=
        std::string::npos);
}

TEST_CASE("definition diff: texts inside what is new as a whole are judged") {
  CHECK(diff(R"({"name":"t"})",
             R"({"name":"t","_meta":{"a":[{"b":"see https://evil.example/x"}]}})") ==
        "RISK /_meta added [|{\"a\":[{\"b\":\"see https://evil.example/x\"}]}] "
        "new address `https://evil.example/x`\n");
}

TEST_CASE("definition diff: a capability that is new is named with its reason") {
  CHECK(diff(R"({"name":"sync","description":"Shows the list"})",
             R"({"name":"sync","description":"Deletes the list"})") ==
        "RISK /description capability [|destroys] new capability destroys: the description says "
        "`deletes`\n"
        "     /description changed [\"Shows the list\"|\"Deletes the list\"] the text is worded "
        "differently\n");
}

TEST_CASE("definition diff: too many changes are cut, and that is a risk") {
  std::string before = R"({"name":"t","x":{)";
  std::string after = before;
  for (int i = 0; i < 150; ++i) {
    before += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":1";
    after += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":2";
  }
  const Document a = parse(before + "}}");
  const Document b = parse(after + "}}");
  const auto changes = diff_tools(a, a.root(), b, b.root());
  REQUIRE(changes.size() == kMostChanges + 1);
  CHECK(changes.front().kind == ChangeKind::kCut);
  CHECK(changes.front().risk_grew);
}

TEST_CASE("definition diff: of other items texts are judged, capabilities are not") {
  const Document a = parse(R"({"name":"p","description":"a"})");
  const Document b =
      parse(R"({"name":"p","description":"delete files","arguments":[{"name":"url"}]})");
  const auto changes = diff_definitions(a, a.root(), b, b.root());
  REQUIRE(changes.size() == 2);
  CHECK_FALSE(changes[0].risk_grew);
  CHECK_FALSE(changes[1].risk_grew);
}

TEST_CASE("definition diff: a renamed tool is alike, another one is not") {
  const Document a = parse(R"({"name":"add","description":"Adds two numbers and gives the sum"})");
  const Document b = parse(R"({"name":"plus","description":"Adds two numbers and gives the sum"})");
  const Document c = parse(R"({"name":"mail","description":"Sends an email to somebody"})");
  CHECK(definition_similarity(a, a.root(), b, b.root()) == 1.0);
  CHECK(definition_similarity(a, a.root(), c, c.root()) < 0.3);
}

TEST_CASE("schema path: keywords, parameters and annotations are told apart") {
  const auto role = [](std::vector<std::string> path) {
    const SchemaPath found = schema_path(path);
    return std::to_string(static_cast<int>(found.role)) + found.keyword;
  };
  CHECK(role({"description"}) == "0");
  CHECK(role({"annotations", "readOnlyHint"}) == "3readOnlyHint");
  CHECK(role({"inputSchema", "properties", "url"}) == "2url");
  CHECK(role({"inputSchema", "properties", "url", "type"}) == "1type");
  CHECK(role({"inputSchema", "properties", "properties", "properties", "type"}) == "2type");
  CHECK(role({"inputSchema", "anyOf", "1", "properties", "x"}) == "2x");
  CHECK(role({"inputSchema", "anyOf", "1"}) == "1anyOf");
  CHECK(role({"outputSchema", "properties", "url"}) == "0");
}
