#pragma once
/// Where a replay's sessions come from: recordings, or other programs' files through an importer.
///
///   std::unique_ptr<SessionSource> source = ...;
///   for (;;) {
///     auto line = source->next();
///     if (!line) { ... an error with a place; the next call goes on behind it ... }
///     if (!*line) { break; }
///   }
///
/// One object, one thread.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/location.h"
#include "base/result.h"
#include "base/source_text.h"
#include "mcp/recording_reader.h"

namespace merlon {

class SessionSource {
 public:
  SessionSource() = default;
  SessionSource(const SessionSource&) = delete;
  SessionSource& operator=(const SessionSource&) = delete;
  virtual ~SessionSource() = default;

  [[nodiscard]] virtual std::string_view format() const = 0;
  /// What the format does not hold: "when messages came".
  [[nodiscard]] virtual std::vector<std::string> cannot_tell() const = 0;
  /// True when each event has the decision that was made on it.
  [[nodiscard]] virtual bool has_decisions() const = 0;
  [[nodiscard]] virtual const RecordingHeader& header() const = 0;
  [[nodiscard]] virtual Result<std::optional<RecordedLine>> next() = 0;
  /// Of the line that was read last, from 1.
  [[nodiscard]] virtual std::uint64_t line() const = 0;
  [[nodiscard]] virtual bool complete() const = 0;
  [[nodiscard]] virtual std::optional<Location> cut_off() const = 0;
};

/// A recording of the proxy.
[[nodiscard]] Result<std::unique_ptr<SessionSource>> open_recording(
    std::shared_ptr<const SourceText> source);

}  // namespace merlon
