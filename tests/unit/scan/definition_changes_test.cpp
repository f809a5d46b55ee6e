#include "scan/definition_changes.h"

#include <doctest/doctest.h>

#include "base/json/json_reader.h"

namespace merlon {
namespace {

/// A manifest as a reader of tool lists makes it: items from `tools`, servers from `mcpServers`.
Manifest manifest(std::string text) {
  Manifest out;
  out.document =
      *parse_json(SourceText::copy_of("f", std::move(text)), JsonDialect::kStrict, Limits{});
  const Document& document = out.document;
  if (const auto servers = document.find(document.root(), "mcpServers")) {
    for (const auto& [key, value] : document.members(*servers)) {
      Server server;
      server.name = document.text(key);
      server.node = value;
      out.servers.push_back(std::move(server));
    }
  }
  if (const auto tools = document.find(document.root(), "tools")) {
    for (const NodeId tool : document.elements(*tools)) {
      Item item;
      item.node = tool;
      item.name = document.find(tool, "name").value_or(kNoNode);
      out.items.push_back(item);
    }
  }
  return out;
}

/// For each item, then each server: whether it is unchanged.
std::string unchanged(const std::string& before, const std::string& now) {
  std::vector<Manifest> earlier;
  earlier.push_back(manifest(before));
  const Manifest current = manifest(now);
  const UnchangedParts parts(current, earlier);
  std::string out;
  for (const Item& item : current.items) {
    out += parts.holds(item.node) ? '=' : 'x';
  }
  for (const Server& server : current.servers) {
    out += parts.holds(server.node) ? '=' : 'x';
  }
  return out;
}

TEST_CASE(
    "definition changes: an equal definition is unchanged wherever it stands and however it is "
    "written") {
  CHECK(unchanged(R"({"tools":[{"name":"a","description":"x"},{"name":"b"}]})",
                  R"({ "tools": [ {"name": "b"}, {"name":"\u0061", "description" : "x"} ] })") ==
        "==");
}

TEST_CASE("definition changes: another text, name, number, key or order is a change") {
  const std::string before = R"({"tools":[{"name":"a","d":"x","n":1}]})";
  CHECK(unchanged(before, R"({"tools":[{"name":"a","d":"y","n":1}]})") == "x");
  CHECK(unchanged(before, R"({"tools":[{"name":"b","d":"x","n":1}]})") == "x");
  CHECK(unchanged(before, R"({"tools":[{"name":"a","d":"x","n":2}]})") == "x");
  CHECK(unchanged(before, R"({"tools":[{"name":"a","d":"x","n":"1"}]})") == "x");
  CHECK(unchanged(before, R"({"tools":[{"name":"a","d":"x","n":1,"m":[]}]})") == "x");
  CHECK(unchanged(before, R"({"tools":[{"name":"a","n":1,"d":"x"}]})") == "x");
  CHECK(unchanged(before,
                  R"({"tools":[{"name":"a","d":"x","n":1},{"name":"a","d":"x","n":1,"z":0}]})") ==
        "=x");
}

TEST_CASE("definition changes: the same launch under another name is a change") {
  const std::string before = R"({"mcpServers":{"a":{"command":"x"}}})";
  CHECK(unchanged(before, R"({"mcpServers":{"a":{"command":"x"},"b":{"command":"x"}}})") == "=x");
}

TEST_CASE("definition changes: outside of items and servers the member of the root decides") {
  std::vector<Manifest> earlier;
  earlier.push_back(manifest(R"({"hooks":{"a":"x"},"env":{"b":"y"}})"));
  const Manifest now = manifest(R"({"hooks":{"a":"x"},"env":{"b":"z"}})");
  const UnchangedParts parts(now, earlier);
  const auto inside = [&](std::string_view key) {
    return *now.document.find(now.document.root(), key) + 2;
  };
  CHECK(parts.holds(inside("hooks")));
  CHECK_FALSE(parts.holds(inside("env")));
  CHECK_FALSE(parts.holds(now.document.root()));
}

TEST_CASE("definition changes: without an earlier state nothing is unchanged") {
  const Manifest now = manifest(R"({"tools":[{"name":"a"}]})");
  CHECK_FALSE(UnchangedParts(now, {}).holds(now.items[0].node));
  CHECK_FALSE(UnchangedParts().holds(now.items[0].node));
}

}  // namespace
}  // namespace merlon
