#pragma once
/// From one line of a recording, parsed, to its value. Private to the reader. Places of errors are
/// those of the line's document.
#include <string_view>

#include "base/document.h"
#include "base/result.h"
#include "mcp/recording.h"

namespace merlon {

/// The header. `most` bounds what it may say about its messages.
[[nodiscard]] Result<RecordingHeader> read_recording_header(const Document& line,
                                                            const MessageLimits& most);

/// Any other line. `limits` are those of the header.
[[nodiscard]] Result<RecordedLine> read_recorded_line(const Document& line,
                                                      const MessageLimits& limits);

/// An event whose `decision`, JSON, was taken out of the line before it was parsed. Who gets an
/// error has to read the whole line: what is said here of places means another text.
[[nodiscard]] Result<RecordedLine> read_recorded_event(const Document& line,
                                                       std::string_view decision,
                                                       const MessageLimits& limits);

}  // namespace merlon
