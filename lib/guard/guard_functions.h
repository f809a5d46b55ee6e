#pragma once
/// The makers of all guards, for guard_registry.cpp only. Each is in <name>_guard.cpp.
#include <memory>

#include "guard/guard.h"

namespace merlon {

std::unique_ptr<Guard> make_action_tier_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_anomalies_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_arguments_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_message_size_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_output_filter_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_pii_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_pinning_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_prompt_injection_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_protocol_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_rate_limit_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_rule_of_two_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_schema_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_secrets_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_session_scope_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_shadowing_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_state_protection_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_tool_list_guard(const GuardConfig& config);
std::unique_ptr<Guard> make_tool_poisoning_guard(const GuardConfig& config);

}  // namespace merlon
