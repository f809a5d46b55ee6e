#include <algorithm>
#include <array>

#include "rules/credential_paths.h"
#include "rules/detector.h"
#include "rules/detector_functions.h"

namespace merlon {
namespace {

using Literals = std::span<const std::string_view>;

// Literals are lower case, as DetectorKind asks for; the detectors themselves mind the case.
constexpr std::array<std::string_view, 1> kAnthropic{"sk-ant-"};
constexpr std::array<std::string_view, 14> kAssigned{
    "key",    "token",    "secret",     "password", "passwd", "pwd", "pass",
    "bearer", "authoriz", "credential", "pat",      "jwt",    "dsn", "passphrase"};
constexpr std::array<std::string_view, 2> kAws{"akia", "asia"};
constexpr std::array<std::string_view, 6> kGithub{"ghp_", "gho_", "ghu_",
                                                  "ghs_", "ghr_", "github_pat_"};
constexpr std::array<std::string_view, 4> kGitlab{"glpat-", "gldt-", "glrt-", "glptt-"};
constexpr std::array<std::string_view, 4> kGoogle{"aiza", "gocspx-", "ya29.", "1//0"};
constexpr std::array<std::string_view, 1> kJwt{"eyj"};
constexpr std::array<std::string_view, 13> kMetadata{
    "169.254.169.254", "169.254.170.2",  "100.100.100.200", "192.0.0.192", "metadata.google.",
    "metadata.goog",   "fd00:ec2::254",  "0xa9fea9fe",      "2852039166",  "0251.0376.",
    "0xa9.0xfe.",      "169.254.170.23", "::ffff:169.254."};
constexpr std::array<std::string_view, 1> kNpm{"npm_"};
constexpr std::array<std::string_view, 1> kOpenai{"t3blbkfj"};
constexpr std::array<std::string_view, 1> kPrivate{"private key"};
constexpr std::array<std::string_view, 24> kProviders{
    "pat",  "atatt3", "dapi",    "dop_v1_",  "dp.pt.", "figd_", "fc-",   "glsa_",
    "gsk_", "hrku-",  "hf_",     "lin_api_", "nrak-",  "ntn_",  "pplx-", "pmak-",
    "r8_",  "sg.",    "sntryu_", "shpat_",   "sbp_",   "tvly-", "hvs.",  "xai-"};
constexpr std::array<std::string_view, 1> kPypi{"pypi-age"};
constexpr std::array<std::string_view, 6> kPipes{"curl", "wget", "fetch", "http", "iwr", "irm"};
constexpr std::array<std::string_view, 6> kSlack{"xoxb-", "xoxp-", "xoxa-",
                                                 "xoxe-", "xoxs-", "xapp-"};
constexpr std::array<std::string_view, 4> kStripe{"sk_live_", "rk_live_", "sk_test_", "whsec_"};
constexpr std::array<std::string_view, 1> kUrl{"://"};

// Sorted by name. The row of the paths takes its literals from the table of the detector.
std::span<const DetectorKind> rows() {
  static const std::array all{
      DetectorKind{"anthropic-key", "keys of Anthropic", kAnthropic, find_anthropic_keys},
      DetectorKind{"assigned-secret",
                   "`name = value` where the name is a secret's and the value random", kAssigned,
                   find_assigned_secrets},
      DetectorKind{"aws-key", "access key ids of AWS", kAws, find_aws_keys},
      DetectorKind{
          "bank-account", "IBANs, by country, length and check digits", {}, find_bank_accounts},
      DetectorKind{"credential-path", "places where programs keep credentials",
                   credential_path_literals(), find_credential_paths},
      DetectorKind{"github-token", "tokens of GitHub, by their checksum", kGithub,
                   find_github_tokens},
      DetectorKind{"gitlab-token", "tokens of GitLab", kGitlab, find_gitlab_tokens},
      DetectorKind{"google-key", "keys and OAuth tokens of Google", kGoogle, find_google_keys},
      DetectorKind{"json-web-token", "JSON web tokens whose parts decode", kJwt,
                   find_json_web_tokens},
      DetectorKind{"metadata-address", "addresses of cloud metadata services in any spelling",
                   kMetadata, find_metadata_addresses},
      DetectorKind{"npm-token", "tokens of npm, by their checksum", kNpm, find_npm_tokens},
      DetectorKind{"openai-key", "keys of OpenAI, by their marker", kOpenai, find_openai_keys},
      DetectorKind{"payment-card",
                   "card numbers, by network, length and Luhn's check digit",
                   {},
                   find_payment_cards},
      DetectorKind{"person-number",
                   "US social security numbers that can have been issued",
                   {},
                   find_person_numbers},
      DetectorKind{"private-key", "PEM blocks with a private key in them", kPrivate,
                   find_private_keys},
      DetectorKind{"provider-token", "tokens of two dozen other services, by their prefix",
                   kProviders, find_provider_tokens, 32},
      DetectorKind{"pypi-token", "tokens of PyPI", kPypi, find_pypi_tokens},
      DetectorKind{"shell-pipe-to-interpreter", "a download that is piped into an interpreter",
                   kPipes, find_shell_pipes},
      DetectorKind{"slack-token", "tokens of Slack", kSlack, find_slack_tokens},
      DetectorKind{"stripe-key", "keys of Stripe", kStripe, find_stripe_keys},
      DetectorKind{"url-password", "passwords in the authority of an address", kUrl,
                   find_url_passwords},
  };
  return all;
}

}  // namespace

std::span<const DetectorKind> detector_kinds() {
  return rows();
}

const DetectorKind* find_detector(std::string_view name) {
  const auto all = detector_kinds();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const DetectorKind& kind) { return kind.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace merlon
