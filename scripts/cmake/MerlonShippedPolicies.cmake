# The policies of policies/*.toml, embedded in the program: `merlon proxy --policy default` works wherever it is installed.
file(GLOB policy_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/policies/*.toml)
list(FILTER policy_files EXCLUDE REGEX "\\.test\\.toml$")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${policy_files})
set(policy_rows "")
foreach(policy_file ${policy_files})
  get_filename_component(policy_name ${policy_file} NAME_WE)
  file(READ ${policy_file} policy_text)
  string(APPEND policy_rows "    ShippedPolicy{\"${policy_name}\", R\"toml(${policy_text})toml\"},\n")
endforeach()
set(policies_source ${CMAKE_BINARY_DIR}/generated/shipped_policies.cpp)
file(CONFIGURE OUTPUT ${policies_source} @ONLY CONTENT [[
#include "policy/shipped_policies.h"

#include <array>

namespace merlon {
namespace {

constexpr std::array kShippedPolicies{
@policy_rows@};

}  // namespace

std::span<const ShippedPolicy> shipped_policies() {
  return kShippedPolicies;
}

}  // namespace merlon
]])
target_sources(merlon_policy PRIVATE ${policies_source})
