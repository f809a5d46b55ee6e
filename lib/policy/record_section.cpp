#include "policy/record_section.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/table_reader.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 2> kRecordKeys{"results", "unreadable_bytes"};
constexpr std::array<std::string_view, 2> kRecordResults{"full", "digest"};
constexpr NumberRange kUnreadableRange{.least = 0, .most = 64ULL << 20};

}  // namespace

RecordSection RecordSection::read(const Policy& policy, std::vector<Error>* errors) {
  RecordSection out;
  const PolicyNode* const section = policy.section("record");
  if (section == nullptr) {
    return out;
  }
  TableReader reader(*section->document, ErrorCode::kBadPolicy);
  reader.check_keys(section->node, kRecordKeys, "`[record]`");
  if (const auto word = reader.choice(section->node, "results", kRecordResults)) {
    out.results = static_cast<RecordedResults>(*word);
  }
  out.unreadable_bytes = reader.number(section->node, "unreadable_bytes", kUnreadableRange)
                             .value_or(out.unreadable_bytes);
  if (errors != nullptr && reader.has_errors()) {
    for (Error& error : std::move(reader).take_errors()) {
      errors->push_back(std::move(error));
    }
  }
  return out;
}

RecordSection RecordSection::of(const Policy& policy) {
  RecordSection out = read(policy, nullptr);
  if (policy.minimum != nullptr) {
    const RecordSection least = read(*policy.minimum, nullptr);
    out.results = std::max(out.results, least.results);
    out.unreadable_bytes = std::min(out.unreadable_bytes, least.unreadable_bytes);
  }
  return out;
}

}  // namespace merlon
