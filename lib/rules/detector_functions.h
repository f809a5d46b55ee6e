#pragma once
/// The functions behind the rows of detector_registry.cpp, one file each. Contract:
/// DetectorKind::find.
#include <string_view>
#include <vector>

#include "rules/detector.h"

namespace merlon {

using DetectorHits = std::vector<DetectorHit>;

void find_anthropic_keys(std::string_view text, DetectorHits& hits);
void find_assigned_secrets(std::string_view text, DetectorHits& hits);
void find_aws_keys(std::string_view text, DetectorHits& hits);
void find_bank_accounts(std::string_view text, DetectorHits& hits);
void find_credential_paths(std::string_view text, DetectorHits& hits);
void find_github_tokens(std::string_view text, DetectorHits& hits);
void find_gitlab_tokens(std::string_view text, DetectorHits& hits);
void find_google_keys(std::string_view text, DetectorHits& hits);
void find_json_web_tokens(std::string_view text, DetectorHits& hits);
void find_metadata_addresses(std::string_view text, DetectorHits& hits);
void find_npm_tokens(std::string_view text, DetectorHits& hits);
void find_openai_keys(std::string_view text, DetectorHits& hits);
void find_payment_cards(std::string_view text, DetectorHits& hits);
void find_person_numbers(std::string_view text, DetectorHits& hits);
void find_private_keys(std::string_view text, DetectorHits& hits);
void find_provider_tokens(std::string_view text, DetectorHits& hits);
void find_pypi_tokens(std::string_view text, DetectorHits& hits);
void find_shell_pipes(std::string_view text, DetectorHits& hits);
void find_slack_tokens(std::string_view text, DetectorHits& hits);
void find_stripe_keys(std::string_view text, DetectorHits& hits);
void find_url_passwords(std::string_view text, DetectorHits& hits);

}  // namespace merlon
