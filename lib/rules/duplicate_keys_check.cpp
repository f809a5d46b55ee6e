#include "base/document.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {
namespace {

// Reports past this many say nothing new about a file that is made of duplicates.
constexpr std::size_t kMostDuplicates = 200;

// The member that already had the key: the first one of the same object.
NodeId first_with_key(const Document& document, NodeId duplicate, std::string_view key) {
  const NodeId object = document.node(duplicate).parent;
  std::string scratch;
  for (NodeId id = object + 1; id < duplicate; id = document.node(id).next) {
    if (document.text(id, scratch) == key) {
      return id;
    }
  }
  return kNoNode;
}

}  // namespace

void check_duplicate_keys(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Document& document = input.manifests[index]->document;
    std::size_t reports = 0;
    for (NodeId node = 0; node < document.size() && reports < kMostDuplicates; ++node) {
      if ((document.node(node).flags & kNodeDuplicate) == 0) {
        continue;
      }
      ++reports;
      const std::string key = document.text(node);
      CheckHit hit{.rule_id = "duplicate-key", .manifest = index, .node = node};
      hit.message = "the key " + in_ticks(key) + " stands in the same object before";
      // Only a short way back: a wide object of duplicates must not cost its square.
      const bool near = document.node(node).index <= 1000;
      const NodeId first = near ? first_with_key(document, node, key) : kNoNode;
      if (first != kNoNode) {
        hit.related.push_back({"first here", {index, first}});
      }
      sink.report(std::move(hit));
    }
  }
}

}  // namespace merlon
