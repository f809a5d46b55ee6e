#include "policy/redact_section.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/table_reader.h"
#include "guard/personal_data_type.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 1> kRedactKeys{"personal_data"};

std::vector<std::string_view> personal_data_names() {
  std::vector<std::string_view> out;
  for (const PersonalDataType& type : personal_data_types()) {
    out.push_back(type.name);
  }
  return out;
}

void sort_names(std::vector<std::string>& names) {
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
}

}  // namespace

RedactSection RedactSection::read(const Policy& policy, std::vector<Error>* errors) {
  RedactSection out;
  const PolicyNode* const section = policy.section("redact");
  if (section == nullptr) {
    return out;
  }
  TableReader reader(*section->document, ErrorCode::kBadPolicy);
  reader.check_keys(section->node, kRedactKeys, "`[redact]`");
  const std::vector<std::string_view> known = personal_data_names();
  for (const NodeId node : reader.strings(section->node, "personal_data")) {
    std::string name = section->document->text(node);
    if (std::ranges::find(known, name) == known.end()) {
      TableReader::suggest(reader.complain(node, "no personal data is named `", name, "`"), name,
                           known);
    } else {
      out.personal_data.push_back(std::move(name));
    }
  }
  sort_names(out.personal_data);
  if (errors != nullptr && reader.has_errors()) {
    std::ranges::move(std::move(reader).take_errors(), std::back_inserter(*errors));
  }
  return out;
}

RedactSection RedactSection::of(const Policy& policy) {
  RedactSection out = read(policy, nullptr);
  if (policy.minimum != nullptr) {
    std::ranges::move(read(*policy.minimum, nullptr).personal_data,
                      std::back_inserter(out.personal_data));
    sort_names(out.personal_data);
  }
  return out;
}

}  // namespace merlon
