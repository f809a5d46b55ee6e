#pragma once
/// Installed policies with their versions: `<folder>/<name>/<version>-<digest>.toml`, and a file
/// `current` that holds the name of the one in force.
///
/// A version only ever rises; going back is an act of its own that names no file: rollback() makes
/// the version before the current one current.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/result.h"

namespace merlon {

struct StoredPolicy {
  std::uint64_t version{0};
  std::string file;  ///< name in the folder of the policy
};

class PolicyStore {
 public:
  /// `folder` is `$XDG_STATE_HOME/merlon/policies`; it need not be there.
  PolicyStore(const FileSource& files, std::string folder)
      : files_(files), folder_(std::move(folder)) {}

  /// By version, lowest first; empty when there are none.
  [[nodiscard]] Result<std::vector<StoredPolicy>> versions(std::string_view name) const;
  /// Path of the version in force. `kNotFound` when none is installed; `kFormat` when `current`
  /// names no version.
  [[nodiscard]] Result<std::string> current(std::string_view name) const;

  /// Keeps the policy and makes it current. `kUsage` when its version is not above all that are
  /// there; the same bytes again are only made current. Answers with its path.
  [[nodiscard]] Result<std::string> install(std::string_view name, std::uint64_t version,
                                            std::string_view bytes);
  /// Makes the next lower version current. `kUsage` when there is none.
  [[nodiscard]] Result<std::string> rollback(std::string_view name);

 private:
  [[nodiscard]] std::string folder_of(std::string_view name) const;
  [[nodiscard]] Result<std::string> make_current(std::string_view name, const std::string& file);

  const FileSource& files_;
  std::string folder_;
};

}  // namespace merlon
