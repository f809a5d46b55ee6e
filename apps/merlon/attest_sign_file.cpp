// merlon attest sign-file: a signature beside a lock, pins or a policy, or around a key list.
#include <algorithm>
#include <ostream>
#include <utility>

#include "attest_actions.h"
#include "attest_files.h"
#include "base/text.h"
#include "exit_code.h"
#include "options.h"
#include "proof/dsse.h"
#include "rules/key_list_file.h"

namespace merlon::cli {
namespace {

struct SignFileWords {
  std::string file;
  std::string key;
  std::string key_name;
  std::string type;
  std::string name;
  std::string expires;
  std::string today;
  std::string output;
  bool add{false};
};

int fail_sign_file(Env& env, const std::vector<Error>& errors, int code) {
  for (const Error& error : errors) {
    env.err << render(error);
  }
  return code;
}

/// Lower-case words with hyphens, as the heads of signed files are named.
std::string plain_name(std::string_view text) {
  std::string out;
  for (const char c : to_lower_ascii(text)) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '.' && !out.empty());
    out.push_back(plain ? c : '-');
  }
  constexpr std::size_t kMostName = 100;
  return out.substr(0, kMostName);
}

Result<SignedHead> head_of(const Env& env, const SignFileWords& words, const FileSubject& subject) {
  SignedHead head{.name = words.name.empty() ? plain_name(subject.subject) : words.name,
                  .version = subject.version,
                  .minimum_engine = MERLON_VERSION};
  if (head.name.empty()) {
    Error error = make_error(ErrorCode::kUsage, "`--name` is required for a lock");
    error.hints.emplace_back("the same name for all versions of it, such as `acme/servers`");
    return std::unexpected(std::move(error));
  }
  MERLON_TRY(head.expires, parse_date(words.expires));
  head.created = today(env.clock);
  if (!words.today.empty()) {
    MERLON_TRY(head.created, parse_date(words.today));
  }
  return head;
}

/// What the payload is checked with is what verifies it.
Status check_payload(const std::string& payload, const std::string& file) {
  MERLON_TRY(const SignedPayload parsed, parse_signed_payload(payload, file, {}));
  if (parsed.kind == SignedFileKind::kKeyList) {
    MERLON_TRY(const KeyListFile list, read_key_list(parsed));
    return {};
  }
  MERLON_TRY(const FileSignature signature, read_file_signature(parsed));
  return {};
}

/// The envelope that is there, when it says the same of the same files.
Result<DsseEnvelope> envelope_to_add_to(const Env& env, const std::string& path,
                                        const FileSubject& subject) {
  const Limits limits;
  MERLON_TRY(const auto source, env.files.read(path, limits.file_bytes));
  MERLON_TRY(DsseEnvelope envelope, parse_dsse(source, limits));
  MERLON_TRY(const SignedPayload payload, parse_signed_payload(envelope.payload, path, limits));
  MERLON_TRY(const FileSignature said, read_file_signature(payload));
  const bool same =
      payload.kind == subject.kind && said.subject == subject.subject &&
      std::ranges::equal(said.files, subject.files, {}, &SubjectFile::digest, &SubjectFile::digest);
  if (!same || envelope.payload_type != signed_file_type(subject.kind).payload_type) {
    return fail(ErrorCode::kFormat, "`", path, "` is the signature of something else");
  }
  return envelope;
}

Status add_signature(DsseEnvelope& envelope, const SigningKey& key) {
  for (const DsseSignature& signature : envelope.signatures) {
    if (signature.key_id == short_key(key.verifier)) {
      return fail(ErrorCode::kUsage, "`", signature.key_id, "` has signed it already");
    }
  }
  return sign_dsse(envelope, key);
}

int write_signed(Env& env, const std::string& path, const DsseEnvelope& envelope) {
  if (path.empty()) {
    env.out << to_string(envelope);
    return kYes;
  }
  if (const Status status = write_file_atomically(path, to_string(envelope)); !status) {
    return fail_sign_file(env, {status.error()}, kEnvironment);
  }
  env.out << "signed: " << escape_for_display(path) << '\n';
  return kYes;
}

int sign_and_write(Env& env, const SignFileWords& words, const std::string& path,
                   Result<DsseEnvelope> envelope) {
  if (!envelope) {
    return fail_sign_file(env, {envelope.error()},
                          envelope.error().code == ErrorCode::kUsage ? kUsageError : kIncomplete);
  }
  if (const Status good = check_payload(envelope->payload, words.file); !good) {
    return fail_sign_file(env, {good.error()}, kIncomplete);
  }
  const auto key = load_signing_key(words.key, words.key_name);
  Status added;
  if (!key) {
    added = std::unexpected(key.error());
  } else {
    added = add_signature(*envelope, *key);
  }
  if (!added) {
    return fail_sign_file(env, {added.error()},
                          added.error().code == ErrorCode::kUsage ? kUsageError : kIncomplete);
  }
  return write_signed(env, path, *envelope);
}

int sign_beside(Env& env, const SignFileWords& words, SignedFileKind kind) {
  const auto subject = load_file_subject(env, words.file, kind);
  if (!subject) {
    return fail_sign_file(env, subject.error(), kIncomplete);
  }
  const std::string path =
      words.output.empty() ? words.file + std::string(kSignatureEnding) : words.output;
  if (words.add) {
    return sign_and_write(env, words, path, envelope_to_add_to(env, path, *subject));
  }
  const auto head = head_of(env, words, *subject);
  if (!head) {
    return fail_sign_file(env, {head.error()}, kUsageError);
  }
  auto payload = file_signature_text(*head, *subject);
  if (!payload) {
    return fail_sign_file(env, {payload.error()}, kIncomplete);
  }
  return sign_and_write(
      env, words, path,
      DsseEnvelope{.payload_type = std::string(signed_file_type(kind).payload_type),
                   .payload = *std::move(payload),
                   .signatures = {}});
}

int sign_key_list(Env& env, const SignFileWords& words) {
  const Limits limits;
  const SignedFileType& type = signed_file_type(SignedFileKind::kKeyList);
  const auto source = env.files.read(words.file, limits.file_bytes);
  if (!source) {
    return fail_sign_file(env, {source.error()}, kIncomplete);
  }
  if (words.add) {
    return sign_and_write(env, words, words.output, parse_dsse(*source, limits));
  }
  return sign_and_write(env, words, words.output,
                        DsseEnvelope{.payload_type = std::string(type.payload_type),
                                     .payload = std::string((*source)->bytes()),
                                     .signatures = {}});
}

}  // namespace

int attest_sign_file(Env& env, std::span<const std::string> args) {
  SignFileWords words;
  Options options("attest sign-file", "sign a lock, pins, a policy or a key list");
  options.describe(
      "Writes FILE.sig beside a lock, pins or a policy: it names the digest of the file, and of a "
      "policy of all that it extends, its version and the last day on which it holds. `scan "
      "--lock-key`, `proxy --policy-key`, `proxy --lock-key` and `replay --policy-key` then "
      "demand it. A key list is put into a signed envelope.");
  options.positional("FILE", words.file, "what to sign", true);
  options.value("--key,-k", words.key, "FILE",
                "private key in PEM, as `merlon attest keygen` makes it; required");
  options.value("--key-name", words.key_name, "NAME", "name of the key (the one in its file)");
  options.choice("--type,-t", words.type, attested_file_types(),
                 "what the file is (a .toml file is a policy, a list of keys a key list, else a "
                 "lock)");
  options.value("--name,-n", words.name, "NAME",
                "the same for all versions of it (a policy's or pins' own name)");
  options.value("--expires", words.expires, "DATE",
                "the last day on which it holds; required but for a key list, which says it");
  options.value("--today", words.today, "DATE", "the date of creation (the clock's)");
  options.flag("--add", words.add, "add a signature to the one that is there");
  options.value("--output,-o", words.output, "FILE",
                "where to write it (FILE.sig; of a key list standard output)");
  options.example(
      "merlon attest sign-file merlon.lock --name acme/servers --expires 2027-06-30 --key lock.pem",
      "then `merlon scan --lock merlon.lock --lock-key lock.pub`");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto kind = attested_file_kind(env, words.file, words.type);
  if (!kind) {
    return fail_sign_file(env, {kind.error()}, kIncomplete);
  }
  const bool list = *kind == SignedFileKind::kKeyList;
  if (words.key.empty() || (words.expires.empty() && !list && !words.add)) {
    return fail_sign_file(
        env, {make_error(ErrorCode::kUsage, "`--key` and `--expires` are required")}, kUsageError);
  }
  return list ? sign_key_list(env, words) : sign_beside(env, words, *kind);
}

}  // namespace merlon::cli
