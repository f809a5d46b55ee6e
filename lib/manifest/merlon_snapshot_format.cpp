#include <algorithm>
#include <iterator>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "manifest/formats.h"
#include "manifest/labels.h"
#include "manifest/launch_reader.h"
#include "manifest/surface_reader.h"

namespace merlon {

// What `merlon capture` writes: docs/spec/snapshot.md.
int recognise_merlon_snapshot(const Document& document) {
  return document.find(document.root(), "merlon_snapshot") ? 100 : 0;
}

namespace {

std::uint32_t read_snapshot_server(Manifest& manifest) {
  Document& document = manifest.document;
  const NodeId root = document.root();
  Server server;
  server.node = root;
  const auto launch = document.find(root, "launch", NodeKind::kObject);
  const auto configured = document.find(launch, "configured_name");
  const auto own = document.find(document.find(root, "server"), "name");
  const auto name = configured ? configured : own;
  label_all(document, document.find(root, "server"), Surface::kServerName);
  label_strings(document, document.find(document.find(root, "server"), "version"),
                Surface::kVersion);
  if (launch) {
    label_all(document, launch, Surface::kSetting);
    read_launch(manifest, server, *launch);
    label(document, configured, Surface::kServerName);
  }
  if (name && document.is(*name, NodeKind::kString)) {
    server.name_node = *name;
    server.name = document.text(*name);
  }
  manifest.servers.push_back(std::move(server));
  return static_cast<std::uint32_t>(manifest.servers.size() - 1);
}

// What a capture could not find out is missing here, too.
void read_snapshot_notes(Manifest& manifest) {
  const Document& document = manifest.document;
  const auto notes = document.find(document.root(), "notes", NodeKind::kArray);
  if (!notes) {
    return;
  }
  for (const NodeId note : document.elements(*notes)) {
    if (!document.is_true(document.find(note, "incomplete"))) {
      continue;
    }
    add_note(
        manifest, note,
        "the capture was not complete: " + document.string_or(document.find(note, "message"), ""));
  }
}

/// What an era says word for word as an earlier one does is one definition, not two. What differs
/// stays, each era with its own.
class RepeatedParts {
 public:
  explicit RepeatedParts(Manifest& manifest) : manifest_(manifest) {}

  void add_era(NodeId era) {
    const Document& document = manifest_.document;
    std::vector<std::string> fresh;
    for (const auto& [key, value] : document.members(era)) {
      const std::string name = document.text(key);
      if (!document.is(value, NodeKind::kArray)) {
        add_part(name, value, fresh);
        continue;
      }
      for (const NodeId element : document.elements(value)) {
        add_part(name, element, fresh);
      }
    }
    // A definition that one era holds twice is a fault of that era, and both stay.
    seen_.insert(std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()));
  }

  /// Writes down what was found; items must not be read after this.
  void finish() {
    std::sort(manifest_.repeated.begin(), manifest_.repeated.end());
    std::erase_if(manifest_.items,
                  [&](const Item& item) { return manifest_.is_repeated(item.node); });
  }

 private:
  void add_part(const std::string& name, NodeId part, std::vector<std::string>& fresh) {
    std::string key = name + '\0' + std::string(manifest_.document.raw(part));
    if (seen_.contains(key)) {
      manifest_.repeated.push_back(part);
    } else {
      fresh.push_back(std::move(key));
    }
  }

  Manifest& manifest_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

Status read_merlon_snapshot(Manifest& manifest) {
  const Document& document = manifest.document;
  const auto version = document.find(document.root(), "merlon_snapshot");
  if (!version || document.text(*version) != "1") {
    return format_error(document, version.value_or(document.root()),
                        "only snapshots of format 1 are read");
  }
  const std::uint32_t server = read_snapshot_server(manifest);
  const auto eras = document.find(document.root(), "eras");
  if (!eras || !document.is(*eras, NodeKind::kArray)) {
    return format_error(document, eras.value_or(document.root()),
                        "a snapshot needs a list of `eras`");
  }
  RepeatedParts repeated(manifest);
  for (const NodeId era : document.elements(*eras)) {
    if (document.is(era, NodeKind::kObject)) {
      const NodeId instructions = manifest.servers[server].instructions;
      read_surface(manifest, era, server);
      repeated.add_era(era);
      if (manifest.is_repeated(manifest.servers[server].instructions)) {
        manifest.servers[server].instructions = instructions;
      }
    } else {
      add_note(manifest, era,
               "an era is " + std::string(describe(document.kind(era))) + ", not an object");
    }
  }
  read_snapshot_notes(manifest);
  sort_items(manifest);
  repeated.finish();
  return {};
}

}  // namespace merlon
