#include "unit/rules/check_fixture.h"

#include <algorithm>
#include <optional>

#include <doctest/doctest.h>

#include "base/json/json_reader.h"

namespace merlon::test {
namespace {

void label_strings(Document& document, NodeId node, Surface surface) {
  for (NodeId id = node; id < document.node(node).next; ++id) {
    if (document.is(id, NodeKind::kString)) {
      document.set_label(id, static_cast<std::uint8_t>(surface));
    }
  }
}

NodeId value_or_none(const Document& document, NodeId object, std::string_view key) {
  return document.find(object, key).value_or(kNoNode);
}

void add_tools(Manifest& manifest, NodeId list, std::uint32_t server) {
  Document& document = manifest.document;
  for (const NodeId tool : document.elements(list)) {
    Item item{.kind = ItemKind::kTool, .server = server, .node = tool};
    item.name = value_or_none(document, tool, "name");
    item.description = value_or_none(document, tool, "description");
    item.input_schema = value_or_none(document, tool, "inputSchema");
    item.annotations = value_or_none(document, tool, "annotations");
    if (item.name != kNoNode) {
      label_strings(document, item.name, Surface::kToolName);
    }
    if (item.description != kNoNode) {
      label_strings(document, item.description, Surface::kToolDescription);
    }
    manifest.items.push_back(item);
  }
}

void add_words(const Document& document, NodeId node, std::vector<LaunchWord>& words) {
  if (document.is(node, NodeKind::kString)) {
    words.push_back({.text = document.text(node), .node = node});
  }
  for (const NodeId word : document.elements(node)) {
    words.push_back({.text = document.text(word), .node = word});
  }
}

void add_pairs(const Document& document, NodeId object, std::vector<NameValue>& pairs) {
  for (const auto& [key, value] : document.members(object)) {
    pairs.push_back({.name = key, .value = value});
  }
}

void add_server(Manifest& manifest, NodeId key, NodeId entry) {
  Document& document = manifest.document;
  Server server;
  server.name = document.text(key);
  server.name_node = key;
  server.node = entry;
  for (const std::string_view part : {"command", "args"}) {
    if (const auto words = document.find(entry, part)) {
      add_words(document, *words, server.launch);
    }
  }
  if (const auto env = document.find(entry, "env")) {
    add_pairs(document, *env, server.environment);
  }
  if (const auto headers = document.find(entry, "headers")) {
    add_pairs(document, *headers, server.headers);
  }
  server.url = value_or_none(document, entry, "url");
  document.set_label(key, static_cast<std::uint8_t>(Surface::kServerName));
  manifest.servers.push_back(std::move(server));
}

void add_named_tools(Manifest& manifest, NodeId line) {
  const Document& document = manifest.document;
  const auto name = document.find(line, "server");
  const auto tools = document.find(document.find(line, "result"), "tools");
  if (!name || !tools) {
    return;
  }
  Server server;
  server.name = document.text(*name);
  server.node = line;
  manifest.servers.push_back(server);
  add_tools(manifest, *tools, static_cast<std::uint32_t>(manifest.servers.size() - 1));
}

}  // namespace

Manifest manifest_of(std::string_view json, std::string_view format, std::string_view file) {
  auto document = parse_json(SourceText::copy_of(std::string(file), std::string(json)),
                             JsonDialect::kStrict, Limits{});
  REQUIRE(document.has_value());
  Manifest manifest;
  manifest.format = format;
  manifest.document = *std::move(document);
  const Document& doc = manifest.document;
  for (const NodeId line : doc.elements(doc.root())) {
    add_named_tools(manifest, line);
  }
  for (const std::string_view key : {"mcpServers", "servers"}) {
    const auto servers = doc.find(doc.root(), key);
    for (const auto& [name, entry] :
         servers ? doc.members(*servers) : std::vector<std::pair<NodeId, NodeId>>{}) {
      add_server(manifest, name, entry);
    }
  }
  if (const auto tools = doc.find(doc.root(), "tools")) {
    add_tools(manifest, *tools, kNoServer);
  }
  return manifest;
}

namespace {

class Collector final : public CheckSink {
 public:
  void report(CheckHit hit) override { hits.push_back(std::move(hit)); }
  std::vector<CheckHit> hits;
};

}  // namespace

std::vector<CheckHit> hits_of_check(std::string_view check,
                                    const std::vector<Manifest>& manifests) {
  const auto kinds = check_kinds();
  const auto kind =
      std::find_if(kinds.begin(), kinds.end(), [&](const CheckKind& k) { return k.name == check; });
  REQUIRE(kind != kinds.end());
  std::vector<const Manifest*> views;
  for (const Manifest& manifest : manifests) {
    views.push_back(&manifest);
  }
  const Limits limits;
  Collector collector;
  kind->run({.manifests = views, .limits = limits}, collector);
  return std::move(collector.hits);
}

std::vector<std::string> run_check(std::string_view check, const std::vector<Manifest>& manifests) {
  std::vector<std::string> out;
  for (const CheckHit& hit : hits_of_check(check, manifests)) {
    REQUIRE(hit.manifest < manifests.size());
    const Document& document = manifests[hit.manifest].document;
    REQUIRE(hit.node < document.size());
    out.push_back(hit.rule_id + " @" + document.pointer(hit.node) + ": " + hit.message);
  }
  return out;
}

std::vector<std::string> run_check(std::string_view check, std::string_view json,
                                   std::string_view format, std::string_view file) {
  std::vector<Manifest> manifests;
  manifests.push_back(manifest_of(json, format, file));
  return run_check(check, manifests);
}

TEST_CASE("check registry: names are sorted and unique, and each row has words and a function") {
  const auto kinds = check_kinds();
  CHECK(std::is_sorted(kinds.begin(), kinds.end(),
                       [](const auto& a, const auto& b) { return a.name < b.name; }));
  CHECK(std::adjacent_find(kinds.begin(), kinds.end(), [](const auto& a, const auto& b) {
          return a.name == b.name;
        }) == kinds.end());
  for (const CheckKind& kind : kinds) {
    CAPTURE(kind.name);
    CHECK_FALSE(kind.summary.empty());
    CHECK((kind.run != nullptr));
  }
}

TEST_CASE("checks: none reports anything for an empty object, an empty array or a number") {
  for (const CheckKind& kind : check_kinds()) {
    for (const std::string json : {"{}", "[]", "1", "\"text\"", "null"}) {
      CAPTURE(kind.name);
      CAPTURE(json);
      CHECK(run_check(kind.name, json).empty());
    }
  }
}

}  // namespace merlon::test
