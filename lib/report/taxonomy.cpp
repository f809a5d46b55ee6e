#include "report/taxonomy.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace merlon {
namespace {

enum Index : std::size_t { kMcp, kLlm2025, kLlm2026, kAgentic, kCwe, kAtlas, kSafeMcp };

constexpr std::array kTaxonomies = {
    Taxonomy{"OWASP-MCP", "OWASP MCP Top 10", "OWASP", "2025",
             "https://owasp.org/www-project-mcp-top-10/"},
    Taxonomy{"OWASP-LLM-2025", "OWASP Top 10 for LLM Applications 2025", "OWASP", "2025",
             "https://genai.owasp.org/llm-top-10/"},
    Taxonomy{"OWASP-LLM-2026", "OWASP Top 10 for LLM Applications 2026", "OWASP", "2026",
             "https://genai.owasp.org/llm-top-10/"},
    Taxonomy{"OWASP-ASI", "OWASP Top 10 for Agentic Applications", "OWASP", "2026",
             "https://genai.owasp.org/"},
    Taxonomy{"CWE", "Common Weakness Enumeration", "MITRE", "", "https://cwe.mitre.org/"},
    Taxonomy{"ATLAS", "MITRE ATLAS", "MITRE", "5.6.0", "https://atlas.mitre.org/"},
    Taxonomy{"SAFE-MCP", "SAFE-MCP", "SAFE-MCP", "",
             "https://github.com/safe-agentic-framework/safe-mcp"},
};

struct Title {
  std::string_view id;
  std::string_view title;
};

constexpr std::array kTitles = {
    Title{"MCP01:2025", "Token Mismanagement & Secret Exposure"},
    Title{"MCP02:2025", "Privilege Escalation via Scope Creep"},
    Title{"MCP03:2025", "Tool Poisoning"},
    Title{"MCP04:2025", "Software Supply Chain Attacks & Dependency Tampering"},
    Title{"MCP05:2025", "Command Injection & Execution"},
    Title{"MCP06:2025", "Intent Flow Subversion"},
    Title{"MCP07:2025", "Insufficient Authentication & Authorization"},
    Title{"MCP08:2025", "Lack of Audit and Telemetry"},
    Title{"MCP09:2025", "Shadow MCP Servers"},
    Title{"MCP10:2025", "Context Injection & Over-Sharing"},
    Title{"LLM01:2025", "Prompt Injection"},
    Title{"LLM02:2025", "Sensitive Information Disclosure"},
    Title{"LLM03:2025", "Supply Chain"},
    Title{"LLM04:2025", "Data and Model Poisoning"},
    Title{"LLM05:2025", "Improper Output Handling"},
    Title{"LLM06:2025", "Excessive Agency"},
    Title{"LLM07:2025", "System Prompt Leakage"},
    Title{"LLM08:2025", "Vector and Embedding Weaknesses"},
    Title{"LLM09:2025", "Misinformation"},
    Title{"LLM10:2025", "Unbounded Consumption"},
    Title{"LLM01:2026", "Prompt Injection"},
    Title{"LLM02:2026", "Sensitive Information Disclosure"},
    Title{"LLM03:2026", "Excessive Agency"},
    Title{"LLM04:2026", "Supply Chain"},
    Title{"LLM05:2026", "Data and Model Poisoning"},
    Title{"LLM06:2026", "Unbounded Consumption"},
    Title{"LLM07:2026", "Misinformation"},
    Title{"LLM08:2026", "Hidden Context Exposure"},
    Title{"LLM09:2026", "Vector and Embedding Weaknesses"},
    Title{"LLM10:2026", "Improper Output Handling"},
    Title{"ASI01:2026", "Agent Goal Hijack"},
    Title{"ASI02:2026", "Tool Misuse & Exploitation"},
    Title{"ASI03:2026", "Identity & Privilege Abuse"},
    Title{"ASI04:2026", "Agentic Supply Chain Vulnerabilities"},
    Title{"ASI05:2026", "Unexpected Code Execution (RCE)"},
    Title{"ASI06:2026", "Memory & Context Poisoning"},
    Title{"ASI07:2026", "Insecure Inter-Agent Communication"},
    Title{"ASI08:2026", "Cascading Failures"},
    Title{"ASI09:2026", "Human-Agent Trust Exploitation"},
    Title{"ASI10:2026", "Rogue Agents"},
};

std::string_view title_of(std::string_view id) {
  const auto* const found = std::find_if(kTitles.begin(), kTitles.end(),
                                         [&](const Title& title) { return title.id == id; });
  return found == kTitles.end() ? std::string_view() : found->title;
}

bool is_number(std::string_view text) {
  return !text.empty() && parse_unsigned(text).has_value();
}

// "03:2025" with exactly these digits and this edition.
bool is_numbered(std::string_view rest, std::string_view edition) {
  return rest.size() == 7 && rest[2] == ':' && is_number(rest.substr(0, 2)) &&
         rest.substr(3) == edition;
}

// "T0110" or "T0011.002".
bool is_technique(std::string_view rest) {
  if (!rest.starts_with('T')) {
    return false;
  }
  const auto parts = split(rest.substr(1), '.');
  return parts.size() <= 2 && std::all_of(parts.begin(), parts.end(), is_number);
}

std::optional<std::size_t> taxonomy_of(std::string_view id) {
  if (id.starts_with("MCP") && is_numbered(id.substr(3), "2025")) {
    return kMcp;
  }
  if (id.starts_with("LLM") && is_numbered(id.substr(3), "2025")) {
    return kLlm2025;
  }
  if (id.starts_with("LLM") && is_numbered(id.substr(3), "2026")) {
    return kLlm2026;
  }
  if (id.starts_with("ASI") && is_numbered(id.substr(3), "2026")) {
    return kAgentic;
  }
  if (id.starts_with("CWE-") && is_number(id.substr(4))) {
    return kCwe;
  }
  if (id.starts_with("AML.") && is_technique(id.substr(4))) {
    return kAtlas;
  }
  if (id.starts_with("SAFE-") && is_technique(id.substr(5))) {
    return kSafeMcp;
  }
  return std::nullopt;
}

std::string url_of(std::size_t taxonomy, std::string_view id) {
  if (taxonomy == kCwe) {
    return "https://cwe.mitre.org/data/definitions/" + std::string(id.substr(4)) + ".html";
  }
  if (taxonomy == kAtlas) {
    return "https://atlas.mitre.org/techniques/" + std::string(id);
  }
  return std::string(kTaxonomies[taxonomy].url);
}

}  // namespace

std::span<const Taxonomy> taxonomies() {
  return kTaxonomies;
}

std::optional<Taxon> parse_taxon(std::string_view tag) {
  if (tag.starts_with("OWASP-")) {
    tag.remove_prefix(6);
  }
  const auto taxonomy = taxonomy_of(tag);
  if (!taxonomy) {
    return std::nullopt;
  }
  return Taxon{.taxonomy = *taxonomy,
               .id = std::string(tag),
               .title = title_of(tag),
               .url = url_of(*taxonomy, tag)};
}

}  // namespace merlon
