#pragma once
/// What the taxonomy tags of rules stand for: "OWASP-MCP03:2025", "LLM01:2026", "ASI01:2026",
/// "CWE-1427", "AML.T0110", "SAFE-T1001".
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace merlon {

/// One published list of weaknesses or techniques.
struct Taxonomy {
  std::string_view name;  ///< for `toolComponent.name` of SARIF; unique
  std::string_view full_name;
  std::string_view organization;
  std::string_view version;  ///< edition; empty when its ids are not tied to one
  std::string_view url;
};

/// In a fixed order.
[[nodiscard]] std::span<const Taxonomy> taxonomies();

struct Taxon {
  std::size_t taxonomy{0};  ///< index into taxonomies()
  std::string id;           ///< as its publisher writes it: "MCP03:2025", "CWE-1427"
  std::string_view title;   ///< empty when it is not in our table
  std::string url;
};

/// Nothing for a tag of no known taxonomy.
[[nodiscard]] std::optional<Taxon> parse_taxon(std::string_view tag);

}  // namespace merlon
