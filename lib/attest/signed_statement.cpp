#include "attest/signed_statement.h"

#include <algorithm>
#include <utility>

#include "base/digest/digest.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "base/timestamp.h"

namespace merlon {
namespace {

constexpr std::string_view kStatementV1 = "https://in-toto.io/Statement/v1";
constexpr std::size_t kHexDigits = 64;
constexpr std::int64_t kClockSkewMs = 60'000;

bool is_lower_hex(std::string_view text) {
  return text.size() == kHexDigits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool add_signature_step(const DsseVerdict& verdict, std::span<const VerifierKey> trusted,
                        Verification& steps) {
  switch (verdict.answer) {
    case DsseAnswer::kVerified: {
      std::vector<std::string> names;
      names.reserve(verdict.keys.size());
      for (const std::size_t at : verdict.keys) {
        names.push_back(short_key(trusted[at]));
      }
      steps.pass("signature", "signed by " + join(names, ", "));
      return true;
    }
    case DsseAnswer::kOtherType:
      steps.refuse("signature", "what is signed is no in-toto statement",
                   "a signature for one purpose is none for another");
      return false;
    case DsseAnswer::kUnknownKeys:
      steps.refuse("signature", "no trusted key signed it; it names " + join(verdict.named, ", "),
                   "get the signer's key from the signer, not from the file");
      return false;
    case DsseAnswer::kBadSignature:
      steps.refuse("signature", "the signature of a trusted key does not fit: it was changed");
      return false;
  }
  return false;
}

/// SHA-256 of each subject, sorted. Nothing when one has none.
std::optional<std::vector<DigestedThing>> things_of(const std::vector<StatementSubject>& subjects) {
  std::vector<DigestedThing> out;
  for (const StatementSubject& subject : subjects) {
    const auto found =
        std::ranges::find(subject.digests, "sha256", &std::pair<std::string, std::string>::first);
    if (found == subject.digests.end() || !is_lower_hex(found->second)) {
      return std::nullopt;
    }
    out.push_back({.name = subject.name, .sha256 = found->second});
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace

std::string statement_text(std::span<const DigestedThing> subjects, std::string_view predicate_type,
                           std::string_view predicate) {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object();
  json.field("_type", kStatementV1);
  json.key("subject").begin_array();
  for (const DigestedThing& subject : subjects) {
    json.begin_object();
    json.field("name", subject.name);
    json.key("digest").begin_object().field("sha256", subject.sha256).end_object();
    json.end_object();
  }
  json.end_array();
  json.field("predicateType", predicate_type);
  json.key("predicate").raw(predicate);
  json.end_object();
  return std::move(json).take() + "\n";
}

Result<DsseEnvelope> sign_statement(std::string payload, const SigningKey& key) {
  DsseEnvelope envelope{.payload_type = std::string(kInTotoPayloadType),
                        .payload = std::move(payload),
                        .signatures = {}};
  MERLON_CHECK(sign_dsse(envelope, key));
  return envelope;
}

Result<std::optional<OpenedStatement>> open_statement(
    const std::shared_ptr<const SourceText>& source, std::string_view predicate_type,
    std::span<const VerifierKey> trusted, const Limits& limits, Verification& steps) {
  MERLON_TRY(const DsseEnvelope envelope, parse_dsse(source, limits));
  MERLON_TRY(const DsseVerdict verdict, verify_dsse(envelope, kInTotoPayloadType, trusted));
  if (!add_signature_step(verdict, trusted, steps)) {
    return std::optional<OpenedStatement>();
  }
  MERLON_TRY(SigstoreStatement statement, parse_sigstore_statement(envelope.payload));
  const auto predicate =
      statement.document.find(statement.document.root(), "predicate", NodeKind::kObject);
  auto subjects = things_of(statement.subjects);
  if (statement.type != kStatementV1 || !predicate || !subjects) {
    steps.refuse("statement", "it is no statement of version 1 with SHA-256 digests");
    return std::optional<OpenedStatement>();
  }
  if (statement.predicate_type != predicate_type) {
    steps.refuse("statement", "it says `" + statement.predicate_type + "`, not `" +
                                  std::string(predicate_type) + "`");
    return std::optional<OpenedStatement>();
  }
  steps.pass("statement",
             std::string(predicate_type) + " about " + counted(subjects->size(), "subject"));
  OpenedStatement out{.subjects = *std::move(subjects),
                      .document = std::move(statement.document),
                      .predicate = *predicate,
                      .signers = {},
                      .digest = sha256_hex(envelope.payload)};
  for (const std::size_t at : verdict.keys) {
    out.signers.push_back(trusted[at]);
  }
  return std::optional(std::move(out));
}

void check_statement_time(const OpenedStatement& statement, std::int64_t now_ms,
                          Verification& steps) {
  const auto member = [&](std::string_view name) {
    return statement.document.string_or(statement.document.find(statement.predicate, name), "");
  };
  // Simple Verification Results have a name of their own for it.
  const std::string issued = member("issued").empty() ? member("timeCreated") : member("issued");
  const std::string expires = member("expires");
  const auto from = parse_timestamp_ms(issued);
  const auto until = parse_timestamp_ms(expires);
  if (!from || !until || *until < *from) {
    steps.refuse("time", "it does not say from when to when it holds");
  } else if (now_ms + kClockSkewMs < *from) {
    steps.refuse("time", "it was issued in the future, at " + issued, "compare the clocks");
  } else if (now_ms - kClockSkewMs > *until) {
    steps.refuse("time", "it expired at " + expires, "ask for a new one");
  } else {
    steps.pass("time", "issued " + issued + ", holds until " + expires);
  }
}

}  // namespace merlon
