#pragma once
/// What the manifests of a run say about servers, in the order and form of a lock.
#include <span>
#include <string>
#include <vector>

#include "capability/lock.h"

namespace merlon {

struct ObservedItem {
  LockList list{LockList::kTools};
  std::string name;
  std::string digest;  ///< empty when there is no canonical form
  Error error;         ///< then: why
  std::size_t manifest{0};
  NodeId node{kNoNode};
};

struct ObservedServer {
  std::string name;
  std::string file;
  std::vector<std::string> launch;
  std::string launch_digest;
  std::string url;
  std::size_t manifest{0};
  NodeId node{kNoNode};
  std::vector<ObservedItem> items;  ///< sorted by list, name, digest; the same one only once
};

/// Sorted by name, file and launch digest; entries of several manifests that agree in these are one
/// server. Manifests without servers and items give nothing.
[[nodiscard]] std::vector<ObservedServer> observe_servers(
    std::span<const Manifest* const> manifests, const LockOptions& options);

}  // namespace merlon
