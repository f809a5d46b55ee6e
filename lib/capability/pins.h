#pragma once
/// Pins: what a person approved of a server, kept as a lock of its own,
/// `<folder>/<server>-<launch digest>.lock` (docs/spec/lock.md). Nothing gets here by being seen.
///
///   PinStore store(files, folder, limits);
///   MERLON_TRY(const Manifest one, manifest_of_server(std::move(manifest), "files"));
///   Checked<PinDraft> draft = store.draft("files", {&one}, options);   // what approving would do
///   if (draft) { ... draft->drift ...; store.keep(*draft); }
///   Checked<Lock> pins = store.load("files", launch_digest);           // for GuardWorld::pins
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/limits.h"
#include "base/result.h"
#include "capability/lock.h"

namespace merlon {

/// The part of a manifest that is about one server, under the name that the user configured. A
/// manifest of one server, or of none (a bare list), is taken whole, whatever it calls itself; of
/// several the one of that name. `kNotFound` when there is none.
[[nodiscard]] Result<Manifest> manifest_of_server(Manifest manifest, std::string_view server);

/// The name of the file. Characters that may lead out of a folder are replaced, and a digest of the
/// whole name keeps two servers apart then. `launch_digest` is `sha256:...`, or empty for a remote
/// server or a bare list.
[[nodiscard]] std::string pin_file_name(std::string_view server, std::string_view launch_digest);

/// What approving would write, and what it changes.
struct PinDraft {
  std::string path;
  std::string text;
  std::uint64_t version{1};
  bool same{false};  ///< exactly this is approved already
  bool first{true};  ///< nothing of this server and launch is approved yet
  std::vector<LockDrift> drift;
};

struct StoredPins {
  std::string file;  ///< name in the folder
  Lock lock;
};

class PinStore {
 public:
  /// `folder` is `$XDG_STATE_HOME/merlon/pins`; it need not be there.
  PinStore(const FileSource& files, std::string folder, const Limits& limits)
      : files_(files), folder_(std::move(folder)), limits_(limits) {}

  /// By file name; a file that cannot be read is an error, not left out.
  [[nodiscard]] Checked<std::vector<StoredPins>> list() const;
  /// The pins of one server as it is launched; without any, a lock without servers.
  [[nodiscard]] Checked<Lock> load(std::string_view server, std::string_view launch_digest) const;

  /// Compares with what is approved, writes nothing. The manifests are manifest_of_server()'s.
  [[nodiscard]] Checked<PinDraft> draft(std::string_view server,
                                        std::span<const Manifest* const> manifests,
                                        const LockOptions& options) const;
  /// Writes it, as a whole or not at all, readable by the user alone.
  [[nodiscard]] Status keep(const PinDraft& draft) const;

 private:
  const FileSource& files_;
  std::string folder_;
  Limits limits_;
};

}  // namespace merlon
