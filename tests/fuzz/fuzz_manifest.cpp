// Any bytes become manifests and coverage: nothing is lost silently, and every node id that a
// reader gives out is one.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz/document_invariants.h"
#include "manifest/format.h"

namespace {

using merlon::test::broken;

void check_node(const merlon::Manifest& manifest, merlon::NodeId node) {
  if (node != merlon::kNoNode && node >= manifest.document.size()) {
    broken("a node that is not there");
  }
}

void check_items(const merlon::Manifest& manifest) {
  const auto by_node = [](const merlon::Item& a, const merlon::Item& b) { return a.node < b.node; };
  if (!std::is_sorted(manifest.items.begin(), manifest.items.end(), by_node)) {
    broken("items are not sorted");
  }
  for (const merlon::Item& item : manifest.items) {
    for (const merlon::NodeId node : {item.node, item.name, item.description, item.input_schema,
                                      item.output_schema, item.annotations}) {
      check_node(manifest, node);
    }
    if (item.server != merlon::kNoServer && item.server >= manifest.servers.size()) {
      broken("no such server");
    }
    if (manifest.item_at(item.node) == nullptr) {
      broken("an item that cannot be found");
    }
  }
}

void check_servers(const merlon::Manifest& manifest) {
  for (const merlon::Server& server : manifest.servers) {
    for (const merlon::NodeId node :
         {server.node, server.name_node, server.url, server.instructions}) {
      check_node(manifest, node);
    }
    for (const merlon::LaunchWord& word : server.launch) {
      check_node(manifest, word.node);
    }
    for (const merlon::NameValue& pair : server.environment) {
      check_node(manifest, pair.name);
      check_node(manifest, pair.value);
    }
  }
}

void check_load(const std::string& text, const std::string& format) {
  merlon::LoadOptions options;
  options.format = format;
  options.limits.yaml_nodes = 10'000;
  options.limits.archive_total_bytes = 1U << 20U;
  const merlon::LoadedFile loaded =
      merlon::load_manifests(merlon::SourceText::copy_of("fuzz", text), options);
  if (loaded.coverage.empty()) {
    broken("no coverage");
  }
  for (const merlon::Manifest& manifest : loaded.manifests) {
    if (merlon::find_manifest_format(manifest.format) == nullptr) {
      broken("a format that is not registered");
    }
    merlon::test::check_document(manifest.document);
    check_items(manifest);
    check_servers(manifest);
    for (const merlon::ReadNote& note : manifest.notes) {
      check_node(manifest, note.node);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_load(text, "");
  // A forced format meets documents that its recogniser never saw.
  const auto formats = merlon::manifest_formats();
  if (size != 0) {
    check_load(text, std::string(formats[(data[0] * 7U + size) % formats.size()].name));
  }
  return 0;
}
