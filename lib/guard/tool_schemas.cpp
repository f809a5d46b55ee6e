#include "guard/tool_schemas.h"

#include <algorithm>
#include <array>

namespace merlon {
namespace {

constexpr std::uint64_t kMostSchemaBytes = 1ULL << 20;

/// Keywords of a root that can allow names beside `properties`, or say themselves what is extra.
constexpr std::array<std::string_view, 14> kOpeningKeywords{"$dynamicRef",
                                                            "$ref",
                                                            "additionalProperties",
                                                            "allOf",
                                                            "anyOf",
                                                            "oneOf",
                                                            "dependencies",
                                                            "dependentSchemas",
                                                            "else",
                                                            "if",
                                                            "not",
                                                            "patternProperties",
                                                            "unevaluatedProperties",
                                                            "then"};

std::optional<std::set<std::string, std::less<>>> closed_names_of(const Document& document,
                                                                  NodeId schema) {
  if (std::ranges::any_of(kOpeningKeywords, [&](std::string_view keyword) {
        return document.find(schema, keyword).has_value();
      })) {
    return std::nullopt;
  }
  std::set<std::string, std::less<>> out;
  const auto properties = document.find(schema, "properties");
  for (const auto& member :
       properties ? document.members(*properties) : std::vector<std::pair<NodeId, NodeId>>{}) {
    out.insert(document.text(member.first));
  }
  return out;
}

ToolSchema read_tool_schema(const Document& document, NodeId definition, std::string_view field) {
  ToolSchema out;
  const auto schema = document.find(definition, field);
  out.present = schema.has_value() && !document.is(*schema, NodeKind::kNull);
  if (!out.present) {
    return out;
  }
  if (document.raw(*schema).size() > kMostSchemaBytes) {
    out.problem = "it is above 1 MiB";
    return out;
  }
  auto compiled = compile_schema(document, *schema, {});
  if (!compiled) {
    out.problem = compiled.error().message;
    return out;
  }
  out.compiled = *std::move(compiled);
  if (document.is(*schema, NodeKind::kObject)) {
    out.closed_names = closed_names_of(document, *schema);
  }
  return out;
}

std::shared_ptr<const ToolSchemas> compile_tool_schemas(const KnownDefinition& tool) {
  auto out = std::make_shared<ToolSchemas>();
  if (tool.document != nullptr && tool.definition != kNoNode) {
    out->input = read_tool_schema(*tool.document, tool.definition, "inputSchema");
    out->output = read_tool_schema(*tool.document, tool.definition, "outputSchema");
  }
  return out;
}

}  // namespace

std::shared_ptr<const ToolSchemas> ToolSchemaCache::find(const KnownDefinition& tool) const {
  if (tool.digest.empty()) {
    return compile_tool_schemas(tool);  // has no one spelling, so nothing to know it by
  }
  {
    const std::scoped_lock lock(mutex_);
    const auto found = kept_.find(tool.digest);
    if (found != kept_.end()) {
      return found->second;
    }
  }
  auto made = compile_tool_schemas(tool);
  const std::scoped_lock lock(mutex_);
  if (!kept_.emplace(tool.digest, made).second) {
    return made;  // another thread was faster
  }
  if (order_.size() < most_) {
    order_.push_back(tool.digest);
  } else {
    kept_.erase(order_[next_]);
    order_[next_] = tool.digest;
    next_ = (next_ + 1) % most_;
  }
  return made;
}

}  // namespace merlon
