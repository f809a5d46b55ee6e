#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {
namespace {

bool is_every_scope(std::string_view scope) {
  constexpr std::array<std::string_view, 9> kScopes{
      "*", "all", "full", "full-access", "full_access", "admin", "root", "superuser", "*:*"};
  const std::string lower = to_lower_ascii(scope);
  return std::find(kScopes.begin(), kScopes.end(), lower) != kScopes.end() ||
         lower.ends_with(":*") || lower.ends_with("/*") || lower.ends_with(".*");
}

void inspect_scope(const Document& document, std::size_t index, NodeId node, CheckSink& sink) {
  if (!document.is(node, NodeKind::kString)) {
    return;
  }
  const std::string text = document.text(node);
  for (const std::string_view part : split(text, ' ')) {
    for (const std::string_view scope : split(part, ',')) {
      if (scope.empty() || !is_every_scope(scope)) {
        continue;
      }
      sink.report({.rule_id = "oauth-wide-scope",
                   .manifest = index,
                   .node = node,
                   .message = "the scope " + in_ticks(scope) + " grants everything"});
      return;
    }
  }
}

void inspect_list(const Document& document, std::size_t index, std::optional<NodeId> scopes,
                  CheckSink& sink) {
  if (!scopes) {
    return;
  }
  inspect_scope(document, index, *scopes, sink);
  for (const NodeId scope : document.elements(*scopes)) {
    inspect_scope(document, index, scope, sink);
  }
}

}  // namespace

void check_oauth_scopes(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    const Document& document = manifest.document;
    for (const Server& server : manifest.servers) {
      for (const std::string_view key : {"scopes", "scope", "oauth_scopes"}) {
        inspect_list(document, index, document.find(server.node, key), sink);
      }
      const auto oauth = document.find(server.node, "oauth");
      for (const std::string_view key : {"scopes", "scope"}) {
        inspect_list(document, index, document.find(oauth, key), sink);
      }
    }
  }
}

}  // namespace merlon
