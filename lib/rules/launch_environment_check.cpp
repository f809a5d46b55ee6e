#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {
namespace {

// Variables that make a program run code of their value before its own.
constexpr std::array<std::string_view, 14> kPreloads{
    "ld_preload",        "ld_audit",
    "ld_library_path",   "dyld_insert_libraries",
    "dyld_library_path", "pythonstartup",
    "perl5opt",          "perl5db",
    "rubyopt",           "bash_env",
    "prompt_command",    "git_ssh_command",
    "git_external_diff", "node_repl_external_module"};

// Options that make the same of NODE_OPTIONS and JAVA_TOOL_OPTIONS.
bool loads_code(std::string_view name, std::string_view value) {
  if (name == "node_options") {
    for (const std::string_view option :
         {"--require", "-r ", "--import", "--loader", "--experimental-loader", "--inspect"}) {
      if (value.find(option) != std::string_view::npos) {
        return true;
      }
    }
    return false;
  }
  return (name == "java_tool_options" || name == "_java_options" || name == "jdk_java_options") &&
         (value.find("-javaagent") != std::string_view::npos ||
          value.find("-agentpath") != std::string_view::npos ||
          value.find("-xx:onerror") != std::string_view::npos);
}

bool is_preload(std::string_view name, std::string_view value) {
  return std::find(kPreloads.begin(), kPreloads.end(), name) != kPreloads.end() ||
         loads_code(name, value);
}

bool switches_tls_off(std::string_view name, std::string_view value) {
  const bool zero = value == "0" || value == "false" || value == "no" || value == "off";
  const bool one = value == "1" || value == "true" || value == "yes" || value == "on";
  return (name == "node_tls_reject_unauthorized" && value == "0") ||
         (name == "pythonhttpsverify" && value == "0") || (name == "git_ssl_no_verify" && one) ||
         (name == "npm_config_strict_ssl" && zero) ||
         (zero && (name.ends_with("ssl_verify") || name.ends_with("verify_ssl") ||
                   name.ends_with("tls_verify") || name.ends_with("verify_tls"))) ||
         (one && (name.ends_with("insecure_skip_verify") || name.ends_with("tls_insecure") ||
                  name.ends_with("disable_ssl_verification")));
}

// Where packages come from: another registry can answer with other code under the same names.
bool is_other_registry(std::string_view name, std::string_view value) {
  const bool registry = name == "npm_config_registry" || name == "pip_index_url" ||
                        name == "pip_extra_index_url" || name == "uv_index_url" ||
                        name == "uv_extra_index_url" || name == "uv_default_index" ||
                        name == "uv_index" || name == "yarn_npm_registry_server" ||
                        name == "bun_config_registry" || name == "goproxy";
  return registry && value.find("://registry.npmjs.org") == std::string_view::npos &&
         value.find("://pypi.org") == std::string_view::npos &&
         value.find("://proxy.golang.org") == std::string_view::npos &&
         value.find("://registry.yarnpkg.com") == std::string_view::npos &&
         value.find("://") != std::string_view::npos;
}

// Where the agent sends its requests: prompts, files and the key itself go there.
bool redirects_model(std::string_view name, std::string_view value) {
  const bool base = name == "anthropic_base_url" || name == "openai_base_url" ||
                    name == "openai_api_base" || name == "anthropic_bedrock_base_url" ||
                    name == "gemini_base_url" || name == "google_gemini_base_url" ||
                    name == "claude_code_api_base_url";
  if (!base || value.find("://") == std::string_view::npos || value.starts_with("$")) {
    return false;
  }
  for (const std::string_view known :
       {"://api.anthropic.com", "://api.openai.com", "://generativelanguage.googleapis.com",
        "://localhost", "://127.0.0.1", "://host.docker.internal", "://[::1]"}) {
    if (value.find(known) != std::string_view::npos) {
      return false;
    }
  }
  return true;
}

void inspect_environment(const Document& document, std::size_t manifest, const NameValue& pair,
                         CheckSink& sink) {
  if (pair.name == kNoNode || pair.value == kNoNode || !is_text_node(document, pair.name)) {
    return;
  }
  const std::string name = to_lower_ascii(document.text(pair.name));
  const bool text = document.is(pair.value, NodeKind::kString) ||
                    document.is(pair.value, NodeKind::kNumber) ||
                    document.is(pair.value, NodeKind::kBool);
  const std::string value = text ? to_lower_ascii(document.text(pair.value)) : std::string();
  const auto report = [&](std::string_view rule, NodeId node, std::string message) {
    sink.report({.rule_id = std::string(rule),
                 .manifest = manifest,
                 .node = node,
                 .message = std::move(message)});
  };
  const std::string shown = in_ticks(document.text(pair.name));
  if (is_preload(name, value)) {
    report("environment-loads-code", pair.name, shown + " makes the program load other code first");
  } else if (switches_tls_off(name, value)) {
    report("environment-tls-off", pair.name, shown + " switches the check of certificates off");
  } else if (is_other_registry(name, value)) {
    report("environment-other-registry", pair.value,
           shown + " takes packages from another registry");
  } else if (redirects_model(name, value)) {
    report("environment-redirects-model", pair.value,
           shown + " sends what the model is asked to another host");
  }
}

}  // namespace

void check_launch_environment(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    for (const Server& server : manifest.servers) {
      for (const NameValue& pair : server.environment) {
        inspect_environment(manifest.document, index, pair, sink);
      }
    }
    // The environment of the agent itself stands at the root of its settings.
    const auto settings = manifest.document.empty()
                              ? std::nullopt
                              : manifest.document.find(manifest.document.root(), "env");
    if (!settings) {
      continue;
    }
    for (const auto& [key, value] : manifest.document.members(*settings)) {
      inspect_environment(manifest.document, index, {.name = key, .value = value}, sink);
    }
  }
}

}  // namespace merlon
