#include "capture_plan.h"

#include <algorithm>
#include <utility>

#include "base/process/environment.h"
#include "capture/configured_launch.h"
#include "capture/redaction.h"

namespace merlon::cli {
namespace {

void sort_names(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

void collect_plan_value(CapturePlan& plan, const EnvironmentVariable& variable) {
  plan.given_values.push_back(variable.value);
  const MaskedWords masked = mask_words({variable.name + "=" + variable.value});
  plan.secrets.insert(plan.secrets.end(), masked.secrets.begin(), masked.secrets.end());
  if (names_a_secret(variable.name)) {
    plan.secrets.push_back(variable.value);
  }
}

// Values that must not come out again: of the variables that were named, and secrets among the
// arguments.
void collect_plan_values(CapturePlan& plan) {
  for (const EnvironmentVariable& variable : plan.launch.environment) {
    if (std::binary_search(plan.variables.begin(), plan.variables.end(), variable.name)) {
      collect_plan_value(plan, variable);
    }
  }
  const MaskedWords masked = mask_words(plan.launch.argv);
  plan.secrets.insert(plan.secrets.end(), masked.secrets.begin(), masked.secrets.end());
  plan.given_values.insert(plan.given_values.end(), plan.secrets.begin(), plan.secrets.end());
}

Result<PlaceholderSources> placeholder_sources(Env& env, const CaptureArguments& arguments) {
  PlaceholderSources sources;
  sources.lookup = env.variable;
  for (const std::string& word : arguments.inputs) {
    const std::size_t equals = word.find('=');
    if (equals == 0 || equals == std::string::npos) {
      // The word may be a secret: it is not repeated.
      return fail(ErrorCode::kUsage, "`--input` takes ID=VALUE");
    }
    sources.given[word.substr(0, equals)] = word.substr(equals + 1);
  }
  const std::size_t slash = arguments.config.rfind('/');
  const std::string folder =
      slash == std::string::npos ? "." : arguments.config.substr(0, slash + 1);
  sources.folder = env.files.canonical(folder).value_or("");
  MERLON_TRY(sources.workspace,
             env.files.canonical(arguments.workspace.empty() ? "." : arguments.workspace));
  return sources;
}

}  // namespace

Result<CapturePlan> make_capture_plan(Env& env, const CaptureArguments& arguments) {
  const Limits& limits = arguments.how.limits;
  CapturePlan plan;
  plan.variables = arguments.env_allow;
  for (const std::string& name : plan.variables) {
    MERLON_CHECK(check_variable({name, ""}));
  }
  plan.launch.environment = allowed_environment(env.variable, plan.variables);
  if (arguments.config.empty()) {
    plan.words = arguments.command;
    plan.launch.argv = arguments.command;
  } else {
    MERLON_TRY(auto source, env.files.read(arguments.config, limits.file_bytes));
    MERLON_TRY(PlaceholderSources sources, placeholder_sources(env, arguments));
    MERLON_TRY(ConfiguredLaunch found, find_configured_launch(std::move(source), arguments.server,
                                                              std::move(sources), limits));
    plan.configured_name = found.name;
    plan.words = std::move(found.words);
    plan.launch.argv = std::move(found.argv);
    for (const EnvironmentVariable& variable : found.environment) {
      set_variable(plan.launch.environment, variable.name, variable.value);
    }
    for (const EnvironmentVariable& variable : found.filled_in) {
      collect_plan_value(plan, variable);
    }
    plan.variables.insert(plan.variables.end(), found.variables.begin(), found.variables.end());
  }
  sort_names(plan.variables);
  collect_plan_values(plan);
  return plan;
}

}  // namespace merlon::cli
