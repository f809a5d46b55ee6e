#include <algorithm>
#include <string>

#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"
#include "rules/launch_line.h"

namespace merlon {
namespace {

bool is_moving_tag(std::string_view tag) {
  return tag.empty() || tag == "latest" || tag == "main" || tag == "master" || tag == "edge" ||
         tag == "nightly" || tag == "dev" || tag == "stable" || tag == "next" || tag == "beta";
}

CheckHit describe(const PackageUse& use) {
  CheckHit hit;
  hit.node = use.node;
  const std::string name = in_ticks(use.name);
  switch (use.source) {
    case PackageSource::kNpm:
    case PackageSource::kPypi:
      hit.rule_id = "launch-unpinned-package";
      hit.message = use.version.empty() ? "each start may run another version of " + name
                                        : in_ticks(use.version) + " is no exact version of " + name;
      break;
    case PackageSource::kImage:
      hit.rule_id = "launch-unpinned-image";
      hit.message = is_moving_tag(use.version) ? "each start may run another image " + name
                                               : "the tag " + in_ticks(use.version) + " of " +
                                                     name + " can be moved to another image";
      if (!is_moving_tag(use.version)) {
        hit.severity = Severity::kInfo;
      }
      break;
    case PackageSource::kGit:
      hit.rule_id = "launch-unpinned-repository";
      hit.message = "each start may build another state of " + name;
      break;
    case PackageSource::kUrl:
      hit.rule_id = "launch-remote-script";
      hit.message = "runs what " + name + " answers at that moment";
      break;
  }
  return hit;
}

// An image that is built here, or a reference, says nothing about where it comes from.
bool is_version_reference(std::string_view text) {
  return text.find("${") != std::string_view::npos || text.starts_with('$');
}

void report_unpinned(const PackageUse& use, std::size_t manifest, CheckSink& sink) {
  if (use.node == kNoNode || use.name.empty() || is_pinned(use) || is_version_reference(use.name) ||
      is_version_reference(use.version)) {
    return;
  }
  CheckHit hit = describe(use);
  hit.manifest = manifest;
  sink.report(std::move(hit));
}

}  // namespace

void check_unpinned_launch(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    for (const Server& server : input.manifests[index]->servers) {
      for (const PackageUse& use : packages_of(effective_launch(server.launch))) {
        report_unpinned(use, index, sink);
      }
    }
  }
}

}  // namespace merlon
