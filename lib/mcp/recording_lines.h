#pragma once
/// From one line of a recording, parsed, to its value. Private to the reader. Places of errors are
/// those of the line's document.
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

}  // namespace merlon
