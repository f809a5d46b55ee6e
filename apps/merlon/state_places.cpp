#include "state_places.h"

#include "base/process/state_folder.h"

namespace merlon::cli {

std::string state_folder(const Env& env) {
  return user_state_folder(env.variable);
}

std::string state_place(const Env& env, std::string_view name) {
  const std::string folder = state_folder(env);
  return folder.empty() ? folder : folder + "/" + std::string(name);
}

}  // namespace merlon::cli
