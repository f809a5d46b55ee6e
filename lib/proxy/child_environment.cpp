#include "proxy/child_environment.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "policy/environment_section.h"

namespace merlon {
namespace {

/// The system's word on what may reach a server at all.
class SystemsWord {
 public:
  explicit SystemsWord(const Policy& policy)
      : section_(policy.minimum != nullptr ? EnvironmentSection::read(*policy.minimum, nullptr)
                                           : EnvironmentSection{}) {}
  [[nodiscard]] bool allows(std::string_view name) const {
    return !section_.said || section_.allows(name);
  }

 private:
  EnvironmentSection section_;
};

const EnvironmentVariable* find_variable(std::span<const EnvironmentVariable> all,
                                         std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [name](const EnvironmentVariable& entry) {
    return entry.name == name;
  });
  return found == all.end() ? nullptr : &*found;
}

/// What the command line names, `NAME=VALUE` taken apart.
struct NamedVariable {
  std::string name;
  std::optional<std::string> value;
};

NamedVariable named_variable(const std::string& word) {
  const std::size_t equals = word.find('=');
  return equals == std::string::npos
             ? NamedVariable{.name = word, .value = std::nullopt}
             : NamedVariable{.name = word.substr(0, equals), .value = word.substr(equals + 1)};
}

Status check_named(std::vector<std::string>& names, std::string_view name,
                   const SystemsWord& system) {
  MERLON_CHECK(check_variable({.name = std::string(name), .value = {}}));
  if (std::find(names.begin(), names.end(), name) != names.end()) {
    return fail(ErrorCode::kUsage, "the environment variable `", escape_for_display(name),
                "` is given twice");
  }
  if (!system.allows(name)) {
    return fail(ErrorCode::kUsage, "the system's policy keeps the environment variable `",
                escape_for_display(name), "` from servers");
  }
  names.emplace_back(name);
  return {};
}

}  // namespace

Result<std::vector<EnvironmentVariable>> child_environment(
    std::span<const EnvironmentVariable> ours, const Policy& policy,
    const ChildEnvironmentChoice& choice) {
  const SystemsWord system(policy);
  const EnvironmentSection section = EnvironmentSection::read(policy, nullptr);
  std::vector<EnvironmentVariable> out;
  const auto take_ours = [&out](const EnvironmentVariable& entry) {
    // A shell's function; the official clients leave it out as well.
    if (!entry.value.starts_with("()")) {
      set_variable(out, entry.name, entry.value);
    }
  };
  for (const EnvironmentVariable& entry : ours) {
    if (section.allows(entry.name) && system.allows(entry.name) &&
        find_variable(out, entry.name) == nullptr) {
      take_ours(entry);
    }
  }
  std::vector<std::string> names;
  for (const std::string& word : choice.named) {
    const NamedVariable named = named_variable(word);
    MERLON_CHECK(check_named(names, named.name, system));
    if (named.value) {
      set_variable(out, named.name, *named.value);
    } else if (const EnvironmentVariable* const entry = find_variable(ours, named.name)) {
      take_ours(*entry);
    }
  }
  for (const EnvironmentVariable& secret : choice.secrets) {
    MERLON_CHECK(check_named(names, secret.name, system));
    set_variable(out, secret.name, secret.value);
  }
  return out;
}

}  // namespace merlon
