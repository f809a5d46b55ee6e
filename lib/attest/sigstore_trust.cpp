// The steps about time, authority and logs: what the trusted root vouches for.
#include <algorithm>

#include "attest/sigstore_check.h"
#include "attest/utc_time.h"
#include "base/digest/digest.h"
#include "base/hex.h"
#include "base/text.h"
#include "base/x509/promise.h"
#include "base/x509/timestamp_token.h"

namespace merlon {
namespace {

constexpr std::string_view kRootHint =
    "is the trusted root that of the instance which made the bundle, and new enough?";

std::string unknown_log(const std::string& id) {
  return "the log " + to_hex(std::string_view(id)) + " is not in the trusted root";
}

}  // namespace

std::vector<const TrustedLog*> SigstoreCheck::logs_of(const LogEntry& entry) const {
  std::vector<const TrustedLog*> logs;
  for (const TrustedLog& log : root_.logs) {
    if (log.id == entry.log_id) {
      logs.push_back(&log);
    }
  }
  return logs;
}

// --- time ---------------------------------------------------------------------------------------

/// Empty when the log's promise holds; its time is then known.
Result<std::string> SigstoreCheck::fault_of_promise(const LogEntry& entry) {
  std::string why = unknown_log(entry.log_id);
  for (const TrustedLog* log : logs_of(entry)) {
    if (!log->window.covers(entry.integrated_time)) {
      why = "the time " + utc_time_text(entry.integrated_time) + " is not one at which the log " +
            log_name(*log) + " counts";
      continue;
    }
    MERLON_TRY(const LogAnswer answer, check_log_promise(entry, *log));
    if (answer.ok) {
      verdict_.facts.times.push_back(entry.integrated_time);
      time_sources_.push_back(utc_time_text(entry.integrated_time) + " by the log " +
                              log_name(*log));
      return std::string();
    }
    why = answer.why;
  }
  return why;
}

/// Empty when a time stamp authority vouches for the signature; the time is then known. The window
/// is that of the authority which signed, never another's.
Result<std::string> SigstoreCheck::fault_of_timestamp(const std::string& der) {
  const auto token = parse_timestamp(der);
  if (!token) {
    return token.error().message;
  }
  MERLON_TRY(const std::string digest, hash_bytes(token->hash, signature()));
  if (digest != token->digest) {
    return std::string("a time stamp is over another signature");
  }
  std::string why = "no time stamp authority of the trusted root vouches for the time stamp";
  for (const TrustedAuthority& authority : root_.timestamp_authorities) {
    if (authority.chain.empty()) {
      continue;
    }
    MERLON_TRY(const TimestampVerdict answer, verify_timestamp(*token, authority.chain));
    if (!answer.ok) {
      why =
          "the authority " + authority.url + " does not vouch for the time stamp: " + answer.reason;
      continue;
    }
    if (!authority.window.covers(token->time)) {
      why = "the time " + utc_time_text(token->time) + " is not one at which the authority " +
            authority.url + " counts";
      continue;
    }
    verdict_.facts.times.push_back(token->time);
    time_sources_.push_back(utc_time_text(token->time) + " by the authority " + authority.url);
    return std::string();
  }
  return why;
}

Result<bool> SigstoreCheck::check_times() {
  for (const LogEntry& entry : bundle_.entries) {
    if (entry.promise.empty()) {
      continue;
    }
    MERLON_TRY(const std::string fault, fault_of_promise(entry));
    if (!fault.empty()) {
      return refuse("time", fault, kRootHint);
    }
  }
  for (const std::string& der : bundle_.timestamps) {
    MERLON_TRY(const std::string fault, fault_of_timestamp(der));
    if (!fault.empty()) {
      return refuse("time", fault, kRootHint);
    }
  }
  if (verdict_.facts.times.empty() && has_certificate()) {
    return refuse("time", "nobody vouches for the time of the signature");
  }
  return pass("time", time_sources_.empty()
                          ? std::string("nobody vouches for the time; a bare key needs none")
                          : "signed at " + join(time_sources_, ", "));
}

// --- authority ----------------------------------------------------------------------------------

/// The key of who issued the certificate, by a chain that holds at that time; empty with `why`.
Result<std::string> SigstoreCheck::issuer_key_at(std::int64_t time, std::string& why) const {
  why = "the trusted root has no certificate authority for " + utc_time_text(time);
  for (const TrustedAuthority& authority : root_.authorities) {
    if (authority.chain.empty() || !authority.window.covers(time)) {
      continue;
    }
    MERLON_TRY(const ChainVerdict answer, verify_chain(leaf_, authority.chain, time));
    if (answer.ok) {
      return answer.issuer_key;
    }
    why = "the certificate does not lead to " + authority.url + " at " + utc_time_text(time) +
          ": " + answer.reason;
  }
  return std::string();
}

Result<bool> SigstoreCheck::check_authority() {
  if (!has_certificate()) {
    return true;
  }
  for (const std::int64_t time : verdict_.facts.times) {
    if (time < leaf_.not_before || time > leaf_.not_after) {
      return refuse("authority",
                    "the certificate did not hold at the time of signing, " + utc_time_text(time));
    }
    std::string why;
    MERLON_TRY(std::string key, issuer_key_at(time, why));
    if (key.empty()) {
      return refuse("authority", why, kRootHint);
    }
    issuer_keys_.push_back(std::move(key));
  }
  return pass("authority", "the certificate leads to a trusted authority at the time of signing");
}

Result<bool> SigstoreCheck::check_certificate_logs() {
  if (!has_certificate()) {
    return true;
  }
  if (leaf_.promises.empty()) {
    return refuse("promise", "the certificate has no promise of a log (SCT)");
  }
  MERLON_TRY(const auto promises, parse_promises(leaf_.promises));
  std::vector<std::string> good;
  for (const CertificatePromise& promise : promises) {
    for (const TrustedLog& log : root_.certificate_logs) {
      const bool counts = promise.time_ms <= INT64_MAX &&
                          log.window.covers_ms(static_cast<std::int64_t>(promise.time_ms));
      if (log.id != promise.log_id || !counts) {
        continue;
      }
      if (!log.key) {
        return fail(ErrorCode::kUnsupported, "the key of the log `", log_name(log),
                    "` cannot be used: ", log.problem);
      }
      const std::string message =
          promise_message(promise, sha256(issuer_keys_.front()), leaf_.precertificate);
      MERLON_TRY(const bool holds,
                 verify_message(*log.key, promise.hash, message, promise.signature));
      if (!holds) {
        return refuse("promise", "a promise (SCT) is not signed by the log " + log_name(log));
      }
      good.push_back(log_name(log));
    }
  }
  if (good.empty()) {
    return refuse("promise", "no log of the trusted root promised the certificate (SCT)",
                  kRootHint);
  }
  return pass("promise", "the certificate was promised by " + join(good, ", "));
}

// --- log ----------------------------------------------------------------------------------------

/// Empty when the entry is in a log that counted at all known times.
Result<std::string> SigstoreCheck::fault_of_entry_in_log(const LogEntry& entry,
                                                         std::string& name) const {
  std::string why = unknown_log(entry.log_id);
  for (const TrustedLog* log : logs_of(entry)) {
    name = log_name(*log);
    const bool counts = std::ranges::all_of(
        verdict_.facts.times, [&](std::int64_t time) { return log->window.covers(time); });
    if (!counts) {
      why = "the log " + name + " did not count at the time of signing";
      continue;
    }
    // A v0.1 bundle may come with nothing but the promise, which the time rests on.
    if (!entry.inclusion || entry.inclusion->checkpoint.empty()) {
      return std::string();
    }
    MERLON_TRY(const LogAnswer answer, check_log_inclusion(entry, *log));
    if (answer.ok) {
      return std::string();
    }
    why = answer.why;
  }
  return why;
}

Result<bool> SigstoreCheck::check_log() {
  std::vector<std::string> names;
  for (const LogEntry& entry : bundle_.entries) {
    std::string name;
    MERLON_TRY(const std::string fault, fault_of_entry_in_log(entry, name));
    if (!fault.empty()) {
      return refuse("log", fault, kRootHint);
    }
    names.push_back(std::move(name));
  }
  return pass("log", names.empty() ? std::string("there is no log entry; the key alone vouches")
                                   : "logged by " + join(names, ", "));
}

/// Empty when the digest in the log is that of what was signed.
Result<std::string> SigstoreCheck::fault_of_entry_digest(const EntryBody& body) const {
  std::optional<std::string> digest;
  if (body.kind != "hashedrekord") {
    if (!bundle_.has_envelope()) {
      return "the log entry is of the kind `" + body.kind + "`, and the bundle has no envelope";
    }
    MERLON_TRY(digest, hash_bytes(body.hash, bundle_.envelope.payload));
  } else if (bundle_.has_envelope()) {
    MERLON_TRY(digest, hash_bytes(body.hash, dsse_encoding(bundle_.envelope.payload_type,
                                                           bundle_.envelope.payload)));
  } else {
    MERLON_TRY(digest, artifact_.digest(body.hash));
  }
  if (!digest) {
    return fail(ErrorCode::kUnsupported, "the log entry has a ", to_string(body.hash),
                " digest: give the file and not its SHA-256");
  }
  return *digest == body.digest ? std::string() : "the log entry is about another content";
}

/// Empty when the entry is about this bundle: its signature, its signer and its content.
Result<std::string> SigstoreCheck::fault_of_entry(const LogEntry& entry) const {
  const auto body = parse_entry_body(entry.body);
  if (!body) {
    return std::unexpected(body.error());
  }
  if (body->kind != entry.kind || body->version != entry.version) {
    return std::string("the log entry is of another kind than the bundle says");
  }
  if (body->signers.size() != 1) {
    return std::string("the log entry must have exactly one signature");
  }
  const EntrySigner& signer = body->signers.front();
  if (signer.signature != signature()) {
    return std::string("the log entry has another signature");
  }
  if (signer.verifier != (has_certificate() ? leaf_.der : key_.der)) {
    return has_certificate() ? "the log entry has another certificate"
                             : "the log entry has another key";
  }
  return fault_of_entry_digest(*body);
}

Result<bool> SigstoreCheck::check_entries() {
  for (const LogEntry& entry : bundle_.entries) {
    MERLON_TRY(const std::string fault, fault_of_entry(entry));
    if (!fault.empty()) {
      return refuse("entry", fault);
    }
  }
  return bundle_.entries.empty() ||
         pass("entry", "the log has this signature, by this signer, over this content");
}

}  // namespace merlon
