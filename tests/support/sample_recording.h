#pragma once
/// A recording with every kind of line, written by RecordingWriter.
#include <string>

#include "mcp/recording_writer.h"

namespace merlon::test {

/// Has everything that a header can have, a text that is no UTF-8 among it.
[[nodiscard]] RecordingHeader sample_header();
/// An event with blanks around the message, and facts of every kind.
[[nodiscard]] Event sample_event(std::uint64_t sequence = 1);
[[nodiscard]] RecordedUnreadable sample_unreadable();
[[nodiscard]] RecordedReload sample_reload();
[[nodiscard]] RecordingEnd sample_end();

/// Header, event, answered event, unreadable line, reload, event, end; full unless `options` say
/// otherwise.
[[nodiscard]] std::string sample_recording(RecordingOptions options = {.full = true});

/// Line `number` (from 1) of `text`, without its line feed.
[[nodiscard]] std::string line_of(const std::string& text, std::size_t number);
/// `text` with line `number` replaced.
[[nodiscard]] std::string with_line(const std::string& text, std::size_t number,
                                    const std::string& line);
/// The first `from` replaced by `to`; fails the test when there is none.
[[nodiscard]] std::string replaced_once(std::string text, const std::string& from,
                                        const std::string& to);

}  // namespace merlon::test
