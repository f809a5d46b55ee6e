#include <map>
#include <string>

#include "base/document.h"
#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {
namespace {

// Of 14,985 tools in use the 99th percentile of a description is 1,127 bytes and the longest
// 10,467.
constexpr std::size_t kLongDescription = 8'000;
// A model reads all definitions of a server at each request. 25,000 tokens are a tenth and more of
// the context of most models.
constexpr std::uint64_t kManyTokens = 25'000;
constexpr std::uint64_t kBytesPerToken = 4;

struct ServerSize {
  std::uint64_t bytes{0};
  std::uint32_t tools{0};
  NodeId first{kNoNode};
};

void check_items(const Manifest& manifest, std::size_t index, CheckSink& sink) {
  std::map<std::uint32_t, ServerSize> sizes;
  for (const Item& item : manifest.items) {
    if (item.kind != ItemKind::kTool) {
      continue;
    }
    const Node& whole = manifest.document.node(item.node);
    ServerSize& size = sizes[item.server];
    size.bytes += whole.end - whole.begin;
    ++size.tools;
    if (size.first == kNoNode) {
      size.first = item.name != kNoNode ? item.name : item.node;
    }
    const std::size_t bytes = text_or_empty(manifest.document, item.description).size();
    if (bytes < kLongDescription) {
      continue;
    }
    sink.report({.rule_id = "description-oversized",
                 .manifest = index,
                 .node = item.description,
                 .message = "a description of " + std::to_string(bytes) + " bytes, about " +
                            std::to_string(bytes / kBytesPerToken) + " tokens",
                 .evidence = {.text = std::to_string(bytes) + " bytes", .decoded_by = {}}});
  }
  for (const auto& [server, size] : sizes) {
    const std::uint64_t tokens = size.bytes / kBytesPerToken;
    if (tokens < kManyTokens) {
      continue;
    }
    sink.report({.rule_id = "definitions-oversized",
                 .manifest = index,
                 .node = size.first,
                 .message = counted(size.tools, "tool") + " of " + server_label(manifest, server) +
                            (size.tools == 1 ? " takes about " : " take about ") +
                            std::to_string(tokens) + " tokens of each request",
                 .evidence = {.text = std::to_string(tokens) + " tokens", .decoded_by = {}}});
  }
}

}  // namespace

void check_oversized_descriptions(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    check_items(*input.manifests[index], index, sink);
  }
}

}  // namespace merlon
