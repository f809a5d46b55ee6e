#include "signed_policy.h"

#include <utility>

#include "base/digest/digest.h"
#include "capability/lock.h"
#include "guard/category_exceptions.h"
#include "policy/shipped_policies.h"

namespace merlon::cli {
namespace {

Error not_signed(ErrorCode code, std::string_view what, const std::string& path) {
  return make_error(code, "the ", what, " `", path,
                    "` must be signed by a trusted key and is not: it is not used");
}

/// Who can write a policy cannot thereby let a program delete or pay by itself.
std::optional<Error> check_exceptions(const Policy& policy) {
  if (!has_category_exceptions(policy)) {
    return std::nullopt;
  }
  Error error = make_error(ErrorCode::kBadPolicy, "the policy `", policy.name,
                           "` lets calls run that are never automatic, which only a signed policy "
                           "can: it is not used");
  error.hints.emplace_back("sign it with `merlon attest sign-file`, and give `--policy-key`");
  return error;
}

std::optional<Error> finish_check(SignedInputs& inputs, const OpenedFile& opened,
                                  std::string_view what, const std::string& path) {
  if (!opened.file) {
    return not_signed(ErrorCode::kBadPolicy, what, path);
  }
  if (inputs.remember()) {
    return make_error(ErrorCode::kIo, "the version of the ", what, " cannot be remembered");
  }
  return std::nullopt;
}

}  // namespace

Result<FileSubject> policy_subject(const Policy& policy, const RememberingFiles& files) {
  FileSubject subject{.kind = SignedFileKind::kPolicy,
                      .subject = policy.name,
                      .version = policy.version,
                      .files = {}};
  for (const std::string& name : policy.files) {
    // What comes with the program is as good as the program.
    if (name.starts_with(kShippedPrefix)) {
      continue;
    }
    const auto file = files.file(name);
    if (!file) {
      return fail(ErrorCode::kInternal, "`", name, "` was not read through the remembering files");
    }
    subject.files.push_back(
        {.name = name.substr(name.rfind('/') + 1), .digest = sha256_hex(file->text)});
  }
  return subject;
}

std::optional<Error> check_policy_signature(Env& env, SignedInputs& inputs, const Policy& policy,
                                            const RememberingFiles& files,
                                            const std::vector<std::string>& key_words) {
  int exit = kIncomplete;
  const auto demanded = inputs.demands(SignedFileKind::kPolicy, key_words, exit);
  if (!demanded) {
    return make_error(ErrorCode::kBadPolicy, "a key list cannot be used");
  }
  if (!*demanded) {
    return check_exceptions(policy);
  }
  const auto subject = policy_subject(policy, files);
  if (!subject) {
    return subject.error();
  }
  const std::string path = policy.files.empty() ? std::string() : policy.files.back();
  if (subject->files.empty() || path.starts_with(kShippedPrefix)) {
    return not_signed(ErrorCode::kBadPolicy, "policy", path);
  }
  const Limits limits;
  const OpenedFile opened = inputs.open_beside(
      path, env.files.read(path + std::string(kSignatureEnding), limits.file_bytes), *subject,
      key_words);
  return finish_check(inputs, opened, "policy", path);
}

std::optional<Error> check_pins_signature(Env& env, SignedInputs& inputs, const std::string& path,
                                          const SourceText* pins,
                                          const std::vector<std::string>& key_words) {
  int exit = kIncomplete;
  const auto demanded = inputs.demands(SignedFileKind::kPins, key_words, exit);
  if (!demanded) {
    return make_error(ErrorCode::kBadPolicy, "a key list cannot be used");
  }
  if (!*demanded) {
    return std::nullopt;
  }
  if (pins == nullptr) {
    Error error =
        make_error(ErrorCode::kNotFound,
                   "pins must be signed by a trusted key, and there are none at `", path, "`");
    error.hints.emplace_back("`merlon pins approve` makes them, `merlon attest sign-file` signs");
    return error;
  }
  const Limits limits;
  const auto lock = load_lock(SourceText::copy_of(path, std::string(pins->bytes())), limits);
  if (!lock) {
    return lock.error().front();
  }
  const FileSubject subject{
      .kind = SignedFileKind::kPins,
      .subject = path.substr(path.rfind('/') + 1),
      .version = lock->version,
      .files = {{.name = path.substr(path.rfind('/') + 1), .digest = sha256_hex(pins->bytes())}}};
  const OpenedFile opened = inputs.open_beside(
      path, env.files.read(path + std::string(kSignatureEnding), limits.file_bytes), subject,
      key_words);
  return finish_check(inputs, opened, "pins", path);
}

}  // namespace merlon::cli
