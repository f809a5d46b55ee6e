#pragma once
/// The private copy of a configuration as it was before it was wrapped, and the values that were
/// moved out of it: below the user's state folder, never beside the file, which may be in a
/// repository.
///
///   STATE/wrap/ID/original     the bytes; 0600 in a folder of 0700
///   STATE/wrap/ID/record.json  which file, and the digest of what was written in its place
///   STATE/wrap/ID/secrets/...  one file for each value that was moved out
///
/// ID is made of the file's real path.
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace merlon {

struct KeptConfig {
  std::string original;
  std::string wrapped_digest;  ///< hex sha256 of what was written
};

class ConfigBackup {
 public:
  /// `path` is the real path of the configuration, without links.
  ConfigBackup(const std::string& state_folder, std::string path);

  [[nodiscard]] const std::string& folder() const { return folder_; }
  /// What was kept; nothing when nothing was; `kFormat` when it is damaged.
  [[nodiscard]] Result<std::optional<KeptConfig>> find() const;
  /// Keeps the original and says what is written in its place. `wrapped` is not written yet.
  [[nodiscard]] Status keep(std::string_view original, std::string_view wrapped) const;
  /// Forgets everything that is kept, values too.
  void forget() const;

  [[nodiscard]] std::string secret_path(const std::string& server, const std::string& name) const;
  [[nodiscard]] Status keep_secret(const std::string& path, std::string_view value) const;
  /// Nothing when `path` is none of those that secret_path() makes, or is not there.
  [[nodiscard]] std::optional<std::string> read_secret(const std::string& path) const;

 private:
  std::string state_;
  std::string path_;
  std::string folder_;
};

/// Whether a configuration can be replaced by another text without a surprise: a regular file of
/// this user, writable by its mode, with one name. Answers with its real path.
[[nodiscard]] Result<std::string> replaceable_file(const std::string& path);

}  // namespace merlon
