#include "attest/surface_attestation.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "attest/utc_time.h"
#include "base/json/json_writer.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::string_view kLaunchSubject = "launch";
constexpr std::string_view kPackagePrefix = "package/";

bool is_of_list(const DigestedThing& thing, std::string_view list) {
  return thing.name == list ||
         (thing.name.starts_with(list) && thing.name.substr(list.size()).starts_with('/'));
}

std::vector<DigestedThing> things_in(const std::vector<DigestedThing>& things,
                                     std::string_view list) {
  std::vector<DigestedThing> out;
  std::ranges::copy_if(things, std::back_inserter(out),
                       [&](const DigestedThing& thing) { return is_of_list(thing, list); });
  std::ranges::sort(out);
  return out;
}

bool has_name(const std::vector<DigestedThing>& things, std::string_view name) {
  return std::ranges::find(things, name, &DigestedThing::name) != things.end();
}

/// The first difference between what was attested and what is there, in words; empty for none.
std::string first_difference(const std::vector<DigestedThing>& attested,
                             const std::vector<DigestedThing>& seen) {
  std::vector<DigestedThing> missing;
  std::vector<DigestedThing> extra;
  std::ranges::set_difference(attested, seen, std::back_inserter(missing));
  std::ranges::set_difference(seen, attested, std::back_inserter(extra));
  for (const DigestedThing& thing : extra) {
    return "`" + thing.name + "` " +
           (has_name(attested, thing.name) ? "is not as attested" : "was not attested");
  }
  for (const DigestedThing& thing : missing) {
    return "`" + thing.name + "` was attested and is not there";
  }
  return {};
}

void check_list(std::string_view list, const std::vector<DigestedThing>& attested,
                const std::vector<DigestedThing>& seen, Verification& steps) {
  const std::vector<DigestedThing> said = things_in(attested, list);
  const std::vector<DigestedThing> there = things_in(seen, list);
  std::string difference = first_difference(said, there);
  if (!difference.empty()) {
    steps.refuse(list, std::move(difference), "review it; who vouches for it must attest it anew");
  } else {
    steps.pass(list, std::to_string(said.size()) + " as attested");
  }
}

void check_launch(const std::vector<DigestedThing>& attested, const SurfaceClaim& seen,
                  Verification& steps) {
  const auto said = things_in(attested, kLaunchSubject);
  const std::string digest = said.size() == 1 ? said.front().sha256 : std::string();
  if (said.size() > 1 || digest != seen.launch) {
    steps.refuse("launch", digest.empty() ? "no launch command is attested, and there is one"
                           : seen.launch.empty()
                               ? "a launch command is attested, and there is none"
                               : "it is launched by another command than the attested one");
  } else {
    steps.pass("launch", digest.empty() ? "not launched by a command" : "sha256:" + digest);
  }
}

void check_packages(const std::vector<DigestedThing>& attested, const SurfaceClaim& seen,
                    Verification& steps) {
  const auto said = things_in(attested, "package");
  if (seen.packages.empty()) {
    if (!said.empty()) {
      steps.pass("package", "`" + said.front().name.substr(kPackagePrefix.size()) +
                                "` is attested and was not compared");
    }
    return;
  }
  // By digest: how a file is called where it is compared does not matter.
  for (const DigestedThing& package : seen.packages) {
    if (std::ranges::find(said, package.sha256, &DigestedThing::sha256) == said.end()) {
      steps.refuse("package", "`" + package.name.substr(kPackagePrefix.size()) +
                                  "` is not the attested package");
      return;
    }
  }
  steps.pass("package", counted(seen.packages.size(), "package") + " as attested");
}

}  // namespace

std::string surface_statement(const SurfaceClaim& claim, const StatementTimes& times) {
  std::vector<DigestedThing> subjects = claim.definitions;
  if (!claim.launch.empty()) {
    subjects.push_back({.name = std::string(kLaunchSubject), .sha256 = claim.launch});
  }
  std::ranges::copy(claim.packages, std::back_inserter(subjects));
  std::ranges::sort(subjects);
  JsonWriter json;
  json.begin_object();
  json.field("issued", utc_time_text(times.issued)).field("expires", utc_time_text(times.expires));
  json.key("launch").begin_array();
  for (const std::string& word : claim.launch_words) {
    json.string(word);
  }
  json.end_array();
  json.end_object();
  return statement_text(subjects, kSurfacePredicate, json.text());
}

Result<Verification> verify_surface(const std::shared_ptr<const SourceText>& source,
                                    const SurfaceClaim& seen, const StatementTerms& terms,
                                    const Limits& limits) {
  Verification steps;
  MERLON_TRY(const auto opened,
             open_statement(source, kSurfacePredicate, terms.trusted, limits, steps));
  if (!opened) {
    return steps;
  }
  check_statement_time(*opened, terms.now_ms, steps);
  check_launch(opened->subjects, seen, steps);
  for (const std::string_view list : kSurfaceLists) {
    check_list(list, opened->subjects, seen.definitions, steps);
  }
  check_packages(opened->subjects, seen, steps);
  const auto known = [](const DigestedThing& thing) {
    return is_of_list(thing, "package") || is_of_list(thing, kLaunchSubject) ||
           std::ranges::any_of(kSurfaceLists,
                               [&](std::string_view list) { return is_of_list(thing, list); });
  };
  const auto other = std::ranges::find_if_not(opened->subjects, known);
  if (other != opened->subjects.end()) {
    steps.refuse("subjects", "`" + other->name + "` is of a kind that is not known");
  }
  return steps;
}

}  // namespace merlon
