#pragma once
/// Many files, many threads, one order: the results come as if one thread had read the files one
/// after the other, and only as many as there are threads wait for their turn.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "replay/importer.h"
#include "replay/replayer.h"

namespace merlon {

/// Opens the sessions of one file.
using SessionOpener = std::function<Result<ImportedFile>(std::shared_ptr<const SourceText> source)>;

struct ReplayFiles {
  const FileSource& files;
  std::vector<std::string> paths;
  SessionOpener open;
  /// What is said about the sessions of a file; null: nothing. May be empty itself.
  std::function<Checked<std::shared_ptr<const SessionNotes>>(const std::string& path)> notes;
  /// The sessions of what is no file to be read, an audit log in a folder; nothing: it is one. May
  /// be empty itself.
  std::function<std::optional<std::vector<SessionReplay>>(const std::string& path)> audited;
  unsigned jobs{1};     ///< 0: as many as the machine has
  bool digests{false};  ///< fill in SessionReplay::input_digest
  /// Called in the order of the paths, by one thread at a time. False ends the run.
  std::function<bool(std::vector<SessionReplay> sessions)> take;
};

/// SessionReplay::input_digest.
[[nodiscard]] std::string replay_input_digest(const SourceText& source, const SessionNotes* notes);

/// Files that cannot be opened come as a session with errors.
void replay_files(const Replayer& replayer, const ReplayFiles& run);

}  // namespace merlon
