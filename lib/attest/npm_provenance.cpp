#include "attest/npm_provenance.h"

#include <initializer_list>
#include <optional>

namespace merlon {
namespace {

constexpr std::string_view kProvenanceV02 = "https://slsa.dev/provenance/v0.2";
constexpr std::string_view kProvenanceV1 = "https://slsa.dev/provenance/v1";

std::optional<NodeId> walk_down(const Document& document,
                                std::initializer_list<std::string_view> path) {
  std::optional<NodeId> at = document.root();
  for (const std::string_view name : path) {
    at = document.find(at, name);
  }
  return at;
}

std::string text_at(const Document& document, std::initializer_list<std::string_view> path) {
  return document.string_or(walk_down(document, path), "");
}

/// What stands after the `@` of a repository's URI.
std::string ref_of(std::string_view uri) {
  const std::size_t at = uri.rfind("@refs/");
  return at == std::string_view::npos ? std::string() : std::string(uri.substr(at + 1));
}

/// npm's first predicates name the workflow with its repository and ref:
/// `owner/name/.github/workflows/release.yml@refs/heads/main`.
std::string plain_workflow(std::string_view entry, std::string_view repository) {
  constexpr std::string_view kGitHub = "https://github.com/";
  if (repository.starts_with(kGitHub)) {
    const std::string prefix = std::string(repository.substr(kGitHub.size())) + "/";
    entry.remove_prefix(entry.starts_with(prefix) ? prefix.size() : 0);
  }
  return std::string(entry.substr(0, entry.find("@refs/")));
}

NpmProvenance read_v02(const Document& document) {
  const auto source = walk_down(document, {"predicate", "invocation", "configSource"});
  const std::string uri = document.string_or(document.find(source, "uri"), "");
  const std::string entry = document.string_or(document.find(source, "entryPoint"), "");
  const std::string repository = plain_repository(uri);
  return {
      .repository = repository,
      .ref = ref_of(uri),
      .commit = text_at(document, {"predicate", "invocation", "configSource", "digest", "sha1"}),
      .workflow = plain_workflow(entry, repository),
      .builder = text_at(document, {"predicate", "builder", "id"})};
}

/// The first of the dependencies that were resolved: the source.
std::string resolved_commit(const Document& document) {
  const auto list = walk_down(document, {"predicate", "buildDefinition", "resolvedDependencies"});
  const std::vector<NodeId> all = list ? document.elements(*list) : std::vector<NodeId>();
  if (all.empty()) {
    return {};
  }
  const auto digest = document.find(all.front(), "digest");
  return document.string_or(document.find(digest, "gitCommit"), "");
}

NpmProvenance read_v1(const Document& document) {
  const auto outside = walk_down(document, {"predicate", "buildDefinition", "externalParameters"});
  const auto workflow = document.find(outside, "workflow");
  NpmProvenance provenance{
      .commit = resolved_commit(document),
      .builder = text_at(document, {"predicate", "runDetails", "builder", "id"})};
  if (workflow) {
    provenance.repository =
        plain_repository(document.string_or(document.find(workflow, "repository"), ""));
    provenance.ref = document.string_or(document.find(workflow, "ref"), "");
    provenance.workflow = document.string_or(document.find(workflow, "path"), "");
  } else {
    const std::string source = document.string_or(document.find(outside, "source"), "");
    provenance.repository = plain_repository(source);
    provenance.ref = ref_of(source);
    provenance.workflow = document.string_or(document.find(outside, "entryPoint"), "");
  }
  return provenance;
}

}  // namespace

std::string plain_repository(std::string_view uri) {
  constexpr std::string_view kGitPrefix = "git+";
  constexpr std::string_view kGitSuffix = ".git";
  if (uri.starts_with(kGitPrefix)) {
    uri.remove_prefix(kGitPrefix.size());
  }
  if (const std::size_t at = uri.rfind("@refs/"); at != std::string_view::npos) {
    uri = uri.substr(0, at);
  }
  if (uri.ends_with(kGitSuffix)) {
    uri.remove_suffix(kGitSuffix.size());
  }
  return std::string(uri);
}

Result<NpmProvenance> read_npm_provenance(const SigstoreStatement& statement) {
  if (statement.predicate_type != kProvenanceV02 && statement.predicate_type != kProvenanceV1) {
    return fail(ErrorCode::kUnsupported, "the predicate type `", statement.predicate_type,
                "` is no SLSA provenance v0.2 or v1");
  }
  NpmProvenance provenance = statement.predicate_type == kProvenanceV1
                                 ? read_v1(statement.document)
                                 : read_v02(statement.document);
  if (provenance.repository.empty() || provenance.builder.empty()) {
    return fail(ErrorCode::kFormat, "the provenance names no source repository or no builder");
  }
  return provenance;
}

}  // namespace merlon
