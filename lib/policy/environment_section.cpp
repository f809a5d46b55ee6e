#include "policy/environment_section.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/process/environment.h"
#include "base/table_reader.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 2> kEnvironmentKeys{"allow", "inherit"};
constexpr std::array<std::string_view, 2> kInheritWords{"listed", "all"};

}  // namespace

EnvironmentSection EnvironmentSection::read(const Policy& policy, std::vector<Error>* errors) {
  EnvironmentSection out;
  const PolicyNode* const section = policy.section("environment");
  if (section == nullptr) {
    return out;
  }
  out.said = true;
  TableReader reader(*section->document, ErrorCode::kBadPolicy);
  reader.check_keys(section->node, kEnvironmentKeys, "`[environment]`");
  if (const auto word = reader.choice(section->node, "inherit", kInheritWords)) {
    out.inherit_all = *word == 1;
  }
  for (const NodeId node : reader.strings(section->node, "allow")) {
    std::string name = reader.document().text(node);
    if (const Status status = check_variable({.name = name, .value = {}}); !status) {
      reader.complain(node, status.error().message);
    } else if (name.find_first_not_of('*') == std::string::npos) {
      reader.complain(node, "`allow` names every variable")
          .hints.emplace_back("where that is what is wanted, say `inherit = \"all\"`");
    } else {
      out.allow.push_back(std::move(name));
    }
  }
  if (errors != nullptr && reader.has_errors()) {
    for (Error& error : std::move(reader).take_errors()) {
      errors->push_back(std::move(error));
    }
  }
  return out;
}

bool EnvironmentSection::allows(std::string_view name) const {
  const auto defaults = default_environment_names();
  return inherit_all || std::find(defaults.begin(), defaults.end(), name) != defaults.end() ||
         std::any_of(allow.begin(), allow.end(),
                     [name](const std::string& glob) { return glob_match(glob, name); });
}

}  // namespace merlon
