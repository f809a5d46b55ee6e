#include <iomanip>
#include <ostream>

#include "audit/audit_attacks.h"
#include "audit_inputs.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "exit_code.h"
#include "options.h"
#include "progress.h"

namespace merlon::cli {

int cmd_audit_verify(Env& env, std::span<const std::string> args);

namespace {

constexpr std::uint64_t kMostProofBytes = 1ULL << 20U;
constexpr std::uint64_t kNoRecord = ~0ULL;

struct VerifyWords {
  std::string path;
  AuditTrustWords trust;
  bool allow_open{false};
  bool self_attack{false};
  std::uint64_t prove{kNoRecord};
  std::string check;
  std::string format{"text"};
};

Options& declare_verify(Options& options, VerifyWords& words) {
  options.describe(
      "Says what has happened to an audit log, or to another log in C2SP's formats: SEALED, OPEN, "
      "TAMPERED, TRUNCATED, FORKED, STALE or TORN. The key comes from --key, --trust-policy, or "
      "the pin that the writer left on this machine. Exit code: 0 for SEALED, and for OPEN with "
      "--allow-open, under a trusted key; 1 when the log is not what was signed; 3 when it cannot "
      "be told: OPEN, TORN, no trusted key.");
  options.positional("LOG", words.path, "a log's folder, or a file of `merlon audit export`",
                     false);
  options.value("--key,-k", words.trust.keys, "VKEY",
                "a verifier key that is trusted, or a file of them");
  options.value("--trust-policy", words.trust.policy, "FILE",
                "logs and witnesses that are trusted (C2SP tlog-policy)");
  options.value("--against,-a", words.trust.against, "FILE",
                "a signed checkpoint that is known from elsewhere");
  options.value("--max-age", words.trust.max_age, "SECONDS", "the last record may not be older");
  options.flag("--allow-open", words.allow_open, "a log without a seal is exit code 0 as well");
  options.value("--prove", words.prove, "N", "write a proof of record N to standard output");
  options.value("--check", words.check, "PROOF", "verify such a proof, without a log");
  options.flag("--self-attack", words.self_attack,
               "make every attack on a copy of the log, and show what is detected");
  options.value("--threads", words.trust.threads, "N", "how many processors to use (all)");
  options.choice("--format,-f", words.format, {"text", "json"}, "how the verdict is written");
  options.example("merlon audit-verify audit/", "by the pin of this machine");
  options.example("merlon audit-verify audit/ --key log.vkey --against checkpoint.old",
                  "by a key and an older state that were kept elsewhere");
  options.example("merlon audit-verify audit/ --prove 42 > 42.tlog-proof",
                  "one record that can be checked without the log");
  return options;
}

int fail_verify(Env& env, const Error& error, int code) {
  env.err << render(error);
  return code;
}

int exit_code_of(const AuditReport& report, bool allow_open) {
  switch (report.verdict) {
    case AuditVerdict::kTampered:
    case AuditVerdict::kTruncated:
    case AuditVerdict::kForked:
    case AuditVerdict::kStale: return kNo;
    case AuditVerdict::kTorn: return kIncomplete;
    case AuditVerdict::kSealed:
    case AuditVerdict::kOpen: break;
  }
  const bool closed = report.verdict == AuditVerdict::kSealed || allow_open;
  return closed && report.key_source != AuditKeySource::kNobody ? kYes : kIncomplete;
}

/// What only somebody else's word could tell.
std::string limits_of(const AuditReport& report, const AuditTrust& trust) {
  if (report.verdict != AuditVerdict::kSealed && report.verdict != AuditVerdict::kOpen) {
    return "";
  }
  const bool elsewhere = !trust.against.empty() || !report.witnesses.empty() ||
                         (trust.pin && !trust.pin->checkpoint.empty());
  return elsewhere ? ""
                   : "a log that was set back as a whole, or forked, is only told with a "
                     "checkpoint from elsewhere (--against) or witnesses (--trust-policy)";
}

std::string where_of(const AuditReport& report) {
  std::string where;
  if (report.first_bad) {
    where = "record " + std::to_string(*report.first_bad);
  } else if (report.last_bad) {
    where = "a record up to " + std::to_string(*report.last_bad);
  }
  if (!report.file.empty()) {
    where += (where.empty() ? "" : ", ") + report.file;
    where += report.first_bad ? ", byte " + std::to_string(report.offset) : "";
  }
  return where;
}

void write_line(Env& env, std::string_view name, const std::string& value) {
  if (!value.empty()) {
    env.out << "  " << std::left << std::setw(10) << name << escape_for_display(value) << '\n';
  }
}

void write_text(Env& env, const AuditReport& report, const AuditTrust& trust) {
  env.out << to_string(report.verdict);
  if (report.attack != AuditAttack::kNone) {
    env.out << " (" << to_string(report.attack) << ')';
  }
  env.out << ": " << escape_for_display(report.message) << '\n';
  write_line(env, "where", where_of(report));
  write_line(env, "log", report.origin);
  if (!report.first_time.empty()) {
    write_line(env, "time", report.first_time + " to " + report.last_time);
  }
  if (report.epochs > 0) {
    write_line(env, "holds",
               counted(report.sessions, "session") + ", " + counted(report.epochs, "epoch") + ", " +
                   counted(report.heartbeats, "heartbeat"));
  }
  if (report.pruned > 0) {
    write_line(env, "pruned", counted(report.pruned, "record") + " at the front");
  }
  if (report.unpaired > 0) {
    write_line(env, "unpaired", counted(report.unpaired, "request") + " without an outcome");
  }
  write_line(env, "key",
             report.key_source == AuditKeySource::kNobody
                 ? "nobody vouches for it: no key was given or pinned"
                 : report.key + ", " + std::string(to_string(report.key_source)));
  write_line(env, "witnesses", join(report.witnesses, ", "));
  for (const std::string& note : report.notes) {
    write_line(env, "note", note);
  }
  write_line(env, "note", limits_of(report, trust));
}

void write_json(Env& env, const AuditReport& report, const AuditTrust& trust, int code) {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object().field("verdict", to_string(report.verdict));
  json.field("attack", to_string(report.attack)).field("message", report.message);
  json.field("exit_code", code);
  if (report.first_bad) {
    json.field("first_bad", *report.first_bad);
  }
  if (report.last_bad) {
    json.field("last_bad", *report.last_bad);
  }
  if (!report.file.empty()) {
    json.field("file", report.file).field("offset", report.offset);
  }
  json.field("origin", report.origin).field("root", report.root);
  json.field("key", report.key).field("key_source", to_string(report.key_source));
  json.field("records", report.records).field("covered", report.covered);
  json.field("pruned", report.pruned).field("torn_bytes", report.torn_bytes);
  json.field("sealed", report.sealed).field("being_written", report.being_written);
  json.field("sessions", report.sessions).field("epochs", report.epochs);
  json.field("heartbeats", report.heartbeats).field("unpaired", report.unpaired);
  json.field("bytes", report.bytes);
  json.field("first_time", report.first_time).field("last_time", report.last_time);
  json.key("witnesses").begin_array();
  for (const std::string& witness : report.witnesses) {
    json.string(witness);
  }
  json.end_array().key("notes").begin_array();
  for (const std::string& note : report.notes) {
    json.string(note);
  }
  if (const std::string limits = limits_of(report, trust); !limits.empty()) {
    json.string(limits);
  }
  json.end_array().end_object();
  env.out << std::move(json).take() << '\n';
}

int answer(Env& env, const VerifyWords& words, const AuditReport& report, const AuditTrust& trust) {
  const int code = exit_code_of(report, words.allow_open);
  if (words.format == "json") {
    write_json(env, report, trust, code);
  } else {
    write_text(env, report, trust);
  }
  return code;
}

int check_proof(Env& env, const VerifyWords& words, const AuditTrust& trust) {
  const auto source = env.files.read(words.check, kMostProofBytes);
  if (!source) {
    return fail_verify(env, source.error(), kIncomplete);
  }
  const auto proof = parse_tlog_proof((*source)->bytes());
  if (!proof) {
    return fail_verify(env, proof.error(), kIncomplete);
  }
  const auto report = check_record_proof(*proof, trust);
  if (!report) {
    return fail_verify(env, report.error(), kIncomplete);
  }
  const int code = answer(env, words, *report, trust);
  if (code == kYes && words.format == "text") {
    env.out << "  record    " << escape_for_display(proof->extra.value_or("")) << '\n';
  }
  return code;
}

int attack(Env& env, const AuditInput& input, const AuditTrust& trust) {
  const auto table = attack_audit_log(input.view(), trust);
  if (!table) {
    return fail_verify(env, table.error(), kIncomplete);
  }
  env.out << "each attack at " << counted(table->places, "record") << " of " << table->records
          << "\n\n"
          << std::left << std::setw(32) << "attack" << std::right << std::setw(8) << "made"
          << std::setw(10) << "detected" << std::setw(8) << "named" << std::setw(9) << "located"
          << "  needs\n";
  bool all = true;
  for (const AttackRow& row : table->rows) {
    all = all && row.detected == row.made;
    env.out << std::left << std::setw(32) << row.attack << std::right << std::setw(8) << row.made
            << std::setw(10) << row.detected << std::setw(8) << row.named << std::setw(9)
            << row.located << "  " << (row.needs.empty() ? "the pinned key" : row.needs) << '\n';
  }
  env.out << std::left << std::setw(32) << "OMIT" << std::right << std::setw(8) << "-"
          << std::setw(10) << "-" << std::setw(8) << "-" << std::setw(9) << "-"
          << "  what was never written leaves no trace\n";
  return all ? kYes : kNo;
}

int prove(Env& env, const VerifyWords& words, const AuditInput& input, const AuditTrust& trust) {
  const auto proof = prove_record(input.view(), words.prove, trust.work);
  if (!proof) {
    return fail_verify(env, proof.error(),
                       proof.error().code == ErrorCode::kUsage ? kUsageError : kNo);
  }
  env.out << to_string(*proof);
  return kYes;
}

}  // namespace

int cmd_audit_verify(Env& env, std::span<const std::string> args) {
  VerifyWords words;
  Options options("audit-verify", "say what has happened to an audit log");
  if (const auto code = declare_verify(options, words).parse(env, args)) {
    return *code;
  }
  auto trust = read_audit_trust(env, words.trust);
  if (!trust) {
    return fail_verify(env, trust.error(), kIncomplete);
  }
  if (!words.check.empty()) {
    return check_proof(env, words, *trust);
  }
  if (words.path.empty()) {
    return fail_verify(env, make_error(ErrorCode::kUsage, "no log to verify"), kUsageError);
  }
  const auto input = open_audit_input(env, words.path);
  if (!input) {
    return fail_verify(env, input.error(), kIncomplete);
  }
  trust->pin = input->pin;
  if (words.self_attack) {
    return attack(env, *input, *trust);
  }
  if (words.prove != kNoRecord) {
    return prove(env, words, *input, *trust);
  }
  Progress progress(env, "verifying");
  trust->work.progress = [&progress](std::uint64_t done, std::uint64_t total) {
    progress.update(done, total, "");
  };
  const auto report = verify_audit_log(input->view(), *trust);
  progress.clear();
  return report ? answer(env, words, *report, *trust)
                : fail_verify(env, report.error(), kIncomplete);
}

}  // namespace merlon::cli
