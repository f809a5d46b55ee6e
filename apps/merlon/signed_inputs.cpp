#include "signed_inputs.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <ostream>
#include <utility>

#include "base/text.h"
#include "state_places.h"

namespace merlon::cli {
namespace {

constexpr std::uint64_t kMostKeyFile = 1U << 20U;
constexpr std::uint64_t kMostMemory = 16U << 20U;

/// Empty where the environment names no place for state.
std::string memory_file(const Env& env) {
  return state_place(env, "versions.json");
}

Error no_trusted_key(const SignedFileType& type) {
  const bool pack = type.kind == SignedFileKind::kRulePack;
  Error error = make_error(ErrorCode::kNotFound, "no trusted key was given for the ", type.words);
  error.hints.push_back(std::string("give the publisher's key with `") +
                        (pack ? "--rules-key" : "--package-list-key") +
                        "`; a key that comes with the file proves nothing");
  return error;
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

OpenedFile SignedInputs::open(const std::string& path, SignedFileKind kind,
                              const std::vector<std::string>& key_words) {
  OpenedFile opened;
  if (key_words.empty()) {
    opened.exit = refuse(no_trusted_key(signed_file_type(kind)), kIncomplete);
    return opened;
  }
  const auto keys = read_trusted_keys(env_.files, key_words);
  if (!keys) {
    opened.exit = refuse(keys.error(), kIncomplete);
    return opened;
  }
  if (const Status status = load_memory(); !status) {
    opened.exit = refuse(status.error(), kIncomplete);
    return opened;
  }
  const auto source = env_.files.read(path, terms_.limits.file_bytes);
  if (!source) {
    opened.exit = refuse(source.error(), kIncomplete);
    return opened;
  }
  SignedFileTerms terms{.trusted = *keys, .today = terms_.today, .engine = MERLON_VERSION};
  terms.floor = [&](const SignedHead& head) {
    return terms_.rollback == Rollback::kAllowed ? 0 : seen_.highest(kind, head.name, *keys);
  };
  auto verdict = verify_signed_file(*source, kind, terms, terms_.limits);
  if (!verdict) {
    opened.exit = refuse(verdict.error(), kIncomplete);
    return opened;
  }
  opened.steps = std::move(verdict->steps);
  opened.file = std::move(verdict->file);
  if (!opened.file) {
    const auto failed = std::ranges::find(opened.steps, false, &VerificationStep::ok);
    say_refused(path, *failed);
    opened.exit = kNo;
    return opened;
  }
  const bool rose =
      seen_.record(kind, opened.file->payload.head, *keys, opened.file->keys, terms_.rollback);
  changed_ = changed_ || rose;
  return opened;
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
