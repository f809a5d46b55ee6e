#include "state_places.h"

namespace merlon::cli {

std::string state_folder(const Env& env) {
  const auto state = env.variable("XDG_STATE_HOME");
  if (state && state->starts_with('/')) {
    return *state + "/merlon";
  }
  const auto home = env.variable("HOME");
  return home && home->starts_with('/') ? *home + "/.local/state/merlon" : "";
}

std::string state_place(const Env& env, std::string_view name) {
  const std::string folder = state_folder(env);
  return folder.empty() ? folder : folder + "/" + std::string(name);
}

}  // namespace merlon::cli
