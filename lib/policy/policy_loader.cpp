#include "policy/policy_loader.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "base/digest/digest.h"
#include "base/toml/toml_reader.h"
#include "policy/policy_reader.h"
#include "policy/shipped_policies.h"

namespace merlon {
namespace {

/// A chain of files that extend one another.
constexpr std::size_t kMostPolicyDepth = 8;
constexpr std::size_t kMostPolicyFiles = 64;

void append_errors(std::vector<Error>& to, std::vector<Error> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

std::string beside(std::string_view file, std::string_view other) {
  // What a shipped policy extends is shipped as well.
  if (file.starts_with(kShippedPrefix) && !other.starts_with('/')) {
    return std::string(kShippedPrefix) + std::string(other);
  }
  const std::size_t slash = file.rfind('/');
  if (other.starts_with('/') || slash == std::string_view::npos) {
    return std::string(other);
  }
  return std::string(file.substr(0, slash + 1)) + std::string(other);
}

/// Puts files together, the base first. A file that is reached twice counts where it is reached
/// first.
class PolicyAssembly {
 public:
  PolicyAssembly(const FileSource& files, const PolicyOptions& options)
      : files_(files), options_(options) {}

  /// `from` is where another file names this one; null for the first.
  void add_file(const std::string& path, const Location* from) {
    auto identity = files_.canonical(path);
    if (!identity) {
      return complain(std::move(identity).error(), from);
    }
    if (std::find(open_.begin(), open_.end(), *identity) != open_.end()) {
      return complain(make_error(ErrorCode::kBadPolicy, "`", path, "` extends itself"), from);
    }
    if (std::find(done_.begin(), done_.end(), *identity) != done_.end()) {
      return;
    }
    if (open_.size() >= kMostPolicyDepth || done_.size() + open_.size() >= kMostPolicyFiles) {
      return complain(make_error(ErrorCode::kLimit, "`", path, "` is one file too many: at most ",
                                 std::to_string(kMostPolicyDepth), " that extend one another, ",
                                 std::to_string(kMostPolicyFiles), " in all"),
                      from);
    }
    auto source = files_.read(path, options_.limits.toml_bytes);
    if (!source) {
      return complain(std::move(source).error(), from);
    }
    open_.push_back(*identity);
    read_file(*std::move(source));
    open_.pop_back();
    done_.push_back(*std::move(identity));
  }

  [[nodiscard]] Checked<Policy> finish() && {
    if (!options_.tenant.empty()) {
      read_tenants();
    }
    if (!errors_.empty()) {
      return std::unexpected(std::move(errors_));
    }
    Policy policy = std::move(draft_).finish();
    policy.digest = policy.files.size() == 1 && policy.tenant.empty() ? digests_.front()
                                                                      : digest_of_parts(policy);
    return policy;
  }

 private:
  void complain(Error error, const Location* from) {
    if (from != nullptr && error.where.file.empty()) {
      error.where = *from;
    }
    errors_.push_back(std::move(error));
  }

  void read_file(const std::shared_ptr<const SourceText>& source) {
    auto parsed = parse_toml(source, options_.limits);
    if (!parsed) {
      errors_.push_back(std::move(parsed).error());
      return;
    }
    const auto document = std::make_shared<const Document>(*std::move(parsed));
    for (const NodeId node : extended(*document)) {
      const Location from = document->locate(node);
      add_file(beside(source->name(), document->text(node)), &from);
    }
    PolicyReader reader(document, draft_);
    reader.read_file();
    append_errors(errors_, std::move(reader).take_errors());
    draft_.policy.files.push_back(source->name());
    digests_.push_back(sha256_hex(source->bytes()));
  }

  /// A string or a list of strings.
  std::vector<NodeId> extended(const Document& document) {
    const auto node = document.find(document.root(), "extends");
    if (!node) {
      return {};
    }
    if (document.is(*node, NodeKind::kString)) {
      return {*node};
    }
    TableReader reader(document, ErrorCode::kBadPolicy);
    std::vector<NodeId> out = reader.strings(document.root(), "extends");
    append_errors(errors_, std::move(reader).take_errors());
    return out;
  }

  void read_tenants() {
    const auto tables = draft_.tenants;
    for (const auto& [name, node] : tables) {
      if (name == options_.tenant) {
        draft_.policy.tenant = name;
        PolicyReader reader(node.document, draft_);
        reader.read_tenant(node.node);
        append_errors(errors_, std::move(reader).take_errors());
      }
    }
  }

  [[nodiscard]] std::string digest_of_parts(const Policy& policy) const {
    std::string text;
    for (const std::string& digest : digests_) {
      text += "file " + digest + '\n';
    }
    if (!policy.tenant.empty()) {
      text += "tenant " + policy.tenant + '\n';
    }
    return sha256_hex(text);
  }

  const FileSource& files_;
  const PolicyOptions& options_;
  PolicyDraft draft_;
  std::vector<std::string> open_;  ///< files that are being read, outermost first
  std::vector<std::string> done_;
  std::vector<std::string> digests_;
  std::vector<Error> errors_;
};

Checked<Policy> assemble(const FileSource& files, std::string_view path,
                         const PolicyOptions& options) {
  PolicyAssembly assembly(files, options);
  assembly.add_file(std::string(path), nullptr);
  return std::move(assembly).finish();
}

/// Null when there is none.
Checked<std::shared_ptr<const Policy>> load_minimum(const FileSource& files,
                                                    const PolicyOptions& options) {
  if (options.system_path.empty()) {
    return nullptr;
  }
  const auto kind = files.kind_of(options.system_path);
  if (!kind && kind.error().code == ErrorCode::kNotFound) {
    return nullptr;
  }
  auto policy = assemble(files, options.system_path, options);
  if (!policy) {
    return std::unexpected(std::move(policy).error());
  }
  for (GuardEntry& guard : policy->guards) {
    // No id of a user's file has a colon: memory and answers of the two never mix.
    guard.id.insert(0, "system:");
  }
  return std::make_shared<const Policy>(*std::move(policy));
}

}  // namespace

Checked<Policy> load_policy(const FileSource& files, std::string_view path,
                            const PolicyOptions& options) {
  auto minimum = load_minimum(files, options);
  auto policy = assemble(files, path, options);
  if (!minimum || !policy) {
    std::vector<Error> errors;
    if (!minimum) {
      append_errors(errors, std::move(minimum).error());
    }
    if (!policy) {
      append_errors(errors, std::move(policy).error());
    }
    return std::unexpected(std::move(errors));
  }
  if (*minimum != nullptr) {
    policy->digest =
        sha256_hex("system " + (*minimum)->digest + "\npolicy " + policy->digest + '\n');
    policy->minimum = *std::move(minimum);
  }
  return policy;
}

Checked<Policy> parse_policy(std::shared_ptr<const SourceText> source, const Limits& limits) {
  auto document = parse_toml(source, limits);
  if (!document) {
    return std::unexpected(std::vector<Error>{std::move(document).error()});
  }
  PolicyDraft draft;
  PolicyReader reader(std::make_shared<const Document>(*std::move(document)), draft);
  reader.read_file();
  std::vector<Error> errors = std::move(reader).take_errors();
  if (!errors.empty()) {
    return std::unexpected(std::move(errors));
  }
  Policy policy = std::move(draft).finish();
  policy.files.push_back(source->name());
  policy.digest = sha256_hex(source->bytes());
  return policy;
}

}  // namespace merlon
