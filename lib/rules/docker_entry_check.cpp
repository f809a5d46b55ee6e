#include <optional>
#include <string>
#include <string_view>

#include "base/document.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {
namespace {

bool is_commit(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

// What the catalogue builds an image from. Its mounts are read as a launch and looked at there.
void check_docker_entry(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    if (manifest.format != "docker-server" || manifest.document.empty()) {
      continue;
    }
    const Document& document = manifest.document;
    const auto source = document.find(document.root(), "source", NodeKind::kObject);
    if (!source) {
      continue;
    }
    const auto commit = document.find(*source, "commit");
    const std::string text = commit ? document.text(*commit) : std::string();
    if (commit && is_commit(text)) {
      continue;
    }
    // Images of other publishers are only mirrored; without a project nothing is built.
    if (!commit && !document.find(*source, "branch")) {
      continue;
    }
    sink.report({.rule_id = "docker-source-not-pinned",
                 .manifest = index,
                 .node = commit.value_or(*source),
                 .message = commit ? in_ticks(text) + " is no full commit"
                                   : std::string("the source names a branch and no commit")});
  }
}

}  // namespace merlon
