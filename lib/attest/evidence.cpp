#include "attest/evidence.h"

#include <algorithm>
#include <utility>

#include "attest/utc_time.h"
#include "base/base64.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "base/timestamp.h"

namespace merlon {
namespace {

constexpr std::size_t kMostClaims = 64;
constexpr std::int64_t kEvidenceSecond = 1000;

std::unexpected<Error> not_for_this(std::string_view why) {
  return fail(ErrorCode::kUsage, "the challenge is not answered: ", why);
}

Status check_answerable(const Challenge& challenge, const EvidenceAnswer& answer,
                        const SigningKey& key) {
  if (challenge.attester != short_key(key.verifier)) {
    return not_for_this("it asks `" + challenge.attester + "`, which is another key");
  }
  if (challenge.origin == challenge.attester || challenge.origin == key.verifier.name) {
    return not_for_this("it was made in the name of this very key");
  }
  if (challenge.role != answer.role) {
    return not_for_this("it asks a " + challenge.role + ", and this is a " + answer.role);
  }
  if (answer.issued > challenge.expires) {
    return not_for_this("it has expired");
  }
  return {};
}

std::string evidence_predicate(const Challenge& challenge, std::string_view challenge_bytes,
                               const EvidenceAnswer& answer, const SigningKey& key) {
  JsonWriter json;
  json.begin_object();
  json.field("role", answer.role).field("origin", challenge.origin);
  json.field("attester", short_key(key.verifier));
  json.field("challenge_nonce", to_base64(challenge.nonce)).field("nonce", to_base64(answer.nonce));
  json.field("transcript", transcript_digest(challenge_bytes, answer.nonce, answer.channel));
  json.field("channel_bound", !answer.channel.empty());
  json.field("issued", utc_time_text(answer.issued));
  json.field("expires", utc_time_text(answer.expires));
  json.field("audit_size", answer.audit_size).field("policy_version", answer.policy_version);
  json.key("claims").begin_array();
  for (const EvidenceClaim& claim : answer.claims) {
    json.begin_object();
    json.field("claim", claim.name).field("basis", to_string(claim.basis));
    json.field("sha256", claim.sha256).field("hashed", claim.hashed);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::move(json).take();
}

/// The predicate's members as they are asked for below.
class EvidenceReader {
 public:
  explicit EvidenceReader(const OpenedStatement& statement) : statement_(statement) {}

  [[nodiscard]] std::string text(std::string_view name) const {
    return document().string_or(document().find(statement_.predicate, name), "");
  }
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const {
    const auto node = document().find(statement_.predicate, name, NodeKind::kNumber);
    return node ? parse_unsigned(document().raw(*node)) : std::nullopt;
  }
  [[nodiscard]] bool flag(std::string_view name) const {
    return document().is_true(document().find(statement_.predicate, name));
  }
  /// Nothing when one of them is of another shape, or says something that no subject does.
  [[nodiscard]] std::optional<std::vector<EvidenceClaim>> claims() const {
    const auto list = document().find(statement_.predicate, "claims", NodeKind::kArray);
    if (!list || document().elements(*list).size() > kMostClaims) {
      return std::nullopt;
    }
    std::vector<EvidenceClaim> out;
    for (const NodeId entry : document().elements(*list)) {
      auto claim = read_claim(entry);
      if (!claim || std::ranges::find(out, claim->name, &EvidenceClaim::name) != out.end()) {
        return std::nullopt;
      }
      out.push_back(*std::move(claim));
    }
    return out;
  }

 private:
  [[nodiscard]] const Document& document() const { return statement_.document; }
  [[nodiscard]] std::string member(NodeId entry, std::string_view name) const {
    return document().string_or(document().find(entry, name), "");
  }
  [[nodiscard]] std::optional<EvidenceClaim> read_claim(NodeId entry) const {
    const auto basis = parse_claim_basis(member(entry, "basis"));
    EvidenceClaim claim{.name = member(entry, "claim"),
                        .basis = basis.value_or(ClaimBasis::kAbsent),
                        .sha256 = member(entry, "sha256"),
                        .hashed = member(entry, "hashed")};
    const bool is_subject =
        std::ranges::find(statement_.subjects,
                          DigestedThing{.name = claim.name, .sha256 = claim.sha256}) !=
        statement_.subjects.end();
    const bool absent = claim.basis == ClaimBasis::kAbsent;
    if (!basis || !is_claim_name(claim.name) || is_subject == absent ||
        absent != claim.sha256.empty()) {
      return std::nullopt;
    }
    return claim;
  }

  const OpenedStatement& statement_;
};

/// A step whose answer is whether two words are the same.
void demand_same(std::string_view step, std::string_view there, std::string_view wanted,
                 Verification& steps) {
  if (there == wanted) {
    steps.pass(step, std::string(wanted));
  } else {
    steps.refuse(step, "it says `" + std::string(there) + "`, not `" + std::string(wanted) + "`");
  }
}

void check_challenge(const Challenge& challenge, const EvidenceTerms& terms, Verification& steps) {
  if (challenge.origin != terms.origin) {
    steps.refuse("challenge", "`" + challenge.origin + "` made it, not `" + terms.origin + "`");
  } else if (terms.now_ms / kEvidenceSecond > challenge.expires) {
    steps.refuse("challenge", "it expired at " + utc_time_text(challenge.expires),
                 "make a new one");
  } else {
    steps.pass("challenge", "made by " + challenge.origin);
  }
}

void check_binding(const EvidenceReader& reader, const Challenge& challenge,
                   std::string_view challenge_bytes, const EvidenceTerms& terms,
                   Verification& steps) {
  demand_same("role", reader.text("role"), challenge.role, steps);
  demand_same("origin", reader.text("origin"), challenge.origin, steps);
  if (reader.text("challenge_nonce") != to_base64(challenge.nonce)) {
    steps.refuse("nonce", "it answers another challenge",
                 "an old answer was sent again, or one to somebody else's question");
  } else {
    steps.pass("nonce", "answers this challenge");
  }
  const std::string nonce =
      from_base64(reader.text("nonce"), Base64Alphabet::kStandard).value_or("");
  const std::string wanted = transcript_digest(challenge_bytes, nonce, terms.channel);
  if (nonce.size() != kNonceBytes || reader.text("transcript") != wanted) {
    steps.refuse("channel", "the two sides did not see the same challenge and channel",
                 "somebody stands between them and passes messages on");
  } else {
    steps.pass("channel", reader.flag("channel_bound")
                              ? "both sides saw the same channel"
                              : "both sides saw the same challenge; no channel was bound");
  }
}

void check_history(const EvidenceCounters& now, const EvidenceTerms& terms, Verification& steps) {
  if (terms.answered) {
    steps.refuse("replay", "this challenge was answered before", "make a new one");
  } else {
    steps.pass("replay", "the first answer to this challenge");
  }
  const EvidenceCounters& seen = terms.remembered;
  const auto went_back = [&](std::string_view what, std::uint64_t there, std::uint64_t highest) {
    steps.refuse("rollback", std::string(what) + " went back from " + std::to_string(highest) +
                                 " to " + std::to_string(there));
  };
  if (now.audit_size < seen.audit_size) {
    went_back("the audit log", now.audit_size, seen.audit_size);
  } else if (now.policy_version < seen.policy_version) {
    went_back("the policy", now.policy_version, seen.policy_version);
  } else if (now.issued < seen.issued) {
    steps.refuse("rollback", "it is older than evidence that was seen before");
  } else {
    steps.pass("rollback", "nothing went back");
  }
}

const EvidenceClaim* find_claim(const std::vector<EvidenceClaim>& claims, std::string_view name) {
  const auto found = std::ranges::find(claims, name, &EvidenceClaim::name);
  return found == claims.end() ? nullptr : &*found;
}

std::string shown_claim(const EvidenceClaim& claim) {
  return std::string(to_string(claim.basis)) + ": " + claim.hashed + ", sha256:" + claim.sha256;
}

void check_claims(const std::vector<EvidenceClaim>& claims, const Challenge& challenge,
                  const EvidenceTerms& terms, Verification& steps) {
  for (const WantedClaim& want : challenge.wants) {
    const EvidenceClaim* claim = find_claim(claims, want.name);
    const ClaimBasis basis = claim == nullptr ? ClaimBasis::kAbsent : claim->basis;
    const std::string step = "claim " + want.name;
    if (basis < want.basis) {
      steps.refuse(step, "it is " + std::string(to_string(basis)) + ", and " +
                             std::string(to_string(want.basis)) + " was demanded");
    } else {
      steps.pass(step, claim == nullptr ? "absent" : shown_claim(*claim));
    }
  }
  for (const ExpectedClaim& expected : terms.expected) {
    const EvidenceClaim* claim = find_claim(claims, expected.name);
    const std::string step = "digest " + expected.name;
    if (claim == nullptr || claim->sha256 != expected.sha256) {
      steps.refuse(step, "it is not sha256:" + expected.sha256);
    } else {
      steps.pass(step, "sha256:" + expected.sha256);
    }
  }
}

std::optional<CheckedEvidence> read_evidence(const EvidenceReader& reader) {
  auto claims = reader.claims();
  const auto audit = reader.number("audit_size");
  const auto policy = reader.number("policy_version");
  const auto issued = parse_timestamp_ms(reader.text("issued"));
  if (!claims || !audit || !policy || !issued) {
    return std::nullopt;
  }
  return CheckedEvidence{.nonce = reader.text("nonce"),
                         .attester = reader.text("attester"),
                         .counters = {.audit_size = *audit,
                                      .policy_version = *policy,
                                      .issued = *issued / kEvidenceSecond},
                         .claims = *std::move(claims)};
}

}  // namespace

Result<DsseEnvelope> make_evidence(const std::shared_ptr<const SourceText>& challenge,
                                   const EvidenceAnswer& answer, const SigningKey& key,
                                   const Limits& limits) {
  MERLON_TRY(const Challenge asked, parse_challenge(challenge, limits));
  MERLON_CHECK(check_answerable(asked, answer, key));
  std::vector<DigestedThing> subjects;
  for (const EvidenceClaim& claim : answer.claims) {
    if (claim.basis != ClaimBasis::kAbsent) {
      subjects.push_back({.name = claim.name, .sha256 = claim.sha256});
    }
  }
  if (subjects.empty()) {
    return fail(ErrorCode::kUsage, "there is nothing to claim: name a file, snapshot or log");
  }
  return sign_statement(statement_text(subjects, kEvidencePredicate,
                                       evidence_predicate(asked, challenge->bytes(), answer, key)),
                        key);
}

Result<EvidenceVerdict> check_evidence(const std::shared_ptr<const SourceText>& evidence,
                                       const std::shared_ptr<const SourceText>& challenge,
                                       const EvidenceTerms& terms, const Limits& limits) {
  MERLON_TRY(const Challenge asked, parse_challenge(challenge, limits));
  EvidenceVerdict verdict;
  check_challenge(asked, terms, verdict.steps);
  MERLON_TRY(const auto opened,
             open_statement(evidence, kEvidencePredicate, terms.trusted, limits, verdict.steps));
  if (!opened) {
    return verdict;
  }
  check_statement_time(*opened, terms.now_ms, verdict.steps);
  const EvidenceReader reader(*opened);
  verdict.evidence = read_evidence(reader);
  if (!verdict.evidence) {
    verdict.steps.refuse("claims", "they are not of the shape that evidence has");
    return verdict;
  }
  // The key that signed is the one that was asked, not merely one of those that are trusted.
  const bool by_attester = std::ranges::any_of(
      opened->signers, [&](const VerifierKey& key) { return short_key(key) == asked.attester; });
  if (!by_attester || verdict.evidence->attester != asked.attester) {
    verdict.steps.refuse("attester", "`" + asked.attester + "` was asked and did not answer");
  } else {
    verdict.steps.pass("attester", asked.attester);
  }
  check_binding(reader, asked, challenge->bytes(), terms, verdict.steps);
  check_history(verdict.evidence->counters, terms, verdict.steps);
  check_claims(verdict.evidence->claims, asked, terms, verdict.steps);
  return verdict;
}

}  // namespace merlon
