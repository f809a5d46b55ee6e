#include "scan/client_locations.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace merlon {
namespace {

/// Names with `*` in one folder of a home are looked for among this many entries only.
constexpr std::size_t kMostMatches = 256;

class Places {
 public:
  explicit Places(const ClientSurroundings& here) : here_(here) {
    home_ = value("HOME");
    if (here.system == HostSystem::kWindows && home_.empty()) {
      home_ = value("USERPROFILE");
    }
  }

  [[nodiscard]] const std::string& home() const { return home_; }

  /// The folder that a word in braces stands for; empty when the surroundings do not say.
  [[nodiscard]] std::string folder(std::string_view word) const {
    for (const auto& [name, find] : kFolders) {
      if (name == word) {
        return (this->*find)();
      }
    }
    return {};
  }

 private:
  [[nodiscard]] std::string value(std::string_view name) const {
    return here_.variable ? here_.variable(name).value_or("") : std::string();
  }
  [[nodiscard]] std::string or_home(std::string_view name, std::string_view rest) const {
    const std::string set = value(name);
    return !set.empty() || home_.empty() ? set : home_ + std::string(rest);
  }
  [[nodiscard]] std::string xdg() const { return or_home("XDG_CONFIG_HOME", "/.config"); }
  [[nodiscard]] std::string app() const {
    switch (here_.system) {
      case HostSystem::kLinux: return xdg();
      case HostSystem::kMacOs: return home_.empty() ? "" : home_ + "/Library/Application Support";
      case HostSystem::kWindows: return or_home("APPDATA", "/AppData/Roaming");
    }
    return {};
  }

  [[nodiscard]] std::string current() const { return "."; }
  [[nodiscard]] std::string config() const {
    return here_.system == HostSystem::kWindows ? app() : xdg();
  }
  [[nodiscard]] std::string claude() const { return or_home("CLAUDE_CONFIG_DIR", "/.claude"); }
  [[nodiscard]] std::string claude_state() const { return or_home("CLAUDE_CONFIG_DIR", ""); }
  [[nodiscard]] std::string programs() const { return value("ProgramFiles"); }
  [[nodiscard]] std::string data() const { return value("ProgramData"); }
  [[nodiscard]] std::string home_folder() const { return home_; }

  struct FolderWord {
    std::string_view word;
    std::string (Places::*find)() const;
  };
  // NOLINTNEXTLINE(readability-identifier-naming): constexpr below, where the class is complete
  static const std::array<FolderWord, 8> kFolders;

  const ClientSurroundings& here_;
  std::string home_;
};

constexpr std::array<Places::FolderWord, 8> Places::kFolders{{
    {"home", &Places::home_folder},
    {"here", &Places::current},
    {"app", &Places::app},
    {"config", &Places::config},
    {"claude", &Places::claude},
    {"claude-state", &Places::claude_state},
    {"programs", &Places::programs},
    {"data", &Places::data},
}};

/// Adds the entries of `folder` that `pattern` names.
void append_matches(const FileSource& files, const std::string& folder, std::string_view pattern,
                    std::vector<std::string>& out) {
  const std::string prefix = folder == "." ? "" : folder + "/";
  if (pattern.find('*') == std::string_view::npos) {
    out.push_back(prefix + std::string(pattern));
    return;
  }
  const auto entries = files.list(folder);
  if (!entries) {
    return;
  }
  for (const DirectoryEntry& entry : *entries) {
    if (glob_match(pattern, entry.name) && out.size() < kMostMatches) {
      out.push_back(prefix + entry.name);
    }
  }
}

/// Paths that `rest` stands for below `folder`; itself, unless a part of it has a `*`.
std::vector<std::string> expand(const FileSource& files, const std::string& folder,
                                std::string_view rest) {
  std::vector<std::string> paths{folder};
  for (const std::string_view part : split(rest, '/')) {
    std::vector<std::string> next;
    for (const std::string& path : paths) {
      append_matches(files, path, part, next);
    }
    paths = std::move(next);
  }
  return paths;
}

std::string with_tilde(const std::string& path, const std::string& home) {
  if (!home.empty() && home != "/" && path.starts_with(home + "/")) {
    return "~" + path.substr(home.size());
  }
  return path;
}

void add_location(const ClientLocation& row, const FileSource& files, const Places& places,
                  std::vector<FoundLocation>& out) {
  std::string_view rest = row.path;
  std::string folder;
  if (rest.starts_with('{')) {
    const std::size_t end = rest.find('}');
    folder = places.folder(rest.substr(1, end - 1));
    rest.remove_prefix(end + 2);
    if (folder.empty()) {
      return;
    }
  } else {
    rest.remove_prefix(1);
  }
  const bool is_folder = rest.ends_with('/');
  if (is_folder) {
    rest.remove_suffix(1);
  }
  std::vector<std::string> paths = expand(files, folder, rest);
  if (paths.empty()) {
    paths.push_back((folder == "." ? "" : folder + "/") + std::string(rest));
  }
  for (std::string& path : paths) {
    FoundLocation place;
    place.client = row.client;
    place.scope = row.scope;
    place.folder = is_folder;
    const auto kind = files.kind_of(path);
    place.exists = kind && (*kind == FileKind::kDirectory) == is_folder;
    // What is there but cannot be looked at is an input that fails, not an absent one.
    if (!kind && kind.error().code != ErrorCode::kNotFound) {
      place.exists = true;
    }
    place.shown = with_tilde(path, places.home());
    place.path = std::move(path);
    out.push_back(std::move(place));
  }
}

}  // namespace

HostSystem host_system() {
#if defined(__APPLE__)
  return HostSystem::kMacOs;
#elif defined(_WIN32)
  return HostSystem::kWindows;
#else
  return HostSystem::kLinux;
#endif
}

std::string_view to_string(LocationScope scope) {
  switch (scope) {
    case LocationScope::kUser: return "user";
    case LocationScope::kSystem: return "system";
    case LocationScope::kProject: return "project";
  }
  return "user";
}

std::vector<FoundLocation> find_client_locations(const FileSource& files,
                                                 const ClientSurroundings& here) {
  const Places places(here);
  std::vector<FoundLocation> out;
  for (const ClientLocation& row : client_locations()) {
    if ((row.systems & static_cast<std::uint8_t>(here.system)) != 0) {
      add_location(row, files, places, out);
    }
  }
  const auto key = [](const FoundLocation& place) { return std::tie(place.client, place.shown); };
  std::sort(out.begin(), out.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  out.erase(std::unique(out.begin(), out.end(),
                        [&](const auto& a, const auto& b) { return key(a) == key(b); }),
            out.end());
  return out;
}

void collect_clients(ScanInputs& inputs, const FileSource& files, const ClientSurroundings& here,
                     const WalkOptions& options) {
  for (const FoundLocation& place : find_client_locations(files, here)) {
    if (!place.exists) {
      continue;
    }
    const std::size_t before = inputs.files.size();
    collect_path(inputs, files, place.path, place.shown, options);
    for (std::size_t at = before; at < inputs.files.size(); ++at) {
      inputs.files[at].named = false;
    }
  }
}

}  // namespace merlon
