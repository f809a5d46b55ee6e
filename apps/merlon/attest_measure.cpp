#include "attest_measure.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/digest/digest.h"
#include "exit_code.h"
#include "policy/policy_loader.h"
#include "policy/shipped_policies.h"
#include "policy_actions.h"
#include "proof/checkpoint.h"
#include "proof/note.h"
#include "rules/matcher.h"
#include "scan_lock.h"

namespace merlon::cli {
namespace {

constexpr std::uint64_t kMostMeasuredBytes = std::uint64_t{4} << 30U;
constexpr std::string_view kDigestPrefix = "sha256:";

std::string base_name(const std::string& path) {
  const std::size_t end = path.find_last_not_of('/');
  const std::string trimmed = end == std::string::npos ? path : path.substr(0, end + 1);
  return trimmed.substr(trimmed.rfind('/') + 1);
}

std::string without_prefix(const std::string& digest) {
  return digest.starts_with(kDigestPrefix) ? digest.substr(kDigestPrefix.size()) : digest;
}

std::string_view subject_list(LockList list) {
  switch (list) {
    case LockList::kInstructions: return "instructions";
    case LockList::kTools: return "tool";
    case LockList::kPrompts: return "prompt";
    case LockList::kResources: return "resource";
    case LockList::kResourceTemplates: return "resource-template";
    case LockList::kSkills: return "skill";
  }
  return "tool";
}

Result<std::string> digest_of_file(const Env& env, const std::string& path) {
  MERLON_TRY(const auto source, env.files.read(path, kMostMeasuredBytes));
  return sha256_hex(source->bytes());
}

/// One line of a tree's text for each file, in any order.
class TreeLines {
 public:
  explicit TreeLines(const Env& env) : env_(env) {}

  Result<std::vector<std::string>> below(const std::string& root) {
    std::vector<std::pair<std::string, std::uint32_t>> open{{std::string(), 0}};
    while (!open.empty()) {
      const auto [folder, depth] = std::move(open.back());
      open.pop_back();
      if (depth > limits_.walk_depth) {
        return fail(ErrorCode::kLimit, "`", root, "` is nested too deep");
      }
      MERLON_TRY(const auto entries, env_.files.list(root + "/" + folder));
      for (const DirectoryEntry& entry : entries) {
        const std::string path = folder.empty() ? entry.name : folder + "/" + entry.name;
        if (entry.kind == FileKind::kDirectory) {
          open.emplace_back(path, depth + 1);
          continue;
        }
        MERLON_CHECK(add(root, path, entry.kind));
      }
    }
    std::ranges::sort(lines_, {}, &Line::path);
    std::vector<std::string> out;
    out.reserve(lines_.size());
    for (const Line& line : lines_) {
      out.push_back(line.what + "  " + line.path + "\n");
    }
    return out;
  }

 private:
  struct Line {
    std::string path;
    std::string what;
  };

  Status add(const std::string& root, const std::string& path, FileKind kind) {
    if (lines_.size() == limits_.walk_files) {
      return fail(ErrorCode::kLimit, "`", root, "` has too many files");
    }
    if (path.find('\n') != std::string::npos) {
      return fail(ErrorCode::kFormat, "a file below `", root, "` has a line feed in its name");
    }
    if (kind == FileKind::kSymlink) {
      std::error_code problem;
      const auto target = std::filesystem::read_symlink(root + "/" + path, problem);
      if (problem) {
        return fail(ErrorCode::kIo, "cannot read the link `", path, "`: ", problem.message());
      }
      lines_.push_back({.path = path, .what = "link:" + sha256_hex(target.string())});
      return {};
    }
    if (kind != FileKind::kRegular) {
      return fail(ErrorCode::kFormat, "`", path, "` is no file, folder or link");
    }
    MERLON_TRY(std::string digest, digest_of_file(env_, root + "/" + path));
    lines_.push_back({.path = path, .what = std::move(digest)});
    return {};
  }

  const Env& env_;
  Limits limits_;
  std::vector<Line> lines_;
};

}  // namespace

Checked<SurfaceClaim> surface_of_lock(const Lock& lock, const std::string& path) {
  if (lock.servers.size() != 1) {
    return std::unexpected(std::vector<Error>{make_error(ErrorCode::kFormat, "`", path,
                                                         "` must hold one server; it holds ",
                                                         std::to_string(lock.servers.size()))});
  }
  const LockedServer& server = lock.servers.front();
  SurfaceClaim claim{.definitions = {},
                     .launch = without_prefix(server.launch_digest),
                     .launch_words = server.launch,
                     .packages = {}};
  for (const LockedItem& item : server.items) {
    std::string name(subject_list(item.list));
    if (item.list != LockList::kInstructions) {
      name += "/" + item.name;
    }
    claim.definitions.push_back({.name = std::move(name), .sha256 = without_prefix(item.digest)});
  }
  std::ranges::sort(claim.definitions);
  return claim;
}

Checked<SurfaceClaim> surface_of_snapshot(Env& env, const std::string& path) {
  const Limits limits;
  auto source = env.files.read(path, limits.file_bytes);
  if (!source) {
    return std::unexpected(std::vector<Error>{source.error()});
  }
  int code = kYes;
  const std::vector<Manifest> manifests = manifests_of(env, {path}, code);
  const auto rules = CompiledRules::built_in();
  if (code != kYes || manifests.empty()) {
    return std::unexpected(std::vector<Error>{
        make_error(ErrorCode::kFormat, "`", path, "` cannot be read as a snapshot as a whole")});
  }
  if (!rules) {
    return std::unexpected(std::vector<Error>{rules.error()});
  }
  std::vector<const Manifest*> all;
  all.reserve(manifests.size());
  for (const Manifest& manifest : manifests) {
    all.push_back(&manifest);
  }
  // A lock of it has the digests: one way to make them.
  MERLON_TRY(const std::string text, lock_text(all, lock_options(*rules), 1));
  MERLON_TRY(const Lock lock, load_lock(SourceText::copy_of(path, text), limits));
  return surface_of_lock(lock, path);
}

Result<DigestedThing> measure_package_file(const Env& env, const std::string& path) {
  MERLON_TRY(std::string digest, digest_of_file(env, path));
  return DigestedThing{.name = "package/" + base_name(path), .sha256 = std::move(digest)};
}

Result<EvidenceClaim> measure_package(const Env& env, const std::string& path) {
  MERLON_TRY(const FileKind kind, env.files.kind_of(path));
  if (kind != FileKind::kDirectory) {
    MERLON_TRY(std::string digest, digest_of_file(env, path));
    return EvidenceClaim{.name = "package",
                         .basis = ClaimBasis::kInferred,
                         .sha256 = std::move(digest),
                         .hashed = "the package file " + base_name(path)};
  }
  MERLON_TRY(const std::vector<std::string> lines, TreeLines(env).below(path));
  Sha256Stream stream;
  for (const std::string& line : lines) {
    stream.update(line);
  }
  return EvidenceClaim{
      .name = "package",
      .basis = ClaimBasis::kMeasured,
      .sha256 = to_hex(stream.finish()),
      .hashed = "the tree of " + std::to_string(lines.size()) + " files below " + base_name(path)};
}

Result<EvidenceClaim> measure_process(const Env& env, std::uint64_t pid) {
  MERLON_TRY(std::string digest, digest_of_file(env, "/proc/" + std::to_string(pid) + "/exe"));
  return EvidenceClaim{.name = "executable",
                       .basis = ClaimBasis::kMeasured,
                       .sha256 = std::move(digest),
                       .hashed = "the file that process " + std::to_string(pid) + " executes"};
}

Result<EvidenceClaim> measure_executable(const Env& env, const std::string& path) {
  MERLON_TRY(std::string digest, digest_of_file(env, path));
  return EvidenceClaim{.name = "executable",
                       .basis = ClaimBasis::kInferred,
                       .sha256 = std::move(digest),
                       .hashed = "the file at the path of " + base_name(path)};
}

EvidenceClaim claim_surface(const SurfaceClaim& claim) {
  Sha256Stream stream;
  for (const DigestedThing& thing : claim.definitions) {
    // A name may hold a line feed; its digest may not.
    stream.update(thing.sha256 + "  " + sha256_hex(thing.name) + "\n");
  }
  return {.name = "surface",
          .basis = ClaimBasis::kSelfReported,
          .sha256 = to_hex(stream.finish()),
          .hashed = std::to_string(claim.definitions.size()) + " definitions of the snapshot"};
}

EvidenceClaim claim_launch(const SurfaceClaim& claim) {
  if (claim.launch.empty()) {
    return {.name = "launch", .basis = ClaimBasis::kAbsent, .sha256 = {}, .hashed = {}};
  }
  return {.name = "launch",
          .basis = ClaimBasis::kInferred,
          .sha256 = claim.launch,
          .hashed = "the launch command of the snapshot"};
}

Checked<MeasuredPolicy> measure_policy(const Env& env, const std::string& path) {
  const ShippedFiles files(env.files);
  MERLON_TRY(const Policy policy, load_policy(files, path, {}));
  return MeasuredPolicy{
      .claim = {.name = "policy",
                .basis = ClaimBasis::kMeasured,
                .sha256 = policy.digest,
                .hashed = "the policy " + policy.name + " " + std::to_string(policy.version)},
      .version = policy.version};
}

Result<MeasuredLog> measure_audit_log(const Env& env, const std::string& folder) {
  MERLON_TRY(const auto source, env.files.read(folder + "/checkpoint", kMostNoteBytes));
  MERLON_TRY(const Note note, parse_note(source->bytes()));
  MERLON_TRY(const Checkpoint checkpoint, parse_checkpoint(note.text));
  return MeasuredLog{
      .claim = {.name = "audit",
                .basis = ClaimBasis::kMeasured,
                .sha256 = sha256_hex(note.text),
                .hashed = "the checkpoint of " + std::to_string(checkpoint.head.size) +
                          " records of " + checkpoint.origin},
      .size = checkpoint.head.size};
}

}  // namespace merlon::cli
