#pragma once
/// Where the lines of a recording go.
///
///   MERLON_TRY(const auto sink, open_recording_file("session.jsonl"));
///   MERLON_CHECK(sink->append(line));
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace merlon {

class RecordingSink {
 public:
  RecordingSink() = default;
  RecordingSink(const RecordingSink&) = delete;
  RecordingSink& operator=(const RecordingSink&) = delete;
  virtual ~RecordingSink() = default;

  /// All of `bytes`, which are whole lines. After an error part of them may have been written; the
  /// caller writes no more then.
  [[nodiscard]] virtual Status append(std::string_view bytes) = 0;
};

/// A new file that only its owner can read (mode 0600). `kUsage` when something stands at `path`, a
/// link included: a recording never replaces or follows anything. Appends with one write(2) for
/// each call where the system takes all at once.
[[nodiscard]] Result<std::unique_ptr<RecordingSink>> open_recording_file(const std::string& path);

/// The same on a descriptor that is open already and stays the caller's.
[[nodiscard]] std::unique_ptr<RecordingSink> make_recording_sink(int descriptor, std::string name);

}  // namespace merlon
