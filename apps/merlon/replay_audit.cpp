#include "replay_audit.h"

#include <utility>

#include "audit_inputs.h"
#include "replay/audited_sessions.h"

namespace merlon::cli {
namespace {

std::vector<SessionReplay> unread_log(const std::string& path, Error error, bool tampered) {
  SessionReplay out;
  out.file = path;
  out.format = kAuditLogFormat;
  out.complete = false;
  out.tampered = tampered;
  if (error.where.file.empty()) {
    error.where.file = path;
  }
  out.errors.push_back(std::move(error));
  std::vector<SessionReplay> all;
  all.push_back(std::move(out));
  return all;
}

bool is_not_what_was_signed(AuditVerdict verdict) {
  switch (verdict) {
    case AuditVerdict::kSealed:
    case AuditVerdict::kOpen:
    case AuditVerdict::kTorn: return false;
    case AuditVerdict::kTampered:
    case AuditVerdict::kTruncated:
    case AuditVerdict::kForked:
    case AuditVerdict::kStale: return true;
  }
  return true;
}

}  // namespace

std::optional<std::vector<SessionReplay>> audited_sessions(const Env& env, const std::string& path,
                                                           const std::vector<std::string>& keys,
                                                           ShownMessages shown) {
  const auto kind = env.files.kind_of(path);
  if (!kind || *kind != FileKind::kDirectory) {
    return std::nullopt;
  }
  const auto input = open_audit_input(env, path);
  // Logs are verified beside each other already.
  auto trust = read_audit_trust(env, {.keys = keys, .threads = 1});
  if (!input || !trust) {
    return unread_log(path, input ? trust.error() : input.error(), false);
  }
  trust->pin = input->pin;
  const AuditLogView view = input->view();
  const auto report = verify_audit_log(view, *trust);
  if (!report) {
    return unread_log(path, report.error(), false);
  }
  if (is_not_what_was_signed(report->verdict)) {
    return unread_log(path,
                      make_error(ErrorCode::kFormat, "the audit log is ",
                                 to_string(report->verdict), ": ", report->message),
                      true);
  }
  return read_audited_sessions(view, *report, path, shown);
}

}  // namespace merlon::cli
