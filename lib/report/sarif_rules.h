#pragma once
/// The part of a SARIF run that does not depend on places: rule descriptors and taxonomies.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_writer.h"
#include "model/scan_report.h"
#include "report/taxonomy.h"

namespace merlon {

/// `text` as a SARIF message: printable, and with the characters that SARIF gives a meaning in
/// messages taken out of it
/// (`{0}` is a placeholder, `[text](1)` a link).
[[nodiscard]] std::string sarif_message(std::string_view text);
/// `error`, `warning` or `note`; a soft signal is a note, however severe what it hints at would be.
[[nodiscard]] std::string_view sarif_level(Severity severity, Tier tier);

/// The rules and taxonomies that the results of a report need, in a fixed order, with their
/// indexes.
class SarifRules {
 public:
  explicit SarifRules(const ScanReport& report);

  [[nodiscard]] std::size_t index_of(std::string_view rule_id) const;
  /// Value of `tool.driver.rules`.
  void write_rules(JsonWriter& json) const;
  /// Value of `tool.driver.supportedTaxonomies`.
  void write_supported(JsonWriter& json) const;
  /// Value of `run.taxonomies`.
  void write_taxonomies(JsonWriter& json) const;

 private:
  struct Entry {
    Rule rule;
    Severity severity{Severity::kMedium};
    std::vector<Taxon> taxa;
  };
  struct UsedTaxonomy {
    std::size_t index{0};               ///< into run.taxonomies
    std::map<std::string, Taxon> taxa;  ///< by id
  };
  void collect(const ScanReport& report);
  void index_taxa();
  void write_rule(JsonWriter& json, const Entry& entry) const;
  void write_relationships(JsonWriter& json, const Entry& entry) const;

  std::map<std::string, Entry, std::less<>> entries_;
  std::vector<std::string> ids_;              ///< sorted: position is ruleIndex
  std::map<std::size_t, UsedTaxonomy> used_;  ///< by index into taxonomies()
};

}  // namespace merlon
