#include <ostream>
#include <utility>

#include "attest/npm_attestations.h"
#include "attest_actions.h"
#include "attest_inputs.h"
#include "exit_code.h"
#include "options.h"
#include "verification_output.h"

namespace merlon::cli {
namespace {

struct NpmWords {
  std::string attestations;
  std::string trusted_root;
  std::string keys;
  NpmPolicy policy;
  std::string tarball;
  std::string format{"text"};
};

Options& declare_npm_words(Options& options, NpmWords& words) {
  options.describe(
      "Verifies an npm package's tarball against both of its attestations: the registry's, that it "
      "published it, and the builder's, where it was built and from what. Both must be about this "
      "tarball and one package, and the provenance must say what its certificate says. Opens no "
      "socket. Exit code 0: verified; 1: not; 3: it could not be found out.");
  options.positional("TARBALL", words.tarball, "the package as `npm pack` fetches it", true);
  options.value("--attestations", words.attestations, "FILE",
                "what the registry answers to `-/npm/v1/attestations/NAME@VERSION`");
  options.value("--trusted-root", words.trusted_root, "FILE",
                "authorities and logs that are trusted (`trusted_root.json`)");
  options.value("--npm-keys", words.keys, "FILE", "the registry's keys (`keys.json`)");
  options.group("What it must be");
  options.value("--package", words.policy.package, "NAME@VERSION", "the package");
  options.value("--source-repository", words.policy.source_repository, "URL",
                "the repository that it was built from");
  options.value("--workflow", words.policy.workflow, "PATH",
                "the workflow that built it: a path, or a path with `@` and a ref");
  options.value("--builder", words.policy.builder, "URI", "the id of the builder");
  options.group("Output");
  options.choice("--format,-f", words.format, {"text", "json"}, "how the verdict is written");
  options.example(
      "merlon attest verify-npm --attestations server.att.json --trusted-root trusted_root.json "
      "--npm-keys keys.json --source-repository https://github.com/example/server server-1.2.0.tgz",
      "before a server is installed");
  return options;
}

std::unexpected<Error> no_npm_keys() {
  Error error = make_error(ErrorCode::kUsage, "no keys of the registry: `--npm-keys FILE`");
  error.hints.emplace_back(
      "they are inside the npm package `@sigstore/tuf` (docs/spec/sigstore.md shows how to take "
      "them out)");
  return std::unexpected(std::move(error));
}

Result<NpmTrust> load_npm_trust(const Env& env, const NpmWords& words) {
  NpmTrust trust;
  MERLON_TRY(trust.root, load_trusted_root(env, words.trusted_root, false));
  if (words.keys.empty()) {
    return no_npm_keys();
  }
  MERLON_TRY(const auto source, env.files.read(words.keys, kMostAttestationBytes));
  MERLON_TRY(trust.keys, parse_npm_keys(source, {}));
  return trust;
}

Result<NpmVerdict> verify_npm_words(const Env& env, const NpmWords& words) {
  MERLON_TRY(const NpmTrust trust, load_npm_trust(env, words));
  MERLON_TRY(const auto source, env.files.read(words.attestations, kMostAttestationBytes));
  MERLON_TRY(const NpmAttestations attestations, parse_npm_attestations(source, {}));
  MERLON_TRY(auto tarball, env.files.read(words.tarball, Limits{}.file_bytes));
  return verify_npm_package(attestations, trust, words.policy,
                            SigstoreArtifact::of_file(std::move(tarball)));
}

void write_npm_json(Env& env, const NpmVerdict& verdict, bool verified) {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object();
  write_steps_json(json, verdict.verification.steps, verified);
  json.field("package", verdict.package);
  json.key("provenance").begin_object();
  json.field("repository", verdict.provenance.repository).field("ref", verdict.provenance.ref);
  json.field("commit", verdict.provenance.commit).field("workflow", verdict.provenance.workflow);
  json.field("builder", verdict.provenance.builder);
  json.end_object();
  write_facts_json(json, verdict.facts);
  json.end_object();
  env.out << std::move(json).take() << '\n';
}

}  // namespace

int attest_verify_npm(Env& env, std::span<const std::string> args) {
  NpmWords words;
  Options options("attest verify-npm", "verify an npm package by its two attestations, offline");
  if (const auto code = declare_npm_words(options, words).parse(env, args)) {
    return *code;
  }
  if (words.attestations.empty()) {
    env.err << render(make_error(ErrorCode::kUsage, "`--attestations` is required"));
    return kUsageError;
  }
  const auto verdict = verify_npm_words(env, words);
  if (!verdict) {
    return fail_attestation(env, verdict.error());
  }
  const bool verified = verdict->verification.ok();
  if (words.format == "json") {
    write_npm_json(env, *verdict, verified);
  } else {
    write_steps_text(env, verdict->verification.steps, verified);
  }
  return verified ? kYes : kNo;
}

}  // namespace merlon::cli
