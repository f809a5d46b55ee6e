// The JSON Schema Test Suite, required tests of both drafts. The vectors are not part of this
// repository: MERLON_PEER_VECTORS names the folder that has them (default: ../shared/vectors).
// tests/conformance/json_schema_failures.txt lists every test that is known to fail, and no other.
#include <array>
#include <cstdlib>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "base/files.h"
#include "base/json/json_reader.h"
#include "base/text.h"
#include "guard/schema/compiled_schema.h"
#include "guard/schema/schema_validator.h"

using namespace merlon;

namespace {

struct SuiteRun {
  std::size_t tests{0};
  std::set<std::string> failures;
};

std::string suite_folder() {
  const char* named = std::getenv("MERLON_PEER_VECTORS");
  return std::string(named != nullptr ? named : MERLON_SOURCE_DIR "/../shared/vectors") +
         "/json-schema/tests/";
}

std::string read_file(const FileSource& files, const std::string& path) {
  auto source = files.read(path, 8 << 20);
  REQUIRE_MESSAGE(source.has_value(), path);
  return std::string((*source)->bytes());
}

/// The answer of this program: what is not known passes, as it would in a policy.
bool is_accepted(const CompiledSchema& schema, const Document& suite, NodeId data) {
  const SchemaResult result = validate(schema, suite, data, {});
  CHECK(result.outcome != SchemaOutcome::kBudget);
  return result.outcome != SchemaOutcome::kInvalid;
}

void run_group(const Document& suite, NodeId group, const std::string& prefix,
               const SchemaOptions& options, SuiteRun& run) {
  const auto schema = compile_schema(suite, *suite.find(group, "schema"), options);
  REQUIRE(schema.has_value());
  const std::string name = prefix + " | " + suite.string_or(suite.find(group, "description"), "");
  for (const NodeId test : suite.elements(*suite.find(group, "tests"))) {
    ++run.tests;
    if (is_accepted(*schema, suite, *suite.find(test, "data")) !=
        suite.is_true(suite.find(test, "valid"))) {
      run.failures.insert(name + " | " + suite.string_or(suite.find(test, "description"), ""));
    }
  }
}

SuiteRun run_suite(const FileSource& files, const std::string& draft,
                   const SchemaOptions& options) {
  SuiteRun run;
  const auto entries = files.list(suite_folder() + draft);
  if (!entries) {
    return run;
  }
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.name.ends_with(".json")) {
      continue;
    }
    const auto suite =
        parse_json(SourceText::copy_of(entry.name,
                                       read_file(files, suite_folder() + draft + "/" + entry.name)),
                   JsonDialect::kStrict, Limits{});
    REQUIRE(suite.has_value());
    for (const NodeId group : suite->elements(suite->root())) {
      run_group(*suite, group, draft + " | " + entry.name, options, run);
    }
  }
  return run;
}

std::set<std::string> known_failures(const FileSource& files) {
  const std::string text =
      read_file(files, MERLON_SOURCE_DIR "/tests/conformance/json_schema_failures.txt");
  std::set<std::string> out;
  for (const std::string_view line : split(text, '\n')) {
    if (!line.empty() && !line.starts_with('#')) {
      out.emplace(line);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("JSON Schema Test Suite: exactly the listed required tests of both drafts fail") {
  const auto files = make_disk_files();
  std::set<std::string> failures;
  for (const auto& [draft, options] :
       {std::pair(std::string("draft2020-12"), SchemaOptions{.draft = SchemaDraft::kDraft202012}),
        std::pair(std::string("draft7"), SchemaOptions{.draft = SchemaDraft::kDraft7})}) {
    const SuiteRun run = run_suite(*files, draft, options);
    if (run.tests == 0) {
      MESSAGE("not run: no vectors at MERLON_PEER_VECTORS/json-schema");
      return;
    }
    MESSAGE(draft << ": " << run.tests - run.failures.size() << " of " << run.tests << " pass");
    CHECK((run.tests - run.failures.size()) * 100 > run.tests * 95);
    failures.insert(run.failures.begin(), run.failures.end());
  }
  const std::set<std::string> known = known_failures(*files);
  for (const std::string& failure : failures) {
    CHECK_MESSAGE(known.contains(failure), "fails and is not listed: " << failure);
  }
  for (const std::string& failure : known) {
    CHECK_MESSAGE(failures.contains(failure), "is listed and passes: " << failure);
  }
}
