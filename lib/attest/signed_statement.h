#pragma once
/// in-toto statements (v1) that Merlon itself makes and reads, in DSSE: a list of things with their
/// digests, and what is said about them. docs/spec/attestation.md.
///
///   const std::string payload = statement_text(subjects, kSurfacePredicate, predicate_json);
///   ... later:
///   Verification steps;
///   MERLON_TRY(auto opened, open_statement(source, kSurfacePredicate, trusted, limits, steps));
///   if (opened) { ... opened->statement, opened->predicate ... }
///
/// Pure; safe from many threads.
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attest/sigstore_statement.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/source_text.h"
#include "model/verification.h"
#include "proof/dsse.h"
#include "proof/key.h"

namespace merlon {

/// One thing that a statement is about.
struct DigestedThing {
  std::string name;
  std::string sha256;  ///< hex
  [[nodiscard]] auto operator<=>(const DigestedThing&) const = default;
};

/// `predicate` is JSON. Pretty, with a line feed at the end.
[[nodiscard]] std::string statement_text(std::span<const DigestedThing> subjects,
                                         std::string_view predicate_type,
                                         std::string_view predicate);

/// The payload in an envelope that `key` signed.
[[nodiscard]] Result<DsseEnvelope> sign_statement(std::string payload, const SigningKey& key);

struct OpenedStatement {
  std::vector<DigestedThing> subjects;  ///< sorted
  Document document;
  NodeId predicate{kNoNode};
  std::vector<VerifierKey> signers;
  std::string digest;  ///< of the payload, hex
};

/// Adds the steps `signature` and `statement`. Nothing when one of them is refused; an Error when
/// the bytes are no envelope or the signed payload is no statement.
[[nodiscard]] Result<std::optional<OpenedStatement>> open_statement(
    const std::shared_ptr<const SourceText>& source, std::string_view predicate_type,
    std::span<const VerifierKey> trusted, const Limits& limits, Verification& steps);

/// Adds the step `time`: not before `issued` (or `timeCreated`), not after `expires`, RFC 3339
/// members of the predicate. A minute of disagreement between two clocks is allowed for.
void check_statement_time(const OpenedStatement& statement, std::int64_t now_ms,
                          Verification& steps);

}  // namespace merlon
