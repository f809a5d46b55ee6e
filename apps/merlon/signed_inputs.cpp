#include "signed_inputs.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <ostream>
#include <utility>

#include "base/text.h"
#include "proof/public_key_pem.h"
#include "state_places.h"

namespace merlon::cli {
namespace {

constexpr std::uint64_t kMostKeyFile = 1U << 20U;
constexpr std::uint64_t kMostMemory = 16U << 20U;

/// Empty where the environment names no place for state.
std::string memory_file(const Env& env) {
  return state_place(env, "versions.json");
}

Error no_trusted_key(std::string_view words, std::string_view option) {
  Error error = make_error(ErrorCode::kNotFound, "no trusted key was given for the ", words);
  error.hints.push_back("give the publisher's key with `" + std::string(option) +
                        "`; a key that comes with the file proves nothing");
  return error;
}

/// What a use is called in messages, and the option that gives its keys.
Error no_key_for(std::string_view use) {
  for (const SignedFileType& type : signed_file_types()) {
    if (type.use == use) {
      return no_trusted_key(type.words, type.option);
    }
  }
  return no_trusted_key(use, "--key");
}

}  // namespace

Result<std::vector<VerifierKey>> read_trusted_keys(const FileSource& files,
                                                   const std::vector<std::string>& words) {
  std::vector<VerifierKey> keys;
  for (const std::string& word : words) {
    if (!files.kind_of(word) && word.find('+') != std::string::npos) {
      MERLON_TRY(VerifierKey key, parse_verifier_key(word));
      keys.push_back(std::move(key));
      continue;
    }
    MERLON_TRY(const auto source, files.read(word, kMostKeyFile));
    if (holds_public_key_pem(source->bytes())) {
      MERLON_TRY(VerifierKey key, parse_public_key_pem(source->bytes(), word));
      keys.push_back(std::move(key));
      continue;
    }
    MERLON_TRY(std::vector<VerifierKey> more, parse_verifier_keys(source->bytes(), word));
    if (more.empty()) {
      return fail(ErrorCode::kFormat, "`", word, "` holds no key");
    }
    std::ranges::move(more, std::back_inserter(keys));
  }
  return keys;
}

int SignedInputs::refuse(const Error& error, int code) {
  env_.err << render(error);
  return code;
}

void SignedInputs::say_refused(const std::string& path, const VerificationStep& step) {
  env_.err << "merlon: `" << escape_for_display(path)
           << "` is not used: " << escape_for_display(step.text) << '\n';
  if (!step.hint.empty()) {
    env_.err << "merlon: hint: " << escape_for_display(step.hint) << '\n';
  }
}

Status SignedInputs::load_memory() {
  if (std::exchange(loaded_, true)) {
    return {};
  }
  memory_path_ = memory_file(env_);
  if (memory_path_.empty()) {
    if (terms_.rollback == Rollback::kAllowed) {
      return {};
    }
    Error error = make_error(ErrorCode::kUnsupported,
                             "neither XDG_STATE_HOME nor HOME says where the versions of signed "
                             "files are remembered");
    error.hints.emplace_back("`--allow-rollback` goes on without");
    return std::unexpected(std::move(error));
  }
  auto source = env_.files.read(memory_path_, kMostMemory);
  if (!source && source.error().code == ErrorCode::kNotFound) {
    return {};
  }
  if (!source) {
    return std::unexpected(std::move(source).error());
  }
  MERLON_TRY(seen_, parse_seen_versions(*source, terms_.limits));
  return {};
}

void KeyListWords::declare(Options& options) {
  options.value("--key-list", lists, "FILE",
                "a signed list of keys and revocations; needs --key-list-key");
  options.value("--key-list-key", keys, "KEY",
                "a key that key lists are trusted by, or a file of keys");
}

OpenedFile SignedInputs::open_key_list(const std::string& path) {
  OpenedFile opened;
  if (terms_.key_lists.keys.empty()) {
    opened.exit = refuse(no_key_for(signed_file_type(SignedFileKind::kKeyList).use), kIncomplete);
    return opened;
  }
  const auto keys = read_trusted_keys(env_.files, terms_.key_lists.keys);
  const auto source = env_.files.read(path, terms_.limits.file_bytes);
  if (!keys || !source) {
    opened.exit = refuse(keys ? source.error() : keys.error(), kIncomplete);
    return opened;
  }
  return judge(path, SignedFileKind::kKeyList, *keys, [&](const SignedFileTerms& terms) {
    return verify_signed_file(*source, SignedFileKind::kKeyList, terms, terms_.limits);
  });
}

std::optional<int> SignedInputs::load_key_lists() {
  if (std::exchange(lists_loaded_, true)) {
    return std::nullopt;
  }
  if (terms_.key_lists.lists.empty() && !terms_.key_lists.keys.empty()) {
    return refuse(make_error(ErrorCode::kUsage, "`--key-list-key` needs `--key-list`"),
                  kUsageError);
  }
  for (const std::string& path : terms_.key_lists.lists) {
    const OpenedFile opened = open_key_list(path);
    if (!opened.file) {
      lists_loaded_ = false;
      return opened.exit;
    }
    auto list = read_key_list(opened.file->payload);
    if (!list) {
      lists_loaded_ = false;
      return refuse(list.error(), kIncomplete);
    }
    lists_.push_back(*std::move(list));
  }
  return std::nullopt;
}

std::optional<bool> SignedInputs::demands(SignedFileKind kind,
                                          const std::vector<std::string>& key_words, int& exit) {
  if (const auto code = load_key_lists()) {
    exit = *code;
    return std::nullopt;
  }
  const std::string_view use = signed_file_type(kind).use;
  return !key_words.empty() ||
         std::ranges::any_of(lists_, [&](const KeyListFile& list) { return list.speaks_of(use); });
}

std::optional<std::vector<VerifierKey>> SignedInputs::trusted(
    std::string_view use, const std::vector<std::string>& key_words, int& exit) {
  if (const auto code = load_key_lists()) {
    exit = *code;
    return std::nullopt;
  }
  auto given = read_trusted_keys(env_.files, key_words);
  if (!given) {
    exit = refuse(given.error(), kIncomplete);
    return std::nullopt;
  }
  std::vector<VerifierKey> keys = *std::move(given);
  for (const KeyListFile& list : lists_) {
    std::ranges::move(list.keys_for(use, terms_.today), std::back_inserter(keys));
  }
  const bool had_keys = !keys.empty();
  std::erase_if(keys, [&](const VerifierKey& key) {
    return std::ranges::any_of(lists_,
                               [&](const KeyListFile& list) { return list.is_revoked(key); });
  });
  if (keys.empty()) {
    Error error = no_key_for(use);
    if (had_keys) {
      error.message = "all keys that were given for it are revoked";
    }
    exit = refuse(error, had_keys ? kNo : kIncomplete);
    return std::nullopt;
  }
  return keys;
}

OpenedFile SignedInputs::judge(const std::string& shown, SignedFileKind kind,
                               const std::vector<VerifierKey>& keys, const Verify& verify) {
  OpenedFile opened;
  if (const Status status = load_memory(); !status) {
    opened.exit = refuse(status.error(), kIncomplete);
    return opened;
  }
  SignedFileTerms terms{.trusted = keys, .today = terms_.today, .engine = MERLON_VERSION};
  terms.floor = [&](const SignedHead& head) {
    return terms_.rollback == Rollback::kAllowed ? 0 : seen_.highest(kind, head.name, keys);
  };
  auto verdict = verify(terms);
  if (!verdict) {
    opened.exit = refuse(verdict.error(), kIncomplete);
    return opened;
  }
  opened.steps = std::move(verdict->steps);
  opened.file = std::move(verdict->file);
  if (!opened.file) {
    const auto failed = std::ranges::find(opened.steps, false, &VerificationStep::ok);
    say_refused(shown, *failed);
    opened.exit = kNo;
    return opened;
  }
  const bool rose =
      seen_.record(kind, opened.file->payload.head, keys, opened.file->keys, terms_.rollback);
  changed_ = changed_ || rose;
  return opened;
}

OpenedFile SignedInputs::open(const std::string& path, SignedFileKind kind,
                              const std::vector<std::string>& key_words) {
  OpenedFile opened;
  const auto keys = trusted(signed_file_type(kind).use, key_words, opened.exit);
  if (!keys) {
    return opened;
  }
  const auto source = env_.files.read(path, terms_.limits.file_bytes);
  if (!source) {
    opened.exit = refuse(source.error(), kIncomplete);
    return opened;
  }
  return judge(path, kind, *keys, [&](const SignedFileTerms& terms) {
    return verify_signed_file(*source, kind, terms, terms_.limits);
  });
}

OpenedFile SignedInputs::open_beside(const std::string& shown,
                                     Result<std::shared_ptr<const SourceText>> signature,
                                     const FileSubject& subject,
                                     const std::vector<std::string>& key_words) {
  OpenedFile opened;
  const SignedFileType& type = signed_file_type(subject.kind);
  const auto keys = trusted(type.use, key_words, opened.exit);
  if (!keys) {
    return opened;
  }
  if (!signature) {
    Error error = std::move(signature).error();
    if (error.code == ErrorCode::kNotFound) {
      error.hints.push_back("`merlon attest sign-file --type " + std::string(type.use) +
                            "` signs it; a key was given, so an unsigned file is not used");
    }
    opened.exit = refuse(error, error.code == ErrorCode::kNotFound ? kNo : kIncomplete);
    return opened;
  }
  return judge(shown, subject.kind, *keys, [&](const SignedFileTerms& terms) {
    return verify_file_signature(*signature, subject, terms, terms_.limits);
  });
}

std::optional<int> SignedInputs::remember() {
  if (!changed_ || memory_path_.empty()) {
    return std::nullopt;
  }
  std::error_code problem;
  const std::filesystem::path folder = std::filesystem::path(memory_path_).parent_path();
  std::filesystem::create_directories(folder, problem);
  Status status =
      problem
          ? Status(fail(ErrorCode::kIo, "cannot make `", folder.string(), "`: ", problem.message()))
          : write_file_atomically(memory_path_, seen_.text(), 0600);
  if (status) {
    changed_ = false;
    return std::nullopt;
  }
  Error error = std::move(status).error();
  error.hints.emplace_back(
      "the version of a signed file is remembered there, so that an older one is noticed; "
      "XDG_STATE_HOME names another folder");
  return refuse(error, kEnvironment);
}

}  // namespace merlon::cli
