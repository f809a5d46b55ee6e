#include "attest/git_object.h"

#include <string>

#include <doctest/doctest.h>

#include "attest/allowed_signers.h"

namespace merlon {
namespace {

const std::string kCommitHead =
    "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
    "parent 1111111111111111111111111111111111111111\n"
    "author Ann <ann@example.com> 1700000000 +0100\n"
    "committer Ann <ann@example.com> 1700000001 +0100\n";
const std::string kSignatureHeader =
    "gpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n BBBB\n -----END SSH SIGNATURE-----\n";
const std::string kArmor =
    "-----BEGIN SSH SIGNATURE-----\nAAAA\nBBBB\n-----END SSH SIGNATURE-----\n";
const std::string kCommitMessage = "\nrelease\n";
const std::string kTagText =
    "object 1111111111111111111111111111111111111111\n"
    "type commit\ntag v1\ntagger Ann <ann@example.com> 1700000002 +0000\n\nrelease 1\n";

constexpr std::string_view kAnnKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBS9rU9WdNC5EK5s2FFq0OPN0B8fnFFQjZUWet1liTFD";

std::string commit_problem(const std::string& bytes) {
  const auto commit = parse_git_commit(bytes);
  return commit ? "read" : commit.error().message;
}

std::string looked_up(const std::string& line, std::string_view purpose = "git",
                      std::int64_t time = 1'700'000'000) {
  const auto signers = parse_allowed_signers(line, "signers");
  if (!signers) {
    return signers.error().message;
  }
  const auto key = parse_ssh_public_key(kAnnKey).value();
  const SignerLookup found = signers->find(key, purpose, time);
  return found.signer != nullptr ? found.signer->principals : found.reason;
}

}  // namespace

TEST_CASE("git commit: the payload is the object without its signature") {
  const auto commit = parse_git_commit(kCommitHead + kSignatureHeader + kCommitMessage);
  REQUIRE(commit.has_value());
  CHECK(commit->payload == kCommitHead + kCommitMessage);
  CHECK(commit->signature == kArmor);
  CHECK(commit->target == "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
  CHECK(commit->time == 1'700'000'001);
  const auto bare = parse_git_commit(kCommitHead + kCommitMessage);
  REQUIRE(bare.has_value());
  CHECK(bare->signature.empty());
  CHECK(bare->payload == kCommitHead + kCommitMessage);
}

TEST_CASE("git commit: a signature in a merged tag or in the message is not the commit's") {
  std::string merged = "mergetag object 1111111111111111111111111111111111111111\n type commit\n ";
  merged += "\n " + std::string("-----BEGIN SSH SIGNATURE-----\n AAAA\n ") +
            "-----END SSH SIGNATURE-----\n";
  const auto commit = parse_git_commit(kCommitHead + merged + kCommitMessage);
  REQUIRE(commit.has_value());
  CHECK(commit->signature.empty());
  const auto quoted = parse_git_commit(kCommitHead + "\n" + kSignatureHeader);
  REQUIRE(quoted.has_value());
  CHECK(quoted->signature.empty());
}

TEST_CASE("git commit: what is none, and what could be read in two ways, is refused") {
  CHECK(commit_problem("") == "this is no git commit: `tree` must stand once");
  CHECK(commit_problem(kCommitHead + kCommitHead + kCommitMessage) ==
        "this is no git commit: `tree` must stand once");
  CHECK(commit_problem(kCommitHead + kSignatureHeader + kSignatureHeader + kCommitMessage) ==
        "this is no git commit: it is signed twice");
  CHECK(commit_problem(kCommitHead + "gpgsig-sha256 x\n" + kCommitMessage) ==
        "a commit that is signed over both kinds of digests is not known here");
  CHECK(commit_problem(kCommitHead + std::string("\0\n", 2)) ==
        "this is no git commit: it has a NUL");
  CHECK(commit_problem(kCommitHead + "word\n" + kCommitMessage) ==
        "this is no git commit: a header has no name or no value");
  std::string timeless = kCommitHead + kCommitMessage;
  timeless.replace(timeless.find("1700000001"), 10, "yesterday!");
  CHECK(commit_problem(timeless) == "this is no git commit: its tree or its time cannot be read");
}

TEST_CASE("git tag: the signature is the last one in the message") {
  const auto tag = parse_git_tag(kTagText + kArmor);
  REQUIRE(tag.has_value());
  CHECK(tag->payload == kTagText);
  CHECK(tag->signature == kArmor);
  CHECK(tag->target == "1111111111111111111111111111111111111111");
  CHECK(tag->kind == "commit");
  CHECK(tag->name == "v1");
  const auto twice = parse_git_tag(kTagText + kArmor + kArmor);
  REQUIRE(twice.has_value());
  CHECK(twice->payload == kTagText + kArmor);
  const auto bare = parse_git_tag(kTagText);
  REQUIRE(bare.has_value());
  CHECK(bare->signature.empty());
}

TEST_CASE("allowed signers: keys count for their purposes and times") {
  const std::string key(kAnnKey);
  CHECK(looked_up("# who\n\nann@example.com " + key + " comment\n") == "ann@example.com");
  CHECK(looked_up("\"a b\" " + key) == "a b");
  CHECK(looked_up("ann namespaces=\"git,file\" " + key) == "ann");
  CHECK(looked_up("ann namespaces=\"g*\" " + key) == "ann");
  CHECK(looked_up("ann namespaces=\"file\" " + key) ==
        "`ann` may not sign for this purpose with it");
  CHECK(looked_up("ann valid-after=\"20231114221320Z\" " + key) == "ann");
  CHECK(looked_up("ann valid-after=\"20231114221321Z\" " + key) ==
        "the key of `ann` was not valid yet");
  CHECK(looked_up("ann valid-before=\"202311142213\" " + key) ==
        "the key of `ann` was no longer valid");
  CHECK(looked_up("ann namespaces=\"git\",valid-before=\"20240101\" " + key) == "ann");
  CHECK(looked_up("ann namespaces=\"file\" " + key + "\nbob " + key) == "bob");
}

TEST_CASE("allowed signers: authorities and unknown algorithms trust nobody; bad lines are named") {
  const std::string key(kAnnKey);
  CHECK(looked_up("ann cert-authority " + key) == "nobody is allowed to sign with it");
  CHECK(looked_up("ann ssh-rsa AAAA") == "nobody is allowed to sign with it");
  CHECK(looked_up("ann") == "this is no line of allowed signers: it needs a principal and a key");
  CHECK(looked_up("ann namespaces=\"git " + key) ==
        "this is no line of allowed signers: it needs a principal and a key");
  CHECK(looked_up("ann trusted=\"1\" " + key) ==
        "this is no line of allowed signers: an option is not known");
  CHECK(looked_up("ann valid-after=\"20231301\" " + key) ==
        "this is no line of allowed signers: a time must be YYYYMMDD, YYYYMMDDHHMM or "
        "YYYYMMDDHHMMSS");
  CHECK(parse_allowed_signers("\nann", "signers").error().where.line == 2);
}

}  // namespace merlon
