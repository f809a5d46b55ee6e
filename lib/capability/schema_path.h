#pragma once
/// Where in a tool's definition a place is: a keyword of a schema, the name of a parameter, an
/// annotation, or else.
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

enum class PathRole {
  kOther,       ///< description, title, _meta, ...
  kKeyword,     ///< a keyword of the input schema, or an element below one
  kParameter,   ///< the schema of one parameter, at any depth
  kAnnotation,  ///< a member of `annotations`
};

struct SchemaPath {
  PathRole role{PathRole::kOther};
  std::string keyword;  ///< of kKeyword: the innermost keyword; of kParameter: its name; of
                        ///< kAnnotation: the hint
};

/// `path`: the decoded tokens from the definition, e.g. {"inputSchema", "properties", "url",
/// "type"}.
[[nodiscard]] SchemaPath schema_path(const std::vector<std::string>& path);

}  // namespace merlon
