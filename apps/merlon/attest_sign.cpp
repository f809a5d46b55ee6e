// merlon attest sign: what a server offers, or that a scan found nothing in it, signed.
#include <ostream>
#include <utility>

#include "attest/scan_verdict.h"
#include "attest_actions.h"
#include "attest_measure.h"
#include "attest_words.h"
#include "base/digest/digest.h"
#include "rules/matcher.h"
#include "scan/scanner.h"

namespace merlon::cli {
namespace {

struct SignWords {
  std::string snapshot;
  SignerWords signer;
  std::vector<std::string> packages;
  std::string expires;
  std::string now;
  std::string output;
  std::string fail_on{"high"};
  bool verdict{false};
};

int fail_sign(Env& env, const std::vector<Error>& errors) {
  for (const Error& error : errors) {
    env.err << render(error);
  }
  return kIncomplete;
}

int sign_and_print(Env& env, const SignWords& words, std::string payload) {
  const auto key = words.signer.load();
  if (!key) {
    return fail_attest_action(env, key.error(), kIncomplete);
  }
  const auto envelope = sign_statement(std::move(payload), *key);
  if (!envelope) {
    return fail_attest_action(env, envelope.error(), kIncomplete);
  }
  return write_attestation(env, words.output, to_string(*envelope));
}

int sign_surface(Env& env, const SignWords& words, const StatementTimes& times) {
  auto claim = surface_of_snapshot(env, words.snapshot);
  if (!claim) {
    return fail_sign(env, claim.error());
  }
  for (const std::string& path : words.packages) {
    auto package = measure_package_file(env, path);
    if (!package) {
      return fail_sign(env, {package.error()});
    }
    claim->packages.push_back(*std::move(package));
  }
  return sign_and_print(env, words, surface_statement(*claim, times));
}

/// Scans here and now: a report cannot say of which bytes it is.
int sign_verdict(Env& env, const SignWords& words, const StatementTimes& times) {
  const Limits limits;
  const auto source = env.files.read(words.snapshot, limits.file_bytes);
  const auto rules = CompiledRules::built_in();
  if (!source || !rules) {
    return fail_sign(env, {source ? rules.error() : source.error()});
  }
  ScanInputs inputs;
  add_source(inputs, *source);
  ScanReport report = scan(std::move(inputs), {}, *rules);
  report.fail_on = parse_severity(words.fail_on).value_or(Severity::kHigh);
  if (report.count_at_least(report.fail_on) > 0) {
    env.err << "merlon: nothing was signed: the scan found something from " << words.fail_on
            << " up; `merlon scan` shows it\n";
    return kNo;
  }
  if (report.incomplete()) {
    env.err << "merlon: nothing was signed: a part of the snapshot was not looked at\n";
    return kIncomplete;
  }
  return sign_and_print(env, words,
                        scan_verdict_statement({.snapshot = sha256_hex((*source)->bytes()),
                                                .engine = MERLON_VERSION,
                                                .rules_name = report.pack.name,
                                                .rules_version = report.pack.version,
                                                .rules_digest = report.pack.digest,
                                                .level = report.fail_on},
                                               times));
}

}  // namespace

int attest_sign(Env& env, std::span<const std::string> args) {
  SignWords words;
  Options options("attest sign", "sign what a server offers, or that a scan found nothing");
  options.describe(
      "Reads a snapshot of one server (`merlon capture`) and signs an in-toto statement in DSSE "
      "about it: the RFC 8785 digest of each definition, the launch command and packages. With "
      "--verdict the snapshot is scanned with the built-in rules, and that nothing was found is "
      "signed (Simple Verification Result); exit code 1 when something was found.");
  options.positional("SNAPSHOT", words.snapshot, "a snapshot, or a manifest of one server", true);
  words.signer.declare(options);
  options.value("--package", words.packages, "FILE",
                "a package file that the server comes in; its SHA-256 is attested as well");
  options.flag("--verdict", words.verdict, "scan it, and sign that nothing was found");
  options.choice("--fail-on", words.fail_on, {"info", "low", "medium", "high", "critical"},
                 "with --verdict: from which severity nothing may be found (high)");
  options.value("--expires", words.expires, "DATE", "the last day on which it holds; required");
  options.value("--now", words.now, "TIME", "the time of signing (the clock's)");
  options.value("--output,-o", words.output, "FILE", "where to write it (standard output)");
  options.example(
      "merlon attest sign weather.json --key me.pem --expires 2027-06-30 -o weather.att",
      "then `merlon attest verify weather.json --attestation weather.att --key me.pub`");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  if (words.verdict && !words.packages.empty()) {
    return fail_attest_action(
        env, make_error(ErrorCode::kUsage, "`--package` cannot be used with `--verdict`"), kNo);
  }
  const auto now = attest_now_ms(env, words.now);
  if (!now) {
    return fail_attest_action(env, now.error(), kIncomplete);
  }
  const auto times = times_until(words.expires, *now);
  if (!times) {
    return fail_attest_action(env, times.error(), kIncomplete);
  }
  return words.verdict ? sign_verdict(env, words, *times) : sign_surface(env, words, *times);
}

}  // namespace merlon::cli
