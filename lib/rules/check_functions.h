#pragma once
/// The functions behind the rows of check_registry.cpp, one file each. Contract: CheckKind::run.
#include "rules/check.h"

namespace merlon {

void check_agent_card(const CheckInput& input, CheckSink& sink);
void check_agent_permissions(const CheckInput& input, CheckSink& sink);
void check_annotation_contradictions(const CheckInput& input, CheckSink& sink);
void check_auto_approve(const CheckInput& input, CheckSink& sink);
void check_bundle_entries(const CheckInput& input, CheckSink& sink);
void check_bundle_manifest(const CheckInput& input, CheckSink& sink);
void check_config_secrets(const CheckInput& input, CheckSink& sink);
void check_docker_entry(const CheckInput& input, CheckSink& sink);
void check_duplicate_keys(const CheckInput& input, CheckSink& sink);
void check_encoded_prose(const CheckInput& input, CheckSink& sink);
void check_era_differences(const CheckInput& input, CheckSink& sink);
void check_escaped_keys(const CheckInput& input, CheckSink& sink);
void check_hidden_unicode(const CheckInput& input, CheckSink& sink);
void check_instruction_score(const CheckInput& input, CheckSink& sink);
void check_launch_arguments(const CheckInput& input, CheckSink& sink);
void check_launch_environment(const CheckInput& input, CheckSink& sink);
void check_lone_surrogates(const CheckInput& input, CheckSink& sink);
void check_lookalike_names(const CheckInput& input, CheckSink& sink);
void check_missing_descriptions(const CheckInput& input, CheckSink& sink);
void check_mixed_script(const CheckInput& input, CheckSink& sink);
void check_oauth_scopes(const CheckInput& input, CheckSink& sink);
void check_oversized_descriptions(const CheckInput& input, CheckSink& sink);
void check_package_names(const CheckInput& input, CheckSink& sink);
void check_registry_entry(const CheckInput& input, CheckSink& sink);
void check_schema_keywords(const CheckInput& input, CheckSink& sink);
void check_shadowing(const CheckInput& input, CheckSink& sink);
void check_skill_front_matter(const CheckInput& input, CheckSink& sink);
void check_tool_names(const CheckInput& input, CheckSink& sink);
void check_unpinned_launch(const CheckInput& input, CheckSink& sink);

}  // namespace merlon
