#pragma once
/// What a string of a manifest is. Readers of a format label the nodes they know
/// (Document::set_label); rules name the surfaces they look at, one by one or by group.
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace merlon {

enum class Surface : std::uint8_t {
  kOther =
      0,  ///< a string that no reader claimed; still matched by rules with `surfaces = ["any"]`
  kToolName,
  kToolTitle,
  kToolDescription,
  kSchemaDescription,  ///< description, title of a (nested) schema, input or output
  kSchemaKey,          ///< property names
  kSchemaEnum,
  kSchemaDefault,
  kSchemaConst,
  kSchemaExample,
  kSchemaPattern,
  kSchemaComment,  ///< $comment
  kSchemaOther,    ///< any other string inside a schema
  kAnnotation,
  kMeta,  ///< inside _meta
  kPromptName,
  kPromptDescription,
  kPromptArgument,  ///< name or description of a prompt's argument
  kPromptText,      ///< the text a prompt expands to
  kResourceName,
  kResourceUri,
  kResourceDescription,
  kInstructions,  ///< initialize.instructions, discover.instructions
  kServerName,
  kServerDescription,
  kIcon,      ///< src of an icon
  kCommand,   ///< the program of a launch
  kArgument,  ///< an argument of a launch
  kEnvName,
  kEnvValue,
  kHeaderName,
  kHeaderValue,
  kUrl,      ///< of a remote server
  kPath,     ///< a mount, working directory, env file
  kPackage,  ///< identifier of a package or image
  kVersion,
  kPermission,   ///< an allow, ask or deny rule of an agent; allowed-tools of a skill
  kHookCommand,  ///< a command that an agent runs by itself
  kSetting,      ///< any other setting of a client
  kSkillName,
  kSkillDescription,
  kSkillBody,
  kComment,  ///< comments of the source file, where a reader keeps them
  kCount
};

[[nodiscard]] std::string_view to_string(Surface surface);
[[nodiscard]] std::optional<Surface> parse_surface(std::string_view name);

/// A set of surfaces, one bit each.
using SurfaceSet = std::uint64_t;
[[nodiscard]] constexpr SurfaceSet surface_bit(Surface surface) {
  return SurfaceSet{1} << static_cast<unsigned>(surface);
}

/// A named group, for rules: "any", "text" (all that a model reads as prose), "description",
/// "schema", "name", "launch", "config", "skill", "prompt", "resource".
struct SurfaceGroup {
  std::string_view name;
  std::string_view summary;
  SurfaceSet surfaces;
};
[[nodiscard]] std::span<const SurfaceGroup> surface_groups();
/// A surface's or a group's set; nothing for an unknown word.
[[nodiscard]] std::optional<SurfaceSet> parse_surface_set(std::string_view word);

}  // namespace merlon
