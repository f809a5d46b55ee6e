#include "attest/npm_attestations.h"

#include <algorithm>

#include "attest/proto_json.h"
#include "attest/sigstore_claims.h"
#include "base/json/json_reader.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kMostAttestations = 16;
constexpr std::string_view kPublishType =
    "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";
constexpr std::string_view kGitHubIssuer = "https://token.actions.githubusercontent.com";
constexpr std::string_view kGitLabIssuer = "https://gitlab.com";
constexpr int kOldCommitClaim = 3;
constexpr int kOldRepositoryClaim = 5;

/// One verification of a package while it runs.
class NpmCheck {
 public:
  NpmCheck(const NpmAttestations& attestations, const NpmTrust& trust, const NpmPolicy& policy,
           const SigstoreArtifact& tarball)
      : attestations_(attestations), trust_(trust), policy_(policy), tarball_(tarball) {}
  NpmCheck(const NpmCheck&) = delete;
  NpmCheck& operator=(const NpmCheck&) = delete;
  ~NpmCheck() = default;

  [[nodiscard]] Result<NpmVerdict> run();

 private:
  [[nodiscard]] Result<bool> find_both();
  [[nodiscard]] Result<bool> check_publish();
  [[nodiscard]] Result<bool> check_provenance();
  [[nodiscard]] Result<bool> check_package();
  [[nodiscard]] Result<bool> check_source();
  [[nodiscard]] Result<bool> check_workflow();
  [[nodiscard]] Result<bool> check_builder();

  [[nodiscard]] Result<bool> add_steps(std::string_view prefix, SigstoreVerdict verdict);
  [[nodiscard]] std::string claim(int number) const;
  [[nodiscard]] std::string certified_repository() const;
  bool pass(std::string_view step, std::string text);
  bool refuse(std::string_view step, std::string text);

  const NpmAttestations& attestations_;
  const NpmTrust& trust_;
  const NpmPolicy& policy_;
  const SigstoreArtifact& tarball_;
  NpmVerdict verdict_;
  const SigstoreBundle* publish_{nullptr};
  const SigstoreBundle* provenance_{nullptr};
  SigstoreStatement publish_statement_;
  SigstoreStatement provenance_statement_;
};

bool NpmCheck::pass(std::string_view step, std::string text) {
  verdict_.verification.pass(step, std::move(text));
  return true;
}

bool NpmCheck::refuse(std::string_view step, std::string text) {
  verdict_.verification.refuse(step, std::move(text));
  return false;
}

std::string NpmCheck::claim(int number) const {
  const auto found =
      std::ranges::find(verdict_.facts.claims, number, &std::pair<int, std::string>::first);
  return found == verdict_.facts.claims.end() ? std::string() : found->second;
}

Result<NpmVerdict> NpmCheck::run() {
  for (const auto step :
       {&NpmCheck::find_both, &NpmCheck::check_publish, &NpmCheck::check_provenance,
        &NpmCheck::check_package, &NpmCheck::check_source, &NpmCheck::check_workflow,
        &NpmCheck::check_builder}) {
    MERLON_TRY(const bool go_on, (this->*step)());
    if (!go_on) {
      break;
    }
  }
  return std::move(verdict_);
}

/// The predicate's type is read from what is signed, never from the list around it.
Result<bool> NpmCheck::find_both() {
  for (const SigstoreBundle& bundle : attestations_.bundles) {
    if (!bundle.has_envelope()) {
      return refuse("attestations", "an attestation has no envelope");
    }
    MERLON_TRY(SigstoreStatement statement, parse_sigstore_statement(bundle.envelope.payload));
    const bool published = statement.predicate_type == kPublishType;
    const SigstoreBundle*& place = published ? publish_ : provenance_;
    if (place != nullptr) {
      return refuse("attestations", published ? "there are two publish attestations"
                                              : "there are two attestations beside the publish "
                                                "attestation");
    }
    place = &bundle;
    (published ? publish_statement_ : provenance_statement_) = std::move(statement);
  }
  if (publish_ == nullptr || provenance_ == nullptr) {
    return refuse("attestations", publish_ == nullptr ? "there is no publish attestation"
                                                      : "there is no provenance");
  }
  return pass("attestations", "a publish attestation and a provenance");
}

Result<bool> NpmCheck::add_steps(std::string_view prefix, SigstoreVerdict verdict) {
  for (VerificationStep& step : verdict.verification.steps) {
    step.name = std::string(prefix) + " " + step.name;
    verdict_.verification.steps.push_back(std::move(step));
  }
  return verdict_.verification.ok();
}

Result<bool> NpmCheck::check_publish() {
  const auto key = std::ranges::find(trust_.keys, publish_->key_hint, &NpmKey::id);
  if (key == trust_.keys.end()) {
    return refuse("publish key",
                  publish_->key_hint.empty()
                      ? std::string("it names no key of the registry")
                      : "the key `" + publish_->key_hint + "` is none of the registry's");
  }
  const SigstoreExpectation expected{.key = key->key, .identity = std::nullopt, .issuers = {}};
  MERLON_TRY(SigstoreVerdict verdict,
             verify_sigstore_bundle(*publish_, trust_.root, expected, tarball_));
  const std::vector<std::int64_t> times = verdict.facts.times;
  MERLON_TRY(const bool good, add_steps("publish", std::move(verdict)));
  if (!good) {
    return false;
  }
  const bool counted_then = !times.empty() && std::ranges::all_of(times, [&](std::int64_t time) {
    return key->window.covers(time);
  });
  return counted_then ||
         refuse("publish key", "the key `" + key->id + "` did not count when it was published");
}

Result<bool> NpmCheck::check_provenance() {
  const SigstoreExpectation expected{
      .key = std::nullopt,
      .identity = std::nullopt,
      .issuers = {std::string(kGitHubIssuer), std::string(kGitLabIssuer)},
      .root_may_come_along = true};
  MERLON_TRY(SigstoreVerdict verdict,
             verify_sigstore_bundle(*provenance_, trust_.root, expected, tarball_));
  verdict_.facts = verdict.facts;
  return add_steps("provenance", std::move(verdict));
}

/// Both are about one package, which the registry and the user mean.
Result<bool> NpmCheck::check_package() {
  if (publish_statement_.subjects.size() != 1 || provenance_statement_.subjects.size() != 1) {
    return refuse("package", "an attestation is about more than one subject");
  }
  const std::string& name = publish_statement_.subjects.front().name;
  const std::string& other = provenance_statement_.subjects.front().name;
  const Document& document = publish_statement_.document;
  const auto predicate = document.find(document.root(), "predicate");
  const std::string stated = document.string_or(document.find(predicate, "name"), "") + "@" +
                             document.string_or(document.find(predicate, "version"), "");
  if (name != other || name != npm_purl(stated)) {
    return refuse("package", "the attestations name different packages: " + name + ", " + other +
                                 ", " + npm_purl(stated));
  }
  verdict_.package = name;
  if (!policy_.package.empty() && name != npm_purl(policy_.package)) {
    return refuse("package", "it is " + name + ", not " + npm_purl(policy_.package));
  }
  return pass("package", "both attestations are about " + name);
}

/// What the certificate says: certificates before 2023-03 name it in another place.
std::string NpmCheck::certified_repository() const {
  std::string repository = claim(kClaimSourceRepository);
  if (repository.empty() && !claim(kOldRepositoryClaim).empty()) {
    repository = "https://github.com/" + claim(kOldRepositoryClaim);
  }
  return repository;
}

Result<bool> NpmCheck::check_source() {
  auto provenance = read_npm_provenance(provenance_statement_);
  if (!provenance) {
    return refuse("source", provenance.error().message);
  }
  verdict_.provenance = *std::move(provenance);
  const NpmProvenance& said = verdict_.provenance;
  if (certified_repository() != said.repository) {
    return refuse("source", "the provenance names the repository " + said.repository +
                                ", its certificate " + certified_repository());
  }
  const std::string commit =
      claim(kClaimSourceDigest).empty() ? claim(kOldCommitClaim) : claim(kClaimSourceDigest);
  if (commit.empty() || commit != said.commit) {
    return refuse("source",
                  "the provenance names the commit " + said.commit + ", its certificate " + commit);
  }
  if (!policy_.source_repository.empty() &&
      plain_repository(policy_.source_repository) != said.repository) {
    return refuse("source", "it was built from " + said.repository + ", not from " +
                                plain_repository(policy_.source_repository));
  }
  return pass("source", "built from " + said.repository + " at " + said.commit);
}

Result<bool> NpmCheck::check_workflow() {
  const NpmProvenance& said = verdict_.provenance;
  const std::string config =
      claim(kClaimBuildConfig).empty() ? verdict_.facts.identity : claim(kClaimBuildConfig);
  const std::string full = said.workflow + "@" + said.ref;
  const bool github = verdict_.facts.issuer == kGitHubIssuer;
  if (github && config != said.repository + "/" + full) {
    return refuse("workflow",
                  "the provenance names the workflow " + full + ", its certificate " + config);
  }
  const std::string& wanted = policy_.workflow;
  if (!wanted.empty() && wanted != (wanted.find('@') == std::string::npos ? said.workflow : full)) {
    return refuse("workflow", "it was built by " + full + ", not by " + wanted);
  }
  return pass("workflow", "built by " + full);
}

Result<bool> NpmCheck::check_builder() {
  const std::string& builder = verdict_.provenance.builder;
  const std::string runner = claim(kClaimRunnerEnvironment);
  if (builder.ends_with("/github-hosted") && !runner.empty() && runner != "github-hosted") {
    return refuse("builder", "the provenance names the builder " + builder +
                                 ", its certificate says `" + runner + "`");
  }
  if (!policy_.builder.empty() && policy_.builder != builder) {
    return refuse("builder", "it was built on " + builder + ", not on " + policy_.builder);
  }
  return pass("builder", "built on " + builder);
}

}  // namespace

std::string npm_purl(std::string_view package) {
  const bool scoped = package.starts_with('@');
  return "pkg:npm/" + std::string(scoped ? "%40" : "") +
         std::string(package.substr(scoped ? 1 : 0));
}

Result<NpmAttestations> parse_npm_attestations(const std::shared_ptr<const SourceText>& source,
                                               const Limits& limits) {
  MERLON_TRY(const Document document, parse_json(source, JsonDialect::kStrict, limits));
  MERLON_TRY(const ProtoMessage root,
             ProtoMessage::root_of(document, "list of npm's attestations"));
  MERLON_TRY(const auto messages, root.messages("attestations", kMostAttestations));
  NpmAttestations attestations;
  for (const ProtoMessage& message : messages) {
    MERLON_TRY(const ProtoMessage inner, message.required("bundle"));
    MERLON_TRY(SigstoreBundle bundle, read_sigstore_bundle(inner));
    attestations.bundles.push_back(std::move(bundle));
  }
  return attestations;
}

Result<NpmVerdict> verify_npm_package(const NpmAttestations& attestations, const NpmTrust& trust,
                                      const NpmPolicy& policy, const SigstoreArtifact& tarball) {
  return NpmCheck(attestations, trust, policy, tarball).run();
}

}  // namespace merlon
