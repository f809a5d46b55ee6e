#include "attest/npm_provenance.h"

#include <string>

#include <doctest/doctest.h>

#include "attest/npm_attestations.h"

using namespace merlon;

namespace {

SigstoreStatement statement_of(const std::string& type, const std::string& predicate) {
  auto statement = parse_sigstore_statement(
      R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"n","digest":{"sha512":"00"}}],)"
      R"("predicateType":")" +
      type + R"(","predicate":)" + predicate + "}");
  REQUIRE(statement);
  return *std::move(statement);
}

}  // namespace

TEST_CASE("npm: provenance v0.2 and v1 name the same things in different places") {
  const NpmProvenance expected{.repository = "https://github.com/example/server",
                               .ref = "refs/heads/main",
                               .commit = "c0ffee",
                               .workflow = ".github/workflows/release.yml",
                               .builder = "https://github.com/actions/runner"};
  const auto old = read_npm_provenance(statement_of(
      "https://slsa.dev/provenance/v0.2",
      R"({"builder":{"id":"https://github.com/actions/runner"},"invocation":{"configSource":)"
      R"({"uri":"git+https://github.com/example/server@refs/heads/main","digest":{"sha1":"c0ffee"},)"
      R"("entryPoint":".github/workflows/release.yml"}}})"));
  REQUIRE(old);
  CHECK(*old == expected);
  const auto fresh = read_npm_provenance(statement_of(
      "https://slsa.dev/provenance/v1",
      R"({"buildDefinition":{"externalParameters":{"workflow":{"ref":"refs/heads/main",)"
      R"("repository":"https://github.com/example/server","path":".github/workflows/release.yml"}},)"
      R"("resolvedDependencies":[{"digest":{"gitCommit":"c0ffee"}}]},)"
      R"("runDetails":{"builder":{"id":"https://github.com/actions/runner"}}})"));
  REQUIRE(fresh);
  CHECK(*fresh == expected);
}

TEST_CASE("npm: the workflow of npm's first predicates loses its repository and ref") {
  const auto first = read_npm_provenance(
      statement_of("https://slsa.dev/provenance/v0.2",
                   R"({"builder":{"id":"b"},"invocation":{"configSource":)"
                   R"({"uri":"git+https://github.com/example/server@refs/heads/main",)"
                   R"("entryPoint":"example/server/.github/workflows/a.yml@refs/heads/main"}}})"));
  REQUIRE(first);
  CHECK(first->workflow == ".github/workflows/a.yml");
}

TEST_CASE("npm: provenance of another type, or that names no source, is an error") {
  CHECK(read_npm_provenance(statement_of("https://slsa.dev/provenance/v3", "{}")).error().code ==
        ErrorCode::kUnsupported);
  CHECK(read_npm_provenance(statement_of("https://slsa.dev/provenance/v1", "{}")).error().code ==
        ErrorCode::kFormat);
}

TEST_CASE("npm: a package's purl escapes the scope, a repository loses its wrapping") {
  CHECK(npm_purl("@scope/name@1.2.3") == "pkg:npm/%40scope/name@1.2.3");
  CHECK(npm_purl("name@1.2.3") == "pkg:npm/name@1.2.3");
  CHECK(plain_repository("git+https://example.com/a/b.git@refs/tags/v1") ==
        "https://example.com/a/b");
  CHECK(plain_repository("https://example.com/a/b") == "https://example.com/a/b");
}

TEST_CASE("npm: keys of another use are left out, of the registry's own list none") {
  const std::string key =
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1Olb3zMAFFxXKHiIkQO5cJ3Yhl5i6UPp+"
      "IhuteBJbuHcA5UogKo0EWtlWwW6KSaKoTNEYL7JlCQiVnkhBktUgg==";
  const auto entry = [&](const std::string& use) {
    return R"({"keyId":"SHA256:a","keyUsage":")" + use + R"(","publicKey":{"rawBytes":")" + key +
           R"(","validFor":{"start":"2020-01-01T00:00:00Z"}}})";
  };
  const auto keys_of = [](const std::string& list) {
    return parse_npm_keys(SourceText::copy_of("keys", R"({"keys":[)" + list + "]}"), {});
  };
  const auto both = keys_of(entry("npm:signatures") + "," + entry("npm:attestations"));
  REQUIRE(both);
  CHECK(both->size() == 1);
  CHECK_FALSE(keys_of(entry("npm:signatures")));
  const auto registry =
      keys_of(R"({"keyid":"SHA256:b","key":")" + key + R"(","expires":"2025-01-29T00:00:00Z"})");
  REQUIRE(registry);
  CHECK(registry->front().window.covers(1738108800));
  CHECK_FALSE(registry->front().window.covers(1738108801));
}
