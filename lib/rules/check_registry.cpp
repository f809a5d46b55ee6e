#include <array>

#include "rules/check.h"
#include "rules/check_functions.h"

namespace merlon {
namespace {

constexpr CheckScope kManifest = CheckScope::kManifest;
constexpr CheckScope kWorkspace = CheckScope::kWorkspace;

// Sorted by name.
constexpr std::array kChecks{
    CheckKind{"agent-card", "cards of A2A agents: signature, access", kManifest, check_agent_card},
    CheckKind{"agent-permissions",
              "what an agent may do unasked: permissions, helpers, hooks, tools of skills",
              kManifest, check_agent_permissions},
    CheckKind{"annotation-contradictions", "hints of a tool against its name", kManifest,
              check_annotation_contradictions},
    CheckKind{"auto-approve", "settings that approve calls unseen", kManifest, check_auto_approve},
    CheckKind{"bundle-entries", "entries of a bundle that reach out of it when it is unpacked",
              kManifest, check_bundle_entries},
    CheckKind{"bundle-manifest", "manifests of MCPB bundles: entry point, settings", kManifest,
              check_bundle_manifest},
    CheckKind{"config-secrets",
              "values of variables and headers whose names say that they are secret", kManifest,
              check_config_secrets},
    CheckKind{"docker-entry", "entries of Docker's registry: the source that is built", kManifest,
              check_docker_entry},
    CheckKind{"duplicate-keys", "keys that stand twice in one object", kManifest,
              check_duplicate_keys},
    CheckKind{"encoded-prose", "sentences in base64, hexadecimal or binary digits", kManifest,
              check_encoded_prose},
    CheckKind{"era-differences", "what a server says to newer clients and not to older ones",
              kManifest, check_era_differences},
    CheckKind{"escaped-keys", "keys and strings that spell letters as escapes", kManifest,
              check_escaped_keys},
    CheckKind{"hidden-unicode",
              "characters that are not seen: tags, bidi controls, zero width, selectors", kManifest,
              check_hidden_unicode},
    CheckKind{"instruction-score",
              "orders to the model that are no part of what they stand in, by a learned scorer",
              kManifest, check_instruction_score},
    CheckKind{"launch-arguments",
              "what a launch runs beside the server, and what its container may see", kManifest,
              check_launch_arguments},
    CheckKind{"launch-environment",
              "variables that load code, redirect traffic or switch checks off", kManifest,
              check_launch_environment},
    CheckKind{"lone-surrogates", "halves of surrogate pairs in JSON strings", kManifest,
              check_lone_surrogates},
    CheckKind{"lookalike-names", "names of tools and servers that look like another's", kWorkspace,
              check_lookalike_names},
    CheckKind{"missing-descriptions", "tools and skills without a description", kManifest,
              check_missing_descriptions},
    CheckKind{"mixed-script", "names written with letters of several scripts", kManifest,
              check_mixed_script},
    CheckKind{"oauth-scopes", "scopes that grant everything", kManifest, check_oauth_scopes},
    CheckKind{"oversized-descriptions", "descriptions and lists of tools that fill the context",
              kManifest, check_oversized_descriptions},
    CheckKind{"package-names",
              "packages that are known to be bad or nearly called like a known one", kManifest,
              check_package_names},
    CheckKind{"registry-entry", "entries of the MCP registry: names, versions, digests", kManifest,
              check_registry_entry},
    CheckKind{"schema-keywords",
              "schemas that reach out, nest too deep or break the rules of the protocol", kManifest,
              check_schema_keywords},
    CheckKind{"shadowing", "texts that rule over another server's tools", kWorkspace,
              check_shadowing},
    CheckKind{"skill-front-matter", "names and lengths of the front matter of skills", kManifest,
              check_skill_front_matter},
    CheckKind{"tool-names", "names of tools: form, duplicates, what is left when they are cut",
              kManifest, check_tool_names},
    CheckKind{"unpinned-launch", "launches that may run something else each time", kManifest,
              check_unpinned_launch},
};

}  // namespace

std::span<const CheckKind> check_kinds() {
  return kChecks;
}

}  // namespace merlon
