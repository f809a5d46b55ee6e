#pragma once
/// `[containment]` of a policy: what the server's process may reach. docs/spec/containment.md
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/sandbox/containment.h"
#include "model/policy.h"

namespace merlon {

/// Where paths that are not absolute begin.
struct ContainmentPlaces {
  std::string folder;               ///< working directory, of relative ones
  std::string home;                 ///< of `~/`
  std::vector<std::string> hidden;  ///< Merlon's own folders
};

struct ContainmentSection {
  PathLayer paths;  ///< as written
  NetworkAccess network{NetworkAccess::kOpen};
  std::uint64_t memory_bytes{0};  ///< 0: no limit, as with the others
  std::uint64_t processes{0};
  std::uint64_t open_files{0};
  std::optional<bool> hides_state;  ///< nothing: where the kernel can
  bool may_lack{false};             ///< `missing = "allow"`

  /// Of this policy alone. Complaints go to `errors` when it is not null.
  [[nodiscard]] static ContainmentSection read(const Policy& policy, std::vector<Error>* errors);
  friend bool operator==(const ContainmentSection&, const ContainmentSection&) = default;
};

/// What a policy and the system's minimum say together: each may only take away.
[[nodiscard]] Containment containment_of(const Policy& policy, const ContainmentPlaces& places);

/// Files and folders that a program can hardly start without. Read where `read` is said; those
/// devices that keep nothing are written where `write` is said.
[[nodiscard]] std::vector<std::string> system_read_paths();
[[nodiscard]] std::vector<std::string> system_write_paths();

}  // namespace merlon
