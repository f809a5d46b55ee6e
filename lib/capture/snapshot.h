#pragma once
/// The file that `merlon capture` writes; docs/spec/snapshot.md is its specification.
#include <string>
#include <vector>

#include "capture/differences.h"
#include "capture/surface.h"

namespace merlon {

struct Snapshot {
  std::string captured_at;               ///< empty: not written
  std::string configured_name;           ///< empty: not written
  std::vector<std::string> words;        ///< command and arguments, secrets replaced
  std::vector<std::string> environment;  ///< names only
  std::vector<EraSurface> eras;
  std::vector<SurfaceDifference> differences;
  std::vector<CaptureNote> notes;
  bool complete{true};
};

struct ServerIdentity {
  std::string name;
  std::string version;
};
/// What the first era that gives a server info says.
[[nodiscard]] ServerIdentity identity_of(const std::vector<EraSurface>& eras, const Limits& limits);

/// JSON with a line feed at the end. Pure.
[[nodiscard]] std::string write_snapshot(const Snapshot& snapshot, const Limits& limits);

}  // namespace merlon
