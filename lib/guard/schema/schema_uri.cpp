#include "guard/schema/schema_uri.h"

#include <algorithm>
#include <vector>

namespace merlon {
namespace {

/// Bytes of `scheme:` or 0.
std::size_t scheme_size(std::string_view uri) {
  const std::size_t colon = uri.find_first_of(":/?#");
  return colon != std::string_view::npos && colon > 0 && uri[colon] == ':' ? colon + 1 : 0;
}

/// Bytes of `scheme:` and `//authority`.
std::size_t root_size(std::string_view uri) {
  const std::size_t scheme = scheme_size(uri);
  if (!uri.substr(scheme).starts_with("//")) {
    return scheme;
  }
  return std::min(uri.find_first_of("/?", scheme + 2), uri.size());
}

std::string without_dots(std::string_view path) {
  const bool rooted = path.starts_with('/');
  std::vector<std::string_view> kept;
  std::size_t at = rooted ? 1 : 0;
  bool ends_in_folder = false;
  while (at <= path.size()) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    ends_in_folder = part == "." || part == "..";
    if (part == ".." && !kept.empty()) {
      kept.pop_back();
    } else if (!ends_in_folder) {
      kept.push_back(part);
    }
    at = end + 1;
  }
  std::string out = rooted ? "/" : "";
  for (std::size_t i = 0; i < kept.size(); ++i) {
    out += kept[i];
    out += i + 1 < kept.size() || ends_in_folder ? "/" : "";
  }
  return out;
}

}  // namespace

SplitUri split_uri(std::string_view uri) {
  const std::size_t mark = uri.find('#');
  return mark == std::string_view::npos
             ? SplitUri{.base = uri, .fragment = {}}
             : SplitUri{.base = uri.substr(0, mark), .fragment = uri.substr(mark + 1)};
}

std::string resolve_uri(std::string_view base, std::string_view reference) {
  if (reference.empty()) {
    return std::string(base);
  }
  if (scheme_size(reference) != 0) {
    return std::string(reference);
  }
  if (reference.starts_with("//")) {
    return std::string(base.substr(0, scheme_size(base))) + std::string(reference);
  }
  const std::size_t root = root_size(base);
  const std::string head(base.substr(0, root));
  const std::size_t query = std::min(reference.find('?'), reference.size());
  const std::string tail(reference.substr(query));
  const std::string_view path = reference.substr(0, query);
  if (path.starts_with('/')) {
    return head + without_dots(path) + tail;
  }
  std::string_view base_path = base.substr(root);
  base_path = base_path.substr(0, base_path.find('?'));
  if (path.empty()) {
    return head + std::string(base_path) + tail;
  }
  const std::size_t slash = base_path.rfind('/');
  const bool has_authority = base.substr(scheme_size(base)).starts_with("//");
  const std::string folder = slash == std::string_view::npos
                                 ? std::string(has_authority ? "/" : "")
                                 : std::string(base_path.substr(0, slash + 1));
  return head + without_dots(folder + std::string(path)) + tail;
}

}  // namespace merlon
