#pragma once
/// What a scan reads: a list of named sources that are opened only when their turn comes, and a
/// list of what a walk left out and why. Filled by the collectors (folder_walk.h,
/// client_locations.h, git_inputs.h), read by scan().
///
///   ScanInputs inputs;
///   add_source(inputs, SourceText::copy_of("-", bytes));
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/source_text.h"
#include "model/scan_report.h"

namespace merlon {

/// Opens one input. Safe to call from many threads.
using ReadSource =
    std::function<Result<std::shared_ptr<const SourceText>>(std::uint64_t max_bytes)>;
/// The first bytes of one input.
using ReadHead = std::function<Result<std::string>(std::size_t bytes)>;

struct ScanInput {
  /// As the user named it; what the report shows.
  std::string name;
  /// The same for two names of one file; empty: `name`.
  std::string identity;
  /// Given by name: then a file of unknown format is an error. Found by a walk: then it is skipped.
  bool named{true};
  ReadSource read;
  /// For inputs of a walk: look at the first bytes before reading all. May be empty.
  ReadHead head;
  /// An earlier state of the same file: only what is new or changed since is reported. Empty:
  /// everything is. `kNotFound` from it means that the file is new.
  ReadSource read_before;
};

struct ScanInputs {
  std::vector<ScanInput> files;         ///< in any order
  std::vector<CoverageEntry> left_out;  ///< skipped or failed before reading
};

/// Adds bytes that are at hand already.
void add_source(ScanInputs& inputs, std::shared_ptr<const SourceText> source);

/// Sorts by name and removes what was named twice (a file given by name wins over the same one
/// found by a walk), so that the order of arguments does not matter.
void normalise_inputs(ScanInputs& inputs);

/// `source` under another name.
[[nodiscard]] std::shared_ptr<const SourceText> renamed(
    const std::shared_ptr<const SourceText>& source, std::string name);

}  // namespace merlon
