#include "proxy_launch.h"

#include <ostream>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "base/process/private_folder.h"
#include "base/sandbox/containment.h"
#include "policy/containment_section.h"
#include "proxy/child_environment.h"
#include "proxy/group_places.h"
#include "proxy/secret_source.h"

namespace merlon::cli {
namespace {

std::vector<EnvironmentVariable> own_environment() {
  std::vector<EnvironmentVariable> out;
  for (char* const* entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != 0 && equals != std::string_view::npos) {
      out.push_back({std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))});
    }
  }
  return out;
}

/// Folders whose content says what is approved, allowed and logged. Those of the user's state are
/// made when they are not there yet, or the server could make them.
std::vector<std::string> own_folders(const Env& env, const std::string& audit) {
  std::vector<std::string> wanted;
  if (const auto places = find_group_places(env.variable)) {
    wanted.push_back(places->state_folder);
    if (!places->runtime_folder.empty()) {
      wanted.push_back(places->runtime_folder + "/merlon");
    }
  }
  for (const std::string& folder : wanted) {
    static_cast<void>(open_private_folder(folder));
  }
  if (!audit.empty()) {
    wanted.push_back(audit);
  }
  std::vector<std::string> out;
  for (const std::string& folder : wanted) {
    if (auto path = env.files.canonical(folder)) {
      out.push_back(*std::move(path));
    }
  }
  return out;
}

}  // namespace

Result<std::shared_ptr<const ReadyContainment>> make_containment(const Env& env,
                                                                 const Policy& policy,
                                                                 const std::string& audit) {
  const Containment wanted =
      containment_of(policy, {.folder = env.files.canonical(".").value_or("/"),
                              .home = env.variable("HOME").value_or(""),
                              .hidden = own_folders(env, audit)});
  MERLON_TRY(ReadyContainment ready, ReadyContainment::prepare(wanted));
  for (const std::string& what : ready.lacking()) {
    env.err << "merlon: " << what << '\n';
  }
  return std::make_shared<const ReadyContainment>(std::move(ready));
}

void LaunchChoice::declare(Options& options) {
  options.value("--env", environment, "NAME[=VALUE]",
                "a variable that the server gets besides the usual ones; may be repeated");
  options.value("--secret", secrets, "NAME=SOURCE",
                "a value that only the server gets and that is taken out of what it says; "
                "file:PATH, cmd:COMMAND or keyring:SERVICE/ACCOUNT; may be repeated");
}

Result<ServerLaunch> make_server_launch(const Env& env, const Policy& policy,
                                        const LaunchChoice& choice,
                                        const std::vector<std::string>& command) {
  const std::vector<EnvironmentVariable> ours = own_environment();
  ChildEnvironmentChoice wanted{.named = choice.environment, .secrets = {}};
  for (const std::string& word : choice.secrets) {
    MERLON_TRY(const SecretChoice secret, parse_secret_choice(word));
    MERLON_TRY(std::string value, read_secret(secret, ours, env.clock));
    wanted.secrets.push_back({.name = secret.name, .value = std::move(value)});
  }
  ServerLaunch out;
  if (!wanted.secrets.empty()) {
    MERLON_TRY(SecretRedactor redactor, SecretRedactor::make(wanted.secrets));
    out.redactor = std::make_shared<const SecretRedactor>(std::move(redactor));
  }
  MERLON_TRY(auto environment, child_environment(ours, policy, wanted));
  out.launch = {.argv = command, .environment = std::move(environment), .folder = ""};
  return out;
}

}  // namespace merlon::cli
