// merlon attest verify-git: who signed this source.
#include <utility>

#include "attest/git_provenance.h"
#include "attest_actions.h"
#include "attest_words.h"
#include "base/digest/digest.h"

namespace merlon::cli {
namespace {

constexpr std::uint64_t kMostSignersBytes = 4U << 20U;
constexpr std::int64_t kGitSecond = 1000;

struct VerifyGitWords {
  std::string signers;
  std::string repository;
  std::string revision{"HEAD"};
  std::string manifest;
  std::string file;
  std::string format{"text"};
  std::string now;
  bool touch{false};
};

Result<Verification> verify_git_words(const Env& env, const VerifyGitWords& words) {
  if (words.signers.empty()) {
    Error error = make_error(ErrorCode::kNotFound, "no allowed signers were given");
    error.hints.emplace_back(
        "`--allowed-signers FILE`, as for git's gpg.ssh.allowedSignersFile: a key that comes with "
        "the repository proves nothing");
    return std::unexpected(std::move(error));
  }
  MERLON_TRY(const auto text, env.files.read(words.signers, kMostSignersBytes));
  MERLON_TRY(const AllowedSigners signers, parse_allowed_signers(text->bytes(), words.signers));
  MERLON_TRY(const std::int64_t now, attest_now_ms(env, words.now));
  GitQuestion question{.revision = words.revision,
                       .manifest = words.manifest,
                       .manifest_sha256 = {},
                       .now = now / kGitSecond,
                       .demand_touch = words.touch};
  const Limits limits;
  if (!words.file.empty()) {
    MERLON_TRY(const auto file, env.files.read(words.file, limits.file_bytes));
    question.manifest_sha256 = sha256_hex(file->bytes());
  }
  MERLON_TRY(const auto repository, GitRepository::open(words.repository, GitSearch::kUpwards));
  return verify_git(*repository, question, signers, limits);
}

}  // namespace

int attest_verify_git(Env& env, std::span<const std::string> args) {
  VerifyGitWords words;
  Options options("attest verify-git", "say who signed a commit or tag, by an SSH key");
  options.describe(
      "Verifies the SSH signature of a commit or an annotated tag under keys that were given, and "
      "binds a manifest in its tree to it. Reads objects only: nothing that the repository names "
      "is "
      "run, and no socket is opened. Exit code 0 when all steps hold, 1 when one does not, 3 when "
      "no signers were given or something cannot be read.");
  options.positional("REPO", words.repository, "a git repository", true);
  options.positional("REF", words.revision, "a commit or an annotated tag (HEAD)", false);
  options.value("--allowed-signers", words.signers, "FILE",
                "who may sign with which key, as ssh-keygen and git have it; required");
  options.value("--manifest", words.manifest, "PATH", "a file that must be in the tree");
  options.value("--file", words.file, "FILE", "with --manifest: a file with the same bytes");
  options.flag("--touch", words.touch, "only signatures of a security key that was touched");
  options.choice("--format,-f", words.format, {"text", "json"}, "output format");
  options.value("--now", words.now, "TIME", "the time that is judged by (the clock's)");
  options.example(
      "merlon attest verify-git --allowed-signers team.signers . v1.2.0 --manifest server.json",
      "who released this?");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  if (!words.file.empty() && words.manifest.empty()) {
    return fail_attest_action(
        env, make_error(ErrorCode::kUsage, "`--file` needs `--manifest PATH`"), kUsageError);
  }
  const auto steps = verify_git_words(env, words);
  return steps ? write_verification(env, *steps, words.format)
               : fail_attest_action(env, steps.error(), kIncomplete);
}

}  // namespace merlon::cli
