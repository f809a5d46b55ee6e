#pragma once
/// The environment that a started server gets: an allow-list, never all of ours. A server that is
/// given the whole environment is given every token in it.
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace merlon {

struct EnvironmentVariable {
  std::string name;
  std::string value;
  friend bool operator==(const EnvironmentVariable&, const EnvironmentVariable&) = default;
};

using VariableLookup = std::function<std::optional<std::string>(std::string_view name)>;

/// What every child gets when it is set: what a program needs to find its files and speak the
/// user's language.
[[nodiscard]] std::span<const std::string_view> default_environment_names();

/// The default names and `extra`, as far as `lookup` knows them; sorted by name, each once. A value
/// that starts with
/// `()` is a shell function and is left out, as the official clients do.
[[nodiscard]] std::vector<EnvironmentVariable> allowed_environment(
    const VariableLookup& lookup, std::span<const std::string> extra);

/// Adds or replaces one variable and keeps the order.
void set_variable(std::vector<EnvironmentVariable>& environment, std::string_view name,
                  std::string_view value);

/// `kUsage` for an empty name and for `=` or NUL in one; NUL in a value.
[[nodiscard]] Status check_variable(const EnvironmentVariable& variable);

}  // namespace merlon
