#pragma once
/// Where MCP clients keep their configurations: what `merlon scan` without an argument looks at,
/// and what
/// `--list-clients` prints.
///
///   ClientSurroundings here{.variable = env.variable};
///   for (const FoundLocation& place : find_client_locations(files, here)) { ... }
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "scan/folder_walk.h"

namespace merlon {

enum class HostSystem : std::uint8_t { kLinux = 1, kMacOs = 2, kWindows = 4 };
/// The one that this program was built for.
[[nodiscard]] HostSystem host_system();

enum class LocationScope : std::uint8_t {
  kUser,     ///< below the user's home
  kSystem,   ///< set by an administrator
  kProject,  ///< below the current folder
};
[[nodiscard]] std::string_view to_string(LocationScope scope);

/// One row of the table. `path` starts with a place in braces:
///   {home}     HOME, on Windows USERPROFILE
///   {app}      settings of applications: XDG_CONFIG_HOME or ~/.config; ~/Library/Application
///   Support; APPDATA {config}   XDG_CONFIG_HOME or ~/.config, on Windows APPDATA {claude}
///   CLAUDE_CONFIG_DIR or ~/.claude; {claude-state} CLAUDE_CONFIG_DIR or ~ {programs}
///   %ProgramFiles%, {data} %ProgramData% {here}     the current folder
/// or with `/`. A `*` in a name stands for any part of that name; a path that ends in `/` is a
/// folder that is walked whole.
struct ClientLocation {
  std::string_view client;
  LocationScope scope;
  std::uint8_t systems;  ///< bits of HostSystem
  std::string_view path;
};
[[nodiscard]] std::span<const ClientLocation> client_locations();

/// The world, as far as it decides where configurations are.
struct ClientSurroundings {
  HostSystem system{host_system()};
  std::function<std::optional<std::string>(std::string_view name)> variable;
};

struct FoundLocation {
  std::string_view client;
  LocationScope scope{LocationScope::kUser};
  std::string path;   ///< to open
  std::string shown;  ///< `~` for the home folder, so that reports do not depend on who runs them
  bool folder{false};
  bool exists{false};
};

/// Every location of this system with its variables filled in, existing or not, sorted by client
/// and path.
[[nodiscard]] std::vector<FoundLocation> find_client_locations(const FileSource& files,
                                                               const ClientSurroundings& here);

/// Adds those that exist. They are not `named`: a settings file without MCP servers is nothing to
/// complain about.
void collect_clients(ScanInputs& inputs, const FileSource& files, const ClientSurroundings& here,
                     const WalkOptions& options);

}  // namespace merlon
