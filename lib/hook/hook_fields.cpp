#include "hook/hook_fields.h"

#include "base/json/json_reader.h"

namespace merlon {

std::string hook_text(const Document& input, std::string_view name) {
  const auto node = input.find(input.root(), name, NodeKind::kString);
  return node ? input.text(*node) : std::string();
}

Result<std::string> hook_object(const Document& input, std::string_view name) {
  const auto node = input.find(input.root(), name);
  if (!node || input.is(*node, NodeKind::kNull)) {
    return std::string("{}");
  }
  if (input.is(*node, NodeKind::kObject)) {
    return std::string(input.raw(*node));
  }
  if (input.is(*node, NodeKind::kString)) {
    const auto inner =
        parse_json(SourceText::copy_of("", input.text(*node)), JsonDialect::kStrict, Limits{});
    if (inner && inner->is(inner->root(), NodeKind::kObject)) {
      return std::string(inner->raw(inner->root()));
    }
  }
  return fail(ErrorCode::kFormat, "`", name, "` is no object");
}

std::string hook_value(const Document& input, std::string_view name) {
  const auto node = input.find(input.root(), name);
  return node ? std::string(input.raw(*node)) : std::string("null");
}

std::optional<ToolOfServer> split_mcp_name(std::string_view name, std::string_view between) {
  const std::string prefix = "mcp" + std::string(between);
  if (!name.starts_with(prefix)) {
    return std::nullopt;
  }
  const std::string_view rest = name.substr(prefix.size());
  const std::size_t at = rest.find(between, 1);
  if (at == std::string_view::npos || at + between.size() >= rest.size()) {
    return std::nullopt;
  }
  return ToolOfServer{.server = std::string(rest.substr(0, at)),
                      .tool = std::string(rest.substr(at + between.size()))};
}

}  // namespace merlon
