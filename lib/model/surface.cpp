#include "model/surface.h"

#include <array>

namespace merlon {
namespace {

// In the order of the enum; the static_assert below keeps the two in step.
constexpr std::array<std::string_view, static_cast<std::size_t>(Surface::kCount)> kNames{
    "other",
    "tool-name",
    "tool-title",
    "tool-description",
    "schema-description",
    "schema-key",
    "schema-enum",
    "schema-default",
    "schema-const",
    "schema-example",
    "schema-pattern",
    "schema-comment",
    "schema-other",
    "annotation",
    "meta",
    "prompt-name",
    "prompt-description",
    "prompt-argument",
    "prompt-text",
    "resource-name",
    "resource-uri",
    "resource-description",
    "instructions",
    "server-name",
    "server-description",
    "icon",
    "command",
    "argument",
    "env-name",
    "env-value",
    "header-name",
    "header-value",
    "url",
    "path",
    "package",
    "version",
    "permission",
    "hook-command",
    "setting",
    "skill-name",
    "skill-description",
    "skill-body",
    "comment"};
static_assert(kNames.back() == "comment");
static_assert(static_cast<std::size_t>(Surface::kCount) < 64);

template <class... S>
constexpr SurfaceSet set_of(S... surfaces) {
  return (surface_bit(surfaces) | ...);
}

constexpr SurfaceSet kAll = (SurfaceSet{1} << static_cast<unsigned>(Surface::kCount)) - 1;
constexpr SurfaceSet kDescriptions =
    set_of(Surface::kToolDescription, Surface::kToolTitle, Surface::kSchemaDescription,
           Surface::kPromptDescription, Surface::kPromptArgument, Surface::kResourceDescription,
           Surface::kServerDescription, Surface::kInstructions, Surface::kSkillDescription);
constexpr SurfaceSet kSchema =
    set_of(Surface::kSchemaDescription, Surface::kSchemaKey, Surface::kSchemaEnum,
           Surface::kSchemaDefault, Surface::kSchemaConst, Surface::kSchemaExample,
           Surface::kSchemaPattern, Surface::kSchemaComment, Surface::kSchemaOther);
constexpr SurfaceSet kNameGroup =
    set_of(Surface::kToolName, Surface::kPromptName, Surface::kResourceName, Surface::kServerName,
           Surface::kSkillName, Surface::kSchemaKey);
constexpr SurfaceSet kLaunch =
    set_of(Surface::kCommand, Surface::kArgument, Surface::kEnvName, Surface::kEnvValue,
           Surface::kUrl, Surface::kHeaderName, Surface::kHeaderValue, Surface::kPath,
           Surface::kPackage, Surface::kVersion);
constexpr SurfaceSet kText = kDescriptions | kSchema | kNameGroup |
                             set_of(Surface::kAnnotation, Surface::kMeta, Surface::kPromptText,
                                    Surface::kResourceUri, Surface::kSkillBody, Surface::kOther);

constexpr std::array kGroups{
    SurfaceGroup{"any", "every string", kAll},
    SurfaceGroup{"config", "launches, permissions, hooks and settings of a client",
                 kLaunch | set_of(Surface::kPermission, Surface::kHookCommand, Surface::kSetting)},
    SurfaceGroup{"description", "titles, descriptions and instructions", kDescriptions},
    SurfaceGroup{"launch", "command, arguments, environment, headers, URL, packages", kLaunch},
    SurfaceGroup{"name", "names of tools, prompts, resources, servers, parameters", kNameGroup},
    SurfaceGroup{"prompt", "prompts",
                 set_of(Surface::kPromptName, Surface::kPromptDescription, Surface::kPromptArgument,
                        Surface::kPromptText)},
    SurfaceGroup{
        "resource", "resources",
        set_of(Surface::kResourceName, Surface::kResourceUri, Surface::kResourceDescription)},
    SurfaceGroup{"schema", "all of the input and output schemas", kSchema},
    SurfaceGroup{"skill", "skills",
                 set_of(Surface::kSkillName, Surface::kSkillDescription, Surface::kSkillBody)},
    SurfaceGroup{"text", "all that a model reads as text", kText},
};

}  // namespace

std::string_view to_string(Surface surface) {
  const auto index = static_cast<std::size_t>(surface);
  return index < kNames.size() ? kNames[index] : "other";
}

std::optional<Surface> parse_surface(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) {
      return static_cast<Surface>(i);
    }
  }
  return std::nullopt;
}

std::span<const SurfaceGroup> surface_groups() {
  return kGroups;
}

std::optional<SurfaceSet> parse_surface_set(std::string_view word) {
  for (const SurfaceGroup& group : kGroups) {
    if (group.name == word) {
      return group.surfaces;
    }
  }
  if (const auto surface = parse_surface(word)) {
    return surface_bit(*surface);
  }
  return std::nullopt;
}

}  // namespace merlon
