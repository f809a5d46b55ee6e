#include "rules/rule_loader_taxonomy.h"

#include <array>
#include <cstddef>

namespace merlon {
namespace {

/// `#` stands for a digit, `*` for one to five digits; a shape with `?` may end there.
struct Taxonomy {
  std::string_view prefix;
  std::string_view shape;
  std::string_view example;
};

constexpr std::array kTaxonomies{Taxonomy{"OWASP-MCP", "OWASP-MCP##:####", "OWASP-MCP03:2025"},
                                 Taxonomy{"LLM", "LLM##:####", "LLM01:2026"},
                                 Taxonomy{"ASI", "ASI##:####", "ASI01:2026"},
                                 Taxonomy{"CWE-", "CWE-*", "CWE-1427"},
                                 Taxonomy{"AML.", "AML.T####?.###", "AML.T0110"},
                                 Taxonomy{"SAFE-", "SAFE-T####", "SAFE-T1001"}};

bool is_taxonomy_digit(char c) {
  return c >= '0' && c <= '9';
}

bool has_shape(std::string_view id, std::string_view shape) {
  std::size_t at = 0;
  for (const char c : shape) {
    if (c == '?') {
      if (at == id.size()) {
        return true;
      }
    } else if (c == '*') {
      const std::size_t begin = at;
      while (at < id.size() && is_taxonomy_digit(id[at])) {
        ++at;
      }
      if (at == begin || at - begin > 5) {
        return false;
      }
    } else if (at >= id.size() || (c == '#' ? !is_taxonomy_digit(id[at]) : id[at] != c)) {
      return false;
    } else {
      ++at;
    }
  }
  return at == id.size();
}

}  // namespace

std::optional<std::string> find_taxonomy_problem(std::string_view id) {
  for (const Taxonomy& taxonomy : kTaxonomies) {
    if (has_shape(id, taxonomy.shape)) {
      return std::nullopt;
    }
    if (id.starts_with(taxonomy.prefix)) {
      return "such an id is written like `" + std::string(taxonomy.example) + "`";
    }
  }
  std::string known = "known are ids like ";
  for (const Taxonomy& taxonomy : kTaxonomies) {
    known.append(&taxonomy == &kTaxonomies.front() ? "`" : ", `")
        .append(taxonomy.example)
        .append("`");
  }
  return known;
}

}  // namespace merlon
