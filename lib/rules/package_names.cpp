#include "rules/package_names.h"

#include <array>

namespace merlon {
namespace {

using enum PackageKind;
using enum PackageSource;

/// A package that is what its name says, and where it comes from.
constexpr PackageFact npm(std::string_view name, std::string_view home) {
  return {kKnown, kNpm, name, "", home};
}
constexpr PackageFact pypi(std::string_view name, std::string_view home) {
  return {kKnown, kPypi, name, "", home};
}
/// Versions from the first bad one (empty: the first of all) to before the first good one (empty:
/// there is none).
struct BadVersions {
  std::string_view from;
  std::string_view fixed;
};
constexpr PackageFact vulnerable(PackageSource source, std::string_view name, BadVersions versions,
                                 std::string_view why, std::string_view date) {
  return {kVulnerable, source, name, versions.fixed, why, versions.from, date};
}
constexpr PackageFact malicious(PackageSource source, std::string_view name, BadVersions versions,
                                std::string_view why, std::string_view date) {
  return {kMalicious, source, name, versions.fixed, why, versions.from, date};
}

// The rows of rules/data/packages.csv, in its order.
constexpr std::array kFacts{
    npm("@modelcontextprotocol/server-filesystem", "github.com/modelcontextprotocol/servers"),
    npm("@modelcontextprotocol/server-memory", "github.com/modelcontextprotocol/servers"),
    npm("@modelcontextprotocol/server-everything", "github.com/modelcontextprotocol/servers"),
    npm("@modelcontextprotocol/server-sequential-thinking",
        "github.com/modelcontextprotocol/servers"),
    npm("@modelcontextprotocol/server-github", "github.com/modelcontextprotocol/servers-archived"),
    npm("@modelcontextprotocol/server-gitlab", "github.com/modelcontextprotocol/servers-archived"),
    npm("@modelcontextprotocol/server-postgres",
        "github.com/modelcontextprotocol/servers-archived"),
    npm("@modelcontextprotocol/server-puppeteer",
        "github.com/modelcontextprotocol/servers-archived"),
    npm("@modelcontextprotocol/server-brave-search",
        "github.com/modelcontextprotocol/servers-archived"),
    npm("@modelcontextprotocol/server-google-maps",
        "github.com/modelcontextprotocol/servers-archived"),
    npm("@modelcontextprotocol/server-slack", "github.com/modelcontextprotocol/servers-archived"),
    npm("@modelcontextprotocol/server-redis", "github.com/modelcontextprotocol/servers-archived"),
    npm("@modelcontextprotocol/server-gdrive", "github.com/modelcontextprotocol/servers-archived"),
    npm("@modelcontextprotocol/inspector", "github.com/modelcontextprotocol/inspector"),
    npm("@playwright/mcp", "github.com/microsoft/playwright-mcp"),
    npm("@upstash/context7-mcp", "github.com/upstash/context7"),
    npm("chrome-devtools-mcp", "github.com/ChromeDevTools/chrome-devtools-mcp"),
    npm("firecrawl-mcp", "github.com/firecrawl/firecrawl-mcp-server"),
    npm("exa-mcp-server", "github.com/exa-labs/exa-mcp-server"),
    npm("tavily-mcp", "github.com/tavily-ai/tavily-mcp"),
    npm("@notionhq/notion-mcp-server", "github.com/makenotion/notion-mcp-server"),
    npm("@stripe/mcp", "github.com/stripe/agent-toolkit"),
    npm("@supabase/mcp-server-supabase", "github.com/supabase-community/supabase-mcp"),
    npm("@sentry/mcp-server", "github.com/getsentry/sentry-mcp"),
    npm("mongodb-mcp-server", "github.com/mongodb-js/mongodb-mcp-server"),
    npm("mcp-remote", "github.com/geelen/mcp-remote"),
    npm("supergateway", "github.com/supercorp-ai/supergateway"),
    npm("mcporter", "github.com/steipete/mcporter"),
    npm("@smithery/cli", "github.com/smithery-ai/cli"),
    npm("@browserbasehq/mcp-server-browserbase", "github.com/browserbase/mcp-server-browserbase"),
    npm("@cloudflare/mcp-server-cloudflare", "github.com/cloudflare/mcp-server-cloudflare"),
    npm("@heroku/mcp-server", "github.com/heroku/heroku-mcp-server"),
    npm("@azure/mcp", "github.com/Azure/azure-mcp"),
    npm("@azure-devops/mcp", "github.com/microsoft/azure-devops-mcp"),
    npm("@elastic/mcp-server-elasticsearch", "github.com/elastic/mcp-server-elasticsearch"),
    npm("@neondatabase/mcp-server-neon", "github.com/neondatabase/mcp-server-neon"),
    npm("@brightdata/mcp", "github.com/brightdata/brightdata-mcp"),
    npm("@apify/actors-mcp-server", "github.com/apify/actors-mcp-server"),
    npm("figma-developer-mcp", "github.com/GLips/Figma-Context-MCP"),
    npm("@benborla29/mcp-server-mysql", "github.com/benborla/mcp-server-mysql"),
    npm("@wonderwhy-er/desktop-commander", "github.com/wonderwhy-er/DesktopCommanderMCP"),
    npm("@21st-dev/magic", "github.com/21st-dev/magic-mcp"),
    npm("task-master-ai", "github.com/eyaltoledano/claude-task-master"),
    npm("kubernetes-mcp-server", "github.com/containers/kubernetes-mcp-server"),
    npm("mcp-server-kubernetes", "github.com/Flux159/mcp-server-kubernetes"),
    npm("@hubspot/mcp-server", "developers.hubspot.com/mcp"),
    npm("@paypal/mcp", "github.com/paypal/agent-toolkit"),
    npm("@perplexity-ai/mcp-server", "github.com/perplexityai/modelcontextprotocol"),
    npm("@brave/brave-search-mcp-server", "github.com/brave/brave-search-mcp-server"),
    npm("@circleci/mcp-server-circleci", "github.com/CircleCI-Public/mcp-server-circleci"),
    npm("@shopify/dev-mcp", "shopify.dev/docs/apps/build/devmcp"),
    npm("@mapbox/mcp-server", "github.com/mapbox/mcp-server"),
    npm("@auth0/auth0-mcp-server", "github.com/auth0/auth0-mcp-server"),
    npm("@twilio-alpha/mcp", "github.com/twilio-labs/mcp"),
    npm("@mondaydotcomorg/monday-api-mcp", "github.com/mondaycom/mcp"),
    npm("airtable-mcp-server", "github.com/domdomegg/airtable-mcp-server"),
    npm("xcodebuildmcp", "github.com/cameroncooke/XcodeBuildMCP"),
    pypi("mcp-server-fetch", "github.com/modelcontextprotocol/servers"),
    pypi("mcp-server-git", "github.com/modelcontextprotocol/servers"),
    pypi("mcp-server-time", "github.com/modelcontextprotocol/servers"),
    pypi("mcp-server-sqlite", "github.com/modelcontextprotocol/servers-archived"),
    pypi("mcp-server-sentry", "github.com/modelcontextprotocol/servers-archived"),
    pypi("mcp-server-qdrant", "github.com/qdrant/mcp-server-qdrant"),
    pypi("mcp-atlassian", "github.com/sooperset/mcp-atlassian"),
    pypi("mcp-proxy", "github.com/sparfenyuk/mcp-proxy"),
    pypi("basic-memory", "github.com/basicmachines-co/basic-memory"),
    pypi("markitdown-mcp", "github.com/microsoft/markitdown"),
    pypi("blender-mcp", "github.com/ahujasid/blender-mcp"),
    pypi("elevenlabs-mcp", "github.com/elevenlabs/elevenlabs-mcp"),
    pypi("duckduckgo-mcp-server", "github.com/nickclyde/duckduckgo-mcp-server"),
    pypi("awslabs.core-mcp-server", "github.com/awslabs/mcp"),
    pypi("awslabs.aws-documentation-mcp-server", "github.com/awslabs/mcp"),
    malicious(kNpm, "postmark-mcp", {"1.0.16", ""},
              "Koi Security and Postmark: a hidden BCC of every mail", "2025-09-25"),
    malicious(kNpm, "@lanyer640/mcp-runcommand-server", {"", ""},
              "Koi Security and Checkmarx: a remote shell", "2025-10-01"),
    malicious(kPypi, "mcp-runcmd-server", {"", ""}, "JFrog XRAY-734538: a remote shell",
              "2025-10-19"),
    malicious(kPypi, "mcp-runcommand-server", {"", ""}, "JFrog XRAY-734540: a remote shell",
              "2025-10-19"),
    malicious(kPypi, "mcp-runcommand-server2", {"", ""}, "JFrog XRAY-734539: a remote shell",
              "2025-10-19"),
    malicious(kPypi, "instructor-mcp", {"", ""}, "OSV MAL-2026-5317: steals credentials",
              "2026-06-08"),
    malicious(kPypi, "langchain-core-mcp", {"", ""}, "OSV MAL-2026-5318: steals credentials",
              "2026-06-08"),
    malicious(kPypi, "openai-mcp", {"", ""}, "OSV MAL-2026-5320: steals credentials", "2026-06-08"),
    malicious(kPypi, "ray-mcp-server", {"", ""}, "OSV MAL-2026-5325: steals credentials",
              "2026-06-08"),
    malicious(kPypi, "tiktoken-mcp", {"", ""}, "OSV MAL-2026-5326: steals credentials",
              "2026-06-08"),
    vulnerable(kNpm, "mcp-remote", {"0.0.5", "0.1.16"}, "CVE-2025-6514 GHSA-6xpm-ggf7-wc3p",
               "2025-07-09"),
    vulnerable(kNpm, "@modelcontextprotocol/inspector", {"", "0.14.1"},
               "CVE-2025-49596 GHSA-7f8r-222p-6f5g", "2025-06-13"),
    vulnerable(kNpm, "@modelcontextprotocol/inspector", {"", "0.16.6"},
               "CVE-2025-58444 GHSA-g9hg-qhmf-q45m", "2025-09-08"),
    vulnerable(kNpm, "@modelcontextprotocol/server-filesystem", {"", "0.6.3"},
               "CVE-2025-53109 GHSA-q66q-fx2p-7w4m CVE-2025-53110 GHSA-hc55-p739-j48w",
               "2025-07-01"),
    vulnerable(kNpm, "@modelcontextprotocol/server-filesystem", {"2025.1.14", "2025.7.1"},
               "CVE-2025-53109 GHSA-q66q-fx2p-7w4m CVE-2025-53110 GHSA-hc55-p739-j48w",
               "2025-07-01"),
    vulnerable(kNpm, "figma-developer-mcp", {"", "0.6.3"}, "CVE-2025-53967 GHSA-gxw4-4fc5-9gr5",
               "2025-10-08"),
    vulnerable(kNpm, "mcp-server-kubernetes", {"", "2.5.0"}, "CVE-2025-53355 GHSA-gjv4-ghm7-q58q",
               "2025-07-08"),
    vulnerable(kNpm, "mcp-server-kubernetes", {"", "3.5.0"}, "CVE-2026-39884", "2026-04-14"),
    vulnerable(kNpm, "@cyanheads/git-mcp-server", {"", "2.1.5"},
               "CVE-2025-53107 GHSA-3q26-f695-pp76", "2025-06-29"),
    vulnerable(kNpm, "@mcpjam/inspector", {"", "1.4.3"}, "CVE-2026-23744 GHSA-232v-j27c-5pp6",
               "2026-03-23"),
    vulnerable(kNpm, "ios-simulator-mcp", {"", "1.3.3"}, "CVE-2025-52573 GHSA-6f6r-m9pv-67jw",
               "2025-06-26"),
    vulnerable(kNpm, "node-code-sandbox-mcp", {"", "1.3.0"}, "CVE-2025-53372 GHSA-5w57-2ccq-8w95",
               "2025-07-08"),
    vulnerable(kNpm, "gemini-mcp-tool", {"1.1.2", "1.1.6"}, "CVE-2026-0755 GHSA-4h5r-5jm8-jxjm",
               "2026-06-18"),
    vulnerable(kNpm, "ssh-mcp", {"", "2.0.0"},
               "github.com/tufantunc/ssh-mcp issue 44 and pull request 72", "2026-04-07"),
    vulnerable(kPypi, "mcp-server-git", {"", "2025.12.18"},
               "CVE-2025-68144 GHSA-9xwc-hfwc-8w59 CVE-2025-68145 GHSA-j22h-9j4x-23w5",
               "2025-12-17"),
};

}  // namespace

std::span<const PackageFact> package_facts() {
  return kFacts;
}

}  // namespace merlon
