#include "guard/offered_definitions.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "mcp/method.h"

namespace merlon {
namespace {

struct OfferKeys {
  std::string_view member;
  std::string_view name;
};

OfferKeys keys_of(SurfaceList list) {
  switch (list) {
    case SurfaceList::kTools: return {.member = "tools", .name = "name"};
    case SurfaceList::kPrompts: return {.member = "prompts", .name = "name"};
    case SurfaceList::kResources: return {.member = "resources", .name = "uri"};
    case SurfaceList::kResourceTemplates:
      return {.member = "resourceTemplates", .name = "uriTemplate"};
    case SurfaceList::kInstructions: return {.member = "instructions", .name = ""};
  }
  return {};
}

/// The value of the member that is there a second time.
NodeId second_of(const Document& document, NodeId object, std::string_view key) {
  bool seen = false;
  std::string scratch;
  for (const auto& [name, value] : document.members(object)) {
    if (document.text(name, scratch) != key) {
      continue;
    }
    if (seen) {
      return value;
    }
    seen = true;
  }
  return kNoNode;
}

}  // namespace

OfferedDefinitions offered_definitions(const GuardInput& input) {
  OfferedDefinitions out;
  if (input.message.kind != MessageKind::kResult || input.request == nullptr) {
    return out;
  }
  const MethodInfo* const info = find_method(input.request->method);
  if (info == nullptr || !info->offers) {
    return out;
  }
  const Document& document = input.message.document;
  const NodeId result = input.message.result;
  const OfferKeys keys = keys_of(*info->offers);
  const std::string place = "/result/" + std::string(keys.member);
  out.twice = second_of(document, result, keys.member);
  out.complete = !document.find(result, "nextCursor").has_value();
  const auto value = document.find(result, keys.member);
  if (!value) {
    return out;
  }
  if (*info->offers == SurfaceList::kInstructions) {
    out.definitions.push_back(
        {.list = *info->offers, .name = {}, .node = *value, .pointer = place});
    return out;
  }
  std::size_t index = 0;
  for (const NodeId node : document.elements(*value)) {
    out.definitions.push_back({.list = *info->offers,
                               .name = document.string_or(document.find(node, keys.name), ""),
                               .node = node,
                               .pointer = place + "/" + std::to_string(index++)});
  }
  return out;
}

std::optional<UsedItem> used_item(const GuardInput& input) {
  if (input.message.kind != MessageKind::kRequest ||
      input.message.direction != Direction::kToServer) {
    return std::nullopt;
  }
  const std::string& method = input.message.method;
  if (input.phase == Phase::kToolInvoke) {
    return UsedItem{.list = SurfaceList::kTools, .name = input.called.name};
  }
  if (method == "prompts/get") {
    return UsedItem{.list = SurfaceList::kPrompts, .name = item_of(input.message)};
  }
  if (method == "resources/read" || method == "resources/subscribe") {
    return UsedItem{.list = SurfaceList::kResources, .name = item_of(input.message)};
  }
  return std::nullopt;
}

DefinitionsInUse::DefinitionsInUse(const KnownDefinition* sent, const KnownDefinition* newest) {
  if (newest != nullptr) {
    known_[size_++] = newest;
  }
  // What was sent after the server's newest word is that word, as the policy let it through.
  if (sent != nullptr && (newest == nullptr || sent->sequence < newest->sequence)) {
    known_[size_++] = sent;
  }
}

DefinitionsInUse definitions_in_use(const GuardInput& input, const UsedItem& item) {
  if (item.list == SurfaceList::kTools && item.name == input.called.name) {
    return {input.called.sent, input.called.newest};
  }
  const ServerSurface& surface = input.state.surface;
  const ServerSurface::Key key{item.list, item.name};
  const auto sent = surface.sent.find(key);
  const auto newest = surface.newest.find(key);
  return {sent == surface.sent.end() ? nullptr : &sent->second,
          newest == surface.newest.end() ? nullptr : &newest->second};
}

std::vector<UsedItem> templates_of(const ServerSurface& surface, std::string_view uri) {
  std::set<std::string> names;
  for (const auto* const definitions : {&surface.newest, &surface.sent}) {
    for (auto at = definitions->lower_bound({SurfaceList::kResourceTemplates, ""});
         at != definitions->end() && at->first.first == SurfaceList::kResourceTemplates; ++at) {
      const std::string_view pattern = at->first.second;
      if (uri.starts_with(pattern.substr(0, pattern.find('{')))) {
        names.insert(at->first.second);
      }
    }
  }
  std::vector<UsedItem> out;
  out.reserve(names.size());
  for (const std::string& name : names) {
    out.push_back({.list = SurfaceList::kResourceTemplates, .name = name});
  }
  return out;
}

std::string title_of(SurfaceList list, std::string_view name) {
  const std::string quoted = " `" + escape_for_display(shorten(name, 64)) + "`";
  switch (list) {
    case SurfaceList::kTools: return "tool" + quoted;
    case SurfaceList::kPrompts: return "prompt" + quoted;
    case SurfaceList::kResources: return "resource" + quoted;
    case SurfaceList::kResourceTemplates: return "resource template" + quoted;
    case SurfaceList::kInstructions: return "the instructions";
  }
  return "definition" + quoted;
}

}  // namespace merlon
