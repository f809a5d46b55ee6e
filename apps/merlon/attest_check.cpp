// merlon attest check: is this evidence the answer to my challenge, step by step.
#include <algorithm>
#include <filesystem>
#include <utility>

#include "attest/attestation_memory.h"
#include "attest/evidence.h"
#include "attest_actions.h"
#include "attest_words.h"
#include "state_places.h"

namespace merlon::cli {
namespace {

constexpr std::uint64_t kMostMemoryBytes = 16U << 20U;
constexpr std::int64_t kCheckSecond = 1000;
constexpr std::size_t kSha256Digits = 64;

struct CheckWords {
  std::string evidence;
  std::string challenge;
  TrustWords trust;
  std::string origin;
  std::string channel;
  std::vector<std::string> expect;
  std::string format{"text"};
  std::string now;
};

Result<AttestationMemory> load_attestations(const Env& env, const std::string& path) {
  if (path.empty()) {
    return fail(ErrorCode::kUnsupported,
                "neither XDG_STATE_HOME nor HOME says where answered challenges are remembered");
  }
  auto source = env.files.read(path, kMostMemoryBytes);
  if (!source && source.error().code == ErrorCode::kNotFound) {
    return AttestationMemory();
  }
  if (!source) {
    return std::unexpected(std::move(source).error());
  }
  return parse_attestation_memory(*source, {});
}

Status keep_attestations(const std::string& path, const AttestationMemory& memory) {
  std::error_code problem;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::filesystem::create_directories(folder, problem);
  if (problem) {
    return fail(ErrorCode::kIo, "cannot make `", folder.string(), "`: ", problem.message());
  }
  return write_file_atomically(path, memory.text(), 0600);
}

/// `CLAIM=sha256:HEX`.
Result<ExpectedClaim> parse_expected(const std::string& word) {
  constexpr std::string_view kMark = "=sha256:";
  const std::size_t at = word.find(kMark);
  ExpectedClaim expected;
  if (at != std::string::npos) {
    expected = {.name = word.substr(0, at), .sha256 = word.substr(at + kMark.size())};
  }
  const bool hex = expected.sha256.size() == kSha256Digits &&
                   expected.sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_claim_name(expected.name) || !hex) {
    return fail(ErrorCode::kUsage, "`--expect ", word, "` is not CLAIM=sha256:HEX");
  }
  return expected;
}

class EvidenceCheck {
 public:
  EvidenceCheck(Env& env, const CheckWords& words) : env_(env), words_(words) {}

  int run() {
    const auto now = attest_now_ms(env_, words_.now);
    if (!now) {
      return fail_attest_action(env_, now.error(), kIncomplete);
    }
    int exit = kIncomplete;
    const auto trusted = words_.trust.load(env_, *now, exit);
    if (!trusted) {
      return exit;
    }
    const auto verdict = judge(*trusted, *now);
    if (!verdict) {
      return fail_attest_action(env_, verdict.error(), kIncomplete);
    }
    const int code = write_verification(env_, verdict->steps, words_.format);
    if (code != kYes || !verdict->evidence) {
      return code;
    }
    memory_.record(challenge_, *verdict->evidence, *now / kCheckSecond);
    const Status kept = keep_attestations(place_, memory_);
    return kept ? kYes : fail_attest_action(env_, kept.error(), kEnvironment);
  }

 private:
  Result<EvidenceVerdict> judge(const std::vector<VerifierKey>& trusted, std::int64_t now_ms) {
    const Limits limits;
    MERLON_TRY(const auto challenge, env_.files.read(words_.challenge, limits.file_bytes));
    MERLON_TRY(challenge_, parse_challenge(challenge, limits));
    MERLON_TRY(const auto evidence, env_.files.read(words_.evidence, limits.file_bytes));
    place_ = state_place(env_, "attestations.json");
    MERLON_TRY(memory_, load_attestations(env_, place_));
    EvidenceTerms terms{.trusted = trusted,
                        .origin = words_.origin,
                        .channel = {},
                        .now_ms = now_ms,
                        .answered = memory_.was_answered(challenge_.nonce),
                        .remembered = memory_.of(challenge_.attester),
                        .expected = {}};
    if (!words_.channel.empty()) {
      MERLON_TRY(const auto channel, env_.files.read(words_.channel, limits.file_bytes));
      terms.channel = std::string(channel->bytes());
    }
    for (const std::string& word : words_.expect) {
      MERLON_TRY(ExpectedClaim expected, parse_expected(word));
      terms.expected.push_back(std::move(expected));
    }
    return check_evidence(evidence, challenge, terms, limits);
  }

  Env& env_;
  const CheckWords& words_;
  Challenge challenge_;
  AttestationMemory memory_;
  std::string place_;
};

}  // namespace

int attest_check(Env& env, std::span<const std::string> args) {
  CheckWords words;
  Options options("attest check", "say whether evidence answers a challenge");
  options.describe(
      "Prints each step: the challenge is this verifier's and has not expired; the one that was "
      "asked signed; role, origin, nonces and channel are those of the challenge; it was not "
      "answered before; nothing went back; each claim that was demanded stands on a basis that "
      "suffices. Exit code 0 when all hold, 1 when one does not, 3 when there is no trusted key or "
      "something cannot be read. A challenge is used up by its answer. Opens no socket.");
  options.positional("EVIDENCE", words.evidence, "from `merlon attest respond`", true);
  options.value("--challenge,-c", words.challenge, "FILE", "the challenge that was sent; required");
  options.value("--origin", words.origin, "NAME", "who asked; required");
  words.trust.declare(options);
  options.value("--channel", words.channel, "FILE", "what this side saw of the channel");
  options.value("--expect", words.expect, "CLAIM=sha256:HEX", "the digest that a claim must have");
  options.choice("--format,-f", words.format, {"text", "json"}, "output format");
  options.value("--now", words.now, "TIME", "the time that is judged by (the clock's)");
  options.example(
      "merlon attest check answer.json --challenge question.json --origin gate.example.com --key "
      "server.pub",
      "is it the server, and what does it run?");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  if (words.challenge.empty() || words.origin.empty()) {
    return fail_attest_action(
        env, make_error(ErrorCode::kUsage, "`--challenge` and `--origin` are required"),
        kUsageError);
  }
  return EvidenceCheck(env, words).run();
}

}  // namespace merlon::cli
