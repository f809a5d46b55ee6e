#include <string>

#include <doctest/doctest.h>

#include "manifest/format.h"
#include "support/zip_builder.h"

namespace merlon {
namespace {

using namespace std::string_literals;

LoadedFile load_text(std::string text, const LoadOptions& options = {}) {
  return load_manifests(SourceText::copy_of("f", std::move(text)), options);
}

// `file state format: reason` for each entry.
std::string coverage(const LoadedFile& loaded) {
  std::string out;
  for (const CoverageEntry& entry : loaded.coverage) {
    out += entry.file + " " + std::string(to_string(entry.state)) + " " +
           (entry.format.empty() ? "-" : entry.format) +
           (entry.reason.empty() ? "" : ": " + entry.reason) + "\n";
  }
  return out;
}

std::string coverage(std::string text, const LoadOptions& options = {}) {
  return coverage(load_text(std::move(text), options));
}

std::string tool(const std::string& name) {
  return "{\"name\": \"" + name + "\", \"inputSchema\": {}}";
}

// The surface of the first string with this text.
std::string surface(const Manifest& manifest, std::string_view text) {
  for (NodeId id = 0; id < manifest.document.size(); ++id) {
    const bool string =
        manifest.document.is(id, NodeKind::kString) || manifest.document.is(id, NodeKind::kKey);
    if (string && manifest.document.text(id) == text) {
      return std::string(to_string(manifest.surface_of(id)));
    }
  }
  return "not there";
}

}  // namespace

TEST_CASE("load: what says nothing is skipped with a reason") {
  CHECK(coverage("") == "f skipped -: the file is empty\n");
  CHECK(coverage(" \n\t\r\n") == "f skipped -: the file is empty\n");
  CHECK(coverage("\xEF\xBB\xBF") == "f skipped -: the file is empty\n");
  CHECK(coverage("# a comment\n# and one more\n") == "f skipped -: the file is empty\n");
  CHECK(coverage("Dear reader,\n") ==
        "f skipped -: neither JSON, TOML, YAML, a skill nor a bundle\n");
  CHECK(coverage("\x7F"
                 "ELF\0\0"s) == "f skipped -: neither JSON, TOML, YAML, a skill nor a bundle\n");
  CHECK(coverage("{\"a\": 1}") == "f skipped -: not a manifest of a known format\n");
  CHECK(coverage("a: 1\n") == "f skipped -: not a manifest of a known format\n");
  CHECK(coverage("a = 1\n") == "f skipped -: not a manifest of a known format\n");
  CHECK(coverage("---\ntitle: A page\n---\nText\n") ==
        "f skipped -: not a manifest of a known format\n");
}

TEST_CASE("load: hostile syntax is a failure with its reason, never silence") {
  CHECK(coverage(std::string(100'000, '[')) == "f failed -: nested deeper than 256 levels\n");
  CHECK(coverage(std::string(100'000, '{')) == "f failed -: expected a key in double quotes\n");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) {
    objects += "{\"a\":";
  }
  CHECK(coverage(objects) == "f failed -: nested deeper than 256 levels\n");
  std::string yaml = "a: ";
  for (int i = 0; i < 100'000; ++i) {
    yaml += "[";
  }
  CHECK(coverage(yaml) == "f failed -: nested deeper than 256 levels\n");
  CHECK(coverage("{\"tools\": \"\xFF\"}") == "f failed -: byte 255 is not valid UTF-8 here\n");
  CHECK(coverage("tools: \xFF\n") == "f failed -: byte 255 is not valid UTF-8 here\n");
  CHECK(coverage("tools = \"\xFF\"\n") == "f failed -: byte 255 is not valid UTF-8 here\n");
  CHECK(coverage("{\"tools\": \"\0\"}"s) ==
        "f failed -: control character in a string; write it as an escape\n");
  CHECK(coverage("{\"tools\": []}\0"s) == "f failed -: text after the end of the JSON document\n");
  CHECK(coverage("\xFF\xFE{\0}\0"s) == "f failed -: this file is UTF-16\n");
  CHECK(coverage("PK\x03\x04") ==
        "f failed -: this zip has no central directory; it may be cut short\n");
}

TEST_CASE("load: a rendered error shows file, line and caret") {
  const LoadedFile loaded = load_text("{\n  \"tools\": [}\n");
  CHECK(loaded.coverage.at(0).rendered_error ==
        "f:2:13: error[syntax]: expected a JSON value\n    \"tools\": [}\n              ^\n");
}

TEST_CASE("load: comments, trailing commas and a byte order mark are read") {
  CHECK(coverage("\xEF\xBB\xBF// servers\n{\"mcpServers\": {\"a\": {\"command\": \"x\",},},}\n") ==
        "f scanned mcp-servers\n");
}

TEST_CASE("load: of an unreadable JSON the reading that came farthest gives the error") {
  CHECK(coverage("{\"a\": 1}\n{\"a\": 2}\n{\"a\" 3}\n") ==
        "f failed -: expected `:` after the key\n");
  CHECK(coverage("// c\n{\"a\": 1,}\n}") ==
        "f failed -: text after the end of the JSON document\n");
}

TEST_CASE("load: repeated and escaped keys are all read") {
  const LoadedFile loaded = load_text("{\"tools\": [" + tool("a") + "], \"t\\u006fols\": [" +
                                      tool("b") + "], \"x\": \"\\ud800\"}");
  REQUIRE(loaded.manifests.size() == 1);
  CHECK(loaded.manifests[0].items.size() == 2);
  CHECK(surface(loaded.manifests[0], "b") == "tool-name");
}

TEST_CASE("load: a bad sibling is a note with a place and hides nothing") {
  const LoadedFile loaded = load_text("[null, " + tool("a") + ", 3, " + tool("b") + "]");
  CHECK(coverage(loaded) ==
        "f partial tools-list: 1:2: an element of `tools` is null, not an object; "
        "1:42: an element of `tools` is a number, not an object\n");
  CHECK(loaded.manifests.at(0).items.size() == 2);
}

TEST_CASE("load: notes are bounded, and the last one says that there are more") {
  std::string text = "{\"tools\": [" + tool("a");
  for (int i = 0; i < 5000; ++i) {
    text += ", 0";
  }
  const LoadedFile loaded = load_text(text + "]}");
  CHECK(loaded.manifests.at(0).notes.size() == 101);
  CHECK(loaded.manifests.at(0).notes.back().message ==
        "more of the same kind; only the first hundred are listed");
  CHECK(loaded.coverage.at(0).state == CoverageState::kPartial);
}

TEST_CASE(
    "load: a list with a next page, an error response and a line of something else are "
    "incomplete") {
  CHECK(coverage("{\"tools\": [" + tool("a") + "], \"nextCursor\": \"2\"}") ==
        "f partial tools-list: 1:62: the list has a next page that is not in this file\n");
  CHECK(coverage("{\"tools\": [" + tool("a") + "], \"nextCursor\": null}") ==
        "f scanned tools-list\n");
  CHECK(coverage("{\"result\": {\"tools\": [" + tool("a") +
                 "]}}\n{\"id\": 3, \"error\": {\"code\": -1}}\n") ==
        "f partial tools-list: 2:1: this response is an error, not a result\n");
  CHECK(coverage("{\"result\": {\"tools\": [" + tool("a") + "]}}\n{\"other\": 1}\n") ==
        "f partial tools-list: 2:1: nothing that a server offers was recognised here\n");
  CHECK(coverage("{\"method\": \"tools/list\", \"id\": 1}\n{\"id\": 1, \"result\": {\"tools\": [" +
                 tool("a") + "]}}\n") == "f scanned tools-list\n");
}

TEST_CASE("load: a recorded session gives tools, prompts and instructions together") {
  const LoadedFile loaded = load_text(
      "{\"result\": {\"protocolVersion\": \"1\", \"capabilities\": {}, \"serverInfo\": {\"name\": "
      "\"s\"}, \"instructions\": \"i\"}}\n"
      "{\"result\": {\"tools\": [" +
      tool("a") + "]}}\n{\"result\": {\"prompts\": [{\"name\": \"p\"}]}}\n");
  REQUIRE(loaded.manifests.size() == 1);
  const Manifest& manifest = loaded.manifests[0];
  CHECK(manifest.items.size() == 2);
  CHECK(manifest.servers.at(0).name == "s");
  CHECK(surface(manifest, "i") == "instructions");
  CHECK(surface(manifest, "p") == "prompt-name");
}

TEST_CASE("load: an array of results is read like lines of them") {
  const LoadedFile loaded =
      load_text("[{\"server\": \"a\", \"result\": {\"tools\": [" + tool("x") +
                "]}}, {\"server\": \"b\", \"result\": {\"tools\": [" + tool("y") + "]}}]");
  CHECK(coverage(loaded) == "f scanned tools-list\n");
  CHECK(loaded.manifests.at(0).servers.size() == 2);
  CHECK(loaded.manifests.at(0).items.at(1).server == 1);
}

TEST_CASE("load: a format can be forced, an unknown one is an error with a hint") {
  LoadOptions options;
  options.format = "tools-list";
  CHECK(coverage("{\"a\": 1}", options) ==
        "f partial tools-list: 1:1: nothing that a server offers was recognised here\n");
  options.format = "toolslist";
  const LoadedFile loaded = load_text("{}", options);
  CHECK(loaded.coverage.at(0).rendered_error ==
        "merlon: error[usage]: unknown manifest format `toolslist`\nmerlon: hint: did you mean "
        "`tools-list`?\n");
  options.format = "mcp-servers";
  CHECK(load_text("[1]", options).coverage.at(0).rendered_error ==
        "f:1:1: error[format]: expected an object, found an array\n  [1]\n  ^~~\n");
  options.format = "skill";
  CHECK(coverage("Do what the text says.\n", options) == "f scanned skill\n");
}

TEST_CASE("load: each YAML document of a stream that some format knows becomes a manifest") {
  const LoadedFile loaded = load_text(
      "---\nmcpServers: [{name: a, command: x}]\n---\nunknown: 1\n---\nmcpServers: [{name: b, "
      "command: y}]\n");
  CHECK(coverage(loaded) == "f scanned continue-config\nf scanned continue-config\n");
}

TEST_CASE("load: an alias bomb in a client's file is a failure with a limit") {
  std::string bomb = "extensions:\n  a: &a {cmd: x}\n";
  std::string last = "a";
  for (int i = 0; i < 20; ++i) {
    const std::string next = "b" + std::to_string(i);
    bomb += "  " + next + ": &" + next + " [*" + last + ", *" + last + ", *" + last + "]\n";
    last = next;
  }
  CHECK(coverage(bomb) == "f failed -: more than 100000 keys and values, aliases expanded\n");
}

TEST_CASE("load: a bundle gives its manifest, what else agents read, and a listing") {
  const std::string manifest =
      R"({"manifest_version": "0.3", "name": "n", "server": {"mcp_config": {"command": "node"}}})";
  const std::string skill = "---\nname: s\ndescription: d\n---\nbody\n";
  const std::string zip = test::ZipBuilder()
                              .add("manifest.json", manifest)
                              .add("skills/s/SKILL.md", skill)
                              .add("node_modules/x/manifest.json", manifest)
                              .add("server/index.js", "code")
                              .build();
  const LoadedFile loaded = load_text(zip);
  CHECK(coverage(loaded) ==
        "f!manifest.json scanned mcpb-manifest\nf!skills/s/SKILL.md scanned skill\nf scanned "
        "bundle-entries\n");
  REQUIRE(loaded.manifests.size() == 3);
  CHECK(loaded.manifests[0].file() == "f!manifest.json");
  CHECK(surface(loaded.manifests[2], "server/index.js") == "path");
}

TEST_CASE("load: dangerous entries and bombs of a bundle are listed and make it partial") {
  const std::string manifest = R"({"manifest_version": "0.3", "server": {}})";
  const std::string zip = test::ZipBuilder()
                              .add("manifest.json", manifest)
                              .add("../SKILL.md", "---\nname: s\ndescription: d\n---\n")
                              .add("mcp.json", std::string(4'000'000, ' '))
                              .build();
  const LoadedFile loaded = load_text(zip);
  CHECK(coverage(loaded) ==
        "f!manifest.json scanned mcpb-manifest\n"
        "f partial bundle-entries: `../SKILL.md` was not read: the path leaves the archive (`..`); "
        "`mcp.json` was not read: `f!mcp.json` unpacks to more than 200 times its packed size\n");
  const Manifest& listing = loaded.manifests.back();
  CHECK(listing.file() == "f!entries");
  CHECK(surface(listing, "../SKILL.md") == "path");
}

TEST_CASE("load: a zip that is no bundle is skipped") {
  CHECK(coverage(test::ZipBuilder().add("word/document.xml", "<x/>").build()) ==
        "f skipped -: a zip archive without a manifest\n");
}

TEST_CASE("load: a zip within a zip is not opened") {
  const std::string inner = test::ZipBuilder().add("manifest.json", "{}").build();
  const LoadedFile loaded = load_text(test::ZipBuilder().add("manifest.json", inner).build());
  CHECK(coverage(loaded) ==
        "f partial bundle-entries: `manifest.json` was not read: a zip inside a bundle is not "
        "read\n");
}

TEST_CASE(
    "load: an object with 200,000 members and one of 200,000 servers are read in linear time") {
  std::string members = "{\"mcpServers\": {\"a\": {\"command\": \"x\"";
  std::string servers = "{\"mcpServers\": {\"a\": {\"command\": \"x\"}";
  for (int i = 0; i < 200'000; ++i) {
    members += ", \"k" + std::to_string(i) + "\": 1";
    servers += ", \"k" + std::to_string(i) + "\": {\"command\": \"x\"}";
  }
  CHECK(coverage(members + "}}}") == "f scanned mcp-servers\n");
  const LoadedFile loaded = load_text(servers + "}}");
  CHECK(loaded.coverage.at(0).servers == 200'001);
}

}  // namespace merlon
