// merlon attest verify-file: may this file be used, step by step.
#include <ostream>
#include <utility>

#include "attest_actions.h"
#include "attest_files.h"
#include "base/json/json_writer.h"
#include "exit_code.h"
#include "options.h"
#include "rules/key_list_file.h"
#include "signed_inputs.h"
#include "verification_output.h"

namespace merlon::cli {
namespace {

struct VerifyFileWords {
  std::string file;
  std::vector<std::string> keys;
  std::string type;
  std::string format{"text"};
  std::string today;
  KeyListWords key_lists;
  bool allow_rollback{false};
};

int fail_verify_file(Env& env, const std::vector<Error>& errors, int code) {
  for (const Error& error : errors) {
    env.err << render(error);
  }
  return code;
}

Checked<OpenedFile> open_verified(Env& env, SignedInputs& inputs, const VerifyFileWords& words,
                                  SignedFileKind kind) {
  if (kind != SignedFileKind::kKeyList) {
    MERLON_TRY(const FileSubject subject, load_file_subject(env, words.file, kind));
    const Limits limits;
    return inputs.open_beside(
        words.file, env.files.read(words.file + std::string(kSignatureEnding), limits.file_bytes),
        subject, words.keys);
  }
  OpenedFile opened = inputs.open(words.file, kind, words.keys);
  if (opened.file) {
    if (const auto list = read_key_list(opened.file->payload); !list) {
      return std::unexpected(std::vector<Error>{list.error()});
    }
  }
  return opened;
}

void write_verified_file(Env& env, const std::string& format, const OpenedFile& opened) {
  const bool verified = opened.file.has_value();
  if (format != "json") {
    write_steps_text(env, opened.steps, verified);
    return;
  }
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object();
  write_steps_json(json, opened.steps, verified);
  json.end_object();
  env.out << std::move(json).take() << '\n';
}

}  // namespace

int attest_verify_file(Env& env, std::span<const std::string> args) {
  VerifyFileWords words;
  Options options("attest verify-file",
                  "say whether a signed lock, pins, policy or key list may be used");
  options.describe(
      "Reads FILE and FILE.sig. Exit code 0 when a trusted key signed this very file, it has not "
      "expired and no newer version was used before; 1 when one of these says no; 3 when there is "
      "no trusted key or something cannot be read. Remembers the version.");
  options.positional("FILE", words.file, "the file that was signed", true);
  options.value("--key,-k", words.keys, "KEY",
                "trusted verifier key, a file of them, or a public key in PEM");
  words.key_lists.declare(options);
  options.choice("--type,-t", words.type, attested_file_types(),
                 "what the file is (a .toml file is a policy, a list of keys a key list, else a "
                 "lock)");
  options.choice("--format,-f", words.format, {"text", "json"}, "output format");
  options.value("--today", words.today, "DATE", "the date that expiry is judged by (the clock's)");
  options.flag("--allow-rollback", words.allow_rollback,
               "go back to an older version, and remember that");
  options.example("merlon attest verify-file merlon.lock --key lock.pub", "before it is relied on");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  SignedInputTerms terms{.limits = {},
                         .today = today(env.clock),
                         .rollback = words.allow_rollback ? Rollback::kAllowed : Rollback::kRefused,
                         .key_lists = words.key_lists};
  if (!words.today.empty()) {
    const auto date = parse_date(words.today);
    if (!date) {
      return fail_verify_file(env, {date.error()}, kUsageError);
    }
    terms.today = *date;
  }
  const auto kind = attested_file_kind(env, words.file, words.type);
  if (!kind) {
    return fail_verify_file(env, {kind.error()}, kIncomplete);
  }
  SignedInputs inputs(env, terms);
  const auto opened = open_verified(env, inputs, words, *kind);
  if (!opened) {
    return fail_verify_file(env, opened.error(), kIncomplete);
  }
  if (opened->steps.empty()) {
    return opened->exit;
  }
  write_verified_file(env, words.format, *opened);
  return opened->file ? inputs.remember().value_or(kYes) : opened->exit;
}

}  // namespace merlon::cli
