#include <utility>

#include "base/json/json_writer.h"
#include "capability/lock.h"
#include "capability/observed_servers.h"
#include "proof/canonical_json.h"

namespace merlon {
namespace {

/// Blanks before a line of an item's members: root, servers, server, list, item.
constexpr std::size_t kDefinitionIndent = 10;

bool holds_secret(const Document& document, NodeId node, const LockOptions& options) {
  if (!options.holds_secret) {
    return false;
  }
  std::string scratch;
  for (NodeId id = node; id < document.node(node).next; ++id) {
    if ((document.is(id, NodeKind::kString) || document.is(id, NodeKind::kKey)) &&
        options.holds_secret(document.text(id, scratch))) {
      return true;
    }
  }
  return false;
}

class LockWriter {
 public:
  LockWriter(std::span<const Manifest* const> manifests, const LockOptions& options)
      : manifests_(manifests), options_(options) {}

  Checked<std::string> write(std::uint64_t version) {
    writer_.begin_object();
    writer_.field("merlon_lock", kLockFormat);
    writer_.field("version", version);
    writer_.key("servers").begin_array();
    for (const ObservedServer& server : observe_servers(manifests_, options_)) {
      write_server(server);
    }
    writer_.end_array();
    writer_.end_object();
    if (!errors_.empty()) {
      return std::unexpected(std::move(errors_));
    }
    return std::move(writer_).take() + "\n";
  }

 private:
  void write_server(const ObservedServer& server) {
    writer_.begin_object();
    if (server.file.empty()) {
      writer_.field("name", server.name);
    } else {
      writer_.field("file", server.file);
    }
    if (!server.launch.empty()) {
      writer_.key("launch").begin_object();
      writer_.key("words").begin_array();
      for (const std::string& word : server.launch) {
        writer_.string(word);
      }
      writer_.end_array();
      writer_.field("digest", server.launch_digest);
      writer_.end_object();
    }
    if (!server.url.empty()) {
      writer_.field("url", server.url);
    }
    write_items(server);
    writer_.end_object();
  }

  void write_items(const ObservedServer& server) {
    for (std::size_t i = 0; i < server.items.size(); ++i) {
      const LockList list = server.items[i].list;
      const bool first = i == 0 || server.items[i - 1].list != list;
      const bool last = i + 1 == server.items.size() || server.items[i + 1].list != list;
      if (first) {
        writer_.key(to_string(list)).begin_array();
      }
      write_item(server.items[i]);
      if (last) {
        writer_.end_array();
      }
    }
  }

  void write_item(const ObservedItem& item) {
    const Document& document = manifests_[item.manifest]->document;
    if (item.digest.empty()) {
      Error error = item.error;
      error.hints.emplace_back("a definition that can be read in two ways cannot be locked");
      errors_.push_back(std::move(error));
      return;
    }
    writer_.begin_object();
    if (item.list != LockList::kInstructions) {
      writer_.field(identity_member(item.list), item.name);
    }
    writer_.field("digest", item.digest);
    if (!holds_secret(document, item.node, options_)) {
      writer_.key("definition")
          .raw(canonical_json_lines(document, item.node, kDefinitionIndent).value_or("null"));
    }
    writer_.end_object();
  }

  std::span<const Manifest* const> manifests_;
  const LockOptions& options_;
  JsonWriter writer_{JsonStyle::kPretty};
  std::vector<Error> errors_;
};

}  // namespace

std::string_view to_string(LockList list) {
  switch (list) {
    case LockList::kInstructions: return "instructions";
    case LockList::kTools: return "tools";
    case LockList::kPrompts: return "prompts";
    case LockList::kResources: return "resources";
    case LockList::kResourceTemplates: return "resource_templates";
    case LockList::kSkills: return "skills";
  }
  return "tools";
}

std::string_view identity_member(LockList list) {
  switch (list) {
    case LockList::kInstructions: return "";
    case LockList::kResources: return "uri";
    case LockList::kResourceTemplates: return "uriTemplate";
    case LockList::kTools:
    case LockList::kPrompts:
    case LockList::kSkills: break;
  }
  return "name";
}

Checked<std::string> lock_text(std::span<const Manifest* const> manifests,
                               const LockOptions& options, std::uint64_t version) {
  return LockWriter(manifests, options).write(version);
}

std::uint64_t next_lock_version(std::span<const Manifest* const> manifests,
                                const LockOptions& options, const Lock& old) {
  const auto same = lock_text(manifests, options, old.version);
  return same && *same == old.document.source().bytes() ? old.version : old.version + 1;
}

}  // namespace merlon
