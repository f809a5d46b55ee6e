#include "attest_files.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/digest/digest.h"
#include "base/json/json_reader.h"
#include "capability/lock.h"
#include "policy/policy_loader.h"
#include "policy/shipped_policies.h"
#include "proof/dsse.h"
#include "signed_policy.h"

namespace merlon::cli {
namespace {

constexpr std::array kAttestedKinds{SignedFileKind::kLock, SignedFileKind::kPins,
                                    SignedFileKind::kPolicy, SignedFileKind::kKeyList};

bool is_key_list(const std::shared_ptr<const SourceText>& source) {
  const auto document = parse_json(source, JsonDialect::kStrict, {});
  if (!document) {
    return false;
  }
  const SignedFileType& type = signed_file_type(SignedFileKind::kKeyList);
  return document->find(document->root(), type.member).has_value() ||
         document->string_or(document->find(document->root(), "payloadType"), "") ==
             type.payload_type;
}

}  // namespace

std::vector<std::string> attested_file_types() {
  std::vector<std::string> words;
  for (const SignedFileKind kind : kAttestedKinds) {
    words.emplace_back(signed_file_type(kind).use);
  }
  return words;
}

Result<SignedFileKind> attested_file_kind(const Env& env, const std::string& path,
                                          std::string_view word) {
  for (const SignedFileKind kind : kAttestedKinds) {
    if (signed_file_type(kind).use == word) {
      return kind;
    }
  }
  if (path.ends_with(".toml")) {
    return SignedFileKind::kPolicy;
  }
  const Limits limits;
  MERLON_TRY(const auto source, env.files.read(path, limits.file_bytes));
  return is_key_list(source) ? SignedFileKind::kKeyList : SignedFileKind::kLock;
}

Checked<FileSubject> load_file_subject(const Env& env, const std::string& path,
                                       SignedFileKind kind) {
  const Limits limits;
  if (kind == SignedFileKind::kPolicy) {
    const ShippedFiles shipped(env.files);
    const RememberingFiles files(shipped);
    MERLON_TRY(const Policy policy, load_policy(files, path, {}));
    auto subject = policy_subject(policy, files);
    if (!subject) {
      return std::unexpected(std::vector<Error>{subject.error()});
    }
    return *std::move(subject);
  }
  auto source = env.files.read(path, limits.file_bytes);
  if (!source) {
    return std::unexpected(std::vector<Error>{source.error()});
  }
  MERLON_TRY(const Lock lock, load_lock(*source, limits));
  const std::string name = path.substr(path.rfind('/') + 1);
  return FileSubject{.kind = kind,
                     .subject = kind == SignedFileKind::kPins ? name : std::string(),
                     .version = lock.version,
                     .files = {{.name = name, .digest = sha256_hex((*source)->bytes())}}};
}

}  // namespace merlon::cli
