#pragma once
/// What `merlon attest` hashes: snapshots, packages, executables, policies and logs. Each says how
/// far what was hashed is what runs.
#include <cstdint>
#include <string>
#include <vector>

#include "attest/evidence.h"
#include "attest/surface_attestation.h"
#include "capability/lock.h"
#include "env.h"

namespace merlon::cli {

/// The same of a lock of one server; `path` is named in errors.
[[nodiscard]] Checked<SurfaceClaim> surface_of_lock(const Lock& lock, const std::string& path);

/// The definitions and the launch command of a snapshot of one server. All problems.
[[nodiscard]] Checked<SurfaceClaim> surface_of_snapshot(Env& env, const std::string& path);

/// `package/NAME` with the SHA-256 of a file.
[[nodiscard]] Result<DigestedThing> measure_package_file(const Env& env, const std::string& path);

/// A folder: SHA-256 over a line `sha256  path` for each file below it, sorted by path; of a link
/// its target. Files that are read by an interpreter when it starts. A file: its SHA-256.
[[nodiscard]] Result<EvidenceClaim> measure_package(const Env& env, const std::string& path);

/// The file that a running process executes, by `/proc/PID/exe`: the very file, whatever stands at
/// its path now.
[[nodiscard]] Result<EvidenceClaim> measure_process(const Env& env, std::uint64_t pid);
/// A file at a path, which need not be what runs.
[[nodiscard]] Result<EvidenceClaim> measure_executable(const Env& env, const std::string& path);

/// Over the sorted definitions of a snapshot; the server says them.
[[nodiscard]] EvidenceClaim claim_surface(const SurfaceClaim& claim);
[[nodiscard]] EvidenceClaim claim_launch(const SurfaceClaim& claim);

struct MeasuredPolicy {
  EvidenceClaim claim;
  std::uint64_t version{0};
};
[[nodiscard]] Checked<MeasuredPolicy> measure_policy(const Env& env, const std::string& path);

struct MeasuredLog {
  EvidenceClaim claim;
  std::uint64_t size{0};
};
/// The newest checkpoint of an audit log. Its signature is for `audit-verify` to judge.
[[nodiscard]] Result<MeasuredLog> measure_audit_log(const Env& env, const std::string& folder);

}  // namespace merlon::cli
