#include "policy/containment_section.h"

#include <doctest/doctest.h>

#include "policy/policy_loader.h"

using merlon::Containment;
using merlon::containment_of;
using merlon::ContainmentSection;
using merlon::NetworkAccess;
using merlon::Policy;

namespace {

Policy contained_policy(std::string_view section) {
  auto policy = merlon::parse_policy(
      merlon::SourceText::copy_of("p.toml", "format = 1\nname = \"p\"\n" + std::string(section)),
      merlon::Limits());
  REQUIRE(policy);
  return *std::move(policy);
}

std::string first_complaint(std::string_view section) {
  std::vector<merlon::Error> errors;
  (void)ContainmentSection::read(contained_policy(section), &errors);
  return errors.empty() ? "" : errors.front().message;
}

const merlon::ContainmentPlaces kPlaces{
    .folder = "/work", .home = "/home/me", .hidden = {"/state"}};

bool ends_with(const std::vector<std::string>& all, const std::vector<std::string>& last) {
  return all.size() >= last.size() && std::equal(last.rbegin(), last.rend(), all.rbegin());
}

}  // namespace

TEST_CASE("containment: without a section only Merlon's own folders are hidden, where it can be") {
  const Containment plain = containment_of(contained_policy(""), kPlaces);
  CHECK(plain.hidden == std::vector<std::string>{"/state"});
  CHECK_FALSE(plain.must_hide);
  CHECK(plain.layers.empty());
  CHECK(plain.network == NetworkAccess::kOpen);
  CHECK(plain.memory_bytes + plain.processes + plain.open_files == 0);
}

TEST_CASE("containment: paths begin at the working folder or the home; programs can still start") {
  const Containment out = containment_of(
      contained_policy(
          "[containment]\nread = [\"~/a\", \"b\", \"/c\", \".\", \"~\"]\nwrite = []\n"),
      kPlaces);
  REQUIRE(out.layers.size() == 1);
  REQUIRE(out.layers[0].read.has_value());
  CHECK(ends_with(*out.layers[0].read, {"/home/me/a", "/work/b", "/c", "/work", "/home/me"}));
  CHECK(out.layers[0].read->front() == "/bin");
  CHECK(out.layers[0].write == merlon::system_write_paths());
}

TEST_CASE("containment: the system's policy and the user's both hold") {
  Policy policy = contained_policy(
      "[containment]\nnetwork = \"open\"\nmemory_mib = 100\nprocesses = 9\nread = [\"/a\"]\n"
      "state = \"visible\"\nmissing = \"allow\"\n");
  policy.minimum = std::make_shared<const Policy>(contained_policy(
      "[containment]\nnetwork = \"unix\"\nmemory_mib = 200\nopen_files = 99\nread = [\"/b\"]\n"
      "state = \"hidden\"\n"));
  const Containment out = containment_of(policy, kPlaces);
  CHECK(out.network == NetworkAccess::kUnix);
  CHECK(out.memory_bytes == 100ULL << 20U);
  CHECK(out.processes == 9);
  CHECK(out.open_files == 99);
  CHECK(out.layers.size() == 2);
  CHECK(out.must_hide);
  CHECK(out.hidden == kPlaces.hidden);
  CHECK_FALSE(out.may_lack);
}

TEST_CASE("containment: what is wrong in the section is told with its place") {
  CHECK(first_complaint("[containment]\nnetwork = \"local\"\n") != "");
  CHECK(first_complaint("[containment]\nmemory_mib = 1\n") != "");
  CHECK(first_complaint("[containment]\nread = [\"\"]\n") == "`read` holds what cannot be a path");
  CHECK(first_complaint("[containment]\nreed = [\"/a\"]\n") != "");
  CHECK(first_complaint("[containment]\nread = [\"/a\"]\nstate = \"hidden\"\n").empty());
}
