#include "guard/real_path.h"

#include <algorithm>
#include <utility>

namespace merlon {

RealPath real_path(std::string_view what, const Facts& facts, std::vector<Need>& needs) {
  const Fact* const fact = facts.find(NeedKind::kPath, what);
  if (fact == nullptr) {
    Need need{.kind = NeedKind::kPath, .what = std::string(what)};
    if (std::find(needs.begin(), needs.end(), need) == needs.end()) {
      needs.push_back(std::move(need));
    }
    return {.answer = PathAnswer::kMissing, .path = {}};
  }
  switch (fact->state) {
    case FactState::kKnown:
      if (!fact->values.empty()) {
        return {.answer = PathAnswer::kKnown, .path = fact->values.front()};
      }
      break;
    case FactState::kAbsent: return {.answer = PathAnswer::kAbsent, .path = {}};
    case FactState::kFailed:
    case FactState::kTimeout: break;
  }
  return {.answer = PathAnswer::kFailed, .path = {}};
}

}  // namespace merlon
