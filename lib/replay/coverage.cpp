#include "replay/coverage.h"

namespace merlon {
namespace {

void add_parts(const std::map<std::string, std::uint64_t>& parts, PolicyCoverage& out,
               std::vector<std::string>& silent) {
  for (const auto& [name, count] : parts) {
    ++out.parts;
    if (count > 0) {
      ++out.fired;
    } else {
      silent.push_back(name);
    }
  }
}

}  // namespace

PolicyCoverage coverage_of(const FiredCounts& fired) {
  PolicyCoverage out;
  add_parts(fired.guards, out, out.silent_guards);
  add_parts(fired.tools, out, out.silent_tools);
  out.rules = fired.rules.size();
  return out;
}

}  // namespace merlon
