#pragma once
/// The pair of functions of every format; format.h says what they do. format_registry.cpp has the
/// rows.
#include <cstddef>

#include "manifest/format.h"

namespace merlon {

/// Parts of JSON lines that a recogniser looks at.
inline constexpr std::size_t kPartsLookedAt = 16;

[[nodiscard]] int recognise_a2a_agent_card(const Document& document);
[[nodiscard]] Status read_a2a_agent_card(Manifest& manifest);
[[nodiscard]] int recognise_agent_plugin(const Document& document);
[[nodiscard]] Status read_agent_plugin(Manifest& manifest);
[[nodiscard]] int recognise_agent_plugin_mcp(const Document& document);
[[nodiscard]] Status read_agent_plugin_mcp(Manifest& manifest);
[[nodiscard]] int recognise_amazon_q_agent(const Document& document);
[[nodiscard]] Status read_amazon_q_agent(Manifest& manifest);
[[nodiscard]] int recognise_amp_settings(const Document& document);
[[nodiscard]] Status read_amp_settings(Manifest& manifest);
[[nodiscard]] int recognise_bundle_entries(const Document& document);
[[nodiscard]] Status read_bundle_entries(Manifest& manifest);
[[nodiscard]] int recognise_claude_code_config(const Document& document);
[[nodiscard]] Status read_claude_code_config(Manifest& manifest);
[[nodiscard]] int recognise_claude_code_mcp(const Document& document);
[[nodiscard]] Status read_claude_code_mcp(Manifest& manifest);
[[nodiscard]] int recognise_claude_code_settings(const Document& document);
[[nodiscard]] Status read_claude_code_settings(Manifest& manifest);
[[nodiscard]] int recognise_cline_mcp(const Document& document);
[[nodiscard]] Status read_cline_mcp(Manifest& manifest);
[[nodiscard]] int recognise_codex_config(const Document& document);
[[nodiscard]] Status read_codex_config(Manifest& manifest);
[[nodiscard]] int recognise_continue_config(const Document& document);
[[nodiscard]] Status read_continue_config(Manifest& manifest);
[[nodiscard]] int recognise_cursor_mcp(const Document& document);
[[nodiscard]] Status read_cursor_mcp(Manifest& manifest);
[[nodiscard]] int recognise_devcontainer(const Document& document);
[[nodiscard]] Status read_devcontainer(Manifest& manifest);
[[nodiscard]] int recognise_discover_result(const Document& document);
[[nodiscard]] Status read_discover_result(Manifest& manifest);
[[nodiscard]] int recognise_docker_server(const Document& document);
[[nodiscard]] Status read_docker_server(Manifest& manifest);
[[nodiscard]] int recognise_docker_tools(const Document& document);
[[nodiscard]] Status read_docker_tools(Manifest& manifest);
[[nodiscard]] int recognise_flat_mcp(const Document& document);
[[nodiscard]] Status read_flat_mcp(Manifest& manifest);
[[nodiscard]] int recognise_gemini_settings(const Document& document);
[[nodiscard]] Status read_gemini_settings(Manifest& manifest);
[[nodiscard]] int recognise_goose_config(const Document& document);
[[nodiscard]] Status read_goose_config(Manifest& manifest);
[[nodiscard]] int recognise_initialize_result(const Document& document);
[[nodiscard]] Status read_initialize_result(Manifest& manifest);
[[nodiscard]] int recognise_kiro_mcp(const Document& document);
[[nodiscard]] Status read_kiro_mcp(Manifest& manifest);
[[nodiscard]] int recognise_mcp_servers(const Document& document);
[[nodiscard]] Status read_mcp_servers(Manifest& manifest);
[[nodiscard]] int recognise_mcpb_manifest(const Document& document);
[[nodiscard]] Status read_mcpb_manifest(Manifest& manifest);
[[nodiscard]] int recognise_mcporter_config(const Document& document);
[[nodiscard]] Status read_mcporter_config(Manifest& manifest);
[[nodiscard]] int recognise_merlon_snapshot(const Document& document);
[[nodiscard]] Status read_merlon_snapshot(Manifest& manifest);
[[nodiscard]] int recognise_opencode_config(const Document& document);
[[nodiscard]] Status read_opencode_config(Manifest& manifest);
[[nodiscard]] int recognise_prompts_list(const Document& document);
[[nodiscard]] Status read_prompts_list(Manifest& manifest);
[[nodiscard]] int recognise_registry_server(const Document& document);
[[nodiscard]] Status read_registry_server(Manifest& manifest);
[[nodiscard]] int recognise_resource_templates_list(const Document& document);
[[nodiscard]] Status read_resource_templates_list(Manifest& manifest);
[[nodiscard]] int recognise_resources_list(const Document& document);
[[nodiscard]] Status read_resources_list(Manifest& manifest);
[[nodiscard]] int recognise_skill(const Document& document);
[[nodiscard]] Status read_skill(Manifest& manifest);
[[nodiscard]] int recognise_smithery(const Document& document);
[[nodiscard]] Status read_smithery(Manifest& manifest);
[[nodiscard]] int recognise_tools_list(const Document& document);
[[nodiscard]] Status read_tools_list(Manifest& manifest);
[[nodiscard]] int recognise_vscode_mcp(const Document& document);
[[nodiscard]] Status read_vscode_mcp(Manifest& manifest);
[[nodiscard]] int recognise_vscode_settings(const Document& document);
[[nodiscard]] Status read_vscode_settings(Manifest& manifest);
[[nodiscard]] int recognise_vscode_workspace(const Document& document);
[[nodiscard]] Status read_vscode_workspace(Manifest& manifest);
[[nodiscard]] int recognise_windsurf_mcp(const Document& document);
[[nodiscard]] Status read_windsurf_mcp(Manifest& manifest);
[[nodiscard]] int recognise_zed_settings(const Document& document);
[[nodiscard]] Status read_zed_settings(Manifest& manifest);

}  // namespace merlon
