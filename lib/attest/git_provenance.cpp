#include "attest/git_provenance.h"

#include <utility>

#include "attest/git_object.h"
#include "attest/utc_time.h"
#include "base/digest/digest.h"
#include "base/text.h"
#include "proof/ssh_signature.h"

namespace merlon {
namespace {

constexpr std::uint64_t kMostGitObjectBytes = 1U << 20U;
constexpr std::int64_t kGitClockSkew = 60;

/// False where the steps end.
bool check_git_signature(const SignedGitObject& object, const AllowedSigners& signers,
                         const GitQuestion& question, Verification& steps) {
  if (object.signature.empty()) {
    steps.refuse("signature", "it is not signed", "`git commit -S` and `git tag -s` sign");
    return false;
  }
  const auto signature = parse_ssh_signature(object.signature);
  if (!signature) {
    steps.refuse("signature", signature.error().message,
                 "SSH signatures are verified, of Ed25519 and P-256");
    return false;
  }
  const SignerLookup found = signers.find(signature->key, kGitNamespace, object.time);
  if (found.signer == nullptr) {
    steps.refuse("signer", ssh_fingerprint(signature->key) + ": " + found.reason,
                 "`--allowed-signers` says who may sign");
    return false;
  }
  // The key of the file, not the one that came along.
  const auto verdict =
      verify_ssh_signature(*signature, object.payload, kGitNamespace, found.signer->key);
  if (!verdict || verdict->answer != SshAnswer::kVerified) {
    steps.refuse("signature", verdict ? verdict->reason : verdict.error().message);
    return false;
  }
  steps.pass("signature", "by " + ssh_fingerprint(found.signer->key));
  steps.pass("signer", found.signer->principals);
  if (verdict->user_present) {
    steps.pass("touch", verdict->user_verified ? "somebody was there and was recognised"
                                               : "somebody was there");
  } else if (question.demand_touch) {
    steps.refuse("touch", verdict->security_key ? "nobody touched the security key"
                                                : "it was signed without a security key");
  }
  return true;
}

void check_git_time(const SignedGitObject& object, const GitQuestion& question,
                    Verification& steps) {
  if (object.time > question.now + kGitClockSkew) {
    steps.refuse("time", "it claims a time in the future, " + utc_time_text(object.time));
  } else {
    steps.pass("time", "claims " + utc_time_text(object.time));
  }
}

Status check_manifest(const GitRepository& repository, const std::string& tree,
                      const GitQuestion& question, const Limits& limits, Verification& steps) {
  const auto entry = repository.find(tree, question.manifest);
  if (!entry || entry->kind != GitEntryKind::kFile) {
    steps.refuse("manifest", "`" + question.manifest + "` is no file of this tree");
    return {};
  }
  MERLON_TRY(const std::string bytes, repository.read(entry->oid, limits.file_bytes));
  const std::string digest = sha256_hex(bytes);
  if (question.manifest_sha256 && *question.manifest_sha256 != digest) {
    steps.refuse("manifest",
                 "`" + question.manifest + "` of this tree is another one than the file");
  } else {
    steps.pass("manifest", "`" + question.manifest + "` is sha256:" + digest);
  }
  return {};
}

struct NamedObject {
  SignedGitObject object;
  std::string commit;  ///< of a tag: what it names
};

Result<NamedObject> read_named(const GitRepository& repository, const GitObject& named) {
  MERLON_TRY(const std::string bytes, repository.read(named.oid, kMostGitObjectBytes));
  NamedObject out;
  if (named.kind == GitObjectKind::kTag) {
    MERLON_TRY(out.object, parse_git_tag(bytes));
    out.commit = out.object.target;
    return out;
  }
  MERLON_TRY(out.object, parse_git_commit(bytes));
  out.commit = named.oid;
  return out;
}

}  // namespace

Result<Verification> verify_git(const GitRepository& repository, const GitQuestion& question,
                                const AllowedSigners& signers, const Limits& limits) {
  Verification steps;
  MERLON_TRY(const GitObject named, repository.object(question.revision));
  if (named.kind == GitObjectKind::kOther) {
    steps.refuse("object", "`" + question.revision + "` is no commit and no tag");
    return steps;
  }
  MERLON_TRY(const NamedObject read, read_named(repository, named));
  const bool tag = named.kind == GitObjectKind::kTag;
  steps.pass("object", (tag ? "tag " + read.object.name + ", " : "commit ") + named.oid);
  if (!check_git_signature(read.object, signers, question, steps)) {
    return steps;
  }
  check_git_time(read.object, question, steps);
  if (tag && read.object.kind != "commit") {
    steps.refuse("target", "the tag names a " + shorten(read.object.kind, 32) + ", no commit");
    return steps;
  }
  if (tag) {
    steps.pass("target", "commit " + read.commit);
  }
  if (!question.manifest.empty()) {
    MERLON_TRY(const std::string tree, repository.resolve(read.commit + "^{tree}"));
    MERLON_CHECK(check_manifest(repository, tree, question, limits, steps));
  }
  return steps;
}

}  // namespace merlon
