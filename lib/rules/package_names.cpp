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
/// Bad from version `from` (empty: the first) to before `fixed` (empty: none is good).
constexpr PackageFact vulnerable(std::string_view name, std::string_view from,
                                 std::string_view fixed, std::string_view why,
                                 std::string_view date) {
  return {kVulnerable, kNpm, name, fixed, why, from, date};
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
    PackageFact{PackageKind::kMalicious, PackageSource::kNpm, "postmark-mcp", "",
                "Koi Security and Postmark: a hidden BCC of every mail", "1.0.16", "2025-09-25"},
    vulnerable("mcp-remote", "0.0.5", "0.1.16", "CVE-2025-6514", "2025-07-09"),
    vulnerable("@modelcontextprotocol/inspector", "", "0.14.1", "CVE-2025-49596", "2025-06-13"),
    vulnerable("@modelcontextprotocol/inspector", "0.14.1", "0.16.6",
               "CVE-2025-58444 GHSA-g9hg-qhmf-q45m", "2025-09-08"),
    vulnerable("figma-developer-mcp", "", "0.6.3", "CVE-2025-53967", "2025-10-08"),
    vulnerable("mcp-server-kubernetes", "", "2.5.0", "CVE-2025-53355", "2025-07-08"),
    vulnerable("gemini-mcp-tool", "1.1.2", "1.1.6", "GHSA-4h5r-5jm8-jxjm GHSA-28qq-5f47-r5x2",
               "2026-05-30"),
    vulnerable("ssh-mcp", "", "2.0.0", "GHSA-j4q8-xwr2-344g GHSA-fr84-p27r-73vj", "2026-09-04"),
};

}  // namespace

std::span<const PackageFact> package_facts() {
  return kFacts;
}

}  // namespace merlon
