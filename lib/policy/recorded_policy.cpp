#include "policy/recorded_policy.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "policy/policy_loader.h"

namespace merlon {
namespace {

/// The files of a recording, under the names that they had, and nothing else.
class RecordedFiles final : public FileSource {
 public:
  explicit RecordedFiles(const std::vector<RecordedFile>& files) {
    for (const RecordedFile& file : files) {
      const auto source = SourceText::copy_of(file.name, file.text);
      texts_.emplace(file.name, source);
      for (const std::string& alias : file.aliases) {
        texts_.emplace(alias, source);
      }
    }
  }

  Result<std::shared_ptr<const SourceText>> read(std::string_view path,
                                                 std::uint64_t max_bytes) const override {
    const auto found = texts_.find(path);
    if (found == texts_.end()) {
      return not_recorded(path);
    }
    if (found->second->bytes().size() > max_bytes) {
      return fail(ErrorCode::kLimit, "`", path, "` has more than ", std::to_string(max_bytes),
                  " bytes");
    }
    return found->second;
  }
  Result<std::vector<DirectoryEntry>> list(std::string_view path) const override {
    return not_recorded(path);
  }
  Result<FileKind> kind_of(std::string_view path) const override {
    if (texts_.find(path) == texts_.end()) {
      return not_recorded(path);
    }
    return FileKind::kRegular;
  }
  /// Aliases have the identity of their file.
  Result<std::string> canonical(std::string_view path) const override {
    const auto found = texts_.find(path);
    if (found == texts_.end()) {
      return not_recorded(path);
    }
    return found->second->name();
  }

 private:
  static std::unexpected<Error> not_recorded(std::string_view path) {
    return fail(ErrorCode::kNotFound, "the recording has no policy file `", path, "`");
  }

  std::map<std::string, std::shared_ptr<const SourceText>, std::less<>> texts_;
};

void add_recorded(const std::vector<std::string>& names, const RememberingFiles& files,
                  std::vector<RecordedFile>& out) {
  for (const std::string& name : names) {
    if (auto file = files.file(name)) {
      out.push_back(*std::move(file));
    }
  }
}

}  // namespace

Result<std::shared_ptr<const SourceText>> RememberingFiles::read(std::string_view path,
                                                                 std::uint64_t max_bytes) const {
  MERLON_TRY(auto source, files_.read(path, max_bytes));
  const std::scoped_lock lock(mutex_);
  texts_.insert_or_assign(std::string(path), source);
  return source;
}

Result<std::string> RememberingFiles::canonical(std::string_view path) const {
  MERLON_TRY(std::string identity, files_.canonical(path));
  const std::scoped_lock lock(mutex_);
  identities_.insert_or_assign(std::string(path), identity);
  return identity;
}

std::optional<RecordedFile> RememberingFiles::file(std::string_view name) const {
  const std::scoped_lock lock(mutex_);
  const auto found = texts_.find(name);
  if (found == texts_.end()) {
    return std::nullopt;
  }
  RecordedFile out{.name = std::string(name), .text = std::string(found->second->bytes())};
  const auto identity = identities_.find(name);
  for (const auto& [other, same] : identities_) {
    if (identity != identities_.end() && other != name && same == identity->second) {
      out.aliases.push_back(other);
    }
  }
  return out;
}

RecordedPolicy record_policy(const Policy& policy, std::string_view tenant,
                             const RememberingFiles& files) {
  RecordedPolicy out;
  out.name = policy.name;
  out.version = policy.version;
  out.digest = policy.digest;
  out.tenant = tenant;
  add_recorded(policy.files, files, out.files);
  if (policy.minimum != nullptr) {
    add_recorded(policy.minimum->files, files, out.system);
  }
  return out;
}

Checked<Policy> load_recorded_policy(const RecordedPolicy& recorded, const Limits& limits) {
  if (recorded.files.empty()) {
    return std::unexpected(
        std::vector<Error>{make_error(ErrorCode::kBadPolicy, "the recording has no policy")});
  }
  std::vector<RecordedFile> all = recorded.files;
  all.insert(all.end(), recorded.system.begin(), recorded.system.end());
  const RecordedFiles files(all);
  PolicyOptions options;
  options.tenant = recorded.tenant;
  options.limits = limits;
  if (!recorded.system.empty()) {
    options.system_path = recorded.system.back().name;
  }
  auto policy = load_policy(files, recorded.files.back().name, options);
  if (policy && policy->digest != recorded.digest) {
    return std::unexpected(std::vector<Error>{make_error(
        ErrorCode::kBadPolicy, "the recorded policy `", recorded.name, "` has the digest ",
        policy->digest, ", and the recording says ", recorded.digest)});
  }
  return policy;
}

Checked<std::shared_ptr<const CompiledPolicy>> compile_recorded(
    const RecordedEngine& recorded, std::shared_ptr<const CompiledRules> rules,
    const Limits& limits) {
  GuardWorld world;
  world.rules = std::move(rules);
  world.limits = limits;
  if (recorded.pins) {
    auto pins = load_lock(SourceText::copy_of("recorded pins", *recorded.pins), limits);
    if (!pins) {
      return std::unexpected(std::move(pins).error());
    }
    world.pins = std::make_shared<const Lock>(*std::move(pins));
  }
  auto policy = load_recorded_policy(recorded.policy, limits);
  if (!policy) {
    return std::unexpected(std::move(policy).error());
  }
  return compile_policy(*std::move(policy), world);
}

}  // namespace merlon
