#include "policy/surface_tracker.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/digest/digest.h"
#include "capability/classify.h"
#include "mcp/method.h"
#include "proof/canonical_json.h"

namespace merlon {
namespace {

struct ListKeys {
  SurfaceList list;
  std::string_view member;
  std::string_view name;
};
constexpr std::array kListKeys{
    ListKeys{SurfaceList::kTools, "tools", "name"},
    ListKeys{SurfaceList::kPrompts, "prompts", "name"},
    ListKeys{SurfaceList::kResources, "resources", "uri"},
    ListKeys{SurfaceList::kResourceTemplates, "resourceTemplates", "uriTemplate"},
};

using Definitions = std::map<ServerSurface::Key, KnownDefinition>;

bool same_bytes(const KnownDefinition& known, const Document& document, NodeId node) {
  return known.document != nullptr && known.document->raw(known.definition) == document.raw(node);
}

/// One list of one message, on its way into the surface.
class SurfaceUpdate {
 public:
  SurfaceUpdate(Definitions& definitions, const Definitions* known, const Message& message,
                std::uint64_t sequence)
      : definitions_(definitions), known_(known), message_(message), sequence_(sequence) {}

  void take(SurfaceList list, std::string name, NodeId node) {
    KnownDefinition& place = definitions_[{list, name}];
    if (same_bytes(place, message_.document, node)) {
      return;
    }
    if (const KnownDefinition* const twin = twin_of(list, name, node)) {
      place = *twin;
      return;
    }
    place = {.name = std::move(name),
             .digest = digest_of(node),
             .document = shared_document(),
             .definition = node,
             .capabilities = 0,
             .sequence = sequence_};
    if (list == SurfaceList::kTools) {
      place.capabilities =
          classify_tool(message_.document, find_tool_nodes(message_.document, node)).set;
    }
  }

 private:
  /// The same definition in the other map: digest and capabilities need not be found out twice.
  [[nodiscard]] const KnownDefinition* twin_of(SurfaceList list, const std::string& name,
                                               NodeId node) const {
    if (known_ == nullptr) {
      return nullptr;
    }
    const auto found = known_->find({list, name});
    return found != known_->end() && same_bytes(found->second, message_.document, node)
               ? &found->second
               : nullptr;
  }

  [[nodiscard]] std::string digest_of(NodeId node) const {
    const auto text = canonical_json(message_.document, node);
    return text ? sha256_hex(*text) : std::string();
  }

  std::shared_ptr<const Document> shared_document() {
    if (shared_ == nullptr) {
      shared_ = std::make_shared<const Document>(message_.document);
    }
    return shared_;
  }

  Definitions& definitions_;
  const Definitions* known_;
  const Message& message_;
  std::uint64_t sequence_;
  std::shared_ptr<const Document> shared_;
};

/// Takes the definitions of a list out of the others; nothing is copied.
Definitions take_out(Definitions& definitions, SurfaceList list) {
  Definitions out;
  auto at = definitions.lower_bound({list, ""});
  while (at != definitions.end() && at->first.first == list) {
    out.insert(out.end(), definitions.extract(at++));
  }
  return out;
}

void forget_list(Definitions& definitions, SurfaceList list) {
  (void)take_out(definitions, list);
}

/// Each document counts once, however many definitions it holds.
std::uint64_t held_bytes(const ServerSurface& surface) {
  constexpr std::uint64_t kEntry = 256;  // of the map and the definition, about
  std::vector<const Document*> documents;
  documents.reserve(surface.newest.size() + surface.sent.size());
  std::uint64_t bytes = 0;
  for (const Definitions* const definitions : {&surface.newest, &surface.sent}) {
    for (const auto& [key, definition] : *definitions) {
      bytes += kEntry + (2 * key.second.size());
      documents.push_back(definition.document.get());
    }
  }
  std::ranges::sort(documents);
  const auto repeated = std::ranges::unique(documents);
  documents.erase(repeated.begin(), repeated.end());
  for (const Document* const document : documents) {
    bytes += document == nullptr ? 0
                                 : document->source().bytes().size() +
                                       (std::uint64_t{document->size()} * sizeof(Node));
  }
  return bytes;
}

// NOLINTNEXTLINE(readability-function-size): two sets, and what one page of a list is read with
void take_list(Definitions& definitions, const Definitions* known, const ListKeys& keys,
               const PendingRequest& request, const Message& message, std::uint64_t sequence) {
  Definitions before;
  if (request.first_page) {
    // A first page starts the list anew. What it repeats keeps its place.
    before = take_out(definitions, keys.list);
  }
  SurfaceUpdate update(definitions, known != nullptr ? known : &before, message, sequence);
  const Document& document = message.document;
  const auto list = document.find(message.result, keys.member);
  for (const NodeId node : list ? document.elements(*list) : std::vector<NodeId>{}) {
    if (definitions.size() >= kMostDefinitions) {
      break;
    }
    update.take(keys.list, document.string_or(document.find(node, keys.name), ""), node);
  }
}

void take_instructions(Definitions& definitions, const Definitions* known, const Message& message,
                       std::uint64_t sequence) {
  const auto node = message.document.find(message.result, "instructions", NodeKind::kString);
  if (node) {
    SurfaceUpdate(definitions, known, message, sequence)
        .take(SurfaceList::kInstructions, "", *node);
  }
}

}  // namespace

void track_surface(ServerSurface& surface, const PendingRequest& request, const Event& event,
                   const Message* sent, std::uint64_t most_bytes) {
  const MethodInfo* const info = find_method(request.method);
  if (info == nullptr || !info->offers || event.message.kind != MessageKind::kResult) {
    return;
  }
  if (*info->offers == SurfaceList::kInstructions) {
    take_instructions(surface.newest, nullptr, event.message, event.sequence);
    if (sent != nullptr) {
      take_instructions(surface.sent, &surface.newest, *sent, event.sequence);
    }
    return;
  }
  for (const ListKeys& keys : kListKeys) {
    if (keys.list != *info->offers) {
      continue;
    }
    take_list(surface.newest, nullptr, keys, request, event.message, event.sequence);
    if (sent != nullptr) {
      take_list(surface.sent, &surface.newest, keys, request, *sent, event.sequence);
    }
  }
  if (held_bytes(surface) > most_bytes) {
    forget_list(surface.newest, *info->offers);
    forget_list(surface.sent, *info->offers);
  }
  if (*info->offers == SurfaceList::kTools) {
    const Document& document = event.message.document;
    surface.tools_complete = !document.find(event.message.result, "nextCursor").has_value();
  }
}

}  // namespace merlon
