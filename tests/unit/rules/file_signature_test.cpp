#include "rules/file_signature.h"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/digest/digest.h"
#include "rules/key_list_file.h"
#include "rules/seen_versions.h"

namespace merlon {
namespace {

Date signature_day(std::string_view text) {
  return parse_date(text).value();
}

SigningKey signature_key(char seed) {
  return make_signing_key("acme/" + std::string(1, seed),
                          Ed25519PrivateKey::from_seed(std::string(32, seed)).value())
      .value();
}

SignedHead lock_head(std::uint64_t version) {
  return {.name = "acme/servers",
          .version = version,
          .minimum_engine = "0.1.0",
          .created = signature_day("2026-01-01"),
          .expires = signature_day("2026-12-31")};
}

FileSubject lock_subject(std::uint64_t version) {
  return {.kind = SignedFileKind::kLock,
          .subject = {},
          .version = version,
          .files = {{.name = "merlon.lock", .digest = sha256_hex("the lock")}}};
}

std::shared_ptr<const SourceText> signed_payload(const std::string& payload, SignedFileKind kind,
                                                 const std::vector<char>& seeds) {
  DsseEnvelope envelope{.payload_type = std::string(signed_file_type(kind).payload_type),
                        .payload = payload,
                        .signatures = {}};
  for (const char seed : seeds) {
    REQUIRE(sign_dsse(envelope, signature_key(seed)).has_value());
  }
  return SourceText::copy_of("merlon.lock.sig", to_string(envelope));
}

struct SignatureTerms {
  std::vector<VerifierKey> trusted{signature_key('a').verifier};
  std::string_view today{"2026-06-01"};
  std::uint64_t floor{0};
};

/// `verified`, or the name and text of the step that failed, or the error.
std::string said_of(const std::shared_ptr<const SourceText>& signature, const FileSubject& subject,
                    const SignatureTerms& terms = {}) {
  const auto verdict =
      verify_file_signature(signature, subject,
                            {.trusted = terms.trusted,
                             .today = signature_day(terms.today),
                             .engine = "0.1.0",
                             .floor = [&](const SignedHead&) { return terms.floor; }},
                            {});
  if (!verdict) {
    return "error: " + verdict.error().message;
  }
  if (verdict->file) {
    return "verified";
  }
  for (const VerificationStep& step : verdict->steps) {
    if (!step.ok) {
      return step.name + ": " + step.text;
    }
  }
  return "no step failed";
}

std::shared_ptr<const SourceText> signed_lock(std::uint64_t version,
                                              const std::vector<char>& seeds = {'a'}) {
  return signed_payload(file_signature_text(lock_head(version), lock_subject(version)).value(),
                        SignedFileKind::kLock, seeds);
}

}  // namespace

TEST_CASE("file signature: a lock that a trusted key signed is verified, step by step") {
  const auto verdict = verify_file_signature(signed_lock(7), lock_subject(7),
                                             {.trusted = SignatureTerms().trusted,
                                              .today = signature_day("2026-06-01"),
                                              .engine = "0.1.0",
                                              .floor = {}},
                                             {});
  REQUIRE(verdict.has_value());
  std::vector<std::string> steps;
  for (const VerificationStep& step : verdict->steps) {
    steps.push_back((step.ok ? "ok " : "FAIL ") + step.name + ": " + step.text);
  }
  const std::vector<std::string> expected{
      "ok signature: signed by " + short_key(signature_key('a').verifier),
      "ok engine: needs merlon 0.1.0 or newer; this is 0.1.0",
      "ok expiry: holds until 2026-12-31",
      "ok version: version 7",
      "ok subject: names no one file",
      "ok file: 1 file as signed"};
  CHECK(steps == expected);
  CHECK(verdict->file.has_value());
}

TEST_CASE("file signature: each thing that is not as signed is refused with its reason") {
  CHECK(said_of(signed_lock(7), lock_subject(7), {.trusted = {signature_key('b').verifier}}) ==
        "signature: no trusted key signed it; it names " + short_key(signature_key('a').verifier));
  CHECK(said_of(signed_lock(7), lock_subject(7), {.today = "2027-01-01"}) ==
        "expiry: expired on 2026-12-31");
  FileSubject changed = lock_subject(7);
  changed.files[0].digest = sha256_hex("another lock");
  CHECK(said_of(signed_lock(7), changed) == "file: `merlon.lock` is not what was signed");
  CHECK(said_of(signed_lock(7), lock_subject(8)) ==
        "file: the file says version 8, its signature version 7");
  FileSubject more = lock_subject(7);
  more.files.push_back({.name = "more.toml", .digest = sha256_hex("more")});
  CHECK(said_of(signed_lock(7), more) == "file: `more.toml` is not what was signed");
  FileSubject none = lock_subject(7);
  none.files.clear();
  CHECK(said_of(signed_lock(7), none) == "file: `merlon.lock` was signed as well and is not there");
  FileSubject other = lock_subject(7);
  other.subject = "files";
  CHECK(said_of(signed_lock(7), other) == "subject: is about ``, not about `files`");
}

TEST_CASE("file signature: rollback to an older signed version is refused") {
  CHECK(said_of(signed_lock(7), lock_subject(7), {.floor = 8}) ==
        "version: version 7 is older than version 8, which was used before");
  CHECK(said_of(signed_lock(8), lock_subject(8), {.floor = 8}) == "verified");
}

TEST_CASE("file signature: one for a lock is none for pins or a policy") {
  for (const SignedFileKind kind : {SignedFileKind::kPins, SignedFileKind::kPolicy}) {
    FileSubject subject = lock_subject(7);
    subject.kind = kind;
    CHECK(said_of(signed_lock(7), subject).starts_with("signature: what is signed is no p"));
    // Signed as the other kind, with the payload of a lock.
    CHECK(said_of(signed_payload(file_signature_text(lock_head(7), lock_subject(7)).value(), kind,
                                 {'a'}),
                  subject)
              .starts_with("error: the signed payload is no p"));
  }
}

TEST_CASE("file signature: a second signature may stand beside the first") {
  const auto both = signed_lock(7, {'a', 'b'});
  CHECK(said_of(both, lock_subject(7)) == "verified");
  CHECK(said_of(both, lock_subject(7), {.trusted = {signature_key('b').verifier}}) == "verified");
}

TEST_CASE("file signature: no byte of type, payload or signature can be changed unnoticed") {
  const DsseEnvelope good = parse_dsse(signed_lock(7), {}).value();
  const auto said = [](const DsseEnvelope& envelope) {
    return said_of(SourceText::copy_of("s", to_string(envelope)), lock_subject(7));
  };
  REQUIRE(said(good) == "verified");
  const std::string changed_text =
      "signature: the signature of a trusted key does not fit: the file was changed";
  for (std::size_t at = 0; at < good.payload.size(); ++at) {
    DsseEnvelope changed = good;
    changed.payload[at] = static_cast<char>(changed.payload[at] ^ 0x01);
    CAPTURE(at);
    CHECK(said(changed) == changed_text);
  }
  for (std::size_t at = 0; at < good.signatures[0].bytes.size(); ++at) {
    DsseEnvelope changed = good;
    changed.signatures[0].bytes[at] = static_cast<char>(changed.signatures[0].bytes[at] ^ 0x01);
    CAPTURE(at);
    CHECK(said(changed) == changed_text);
  }
  DsseEnvelope typed = good;
  typed.payload_type += "2";
  CHECK(said(typed) == "signature: what is signed is no lock signature");
}

TEST_CASE("file signature: payloads of another shape are refused with the reason") {
  const std::string text = file_signature_text(lock_head(7), lock_subject(7)).value();
  const auto said = [&](std::string_view from, std::string_view to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return said_of(signed_payload(changed, SignedFileKind::kLock, {'a'}), lock_subject(7));
  };
  CHECK(said("\"subject\": \"\"", "\"subject\": 1") ==
        "error: `subject` must be a string and `files` an array");
  CHECK(said("\"subject\"", "\"sbject\"") == "error: unknown member `sbject`");
  CHECK(said("\"sha256\": \"", "\"sha256\": \"A") ==
        "error: a file needs `name` and `sha256`, 64 lower-case hex digits");
  CHECK(said("\"merlon_lock_signature\": 1", "\"merlon_lock_signature\": 2") ==
        "error: format 2 of a lock signature is not known; this program reads format 1");
}

namespace {

ListedKey listed(char seed, std::vector<std::string> uses) {
  return {.key = signature_key(seed).verifier,
          .uses = std::move(uses),
          .from = signature_day("2026-01-01"),
          .until = signature_day("2026-12-31"),
          .revoked = {},
          .reason = {}};
}

KeyListFile sample_list() {
  KeyListFile list{
      .head = lock_head(3),
      .keys = {listed('a', {"lock", "policy"}), listed('b', {"lock"}), listed('c', {"pins"})}};
  list.keys[1].revoked = signature_day("2026-05-01");
  list.keys[1].reason = "laptop lost";
  return list;
}

Result<KeyListFile> read_list(const std::string& text) {
  MERLON_TRY(const SignedPayload payload, parse_signed_payload(text, "keys", {}));
  return read_key_list(payload);
}

std::vector<std::string> key_names_of(const std::vector<VerifierKey>& keys) {
  std::vector<std::string> names;
  names.reserve(keys.size());
  for (const VerifierKey& key : keys) {
    names.push_back(key.name);
  }
  return names;
}

}  // namespace

TEST_CASE("key list: keys count for their uses, from their first day to their last") {
  const auto list = read_list(key_list_text(sample_list()));
  REQUIRE(list.has_value());
  const auto on = [&](std::string_view use, std::string_view day) {
    return key_names_of(list->keys_for(use, signature_day(day)));
  };
  CHECK(on("lock", "2026-01-01") == std::vector<std::string>{"acme/a"});
  CHECK(on("lock", "2026-12-31") == std::vector<std::string>{"acme/a"});
  CHECK(on("lock", "2027-01-01").empty());
  CHECK(on("lock", "2025-12-31").empty());
  CHECK(on("pins", "2026-06-01") == std::vector<std::string>{"acme/c"});
  CHECK(on("attestation", "2026-06-01").empty());
  CHECK(list->speaks_of("lock"));
  CHECK_FALSE(list->speaks_of("attestation"));
}

TEST_CASE("key list: a revoked key is revoked under any name") {
  const auto list = read_list(key_list_text(sample_list()));
  REQUIRE(list.has_value());
  VerifierKey renamed = signature_key('b').verifier;
  renamed.name = "other/name";
  CHECK(list->is_revoked(signature_key('b').verifier));
  CHECK(list->is_revoked(renamed));
  CHECK_FALSE(list->is_revoked(signature_key('a').verifier));
}

TEST_CASE("key list: lists of another shape are refused with the reason") {
  const std::string text = key_list_text(sample_list());
  const auto said = [&](std::string_view from, std::string_view to) {
    std::string changed = text;
    const std::size_t at = changed.find(from);
    REQUIRE(at != std::string::npos);
    changed.replace(at, from.size(), to);
    const auto list = read_list(changed);
    return list ? std::string("read") : list.error().message;
  };
  CHECK(said("\"pins\"", "\"anything\"") ==
        "a use must be one of rule-pack, package-list, lock, pins, policy, attestation");
  CHECK(said("\"pins\"", "\"key-list\"") ==
        "a use must be one of rule-pack, package-list, lock, pins, policy, attestation");
  CHECK(said("\"until\": \"2026-12-31\"", "\"until\": \"2025-12-31\"") ==
        "`until` lies before `from`");
  CHECK(said("\"reason\": \"laptop lost\"", "\"reason\": \" \"") ==
        "`revoked` and `reason` stand together, or not at all");
  CHECK(said("\"revoked\": \"2026-05-01\",", "") ==
        "`revoked` and `reason` stand together, or not at all");
  CHECK(said("\"uses\"", "\"use\"") == "unknown member `use`");
  CHECK(said(to_string(signature_key('c').verifier), to_string(signature_key('a').verifier)) ==
        "a key stands twice");
  CHECK(said(to_string(signature_key('c').verifier), "acme/x+00000000+BgAA") ==
        "the key `acme/x` has the unknown algorithm 0x06 (ML-DSA-44 cosignature)");
}

}  // namespace merlon
