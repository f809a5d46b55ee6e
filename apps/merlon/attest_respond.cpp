// merlon attest respond: evidence, measured here and now and bound to a challenge.
#include <ostream>
#include <utility>

#include "attest/evidence.h"
#include "attest_actions.h"
#include "attest_measure.h"
#include "attest_words.h"
#include "base/random.h"

namespace merlon::cli {
namespace {

constexpr std::uint64_t kMostAnswerSeconds = 86'400;
constexpr std::int64_t kAnswerSecond = 1000;

struct RespondWords {
  std::string challenge;
  SignerWords signer;
  std::string role{"server"};
  std::string origin;
  std::string channel;
  std::string snapshot;
  std::string package;
  std::string executable;
  std::uint64_t pid{0};
  std::string policy;
  std::string audit;
  std::uint64_t seconds{300};
  std::string now;
  std::string output;
};

int fail_respond(Env& env, const std::vector<Error>& errors) {
  int code = kIncomplete;
  for (const Error& error : errors) {
    code = fail_attest_action(env, error, code);
  }
  return code;
}

std::unexpected<std::vector<Error>> one_error(Error error) {
  return std::unexpected(std::vector<Error>{std::move(error)});
}

Checked<void> add_snapshot_claims(Env& env, const RespondWords& words, EvidenceAnswer& answer) {
  if (words.snapshot.empty()) {
    return {};
  }
  MERLON_TRY(const SurfaceClaim claim, surface_of_snapshot(env, words.snapshot));
  answer.claims.push_back(claim_surface(claim));
  answer.claims.push_back(claim_launch(claim));
  return {};
}

Checked<void> add_policy_claim(Env& env, const RespondWords& words, EvidenceAnswer& answer) {
  if (words.policy.empty()) {
    return {};
  }
  MERLON_TRY(MeasuredPolicy policy, measure_policy(env, words.policy));
  answer.claims.push_back(std::move(policy.claim));
  answer.policy_version = policy.version;
  return {};
}

Status add_file_claims(Env& env, const RespondWords& words, EvidenceAnswer& answer) {
  if (words.pid != 0) {
    MERLON_TRY(EvidenceClaim claim, measure_process(env, words.pid));
    answer.claims.push_back(std::move(claim));
  } else if (!words.executable.empty()) {
    MERLON_TRY(EvidenceClaim claim, measure_executable(env, words.executable));
    answer.claims.push_back(std::move(claim));
  }
  if (!words.package.empty()) {
    MERLON_TRY(EvidenceClaim claim, measure_package(env, words.package));
    answer.claims.push_back(std::move(claim));
  }
  if (!words.audit.empty()) {
    MERLON_TRY(MeasuredLog log, measure_audit_log(env, words.audit));
    answer.claims.push_back(std::move(log.claim));
    answer.audit_size = log.size;
  }
  return {};
}

Result<EvidenceAnswer> begin_answer(const Env& env, const RespondWords& words) {
  if (words.seconds == 0 || words.seconds > kMostAnswerSeconds) {
    return fail(ErrorCode::kUsage, "`--seconds` is between 1 and 86400");
  }
  if (words.pid != 0 && !words.executable.empty()) {
    return fail(ErrorCode::kUsage, "`--pid` and `--executable` say the same");
  }
  EvidenceAnswer answer{.role = words.role};
  MERLON_TRY(answer.nonce, random_bytes(kNonceBytes));
  MERLON_TRY(const std::int64_t now, attest_now_ms(env, words.now));
  answer.issued = now / kAnswerSecond;
  answer.expires = answer.issued + static_cast<std::int64_t>(words.seconds);
  if (!words.channel.empty()) {
    const Limits limits;
    MERLON_TRY(const auto channel, env.files.read(words.channel, limits.file_bytes));
    answer.channel = std::string(channel->bytes());
  }
  return answer;
}

Checked<DsseEnvelope> respond_to(Env& env, const RespondWords& words) {
  const auto key = words.signer.load();
  auto answer = begin_answer(env, words);
  const Limits limits;
  const auto challenge = env.files.read(words.challenge, limits.file_bytes);
  if (!key || !answer || !challenge) {
    return one_error(!key ? key.error() : !answer ? answer.error() : challenge.error());
  }
  const auto asked = parse_challenge(*challenge, limits);
  if (!asked) {
    return one_error(asked.error());
  }
  if (!words.origin.empty() && asked->origin != words.origin) {
    return one_error(make_error(ErrorCode::kUsage, "the challenge is not answered: `",
                                asked->origin, "` asks, not `", words.origin, "`"));
  }
  MERLON_CHECK(add_snapshot_claims(env, words, *answer));
  MERLON_CHECK(add_policy_claim(env, words, *answer));
  if (const Status added = add_file_claims(env, words, *answer); !added) {
    return one_error(added.error());
  }
  auto envelope = make_evidence(*challenge, *answer, *key, limits);
  if (!envelope) {
    return one_error(envelope.error());
  }
  return *std::move(envelope);
}

}  // namespace

int attest_respond(Env& env, std::span<const std::string> args) {
  RespondWords words;
  Options options("attest respond", "answer a challenge with evidence");
  options.describe(
      "Hashes what is named and signs it together with the challenge, a nonce of its own, its "
      "role, and what it saw of the channel. Each claim says on which basis it stands: measured, "
      "inferred, self-reported. Refuses challenges for another key or role, its own, and ones "
      "that have expired.");
  options.positional("CHALLENGE", words.challenge, "from `merlon attest challenge`", true);
  words.signer.declare(options);
  options.choice("--role", words.role, {"server", "proxy", "client"}, "what answers (server)");
  options.value("--origin", words.origin, "NAME", "answer only to this one");
  options.value("--channel", words.channel, "FILE",
                "what this side saw of the channel (a TLS exporter, a transcript of messages)");
  options.value("--snapshot", words.snapshot, "FILE",
                "claim what a snapshot says (self-reported), and its launch command (inferred)");
  options.value("--package", words.package, "PATH",
                "claim a package: a folder as it lies there (measured), or its file (inferred)");
  options.value("--pid", words.pid, "PID", "claim the file that this process executes (measured)");
  options.value("--executable", words.executable, "FILE", "claim an executable (inferred)");
  options.value("--policy", words.policy, "FILE", "claim a policy (measured)");
  options.value("--audit", words.audit, "DIR", "claim the checkpoint of an audit log (measured)");
  options.value("--seconds", words.seconds, "N", "how long the answer holds (300)");
  options.value("--now", words.now, "TIME", "the time of answering (the clock's)");
  options.value("--output,-o", words.output, "FILE", "where to write it (standard output)");
  options.example(
      "merlon attest respond question.json --key server.pem --pid 4711 --package "
      "node_modules/server -o answer.json",
      "an interpreter, and the tree that it reads");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto envelope = respond_to(env, words);
  return envelope ? write_attestation(env, words.output, to_string(*envelope))
                  : fail_respond(env, envelope.error());
}

}  // namespace merlon::cli
