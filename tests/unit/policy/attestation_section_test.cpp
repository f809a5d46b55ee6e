#include "policy/attestation_section.h"

#include <doctest/doctest.h>

#include "policy/policy_loader.h"

namespace merlon {
namespace {

constexpr std::string_view kAttesterKey =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

Policy attesting_policy(const std::string& section) {
  auto policy = parse_policy(
      SourceText::copy_of("/etc/team/p.toml", "format = 1\nname = \"p\"\n" + section), Limits());
  REQUIRE(policy.has_value());
  return *std::move(policy);
}

std::string attestation_complaint(const std::string& section) {
  std::vector<Error> errors;
  (void)read_attestation_section(attesting_policy(section), &errors);
  return errors.empty() ? "" : errors.front().message;
}

std::string with_key(const std::string& fields) {
  return "[[attestation.server]]\n" + fields + "[\"" + std::string(kAttesterKey) + "\"]\n";
}

}  // namespace

TEST_CASE("attestation section: what is demanded of which server, paths beside the policy") {
  const VerifierKey key = parse_verifier_key(kAttesterKey).value();
  const Policy policy = attesting_policy(with_key("server = \"weather*\"\npins_keys = ") +
                                         with_key("surface = \"all.att\"\nsurface_keys = "));
  const RequiredAttestation pins{
      .server = "weather*", .pins_keys = {key}, .surface = {}, .surface_keys = {}};
  const RequiredAttestation surface{
      .server = "*", .pins_keys = {}, .surface = "/etc/team/all.att", .surface_keys = {key}};
  CHECK(required_attestations(policy, "weather-1") == std::vector{pins, surface});
  CHECK(required_attestations(policy, "files") == std::vector{surface});
  CHECK(required_attestations(attesting_policy(""), "files").empty());
}

TEST_CASE("attestation section: the system's minimum demands as well") {
  Policy policy = attesting_policy("");
  policy.minimum = std::make_shared<const Policy>(attesting_policy(with_key("pins_keys = ")));
  CHECK(required_attestations(policy, "files").size() == 1);
}

TEST_CASE("attestation section: what demands nothing or cannot be read is a problem") {
  CHECK(attestation_complaint("[[attestation.server]]\nserver = \"a\"\n") ==
        "`[[attestation.server]]` requires nothing");
  CHECK(attestation_complaint("[[attestation.server]]\nsurface = \"a\"\n") ==
        "`surface` and `surface_keys` stand together");
  CHECK(attestation_complaint(with_key("surface_keys = ")) ==
        "`surface` and `surface_keys` stand together");
  CHECK(attestation_complaint("[[attestation.server]]\npins_keys = []\n") ==
        "`pins_keys` names no key");
  CHECK(attestation_complaint("[[attestation.server]]\npins_keys = [\"no key\"]\n") ==
        "this is no verifier key: it has not three parts with `+` between");
  CHECK(attestation_complaint(with_key("pins_keys = ") + "pin_key = 1\n") ==
        "unknown key `pin_key` in `[[attestation.server]]`");
  CHECK(attestation_complaint(with_key("pins_keys = ")).empty());
}

}  // namespace merlon
