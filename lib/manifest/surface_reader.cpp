#include "manifest/surface_reader.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "manifest/labels.h"
#include "manifest/schema_labels.h"

namespace merlon {
namespace {

/// Reads one list after the other; a class only to keep the few things that every step needs
/// together.
class SurfaceReader {
 public:
  SurfaceReader(Manifest& manifest, std::uint32_t server)
      : manifest_(manifest), document_(manifest.document), server_(server) {}

  void tool(NodeId node) {
    NodeId definition = node;
    // {"type": "function", "function": {...}}
    if (const auto function = document_.find(node, "function", NodeKind::kObject)) {
      definition = *function;
    }
    Item item = start(ItemKind::kTool, node);
    for (const auto& [key, value] : document_.members(definition)) {
      tool_member(item, document_.text(key), value);
    }
    finish(item, "tool");
  }

  void prompt(NodeId node) {
    Item item = start(ItemKind::kPrompt, node);
    for (const auto& [key, value] : document_.members(node)) {
      const std::string name = document_.text(key);
      if (name == "name") {
        take(item.name, value, Surface::kPromptName);
      }
      if (name == "title") {
        label_strings(document_, value, Surface::kPromptDescription);
      }
      if (name == "description") {
        take(item.description, value, Surface::kPromptDescription);
      }
      if (name == "arguments") {
        prompt_arguments(value);
      }
      if (name == "text" || name == "messages") {
        label_all(document_, value, Surface::kPromptText);
      }
      shared_member(name, value);
    }
    finish(item, "prompt");
  }

  void resource(NodeId node, ItemKind kind) {
    Item item = start(kind, node);
    for (const auto& [key, value] : document_.members(node)) {
      const std::string name = document_.text(key);
      if (name == "name") {
        take(item.name, value, Surface::kResourceName);
      }
      if (name == "title") {
        label_strings(document_, value, Surface::kResourceDescription);
      }
      if (name == "description") {
        take(item.description, value, Surface::kResourceDescription);
      }
      if (name == "uri" || name == "uriTemplate") {
        label_strings(document_, value, Surface::kResourceUri);
      }
      if (name == "annotations") {
        take_annotations(item, value);
      }
      shared_member(name, value);
    }
    finish(item, "resource");
  }

  template <class Read>
  void list(std::optional<NodeId> array, std::string_view what, Read read) {
    if (!array || document_.is(*array, NodeKind::kNull)) {
      return;
    }
    if (!document_.is(*array, NodeKind::kArray)) {
      add_note(manifest_, *array,
               "`" + std::string(what) + "` is " + std::string(describe(document_.kind(*array))) +
                   ", not an array");
      return;
    }
    const NodeId end = document_.node(*array).next;
    for (NodeId id = *array + 1; id < end; id = document_.node(id).next) {
      if (document_.is(id, NodeKind::kObject)) {
        read(id);
      } else {
        add_note(manifest_, id,
                 "an element of `" + std::string(what) + "` is " +
                     std::string(describe(document_.kind(id))) + ", not an object");
      }
    }
  }

 private:
  [[nodiscard]] Item start(ItemKind kind, NodeId node) const {
    Item item;
    item.kind = kind;
    item.server = server_;
    item.node = node;
    return item;
  }

  void finish(const Item& item, std::string_view what) {
    if (item.name == kNoNode) {
      add_note(manifest_, item.node, "a " + std::string(what) + " without a name", false);
    }
    manifest_.items.push_back(item);
  }

  // The first one counts where a key is repeated; all are labelled.
  void take(NodeId& slot, NodeId value, Surface surface) {
    label_strings(document_, value, surface);
    if (slot == kNoNode && document_.is(value, NodeKind::kString)) {
      slot = value;
    }
  }

  void take_schema(NodeId& slot, NodeId value) {
    label_schema(document_, value);
    if (slot == kNoNode) {
      slot = value;
    }
  }

  void take_annotations(Item& item, NodeId value) {
    label_all(document_, value, Surface::kAnnotation);
    if (item.annotations == kNoNode) {
      item.annotations = value;
    }
  }

  void shared_member(std::string_view name, NodeId value) {
    if (name == "_meta") {
      label_all(document_, value, Surface::kMeta);
    }
    if (name == "icons" || name == "icon") {
      label_icons(document_, value);
    }
  }

  void tool_member(Item& item, std::string_view name, NodeId value) {
    if (name == "name") {
      take(item.name, value, Surface::kToolName);
    }
    if (name == "title") {
      label_strings(document_, value, Surface::kToolTitle);
    }
    if (name == "description") {
      take(item.description, value, Surface::kToolDescription);
    }
    if (name == "inputSchema" || name == "input_schema" || name == "parameters") {
      take_schema(item.input_schema, value);
    }
    if (name == "outputSchema" || name == "output_schema") {
      take_schema(item.output_schema, value);
    }
    if (name == "arguments") {
      docker_arguments(item, value);
    }
    if (name == "annotations") {
      take_annotations(item, value);
    }
    if (name == "execution") {
      label_all(document_, value, Surface::kAnnotation);
    }
    shared_member(name, value);
  }

  // [{"name", "type", "desc", "optional", "items"}]
  void docker_arguments(Item& item, NodeId value) {
    label_all(document_, value, Surface::kSchemaOther);
    for (const NodeId argument : document_.elements(value)) {
      label_schema(document_, argument);
      label(document_, document_.find(argument, "name"), Surface::kSchemaKey);
      label_strings(document_, document_.find(argument, "desc"), Surface::kSchemaDescription);
    }
    if (item.input_schema == kNoNode) {
      item.input_schema = value;
    }
  }

  // MCP: [{"name", "description"}]; bundles: ["name"].
  void prompt_arguments(NodeId value) { label_all(document_, value, Surface::kPromptArgument); }

  Manifest& manifest_;
  Document& document_;
  std::uint32_t server_;
};

std::uint32_t add_server(Manifest& manifest, NodeId whole, NodeId name) {
  Server server;
  server.node = whole;
  server.name_node = name;
  if (name != kNoNode) {
    server.name = manifest.document.text(name);
    label(manifest.document, name, Surface::kServerName);
  }
  manifest.servers.push_back(std::move(server));
  return static_cast<std::uint32_t>(manifest.servers.size() - 1);
}

void read_server_info(Manifest& manifest, std::optional<NodeId> info, std::uint32_t server) {
  if (!info) {
    return;
  }
  Document& document = manifest.document;
  const auto name = document.find(*info, "name", NodeKind::kString);
  for (const std::string_view key : {"name", "title"}) {
    label_strings(document, document.find(*info, key), Surface::kServerName);
  }
  label_strings(document, document.find(*info, "description"), Surface::kServerDescription);
  label_strings(document, document.find(*info, "version"), Surface::kVersion);
  label_strings(document, document.find(*info, "websiteUrl"), Surface::kUrl);
  label_icons(document, document.find(*info, "icons"));
  if (server == kNoServer || !name) {
    return;
  }
  Server& known = manifest.servers[server];
  if (known.name_node != kNoNode) {
    return;
  }
  known.name_node = *name;
  known.name = document.text(*name);
}

bool says_server(const Document& document, NodeId body) {
  return document.find(body, "serverInfo") || document.find(body, "server_info") ||
         document.find(body, "instructions");
}

// What a part of JSON lines is when it is no result: a request or a notification of a recorded
// session says nothing about what a server offers; anything else was not understood.
void read_other_part(Manifest& manifest, const ResultPart& part) {
  const Document& document = manifest.document;
  if (document.find(part.whole, "error")) {
    add_note(manifest, part.whole, "this response is an error, not a result");
  } else if (!document.find(part.whole, "method")) {
    add_note(manifest, part.whole, "nothing that a server offers was recognised here");
  }
}

constexpr std::array<std::string_view, 8> kSurfaceKeys{
    "tools",      "prompts",      "resources",    "resourceTemplates",
    "serverInfo", "instructions", "capabilities", "resource_templates"};

bool is_surface(const Document& document, NodeId body) {
  return std::any_of(kSurfaceKeys.begin(), kSurfaceKeys.end(),
                     [&](std::string_view key) { return document.find(body, key).has_value(); });
}

}  // namespace

namespace {

// [{"result": ...}, ...]: the answers of a JSON-RPC batch, or JSON lines that someone made an
// array.
bool is_list_of_results(const Document& document) {
  return is_list_of(document, document.root(), {"result"}, false) ||
         is_list_of(document, document.root(), {"tools"}, false);
}

}  // namespace

std::vector<ResultPart> result_parts(const Document& document, std::size_t limit) {
  std::vector<ResultPart> parts;
  const auto take = [&](NodeId whole) {
    ResultPart part{.whole = whole, .body = whole, .server_name = kNoNode};
    part.server_name = document.find(whole, "server", NodeKind::kString).value_or(kNoNode);
    // {"result": {"result": ...}} is nobody's shape; two layers are enough.
    for (int layer = 0; layer < 2; ++layer) {
      const auto result = document.find(part.body, "result");
      if (!result || document.find(part.body, "tools")) {
        break;
      }
      part.body = *result;
    }
    parts.push_back(part);
  };
  if (document.empty()) {
    return parts;
  }
  const bool lines = (document.node(document.root()).flags & kNodeLines) != 0;
  if (!lines && !is_list_of_results(document)) {
    take(document.root());
    return parts;
  }
  const NodeId end = document.node(document.root()).next;
  for (NodeId id = document.root() + 1; id < end && parts.size() < limit;
       id = document.node(id).next) {
    take(id);
  }
  return parts;
}

NodeId first_object(const Document& document, NodeId array) {
  constexpr int kLookedAt = 9;
  const NodeId end = document.node(array).next;
  NodeId id = array + 1;
  for (int i = 0; id < end && i < kLookedAt; ++i) {
    if (document.is(id, NodeKind::kObject)) {
      return id;
    }
    id = document.node(id).next;
  }
  return kNoNode;
}

bool is_list_of(const Document& document, std::optional<NodeId> list,
                std::initializer_list<std::string_view> keys, bool empty_counts) {
  if (!list || !document.is(*list, NodeKind::kArray)) {
    return false;
  }
  if (document.node(*list).next == *list + 1) {
    return empty_counts;
  }
  const NodeId first = first_object(document, *list);
  return first != kNoNode && std::all_of(keys.begin(), keys.end(), [&](std::string_view key) {
           return document.find(first, key).has_value();
         });
}

bool looks_like_tool(const Document& document, NodeId node) {
  const auto function = document.find(node, "function", NodeKind::kObject);
  const NodeId definition = function.value_or(node);
  if (!document.find(definition, "name")) {
    return false;
  }
  for (const std::string_view key :
       {"inputSchema", "input_schema", "parameters", "arguments", "outputSchema"}) {
    if (document.find(definition, key)) {
      return true;
    }
  }
  return false;
}

void label_icons(Document& document, std::optional<NodeId> icons) {
  label_strings(document, icons, Surface::kIcon);
}

void read_tools(Manifest& manifest, std::optional<NodeId> list, std::uint32_t server) {
  SurfaceReader reader(manifest, server);
  reader.list(list, "tools", [&](NodeId node) { reader.tool(node); });
}

void read_prompts(Manifest& manifest, std::optional<NodeId> list, std::uint32_t server) {
  SurfaceReader reader(manifest, server);
  reader.list(list, "prompts", [&](NodeId node) { reader.prompt(node); });
}

void read_surface(Manifest& manifest, NodeId object, std::uint32_t server) {
  Document& document = manifest.document;
  SurfaceReader reader(manifest, server);
  const auto resource = [&](NodeId node) { reader.resource(node, ItemKind::kResource); };
  const auto resource_template = [&](NodeId node) {
    reader.resource(node, ItemKind::kResourceTemplate);
  };
  read_server_info(manifest, document.find(object, "serverInfo"), server);
  read_server_info(manifest, document.find(object, "server_info"), server);
  // A key may stand twice; all of its values are read, because readers elsewhere differ on which
  // one counts.
  for (const auto& [key, value] : document.members(object)) {
    const std::string name = document.text(key);
    if (name == "tools") {
      read_tools(manifest, value, server);
    }
    if (name == "prompts") {
      read_prompts(manifest, value, server);
    }
    if (name == "resources") {
      reader.list(value, name, resource);
    }
    if (name == "resourceTemplates" || name == "resource_templates") {
      reader.list(value, name, resource_template);
    }
    if (name == "_meta") {
      label_all(document, value, Surface::kMeta);
    }
    if (name == "capabilities") {
      label_all(document, value, Surface::kMeta);
    }
    if (name == "instructions") {
      label_strings(document, value, Surface::kInstructions);
      if (server != kNoServer) {
        manifest.servers[server].instructions = value;
      }
    }
    if (name == "nextCursor" && document.is(value, NodeKind::kString)) {
      add_note(manifest, value, "the list has a next page that is not in this file");
    }
  }
}

void read_results(Manifest& manifest) {
  const Document& document = manifest.document;
  for (const ResultPart& part : result_parts(document)) {
    const bool bare = document.is(part.body, NodeKind::kArray);
    if (!bare && !is_surface(document, part.body)) {
      read_other_part(manifest, part);
      continue;
    }
    const bool named = part.server_name != kNoNode || (!bare && says_server(document, part.body));
    const std::uint32_t server =
        named ? add_server(manifest, part.whole, part.server_name) : kNoServer;
    if (bare) {
      read_tools(manifest, part.body, server);
    } else {
      read_surface(manifest, part.body, server);
    }
  }
  sort_items(manifest);
}

void sort_items(Manifest& manifest) {
  std::sort(manifest.items.begin(), manifest.items.end(),
            [](const Item& a, const Item& b) { return a.node < b.node; });
}

}  // namespace merlon
