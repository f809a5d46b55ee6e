#include "attest/attestation_memory.h"

#include <algorithm>
#include <utility>

#include "base/digest/digest.h"
#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::string_view kMemoryMember = "merlon_attestations";
// A clock that was a little wrong must not bring a challenge back.
constexpr std::int64_t kForgottenAfter = 86'400;

std::unexpected<Error> bad_memory(const Document& document, NodeId node, std::string_view why) {
  Error error = make_error(ErrorCode::kFormat, why);
  error.where = document.locate(node);
  error.hints.emplace_back(
      "without this file an answer that is sent twice is not noticed; remove it to start anew");
  return std::unexpected(std::move(error));
}

std::optional<std::uint64_t> memory_number(const Document& document, NodeId entry,
                                           std::string_view name) {
  const auto node = document.find(entry, name, NodeKind::kNumber);
  return node ? parse_unsigned(document.raw(*node)) : std::nullopt;
}

}  // namespace

bool AttestationMemory::was_answered(std::string_view nonce) const {
  return answered_.contains(sha256_hex(nonce));
}

EvidenceCounters AttestationMemory::of(std::string_view attester) const {
  const auto found = attesters_.find(attester);
  return found == attesters_.end() ? EvidenceCounters() : found->second;
}

void AttestationMemory::record(const Challenge& challenge, const CheckedEvidence& evidence,
                               std::int64_t now) {
  std::erase_if(answered_, [&](const auto& entry) { return entry.second + kForgottenAfter < now; });
  answered_[sha256_hex(challenge.nonce)] = challenge.expires;
  EvidenceCounters& highest = attesters_[challenge.attester];
  highest.audit_size = std::max(highest.audit_size, evidence.counters.audit_size);
  highest.policy_version = std::max(highest.policy_version, evidence.counters.policy_version);
  highest.issued = std::max(highest.issued, evidence.counters.issued);
}

std::string AttestationMemory::text() const {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object();
  json.field(kMemoryMember, 1);
  json.key("answered").begin_array();
  for (const auto& [nonce, expires] : answered_) {
    json.begin_object();
    json.field("nonce", nonce).field("expires", static_cast<std::uint64_t>(expires));
    json.end_object();
  }
  json.end_array();
  json.key("attesters").begin_array();
  for (const auto& [attester, counters] : attesters_) {
    json.begin_object();
    json.field("attester", attester).field("audit_size", counters.audit_size);
    json.field("policy_version", counters.policy_version);
    json.field("issued", static_cast<std::uint64_t>(counters.issued));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::move(json).take() + "\n";
}

Result<AttestationMemory> parse_attestation_memory(const std::shared_ptr<const SourceText>& source,
                                                   const Limits& limits) {
  constexpr std::uint64_t kMostSeconds = 253'402'300'799;  // the last second of the year 9999
  MERLON_TRY(const Document document, parse_json(source, JsonDialect::kStrict, limits));
  const auto format = document.find(document.root(), kMemoryMember);
  const auto answered = document.find(document.root(), "answered", NodeKind::kArray);
  const auto attesters = document.find(document.root(), "attesters", NodeKind::kArray);
  if (!format || document.raw(*format) != "1" || !answered || !attesters) {
    return bad_memory(document, document.root(), "this is no memory of attestations of format 1");
  }
  AttestationMemory out;
  for (const NodeId entry : document.elements(*answered)) {
    const std::string nonce = document.string_or(document.find(entry, "nonce"), "");
    const auto expires = memory_number(document, entry, "expires");
    if (nonce.empty() || !expires || *expires > kMostSeconds) {
      return bad_memory(document, entry, "an answered challenge needs `nonce` and `expires`");
    }
    out.answered_[nonce] = static_cast<std::int64_t>(*expires);
  }
  for (const NodeId entry : document.elements(*attesters)) {
    const std::string attester = document.string_or(document.find(entry, "attester"), "");
    const auto audit = memory_number(document, entry, "audit_size");
    const auto policy = memory_number(document, entry, "policy_version");
    const auto issued = memory_number(document, entry, "issued");
    if (attester.empty() || !audit || !policy || !issued || *issued > kMostSeconds) {
      return bad_memory(document, entry,
                        "an attester needs its name, `audit_size`, `policy_version` and `issued`");
    }
    out.attesters_[attester] = {.audit_size = *audit,
                                .policy_version = *policy,
                                .issued = static_cast<std::int64_t>(*issued)};
  }
  return out;
}

}  // namespace merlon
