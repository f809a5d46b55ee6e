#include "capture/surface.h"

namespace merlon {
namespace {

constexpr std::array<ListInfo, kListKinds> kLists{
    ListInfo{ListKind::kTools, "tools", "tools/list", "tools", "tools", "name"},
    ListInfo{ListKind::kPrompts, "prompts", "prompts/list", "prompts", "prompts", "name"},
    ListInfo{ListKind::kResources, "resources", "resources/list", "resources", "resources", "uri"},
    ListInfo{ListKind::kResourceTemplates, "resource_templates", "resources/templates/list",
             "resourceTemplates", "resources", "uriTemplate"},
};

}  // namespace

std::string_view to_string(Era era) {
  switch (era) {
    case Era::kModern: return "modern";
    case Era::kLegacy: return "legacy";
  }
  return "legacy";
}

std::span<const ListInfo> list_infos() {
  return kLists;
}

}  // namespace merlon
