#pragma once
/// "Scanned with rules X, nothing at level Y or above": a Simple Verification Result of in-toto
/// (svr/v0.1) about the bytes of a snapshot. docs/spec/attestation.md.
///
///   const std::string payload = scan_verdict_statement(verdict, times);
///   MERLON_TRY(const Verification steps, verify_scan_verdict(source, wanted, terms, limits));
///
/// Only a scan that found nothing and looked at everything is signed. Pure; safe from many threads.
#include <memory>
#include <string>
#include <string_view>

#include "attest/surface_attestation.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/severity.h"
#include "model/verification.h"

namespace merlon {

inline constexpr std::string_view kScanVerdictPredicate = "https://in-toto.io/attestation/svr/v0.1";

struct ScanVerdict {
  std::string snapshot;             ///< SHA-256 of its bytes, hex
  std::string engine;               ///< version of merlon
  std::string rules_name;           ///< of the rule pack
  std::string rules_version;        ///< of the rule pack
  std::string rules_digest;         ///< SHA-256, hex
  Severity level{Severity::kHigh};  ///< nothing at it or above
};

[[nodiscard]] std::string scan_verdict_statement(const ScanVerdict& verdict,
                                                 const StatementTimes& times);

struct WantedVerdict {
  std::string snapshot;             ///< SHA-256 of the bytes at hand, hex
  Severity level{Severity::kHigh};  ///< a stricter verdict is as good
};

/// The steps `signature`, `statement`, `time`, `snapshot`, `level`.
[[nodiscard]] Result<Verification> verify_scan_verdict(
    const std::shared_ptr<const SourceText>& source, const WantedVerdict& wanted,
    const StatementTerms& terms, const Limits& limits);

}  // namespace merlon
