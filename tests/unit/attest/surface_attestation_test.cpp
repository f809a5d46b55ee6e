#include "attest/surface_attestation.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "attest/scan_verdict.h"
#include "base/digest/digest.h"
#include "base/timestamp.h"

namespace merlon {
namespace {

SigningKey surface_key(char seed) {
  return make_signing_key("acme/" + std::string(1, seed),
                          Ed25519PrivateKey::from_seed(std::string(32, seed)).value())
      .value();
}

SurfaceClaim sample_surface() {
  return {.definitions = {{.name = "instructions", .sha256 = sha256_hex("prefer forecast")},
                          {.name = "prompt/plan", .sha256 = sha256_hex("plan")},
                          {.name = "tool/forecast", .sha256 = sha256_hex("forecast")},
                          {.name = "tool/forecast", .sha256 = sha256_hex("forecast of old")}},
          .launch = sha256_hex("npx weather"),
          .launch_words = {"npx", "weather"},
          .packages = {{.name = "package/weather.tgz", .sha256 = sha256_hex("tgz")}}};
}

std::int64_t at_ms(std::string_view time) {
  return parse_timestamp_ms(time).value();
}

StatementTimes sample_times() {
  return {.issued = at_ms("2026-01-01T00:00:00Z") / 1000,
          .expires = at_ms("2026-12-31T23:59:59Z") / 1000};
}

std::shared_ptr<const SourceText> signed_text(const std::string& payload, char seed = 'a') {
  return SourceText::copy_of("weather.att",
                             to_string(sign_statement(payload, surface_key(seed)).value()));
}

std::shared_ptr<const SourceText> signed_surface() {
  return signed_text(surface_statement(sample_surface(), sample_times()));
}

std::string failed_step(const Result<Verification>& steps) {
  if (!steps) {
    return "error: " + steps.error().message;
  }
  for (const VerificationStep& step : steps->steps) {
    if (!step.ok) {
      return step.name + ": " + step.text;
    }
  }
  return steps->ok() ? "verified" : "nothing was verified";
}

std::string judged(const std::shared_ptr<const SourceText>& source, const SurfaceClaim& seen,
                   std::string_view now = "2026-06-01T00:00:00Z", char trusted = 'a') {
  const std::vector<VerifierKey> keys{surface_key(trusted).verifier};
  return failed_step(verify_surface(source, seen, {.trusted = keys, .now_ms = at_ms(now)}, {}));
}

}  // namespace

TEST_CASE("surface attestation: what was attested is verified, step by step") {
  const std::vector<VerifierKey> keys{surface_key('a').verifier};
  const auto steps = verify_surface(signed_surface(), sample_surface(),
                                    {.trusted = keys, .now_ms = at_ms("2026-06-01T00:00:00Z")}, {});
  REQUIRE(steps.has_value());
  std::vector<std::string> shown;
  for (const VerificationStep& step : steps->steps) {
    shown.push_back((step.ok ? "ok " : "FAIL ") + step.name + ": " + step.text);
  }
  const std::vector<std::string> expected{
      "ok signature: signed by " + short_key(keys[0]),
      "ok statement: urn:merlon:predicate:surface:v1 about 6 subjects",
      "ok time: issued 2026-01-01T00:00:00Z, holds until 2026-12-31T23:59:59Z",
      "ok launch: sha256:" + sha256_hex("npx weather"),
      "ok instructions: 1 as attested",
      "ok tool: 2 as attested",
      "ok prompt: 1 as attested",
      "ok resource: 0 as attested",
      "ok resource-template: 0 as attested",
      "ok skill: 0 as attested",
      "ok package: 1 package as attested"};
  CHECK(shown == expected);
}

TEST_CASE("surface attestation: each difference is refused with its reason") {
  SurfaceClaim seen = sample_surface();
  seen.definitions[2].sha256 = sha256_hex("forecast, and send it to me");
  CHECK(judged(signed_surface(), seen) == "tool: `tool/forecast` is not as attested");
  seen = sample_surface();
  seen.definitions.push_back({.name = "tool/new", .sha256 = sha256_hex("new")});
  CHECK(judged(signed_surface(), seen) == "tool: `tool/new` was not attested");
  seen = sample_surface();
  seen.definitions.erase(seen.definitions.begin() + 1);
  CHECK(judged(signed_surface(), seen) == "prompt: `prompt/plan` was attested and is not there");
  seen = sample_surface();
  seen.definitions[0].sha256 = sha256_hex("obey");
  CHECK(judged(signed_surface(), seen) == "instructions: `instructions` is not as attested");
  seen = sample_surface();
  seen.launch = sha256_hex("npx weathre");
  CHECK(judged(signed_surface(), seen) ==
        "launch: it is launched by another command than the attested one");
  seen.launch.clear();
  CHECK(judged(signed_surface(), seen) ==
        "launch: a launch command is attested, and there is none");
  seen = sample_surface();
  seen.packages[0].sha256 = sha256_hex("other tgz");
  CHECK(judged(signed_surface(), seen) == "package: `weather.tgz` is not the attested package");
}

TEST_CASE("surface attestation: time, key and purpose") {
  CHECK(judged(signed_surface(), sample_surface(), "2027-01-01T00:02:00Z") ==
        "time: it expired at 2026-12-31T23:59:59Z");
  CHECK(judged(signed_surface(), sample_surface(), "2025-12-31T23:58:00Z") ==
        "time: it was issued in the future, at 2026-01-01T00:00:00Z");
  CHECK(judged(signed_surface(), sample_surface(), "2026-06-01T00:00:00Z", 'b')
            .starts_with("signature: no trusted key signed it"));
  const auto verdict = signed_text(
      scan_verdict_statement({.snapshot = sha256_hex("s"), .engine = "0.1.0"}, sample_times()));
  CHECK(judged(verdict, sample_surface()) ==
        "statement: it says `https://in-toto.io/attestation/svr/v0.1`, not "
        "`urn:merlon:predicate:surface:v1`");
}

TEST_CASE("surface attestation: each byte of the payload that is changed is refused") {
  const std::string payload = surface_statement(sample_surface(), sample_times());
  const DsseEnvelope good = sign_statement(payload, surface_key('a')).value();
  for (std::size_t at = 0; at < payload.size(); ++at) {
    DsseEnvelope changed = good;
    changed.payload[at] = static_cast<char>(changed.payload[at] ^ 0x01);
    CAPTURE(at);
    CHECK(judged(SourceText::copy_of("a", to_string(changed)), sample_surface()) ==
          "signature: the signature of a trusted key does not fit: it was changed");
  }
  DsseEnvelope typed = good;
  typed.payload_type = "application/json";
  CHECK(judged(SourceText::copy_of("a", to_string(typed)), sample_surface()) ==
        "signature: what is signed is no in-toto statement");
}

TEST_CASE("surface attestation: a field that a trusted key signed wrongly is refused by name") {
  const std::string good = surface_statement(sample_surface(), sample_times());
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    return judged(signed_text(text), sample_surface());
  };
  CHECK(with("Statement/v1", "Statement/v0.1") ==
        "statement: it is no statement of version 1 with SHA-256 digests");
  CHECK(with("Statement/v1", "Statement/v9") ==
        "error: the statement's type `https://in-toto.io/Statement/v9` is not known");
  CHECK(with("surface:v1", "surface:v2") ==
        "statement: it says `urn:merlon:predicate:surface:v2`, not "
        "`urn:merlon:predicate:surface:v1`");
  CHECK(with("\"sha256\"", "\"sha1\"") ==
        "statement: it is no statement of version 1 with SHA-256 digests");
  CHECK(with("\"expires\"", "\"expired\"") == "time: it does not say from when to when it holds");
  CHECK(with("tool/forecast", "toolkit/forecast").starts_with("tool: "));
  CHECK(with("prompt/plan", "promptly/plan") == "prompt: `prompt/plan` was not attested");
}

TEST_CASE("scan verdict: holds for these bytes, at this level or a laxer one") {
  const auto source = signed_text(scan_verdict_statement({.snapshot = sha256_hex("snapshot"),
                                                          .engine = "0.1.0",
                                                          .rules_name = "built-in",
                                                          .rules_version = "1.2.0",
                                                          .rules_digest = sha256_hex("rules"),
                                                          .level = Severity::kMedium},
                                                         sample_times()));
  const std::vector<VerifierKey> keys{surface_key('a').verifier};
  const auto said = [&](std::string_view bytes, Severity level) {
    return failed_step(
        verify_scan_verdict(source, {.snapshot = sha256_hex(bytes), .level = level},
                            {.trusted = keys, .now_ms = at_ms("2026-06-01T00:00:00Z")}, {}));
  };
  CHECK(said("snapshot", Severity::kMedium) == "verified");
  CHECK(said("snapshot", Severity::kHigh) == "verified");
  CHECK(said("snapshot", Severity::kLow) ==
        "level: it does not say that there is nothing from low up");
  CHECK(said("another", Severity::kHigh) == "snapshot: other bytes than these were scanned");
}

}  // namespace merlon
