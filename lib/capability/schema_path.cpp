#include "capability/schema_path.h"

#include <algorithm>

namespace merlon {
namespace {

bool is_index(std::string_view token) {
  return !token.empty() && std::ranges::all_of(token, [](char c) { return c >= '0' && c <= '9'; });
}

bool holds_names(std::string_view keyword) {
  return keyword == "properties" || keyword == "patternProperties" || keyword == "$defs" ||
         keyword == "definitions" || keyword == "dependentSchemas";
}

}  // namespace

SchemaPath schema_path(const std::vector<std::string>& path) {
  if (path.empty()) {
    return {};
  }
  if (path[0] == "annotations" && path.size() > 1) {
    return {PathRole::kAnnotation, path[1]};
  }
  if (path[0] != "inputSchema" && path[0] != "input_schema" && path[0] != "parameters") {
    return {};
  }
  SchemaPath found{PathRole::kKeyword, path[0]};
  bool name_follows = false;
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (name_follows) {
      // What $defs names is a schema, but no parameter; what stands inside it may be one.
      found = {path[i - 1] == "properties" ? PathRole::kParameter : PathRole::kKeyword, path[i]};
      name_follows = false;
      continue;
    }
    if (found.role == PathRole::kKeyword && is_index(path[i])) {
      continue;
    }
    found = {PathRole::kKeyword, path[i]};
    name_follows = holds_names(path[i]);
  }
  return found;
}

}  // namespace merlon
