#include <optional>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"
#include "rules/secret_names.h"

namespace merlon {
namespace {

// A path that leaves the bundle, or that never was in it.
bool leaves_bundle(std::string_view path) {
  return path.starts_with('/') || path.starts_with('\\') || path.starts_with('~') ||
         (path.size() > 1 && path[1] == ':') || path.find("..") != std::string_view::npos ||
         path.find("://") != std::string_view::npos;
}

void inspect_user_config(const Document& document, std::size_t index, NodeId config,
                         CheckSink& sink) {
  for (const auto& [key, option] : document.members(config)) {
    const std::string name = document.text(key);
    const auto type = document.find(option, "type");
    if (document.string_or(type, "string") != "string" ||
        classify_secret_name(name) == SecretName::kNo ||
        document.is_true(document.find(option, "sensitive"))) {
      continue;
    }
    sink.report({.rule_id = "bundle-secret-not-sensitive",
                 .manifest = index,
                 .node = key,
                 .message = "the setting " + in_ticks(name) +
                            " is kept and shown in clear, because it is not marked `sensitive`"});
  }
}

}  // namespace

void check_bundle_manifest(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    if (manifest.format != "mcpb-manifest" || manifest.document.empty()) {
      continue;
    }
    const Document& document = manifest.document;
    const NodeId root = document.root();
    const auto server = document.find(root, "server", NodeKind::kObject);
    const auto entry =
        server ? document.find(*server, "entry_point", NodeKind::kString) : std::nullopt;
    if (entry && leaves_bundle(document.text(*entry))) {
      sink.report({.rule_id = "bundle-entry-outside",
                   .manifest = index,
                   .node = *entry,
                   .message = "starts " + in_ticks(document.text(*entry)) +
                              ", which is not part of the bundle"});
    }
    if (const auto config = document.find(root, "user_config", NodeKind::kObject)) {
      inspect_user_config(document, index, *config, sink);
    }
  }
}

}  // namespace merlon
