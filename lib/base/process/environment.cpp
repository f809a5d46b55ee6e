#include "base/process/environment.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 9> kDefaultNames = {
    "HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "USER"};

}  // namespace

std::span<const std::string_view> default_environment_names() {
  return kDefaultNames;
}

std::vector<EnvironmentVariable> allowed_environment(const VariableLookup& lookup,
                                                     std::span<const std::string> extra) {
  std::vector<EnvironmentVariable> environment;
  const auto take = [&](std::string_view name) {
    const std::optional<std::string> value = lookup(name);
    if (value && !value->starts_with("()")) {
      set_variable(environment, name, *value);
    }
  };
  for (const std::string_view name : kDefaultNames) {
    take(name);
  }
  for (const std::string& name : extra) {
    take(name);
  }
  return environment;
}

void set_variable(std::vector<EnvironmentVariable>& environment, std::string_view name,
                  std::string_view value) {
  const auto at =
      std::lower_bound(environment.begin(), environment.end(), name,
                       [](const auto& entry, std::string_view n) { return entry.name < n; });
  if (at != environment.end() && at->name == name) {
    at->value = value;
  } else {
    environment.insert(at, {std::string(name), std::string(value)});
  }
}

Status check_variable(const EnvironmentVariable& variable) {
  const std::string_view name = variable.name;
  if (name.empty() || name.find('=') != std::string_view::npos ||
      name.find('\0') != std::string_view::npos) {
    return fail(ErrorCode::kUsage, "`", escape_for_display(name),
                "` cannot be the name of an environment variable");
  }
  if (variable.value.find('\0') != std::string::npos) {
    return fail(ErrorCode::kUsage, "the value of `", escape_for_display(name),
                "` holds a NUL byte");
  }
  return {};
}

}  // namespace merlon
