#include "doctor_report.h"

#include <algorithm>
#include <array>

#include <unistd.h>

#include "base/sandbox/path_rules.h"
#include "base/sandbox/syscall_filter.h"
#include "base/text.h"
#include "manifest/format.h"
#include "scan/client_locations.h"
#include "state_places.h"

namespace merlon::cli {
namespace {

constexpr std::string_view kSystemPolicy = "/etc/merlon/policy.toml";

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

/// Of what is not there yet, the nearest folder that is.
std::string nearest_folder(std::string path) {
  while (path != "/" && ::access(path.c_str(), F_OK) != 0) {
    path = folder_of(path);
  }
  return path;
}

CheckedFile check_file(const Env& env, std::string what, const std::string& path) {
  CheckedFile out{.what = std::move(what), .path = path};
  out.exists = env.files.kind_of(path).has_value();
  const std::string real = out.exists ? env.files.canonical(path).value_or(path) : path;
  // Who may change the folder may put another file in the place of a read-only one.
  out.changeable = (out.exists && ::access(real.c_str(), W_OK) == 0) ||
                   ::access(nearest_folder(folder_of(real)).c_str(), W_OK) == 0;
  return out;
}

/// Where a program is that is named without a path; empty: nowhere.
std::string find_program(const Env& env, const std::string& name) {
  if (name.find('/') != std::string::npos) {
    return name;
  }
  const std::string path = env.variable("PATH").value_or("");
  for (const std::string_view folder : split(path, ':')) {
    const std::string candidate = std::string(folder) + "/" + name;
    if (env.files.kind_of(candidate)) {
      return candidate;
    }
  }
  return "";
}

/// A launch through something else that is called merlon is none through the gate.
void check_program(const Env& env, ServerPlan& server) {
  if (server.state != WrapState::kAlready) {
    return;
  }
  const auto ours = env.files.canonical("/proc/self/exe");
  const auto theirs = env.files.canonical(find_program(env, server.program));
  if (!ours || !theirs || *ours != *theirs) {
    server.state = WrapState::kRefused;
    server.why =
        "`" + server.program + "` is " + (theirs ? "another program than this one" : "not there");
  }
}

CheckedClient check_client(const Env& env, const FoundLocation& place, const LoadedFile& loaded) {
  CheckedClient out{
      .client = std::string(place.client), .file = place.shown, .problem = "", .servers = {}};
  for (const CoverageEntry& entry : loaded.coverage) {
    if (entry.state == CoverageState::kFailed || entry.state == CoverageState::kPartial) {
      out.problem = entry.reason;
    }
  }
  for (const Manifest& manifest : loaded.manifests) {
    for (ServerPlan& server : look_at_servers(manifest)) {
      check_program(env, server);
      out.servers.push_back(std::move(server));
    }
  }
  return out;
}

void examine_clients(Env& env, DoctorReport& report) {
  const ClientSurroundings here{.variable = env.variable};
  std::vector<std::string> seen;
  for (const FoundLocation& place : find_client_locations(env.files, here)) {
    if (!place.exists || place.folder) {
      continue;
    }
    const std::string real = env.files.canonical(place.path).value_or(place.path);
    if (std::ranges::find(seen, real) != seen.end()) {
      continue;
    }
    seen.push_back(real);
    const auto source = env.files.read(place.path, Limits().file_bytes);
    CheckedClient checked;
    if (source) {
      checked = check_client(env, place, load_manifests(*source, {.mask_excerpt = {}}));
    } else {
      checked = {.client = std::string(place.client),
                 .file = place.shown,
                 .problem = source.error().message,
                 .servers = {}};
    }
    if (!checked.problem.empty() || !checked.servers.empty()) {
      report.clients.push_back(std::move(checked));
    }
  }
}

struct HookPlace {
  std::string_view client;
  std::string_view folder;  ///< is there where the host is used
  std::string_view file;
};
constexpr std::array kHookPlaces{
    HookPlace{"claude", "/.claude", "/.claude/settings.json"},
    HookPlace{"cursor", "/.cursor", "/.cursor/hooks.json"},
    HookPlace{"gemini", "/.gemini", "/.gemini/settings.json"},
};

void examine_hooks(Env& env, DoctorReport& report) {
  const std::string home = env.variable("HOME").value_or("");
  for (const HookPlace& place : kHookPlaces) {
    if (home.empty() || !env.files.kind_of(home + std::string(place.folder))) {
      continue;
    }
    const auto source = env.files.read(home + std::string(place.file), Limits().toml_bytes);
    const std::string mark = " hook --client " + std::string(place.client);
    if (!source || (*source)->bytes().find(mark) == std::string_view::npos) {
      report.hosts_without_hook.emplace_back(place.client);
    }
  }
}

void examine_files(Env& env, DoctorReport& report) {
  const auto add = [&](std::string what, const std::string& path) {
    if (!path.empty()) {
      report.files.push_back(check_file(env, std::move(what), path));
    }
  };
  add("the program itself", env.files.canonical("/proc/self/exe").value_or(""));
  add("the system's minimum policy", std::string(kSystemPolicy));
  add("installed policies", state_place(env, "policies"));
  add("approved definitions (pins)", state_place(env, "pins"));
  add("keys and positions of audit logs", state_place(env, "audit"));
  add("what groups have touched", state_place(env, "groups"));
  add("memory of hook sessions", state_place(env, "hooks"));
  add("backups and keys of wrapped configurations", state_place(env, "wrap"));
}

}  // namespace

bool DoctorReport::protects_all() const {
  return std::ranges::all_of(clients, [](const CheckedClient& client) {
    return std::ranges::all_of(client.servers, [](const ServerPlan& server) {
      return server.state == WrapState::kAlready;
    });
  });
}

bool DoctorReport::complete() const {
  return std::ranges::all_of(clients,
                             [](const CheckedClient& client) { return client.problem.empty(); });
}

DoctorReport examine(Env& env) {
  DoctorReport report;
  examine_clients(env, report);
  examine_hooks(env, report);
  examine_files(env, report);
  report.landlock = landlock_version();
  report.seccomp = has_seccomp();
  report.is_root = ::geteuid() == 0;
  return report;
}

}  // namespace merlon::cli
