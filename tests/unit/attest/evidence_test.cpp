// Challenge and response, and the attacks on it: relay, replay, reflection, downgrade, rollback.
#include "attest/evidence.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "attest/attestation_memory.h"
#include "base/digest/digest.h"
#include "base/timestamp.h"

namespace merlon {
namespace {

SigningKey party(std::string_view name, char seed) {
  return make_signing_key(name, Ed25519PrivateKey::from_seed(std::string(32, seed)).value())
      .value();
}

SigningKey the_server() {
  return party("server.example.com", 's');
}

std::int64_t seconds_at(std::string_view time) {
  return parse_timestamp_ms(time).value() / 1000;
}

constexpr std::string_view kAsked = "2026-06-01T12:00:00Z";
constexpr std::string_view kAnswered = "2026-06-01T12:00:05Z";

Challenge sample_challenge() {
  return {.nonce = std::string(32, 'n'),
          .origin = "gate.example.com",
          .attester = short_key(the_server().verifier),
          .role = "server",
          .issued = seconds_at(kAsked),
          .expires = seconds_at(kAsked) + 300,
          .wants = {{.name = "executable", .basis = ClaimBasis::kMeasured},
                    {.name = "policy", .basis = ClaimBasis::kSelfReported}}};
}

EvidenceAnswer sample_answer() {
  return {.role = "server",
          .nonce = std::string(32, 'm'),
          .channel = "exporter of this connection",
          .issued = seconds_at(kAnswered),
          .expires = seconds_at(kAnswered) + 300,
          .audit_size = 100,
          .policy_version = 4,
          .claims = {{.name = "executable",
                      .basis = ClaimBasis::kMeasured,
                      .sha256 = sha256_hex("node"),
                      .hashed = "the file that process 7 executes"},
                     {.name = "policy",
                      .basis = ClaimBasis::kMeasured,
                      .sha256 = sha256_hex("policy"),
                      .hashed = "the policy team 4"}}};
}

std::shared_ptr<const SourceText> text_of(const std::string& text) {
  return SourceText::copy_of("file", text);
}

std::shared_ptr<const SourceText> answered(const Challenge& challenge,
                                           const EvidenceAnswer& answer) {
  return text_of(to_string(
      make_evidence(text_of(challenge_text(challenge)), answer, the_server(), {}).value()));
}

struct Check {
  Challenge challenge = sample_challenge();
  std::vector<VerifierKey> trusted{the_server().verifier};
  std::string origin = "gate.example.com";
  std::string channel = "exporter of this connection";
  std::string_view now = "2026-06-01T12:00:10Z";
  bool answered{false};
  EvidenceCounters remembered;
  std::vector<ExpectedClaim> expected;
};

/// `verified`, or all steps that failed.
std::string checked(const std::shared_ptr<const SourceText>& evidence, const Check& check = {}) {
  const auto verdict = check_evidence(evidence, text_of(challenge_text(check.challenge)),
                                      {.trusted = check.trusted,
                                       .origin = check.origin,
                                       .channel = check.channel,
                                       .now_ms = seconds_at(check.now) * 1000,
                                       .answered = check.answered,
                                       .remembered = check.remembered,
                                       .expected = check.expected},
                                      {});
  if (!verdict) {
    return "error: " + verdict.error().message;
  }
  std::string failed;
  for (const VerificationStep& step : verdict->steps.steps) {
    if (!step.ok) {
      failed += (failed.empty() ? "" : "; ") + step.name + ": " + step.text;
    }
  }
  return failed.empty() && verdict->steps.ok() ? "verified" : failed;
}

std::string refused(const Challenge& challenge, const EvidenceAnswer& answer,
                    const SigningKey& key) {
  const auto made = make_evidence(text_of(challenge_text(challenge)), answer, key, {});
  return made ? "answered" : made.error().message;
}

}  // namespace

TEST_CASE("evidence: an answer to this challenge over this channel is verified") {
  CHECK(checked(answered(sample_challenge(), sample_answer())) == "verified");
  CHECK(checked(answered(sample_challenge(), sample_answer()),
                {.expected = {{.name = "policy", .sha256 = sha256_hex("policy")}}}) == "verified");
  CHECK(checked(answered(sample_challenge(), sample_answer()),
                {.expected = {{.name = "policy", .sha256 = sha256_hex("lax")}}}) ==
        "digest policy: it is not sha256:" + sha256_hex("lax"));
}

TEST_CASE("relay: an honest answer that came over another channel is refused") {
  // The middle box speaks with both; each sees its own channel with it.
  EvidenceAnswer answer = sample_answer();
  answer.channel = "exporter of the connection to the middle box";
  CHECK(checked(answered(sample_challenge(), answer)) ==
        "channel: the two sides did not see the same challenge and channel");
}

TEST_CASE("relay: a challenge that the middle box asks in its own name serves only itself") {
  Challenge own = sample_challenge();
  own.origin = "middle.example.com";
  CHECK(checked(answered(own, sample_answer())) ==
        "origin: it says `middle.example.com`, not `gate.example.com`; channel: the two sides did "
        "not see the same challenge and channel");
}

TEST_CASE("relay: an answer of another trusted key is not one of the key that was asked") {
  const SigningKey other = party("other.example.com", 'o');
  Challenge asks_other = sample_challenge();
  asks_other.attester = short_key(other.verifier);
  const auto evidence = text_of(to_string(
      make_evidence(text_of(challenge_text(asks_other)), sample_answer(), other, {}).value()));
  CHECK(checked(evidence, {.trusted = {the_server().verifier, other.verifier}})
            .starts_with("attester: `" + short_key(the_server().verifier) +
                         "` was asked and did not answer"));
}

TEST_CASE("replay: an old answer, and the same answer twice, are refused") {
  Challenge earlier = sample_challenge();
  earlier.nonce = std::string(32, 'e');
  CHECK(checked(answered(earlier, sample_answer()))
            .starts_with("nonce: it answers another challenge"));
  CHECK(checked(answered(sample_challenge(), sample_answer()), {.answered = true}) ==
        "replay: this challenge was answered before");
  CHECK(checked(answered(sample_challenge(), sample_answer()), {.now = "2026-06-01T12:07:00Z"}) ==
        "challenge: it expired at 2026-06-01T12:05:00Z; time: it expired at 2026-06-01T12:05:05Z");
}

TEST_CASE("replay: the memory holds what was answered, and forgets it when it has long expired") {
  AttestationMemory memory;
  const Challenge challenge = sample_challenge();
  CHECK_FALSE(memory.was_answered(challenge.nonce));
  memory.record(challenge, {.counters = {.audit_size = 5, .policy_version = 2, .issued = 9}},
                seconds_at(kAnswered));
  memory = parse_attestation_memory(text_of(memory.text()), {}).value();
  CHECK(memory.was_answered(challenge.nonce));
  CHECK(memory.of(challenge.attester).audit_size == 5);
  CHECK(memory.of("somebody else").audit_size == 0);
  Challenge later = challenge;
  later.nonce = std::string(32, 'l');
  memory.record(later, {}, challenge.expires + 2 * 24 * 3600);
  CHECK_FALSE(memory.was_answered(challenge.nonce));
  CHECK(memory.of(challenge.attester).policy_version == 2);
}

TEST_CASE("reflection: a challenge is not answered by who made it, nor in another role") {
  Challenge mirrored = sample_challenge();
  mirrored.origin = short_key(the_server().verifier);
  CHECK(refused(mirrored, sample_answer(), the_server()) ==
        "the challenge is not answered: it was made in the name of this very key");
  mirrored.origin = "server.example.com";
  CHECK(refused(mirrored, sample_answer(), the_server()) ==
        "the challenge is not answered: it was made in the name of this very key");
  Challenge as_client = sample_challenge();
  as_client.role = "client";
  CHECK(refused(as_client, sample_answer(), the_server()) ==
        "the challenge is not answered: it asks a client, and this is a server");
  EvidenceAnswer client = sample_answer();
  client.role = "client";
  CHECK(checked(answered(as_client, client)).starts_with("role: it says `client`, not `server`"));
  CHECK(refused(sample_challenge(), sample_answer(), party("other.example.com", 'o')) ==
        "the challenge is not answered: it asks `" + short_key(the_server().verifier) +
            "`, which is another key");
}

TEST_CASE("downgrade: a weaker basis than the one demanded, or none, is refused") {
  EvidenceAnswer weaker = sample_answer();
  weaker.claims[0].basis = ClaimBasis::kInferred;
  CHECK(checked(answered(sample_challenge(), weaker)) ==
        "claim executable: it is inferred, and measured was demanded");
  EvidenceAnswer silent = sample_answer();
  silent.claims.erase(silent.claims.begin());
  CHECK(checked(answered(sample_challenge(), silent)) ==
        "claim executable: it is absent, and measured was demanded");
  Challenge lax = sample_challenge();
  lax.wants.clear();
  // Answered with less demanded, checked with what was demanded: the bytes of the challenge differ.
  CHECK(checked(answered(lax, weaker)) ==
        "channel: the two sides did not see the same challenge and channel; claim executable: it "
        "is inferred, and measured was demanded");
}

TEST_CASE("rollback: a log or policy that became older, or older evidence, is refused") {
  const auto evidence = answered(sample_challenge(), sample_answer());
  CHECK(checked(evidence, {.remembered = {.audit_size = 101}}) ==
        "rollback: the audit log went back from 101 to 100");
  CHECK(checked(evidence, {.remembered = {.policy_version = 5}}) ==
        "rollback: the policy went back from 5 to 4");
  CHECK(checked(evidence, {.remembered = {.issued = seconds_at(kAnswered) + 1}}) ==
        "rollback: it is older than evidence that was seen before");
  CHECK(checked(evidence, {.remembered = {.audit_size = 100,
                                          .policy_version = 4,
                                          .issued = seconds_at(kAnswered)}}) == "verified");
}

TEST_CASE("evidence: each byte of it that is changed is refused") {
  const DsseEnvelope good =
      make_evidence(text_of(challenge_text(sample_challenge())), sample_answer(), the_server(), {})
          .value();
  for (std::size_t at = 0; at < good.payload.size(); ++at) {
    DsseEnvelope changed = good;
    changed.payload[at] = static_cast<char>(changed.payload[at] ^ 0x01);
    CAPTURE(at);
    CHECK(checked(text_of(to_string(changed))) ==
          "signature: the signature of a trusted key does not fit: it was changed");
  }
}

TEST_CASE("evidence: a claim is a subject with the same digest, or absent") {
  const DsseEnvelope good =
      make_evidence(text_of(challenge_text(sample_challenge())), sample_answer(), the_server(), {})
          .value();
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string payload = good.payload;
    const std::size_t at = payload.rfind(from);
    REQUIRE(at != std::string::npos);
    payload.replace(at, from.size(), to);
    return checked(text_of(to_string(sign_statement(payload, the_server()).value())));
  };
  const std::string shape = "claims: they are not of the shape that evidence has";
  CHECK(with(sha256_hex("policy"), sha256_hex("other")) == shape);
  CHECK(with("\"measured\"", "\"proven\"") == shape);
  CHECK(with("\"measured\"", "\"absent\"") == shape);
  CHECK(with("\"claim\":\"policy\"", "\"claim\":\"executable\"") == shape);
  CHECK(with("\"audit_size\":100", "\"audit_size\":-1") == shape);
}

TEST_CASE("challenge: written and read it is the same; other shapes are refused with the reason") {
  const Challenge challenge = sample_challenge();
  const std::string text = challenge_text(challenge);
  CHECK(parse_challenge(text_of(text), {}).value() == challenge);
  const auto said = [&](std::string_view from, std::string_view to) {
    std::string changed = text;
    const std::size_t at = changed.find(from);
    REQUIRE(at != std::string::npos);
    changed.replace(at, from.size(), to);
    const auto read = parse_challenge(text_of(changed), {});
    return read ? std::string("read") : read.error().message;
  };
  CHECK(said("\"merlon_challenge\": 1", "\"merlon_challenge\": 2") ==
        "version 2 of challenges is not known here");
  CHECK(said("\"nonce\": \"bm5u", "\"nonce\": \"") ==
        "this is no challenge: `nonce` must be base64 of 32 bytes");
  CHECK(said("\"role\": \"server\"", "\"role\": \"root\"") ==
        "this is no challenge: `role` must be server, proxy or client");
  CHECK(said("\"origin\"", "\"orogin\"") == "this is no challenge: unknown member `orogin`");
  CHECK(said("12:05:00Z", "11:05:00Z") == "this is no challenge: `expires` lies before `issued`");
  CHECK(said("\"policy\"", "\"executable\"") ==
        "this is no challenge: each wanted `claim` has a `basis` and stands once");
  CHECK(said("\"origin\": ", "\"role\": \"server\", \"origin\": ") ==
        "this is no challenge: a member stands twice");
}

}  // namespace merlon
