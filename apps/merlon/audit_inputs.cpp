#include "audit_inputs.h"

#include <chrono>
#include <thread>

#include "signed_inputs.h"
#include "state_places.h"

namespace merlon::cli {
namespace {

constexpr std::uint64_t kMostExportBytes = 4ULL << 30U;
constexpr std::uint64_t kMostNoteFile = 1ULL << 20U;

/// The folder of a log's own file; empty for another one.
std::string folder_of_segment(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (name != kOpenSegment && !first_of_segment_name(name) && name != "checkpoint") {
    return "";
  }
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

}  // namespace

std::string audit_state(const Env& env) {
  return state_place(env, "audit");
}

Result<AuditInput> open_audit_input(const Env& env, const std::string& path) {
  MERLON_TRY(const FileKind kind, env.files.kind_of(path));
  const std::string folder = kind == FileKind::kDirectory ? path : folder_of_segment(path);
  AuditInput input;
  if (folder.empty()) {
    MERLON_TRY(const auto source, env.files.read(path, kMostExportBytes));
    MERLON_TRY(input.exported, parse_audit_export(source->bytes()));
    return input;
  }
  // First what is remembered of it, then the log: it can only have grown since.
  MERLON_TRY(const std::string real, env.files.canonical(folder));
  MERLON_TRY(input.pin, find_audit_pin(audit_state(env), real));
  MERLON_TRY(input.folder, load_audit_log(real));
  return input;
}

Result<AuditTrust> read_audit_trust(const Env& env, const AuditTrustWords& words) {
  AuditTrust trust;
  MERLON_TRY(trust.keys, read_trusted_keys(env.files, words.keys));
  if (!words.policy.empty()) {
    MERLON_TRY(const auto source, env.files.read(words.policy, kMostNoteFile));
    MERLON_TRY(trust.policy, parse_tlog_policy(source->bytes(), words.policy));
  }
  for (const std::string& path : words.against) {
    MERLON_TRY(const auto source, env.files.read(path, kMostNoteFile));
    trust.against.emplace_back(source->bytes());
  }
  if (words.max_age > 0) {
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(env.clock.now().time_since_epoch());
    constexpr std::uint64_t kCentury = 3'155'760'000;
    trust.newest_before_ms =
        now.count() - static_cast<std::int64_t>(std::min(words.max_age, kCentury)) * 1000;
  }
  trust.work.threads = words.threads > 0
                           ? static_cast<unsigned>(std::min<std::uint64_t>(words.threads, 256))
                           : std::max(1U, std::thread::hardware_concurrency());
  return trust;
}

}  // namespace merlon::cli
