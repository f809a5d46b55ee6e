#include "model/severity.h"

namespace merlon {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kInfo: return "info";
    case Severity::kLow: return "low";
    case Severity::kMedium: return "medium";
    case Severity::kHigh: return "high";
    case Severity::kCritical: return "critical";
  }
  return "info";
}

std::string_view to_string(Tier tier) {
  switch (tier) {
    case Tier::kHard: return "hard";
    case Tier::kSoft: return "soft";
  }
  return "hard";
}

std::optional<Severity> parse_severity(std::string_view word) {
  for (const Severity severity :
       {Severity::kInfo, Severity::kLow, Severity::kMedium, Severity::kHigh, Severity::kCritical}) {
    if (to_string(severity) == word) {
      return severity;
    }
  }
  return std::nullopt;
}

std::optional<Tier> parse_tier(std::string_view word) {
  for (const Tier tier : {Tier::kHard, Tier::kSoft}) {
    if (to_string(tier) == word) {
      return tier;
    }
  }
  return std::nullopt;
}

}  // namespace merlon
