#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {
namespace {

bool is_namespace_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
         c == '-';
}

// ^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$, 3 to 200 characters.
bool is_registry_name(std::string_view name) {
  const std::size_t slash = name.find('/');
  if (name.size() < 3 || name.size() > 200 || slash == std::string_view::npos || slash == 0 ||
      slash + 1 == name.size()) {
    return false;
  }
  const std::string_view left = name.substr(0, slash);
  const std::string_view right = name.substr(slash + 1);
  return std::all_of(left.begin(), left.end(), is_namespace_char) &&
         std::all_of(right.begin(), right.end(),
                     [](char c) { return is_namespace_char(c) || c == '_'; });
}

bool is_range(std::string_view version) {
  if (equals_ignoring_case(version, "latest") || version.empty()) {
    return true;
  }
  return version.find_first_of("^~<>=*| ") != std::string_view::npos || version.ends_with(".x") ||
         version.ends_with(".X");
}

bool is_digest(std::string_view text) {
  return text.size() == 64 &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

class EntryInspector {
 public:
  EntryInspector(const Document& document, std::size_t index, CheckSink& sink)
      : document_(document), index_(index), sink_(sink) {}

  void inspect(NodeId root) {
    if (const auto name = document_.find(root, "name", NodeKind::kString);
        name && !is_registry_name(document_.text(*name))) {
      report("registry-name", *name,
             in_ticks(document_.text(*name)) + " is no name of the form `namespace/name`");
    }
    inspect_version(document_.find(root, "version"));
    const auto packages = document_.find(root, "packages");
    for (const NodeId package : packages ? document_.elements(*packages) : std::vector<NodeId>{}) {
      inspect_package(package);
    }
  }

 private:
  void report(std::string_view rule, NodeId node, std::string message) {
    sink_.report({.rule_id = std::string(rule),
                  .manifest = index_,
                  .node = node,
                  .message = std::move(message)});
  }

  void inspect_version(std::optional<NodeId> version) {
    if (!version || !document_.is(*version, NodeKind::kString)) {
      return;
    }
    const std::string text = document_.text(*version);
    if (is_range(text)) {
      report("registry-version-range", *version, in_ticks(text) + " is no exact version");
    }
  }

  void inspect_package(NodeId package) {
    inspect_version(document_.find(package, "version"));
    std::string type = document_.string_or(document_.find(package, "registryType"), "");
    if (type.empty()) {
      type = document_.string_or(document_.find(package, "registry_type"), "");
    }
    const auto identifier = document_.find(package, "identifier", NodeKind::kString);
    auto digest = document_.find(package, "fileSha256");
    if (!digest) {
      digest = document_.find(package, "file_sha256");
    }
    if (digest && !is_digest(document_.string_or(digest, ""))) {
      report("registry-file-digest", *digest,
             "the digest of the file is not 64 hexadecimal digits");
    } else if (!digest && type == "mcpb") {
      report("registry-file-digest", identifier.value_or(package),
             "a bundle without a digest can be changed after the review");
    }
    if (type == "oci" && identifier) {
      const std::string image = document_.text(*identifier);
      const std::size_t colon = image.rfind(':');
      const bool tagged = colon != std::string::npos && image.find('/', colon) == std::string::npos;
      if (image.find("@sha256:") == std::string::npos && (!tagged || image.ends_with(":latest"))) {
        report("registry-version-range", *identifier,
               "the image " + in_ticks(image) + " names neither a version nor a digest");
      }
    }
  }

  const Document& document_;
  std::size_t index_;
  CheckSink& sink_;
};

}  // namespace

void check_registry_entry(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    if (manifest.format != "registry-server" || manifest.document.empty()) {
      continue;
    }
    const Document& document = manifest.document;
    // The API of the registry wraps the entry once more.
    const auto wrapped = document.find(document.root(), "server", NodeKind::kObject);
    EntryInspector(document, index, sink).inspect(wrapped.value_or(document.root()));
  }
}

}  // namespace merlon
