// merlon attest challenge: a question with a nonce.
#include <utility>

#include "attest/challenge.h"
#include "attest_actions.h"
#include "attest_words.h"
#include "base/random.h"

namespace merlon::cli {
namespace {

constexpr std::uint64_t kMostSeconds = 86'400;
constexpr std::int64_t kChallengeSecond = 1000;

struct ChallengeWords {
  std::string origin;
  std::string attester;
  std::string role{"server"};
  std::vector<std::string> wants;
  std::uint64_t seconds{300};
  std::string now;
  std::string output;
};

/// `CLAIM` or `CLAIM=BASIS`.
Result<WantedClaim> parse_want(const std::string& word) {
  const std::size_t equals = word.find('=');
  WantedClaim want{.name = word.substr(0, equals)};
  if (!is_claim_name(want.name)) {
    return fail(ErrorCode::kUsage, "`--want ", word,
                "`: executable, package, launch, surface, policy or audit");
  }
  if (equals != std::string::npos) {
    const auto basis = parse_claim_basis(word.substr(equals + 1));
    if (!basis) {
      return fail(ErrorCode::kUsage, "`--want ", word, "`: ", basis.error().message);
    }
    want.basis = *basis;
  }
  return want;
}

Result<Challenge> make_challenge(const Env& env, const ChallengeWords& words) {
  if (words.origin.empty() || words.attester.empty()) {
    return fail(ErrorCode::kUsage, "`--origin` and `--attester` are required");
  }
  if (words.seconds == 0 || words.seconds > kMostSeconds) {
    return fail(ErrorCode::kUsage, "`--seconds` is between 1 and 86400");
  }
  const auto key = parse_verifier_key(words.attester);
  if (!key) {
    return fail(ErrorCode::kUsage, "`--attester`: ", key.error().message);
  }
  Challenge challenge{
      .nonce = {}, .origin = words.origin, .attester = short_key(*key), .role = words.role};
  MERLON_TRY(challenge.nonce, random_bytes(kNonceBytes));
  MERLON_TRY(const std::int64_t now, attest_now_ms(env, words.now));
  challenge.issued = now / kChallengeSecond;
  challenge.expires = challenge.issued + static_cast<std::int64_t>(words.seconds);
  for (const std::string& word : words.wants) {
    MERLON_TRY(WantedClaim want, parse_want(word));
    challenge.wants.push_back(std::move(want));
  }
  return challenge;
}

}  // namespace

int attest_challenge(Env& env, std::span<const std::string> args) {
  ChallengeWords words;
  Options options("attest challenge", "ask someone for evidence about itself");
  options.describe(
      "Writes a challenge with a new nonce. Keep it: `merlon attest check` needs this very file. "
      "Who is asked answers with `merlon attest respond`.");
  options.value("--origin", words.origin, "NAME", "who asks; required");
  options.value("--attester", words.attester, "KEY", "verifier key of who is asked; required");
  options.choice("--role", words.role, {"server", "proxy", "client"}, "what is asked (server)");
  options.value("--want,-w", words.wants, "CLAIM[=BASIS]",
                "what must be in the answer (executable, package, launch, surface, policy, audit), "
                "and the least basis: self-reported, inferred or measured (self-reported)");
  options.value("--seconds", words.seconds, "N", "how long it holds (300)");
  options.value("--now", words.now, "TIME", "the time of asking (the clock's)");
  options.value("--output,-o", words.output, "FILE", "where to write it (standard output)");
  options.example(
      "merlon attest challenge --origin gate.example.com --attester \"$KEY\" --want "
      "executable=measured -o question.json",
      "what does it run?");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto challenge = make_challenge(env, words);
  if (!challenge) {
    return fail_attest_action(env, challenge.error(), kEnvironment);
  }
  return write_attestation(env, words.output, challenge_text(*challenge));
}

}  // namespace merlon::cli
