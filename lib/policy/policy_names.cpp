#include <algorithm>

#include "base/text.h"
#include "policy/shipped_policies.h"

namespace merlon {
namespace {

const ShippedPolicy* find_shipped(std::string_view path) {
  if (!path.starts_with(kShippedPrefix)) {
    return nullptr;
  }
  // By its name, or by the name of its file, as another one extends it.
  std::string_view wanted = path.substr(kShippedPrefix.size());
  if (wanted.ends_with(".toml")) {
    wanted.remove_suffix(std::string_view(".toml").size());
  }
  const auto all = shipped_policies();
  const auto found = std::find_if(
      all.begin(), all.end(), [&](const ShippedPolicy& policy) { return policy.name == wanted; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

Result<std::shared_ptr<const SourceText>> ShippedFiles::read(std::string_view path,
                                                             std::uint64_t max_bytes) const {
  if (const ShippedPolicy* const policy = find_shipped(path)) {
    return SourceText::copy_of(std::string(path), std::string(policy->text));
  }
  return files_.read(path, max_bytes);
}

Result<FileKind> ShippedFiles::kind_of(std::string_view path) const {
  return find_shipped(path) != nullptr ? Result<FileKind>(FileKind::kRegular)
                                       : files_.kind_of(path);
}

Result<std::string> ShippedFiles::canonical(std::string_view path) const {
  return find_shipped(path) != nullptr ? Result<std::string>(std::string(path))
                                       : files_.canonical(path);
}

Result<std::string> find_policy(const PolicyStore& store, std::string_view word) {
  if (word.find('/') != std::string_view::npos || word.ends_with(".toml")) {
    return std::string(word);
  }
  if (auto installed = store.current(word)) {
    return installed;
  } else if (installed.error().code != ErrorCode::kNotFound) {
    return installed;
  }
  std::string shipped = std::string(kShippedPrefix) + std::string(word);
  if (find_shipped(shipped) != nullptr) {
    return shipped;
  }
  Error error = make_error(ErrorCode::kNotFound, "there is no policy `", escape_for_display(word),
                           "`, installed or shipped");
  std::vector<std::string> names;
  for (const ShippedPolicy& policy : shipped_policies()) {
    names.emplace_back(policy.name);
  }
  error.hints.push_back("shipped are " + join(names, ", ") + "; a file is named with its path");
  return std::unexpected(std::move(error));
}

}  // namespace merlon
