// merlon attest verify: is this snapshot what a trusted key vouched for, step by step.
#include <utility>

#include "attest/scan_verdict.h"
#include "attest_actions.h"
#include "attest_measure.h"
#include "attest_words.h"
#include "base/digest/digest.h"

namespace merlon::cli {
namespace {

struct SurfaceVerifyWords {
  std::string snapshot;
  std::string attestation;
  TrustWords trust;
  std::vector<std::string> packages;
  std::string format{"text"};
  std::string now;
  std::string fail_on{"high"};
  bool verdict{false};
};

Result<Verification> verify_words(Env& env, const SurfaceVerifyWords& words,
                                  const std::vector<VerifierKey>& trusted, std::int64_t now_ms) {
  const Limits limits;
  const StatementTerms terms{.trusted = trusted, .now_ms = now_ms};
  MERLON_TRY(const auto source, env.files.read(words.attestation, limits.file_bytes));
  if (words.verdict) {
    MERLON_TRY(const auto snapshot, env.files.read(words.snapshot, limits.file_bytes));
    return verify_scan_verdict(source,
                               {.snapshot = sha256_hex(snapshot->bytes()),
                                .level = parse_severity(words.fail_on).value_or(Severity::kHigh)},
                               terms, limits);
  }
  auto claim = surface_of_snapshot(env, words.snapshot);
  if (!claim) {
    return std::unexpected(claim.error().front());
  }
  for (const std::string& path : words.packages) {
    MERLON_TRY(DigestedThing package, measure_package_file(env, path));
    claim->packages.push_back(std::move(package));
  }
  return verify_surface(source, *claim, terms, limits);
}

}  // namespace

int attest_verify(Env& env, std::span<const std::string> args) {
  SurfaceVerifyWords words;
  Options options("attest verify", "say whether a snapshot is what a trusted key vouched for");
  options.describe(
      "Compares a snapshot with a statement of `merlon attest sign`: signature, time, launch "
      "command, each list of definitions, packages. Exit code 0 when everything is as attested, 1 "
      "when a step says no, 3 when there is no trusted key or something cannot be read. Opens no "
      "socket.");
  options.positional("SNAPSHOT", words.snapshot, "a snapshot, or a manifest of one server", true);
  options.value("--attestation,-a", words.attestation, "FILE", "the statement; required");
  words.trust.declare(options);
  options.value("--package", words.packages, "FILE", "a package file to compare");
  options.flag("--verdict", words.verdict, "the statement says that a scan found nothing");
  options.choice("--fail-on", words.fail_on, {"info", "low", "medium", "high", "critical"},
                 "with --verdict: from which severity nothing may have been found (high)");
  options.choice("--format,-f", words.format, {"text", "json"}, "output format");
  options.value("--now", words.now, "TIME", "the time that is judged by (the clock's)");
  options.example("merlon attest verify weather.json --attestation weather.att --key ann.pub",
                  "is it what Ann saw?");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  if (words.attestation.empty()) {
    return fail_attest_action(env, make_error(ErrorCode::kUsage, "`--attestation` is required"),
                              kUsageError);
  }
  const auto now = attest_now_ms(env, words.now);
  if (!now) {
    return fail_attest_action(env, now.error(), kIncomplete);
  }
  int exit = kIncomplete;
  const auto trusted = words.trust.load(env, *now, exit);
  if (!trusted) {
    return exit;
  }
  const auto steps = verify_words(env, words, *trusted, *now);
  return steps ? write_verification(env, *steps, words.format)
               : fail_attest_action(env, steps.error(), kIncomplete);
}

}  // namespace merlon::cli
