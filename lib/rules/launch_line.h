#pragma once
/// What a launch command line starts: which program behind wrappers such as `env` and `cmd /c`,
/// which packages and images it fetches, what a container may see.
///
/// Pure; linear in the words. Nothing is expanded or looked up.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/manifest.h"

namespace merlon {

enum class PackageSource : std::uint8_t {
  kNpm,
  kPypi,
  kImage,  ///< a container image
  kGit,    ///< a repository that is built and run
  kUrl,    ///< a script that is fetched and run
};

/// Something that the launch fetches and runs.
struct PackageUse {
  PackageSource source{PackageSource::kNpm};
  std::string name;      ///< without version: `@scope/name`, `mcp/postgres`
  std::string version;   ///< what follows `@`, `==`, `:` or `#`; empty: nothing said
  NodeId node{kNoNode};  ///< the string it stands in
  [[nodiscard]] bool operator==(const PackageUse&) const = default;
};

/// A program with its arguments, wrappers taken off.
struct LaunchLine {
  std::string program;  ///< last part of its path, lower case, without `.exe` and `.cmd`
  std::span<const LaunchWord> arguments;
};

/// Takes `env A=b`, `sudo`, `nice`, `cmd /c`, `mise exec --` and the like off the front.
[[nodiscard]] LaunchLine effective_launch(std::span<const LaunchWord> words);

/// The last part of a path to a program: `C:\x\NPX.CMD` gives `npx`.
[[nodiscard]] std::string program_name(std::string_view path);

[[nodiscard]] std::vector<PackageUse> packages_of(const LaunchLine& line);

/// True when the same bytes come each time: an exact version, a commit, a digest.
[[nodiscard]] bool is_pinned(const PackageUse& use);

/// An option of `docker run` that takes a value, with it: `-v /:/host`, `--network=host`.
struct ContainerOption {
  std::string name;  ///< long form: `--volume`
  std::string value;
  NodeId node{kNoNode};
};

/// The options of `docker run`, `podman run` and the like before the image; empty for other
/// programs.
[[nodiscard]] std::vector<ContainerOption> container_options(const LaunchLine& line);

/// The path of the host that a `--volume` or `--mount` shares; empty for a named volume.
[[nodiscard]] std::string mount_source(std::string_view value);

}  // namespace merlon
