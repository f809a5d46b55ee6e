#pragma once
/// Many files, many threads, one order: the results come as if one thread had read the files one
/// after the other, and only as many as there are threads wait for their turn.
#include <functional>
#include <memory>
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
  unsigned jobs{1};  ///< 0: as many as the machine has
  /// Called in the order of the paths, by one thread at a time. False ends the run.
  std::function<bool(std::vector<SessionReplay> sessions)> take;
};

/// Files that cannot be opened come as a session with errors.
void replay_files(const Replayer& replayer, const ReplayFiles& run);

}  // namespace merlon
