#include "base/process/state_folder.h"

namespace merlon {

std::string user_state_folder(const VariableLookup& variable) {
  const auto state = variable("XDG_STATE_HOME");
  if (state && state->starts_with('/')) {
    return *state + "/merlon";
  }
  const auto home = variable("HOME");
  return home && home->starts_with('/') ? *home + "/.local/state/merlon" : "";
}

}  // namespace merlon
