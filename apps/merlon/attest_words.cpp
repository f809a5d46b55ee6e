#include "attest_words.h"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <utility>

#include "base/json/json_writer.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "rules/key_list_file.h"
#include "verification_output.h"

namespace merlon::cli {
namespace {

constexpr std::int64_t kWordSecond = 1000;

Date date_of(std::int64_t now_ms) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(now_ms)};
  return Date(std::chrono::floor<std::chrono::days>(time));
}

}  // namespace

int fail_attest_action(Env& env, const Error& error, int code) {
  env.err << render(error);
  return error.code == ErrorCode::kUsage ? kUsageError : code;
}

Result<std::int64_t> attest_now_ms(const Env& env, const std::string& word) {
  if (word.empty()) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(env.clock.now().time_since_epoch())
        .count();
  }
  const auto time = parse_timestamp_ms(word);
  if (!time) {
    return fail(ErrorCode::kUsage, "`--now ", word, "` is no time like 2026-01-31T12:00:00Z");
  }
  return *time;
}

Result<StatementTimes> times_until(const std::string& expires, std::int64_t now_ms) {
  if (expires.empty()) {
    return fail(ErrorCode::kUsage, "`--expires DATE` is required");
  }
  const auto date = parse_date(expires);
  if (!date) {
    return fail(ErrorCode::kUsage, "`--expires`: ", date.error().message);
  }
  const auto end = std::chrono::sys_days(*date) + std::chrono::days(1) - std::chrono::seconds(1);
  const StatementTimes times{
      .issued = now_ms / kWordSecond,
      .expires = std::chrono::duration_cast<std::chrono::seconds>(end.time_since_epoch()).count()};
  if (times.expires < times.issued) {
    return fail(ErrorCode::kUsage, "`--expires ", expires, "` lies in the past");
  }
  return times;
}

int write_attestation(Env& env, const std::string& path, std::string_view text) {
  if (path.empty()) {
    env.out << text;
    return kYes;
  }
  if (const Status status = write_file_atomically(path, text); !status) {
    return fail_attest_action(env, status.error(), kEnvironment);
  }
  return kYes;
}

void SignerWords::declare(Options& options) {
  options.value("--key,-k", file, "FILE",
                "private key in PEM, as `merlon attest keygen` makes it; required");
  options.value("--key-name", name, "NAME", "name of the key (the one in its file)");
}

Result<SigningKey> SignerWords::load() const {
  if (file.empty()) {
    return fail(ErrorCode::kUsage, "`--key` is required");
  }
  return load_signing_key(file, name);
}

void TrustWords::declare(Options& options) {
  options.value("--key,-k", keys, "KEY",
                "trusted verifier key, a file of them, or a public key in PEM");
  lists.declare(options);
}

std::optional<std::vector<VerifierKey>> TrustWords::load(Env& env, std::int64_t now_ms,
                                                         int& exit) const {
  SignedInputs inputs(env, {.limits = {}, .today = date_of(now_ms), .key_lists = lists});
  auto trusted = inputs.trusted(kAttestationUse, keys, exit);
  if (trusted) {
    if (const auto code = inputs.remember()) {
      exit = *code;
      return std::nullopt;
    }
  }
  return trusted;
}

int write_verification(Env& env, const Verification& steps, const std::string& format) {
  if (format == "json") {
    JsonWriter json(JsonStyle::kPretty);
    json.begin_object();
    write_steps_json(json, steps.steps, steps.ok());
    json.end_object();
    env.out << std::move(json).take() << '\n';
  } else {
    write_steps_text(env, steps.steps, steps.ok());
  }
  for (const VerificationStep& step : steps.steps) {
    if (!step.ok && !step.hint.empty()) {
      env.err << "merlon: hint: " << escape_for_display(step.hint) << '\n';
    }
  }
  return steps.ok() ? kYes : kNo;
}

}  // namespace merlon::cli
