#include "report/sarif_rules.h"

#include <algorithm>

#include "base/text.h"
#include "report/summary.h"

namespace merlon {
namespace {

constexpr std::size_t kMaxTags = 20;             ///< GitHub refuses more for one rule
constexpr std::size_t kDescriptionBytes = 1000;  ///< GitHub shows 1024 characters

// A value above 0 and up to 10 makes GitHub treat the rule as a security rule of that severity;
// `info` is none.
std::string_view security_severity(Severity severity) {
  switch (severity) {
    case Severity::kCritical: return "9.5";
    case Severity::kHigh: return "8.0";
    case Severity::kMedium: return "5.5";
    case Severity::kLow: return "2.0";
    case Severity::kInfo: return "";
  }
  return "";
}

std::string_view problem_severity(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
    case Severity::kHigh: return "error";
    case Severity::kMedium: return "warning";
    case Severity::kLow:
    case Severity::kInfo: return "recommendation";
  }
  return "warning";
}

// `tool-hides-instructions` -> `ToolHidesInstructions`, the form that SARIF asks of names.
std::string pascal_case(std::string_view id) {
  std::string out;
  bool upper = true;
  for (const char c : id) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter) {
      upper = true;
      continue;
    }
    out.push_back(upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    upper = false;
  }
  return out;
}

// Text that Markdown shows as it is written: every punctuation character with a meaning is escaped.
std::string markdown_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\`*_[]()#!|<>&~@").find(c) != std::string_view::npos) {
      out.push_back('\\');
    }
    out.push_back(c);
  }
  return out;
}

bool is_https_url(std::string_view text) {
  constexpr std::string_view kUrlPunctuation = "-._~:/?#[]@!$&'()*+,;=%";
  const auto allowed = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kUrlPunctuation.find(c) != std::string_view::npos;
  };
  return text.starts_with("https://") && std::all_of(text.begin(), text.end(), allowed);
}

std::string_view first_url(const Rule& rule) {
  const auto found = std::find_if(rule.references.begin(), rule.references.end(), is_https_url);
  return found == rule.references.end() ? std::string_view() : std::string_view(*found);
}

std::string help_text(const Rule& rule, bool markdown) {
  std::vector<std::string> parts =
      paragraphs_of(rule.description.empty() ? rule.title : rule.description);
  for (const std::string& paragraph : paragraphs_of(rule.remedy)) {
    parts.push_back("What to do: " + paragraph);
  }
  for (const std::string& reference : rule.references) {
    parts.push_back(escape_for_display(reference));
  }
  if (markdown) {
    std::transform(parts.begin(), parts.end(), parts.begin(), markdown_text);
  }
  return join(parts, "\n\n");
}

std::vector<std::string> tags_of(const Rule& rule) {
  std::vector<std::string> tags = {"security", "mcp", std::string(to_string(rule.tier))};
  if (!rule.category.empty()) {
    tags.push_back(rule.category);
  }
  for (const std::string& tag : rule.taxonomies) {
    tags.push_back(to_lower_ascii(tag));
  }
  std::vector<std::string> unique;
  for (const std::string& tag : tags) {
    if (unique.size() < kMaxTags && std::find(unique.begin(), unique.end(), tag) == unique.end()) {
      unique.push_back(tag);
    }
  }
  return unique;
}

void write_text(JsonWriter& json, std::string_view name, std::string_view text) {
  json.key(name).begin_object().field("text", text).end_object();
}

}  // namespace

std::string sarif_message(std::string_view text) {
  std::string out;
  for (const char c : escape_for_display(text)) {
    switch (c) {
      case '{': out += "{{"; break;
      case '}': out += "}}"; break;
      case '[': out += "\\["; break;
      case ']': out += "\\]"; break;
      default: out.push_back(c); break;
    }
  }
  return out;
}

std::string_view sarif_level(Severity severity, Tier tier) {
  if (tier == Tier::kSoft) {
    return "note";
  }
  switch (severity) {
    case Severity::kCritical:
    case Severity::kHigh: return "error";
    case Severity::kMedium: return "warning";
    case Severity::kLow:
    case Severity::kInfo: return "note";
  }
  return "warning";
}

SarifRules::SarifRules(const ScanReport& report) {
  collect(report);
  index_taxa();
}

void SarifRules::collect(const ScanReport& report) {
  for (const Rule& rule : report.rules) {
    entries_[rule.id] = {.rule = rule, .severity = rule.severity, .taxa = {}};
  }
  for (const Finding& finding : report.findings) {
    if (entries_.contains(finding.rule_id)) {
      continue;
    }
    Entry& entry = entries_[finding.rule_id];
    entry.rule.id = finding.rule_id;
    entry.rule.title = finding.rule_id;
    entry.rule.tier = finding.tier;
    entry.rule.taxonomies = finding.taxonomies;
    entry.severity = finding.severity;
  }
  for (const auto& [id, entry] : entries_) {
    ids_.push_back(id);
  }
}

void SarifRules::index_taxa() {
  for (auto& [id, entry] : entries_) {
    for (const std::string& tag : entry.rule.taxonomies) {
      auto taxon = parse_taxon(tag);
      if (!taxon) {
        continue;
      }
      used_[taxon->taxonomy].taxa.emplace(taxon->id, *taxon);
      entry.taxa.push_back(*std::move(taxon));
    }
  }
  std::size_t next = 0;
  for (auto& [taxonomy, used] : used_) {
    used.index = next++;
  }
}

std::size_t SarifRules::index_of(std::string_view rule_id) const {
  const auto found = std::lower_bound(ids_.begin(), ids_.end(), rule_id);
  return static_cast<std::size_t>(found - ids_.begin());
}

void SarifRules::write_relationships(JsonWriter& json, const Entry& entry) const {
  if (entry.taxa.empty()) {
    return;
  }
  json.key("relationships").begin_array();
  for (const Taxon& taxon : entry.taxa) {
    const UsedTaxonomy& used = used_.at(taxon.taxonomy);
    const auto position = std::distance(used.taxa.begin(), used.taxa.find(taxon.id));
    json.begin_object().key("target").begin_object();
    json.field("id", taxon.id).field("index", static_cast<std::uint64_t>(position));
    json.key("toolComponent").begin_object();
    json.field("name", taxonomies()[taxon.taxonomy].name).field("index", std::uint64_t{used.index});
    json.end_object().end_object();
    json.key("kinds").begin_array().string("relevant").end_array().end_object();
  }
  json.end_array();
}

void SarifRules::write_rule(JsonWriter& json, const Entry& entry) const {
  const Rule& rule = entry.rule;
  const std::string title = escape_for_display(rule.title.empty() ? rule.id : rule.title);
  json.begin_object().field("id", rule.id);
  // A name that only repeats the id is not allowed.
  const std::string name = pascal_case(rule.id);
  if (!equals_ignoring_case(name, rule.id)) {
    json.field("name", name);
  }
  write_text(json, "shortDescription", shorten(title, kDescriptionBytes));
  write_text(json, "fullDescription",
             shorten(rule.description.empty() ? title : join(paragraphs_of(rule.description), " "),
                     kDescriptionBytes));
  json.key("help").begin_object().field("text", help_text(rule, false));
  json.field("markdown", help_text(rule, true)).end_object();
  if (const std::string_view url = first_url(rule); !url.empty()) {
    json.field("helpUri", url);
  }
  json.key("defaultConfiguration").begin_object();
  json.field("level", sarif_level(entry.severity, rule.tier)).end_object();
  write_relationships(json, entry);
  json.key("properties").begin_object();
  json.field("precision", rule.tier == Tier::kHard ? "very-high" : "medium");
  json.field("problem.severity", problem_severity(entry.severity));
  // GitHub's checks fail on alerts of rules with a high one.
  const Severity shown =
      rule.tier == Tier::kSoft ? std::min(entry.severity, Severity::kLow) : entry.severity;
  if (const std::string_view score = security_severity(shown); !score.empty()) {
    json.field("security-severity", score);
  }
  json.key("tags").begin_array();
  for (const std::string& tag : tags_of(rule)) {
    json.string(tag);
  }
  json.end_array().end_object().end_object();
}

void SarifRules::write_rules(JsonWriter& json) const {
  json.begin_array();
  for (const auto& [id, entry] : entries_) {
    write_rule(json, entry);
  }
  json.end_array();
}

void SarifRules::write_supported(JsonWriter& json) const {
  json.begin_array();
  for (const auto& [taxonomy, used] : used_) {
    json.begin_object().field("name", taxonomies()[taxonomy].name);
    json.field("index", std::uint64_t{used.index}).end_object();
  }
  json.end_array();
}

void SarifRules::write_taxonomies(JsonWriter& json) const {
  json.begin_array();
  for (const auto& [index, used] : used_) {
    const Taxonomy& taxonomy = taxonomies()[index];
    json.begin_object().field("name", taxonomy.name).field("fullName", taxonomy.full_name);
    json.field("organization", taxonomy.organization).field("informationUri", taxonomy.url);
    if (!taxonomy.version.empty()) {
      json.field("version", taxonomy.version);
    }
    write_text(json, "shortDescription", taxonomy.full_name);
    json.field("isComprehensive", false).key("taxa").begin_array();
    for (const auto& [id, taxon] : used.taxa) {
      json.begin_object().field("id", id).field("helpUri", taxon.url);
      if (!taxon.title.empty()) {
        write_text(json, "shortDescription", taxon.title);
      }
      json.end_object();
    }
    json.end_array().end_object();
  }
  json.end_array();
}

}  // namespace merlon
