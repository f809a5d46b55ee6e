#pragma once
/// A conversation of lines with one started server; real (stdio_channel.h) or scripted in tests.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace merlon {

/// How the conversation ended, for messages to people.
struct Farewell {
  std::string how;                       ///< e.g. "exit code 1"; empty when it ended as it should
  std::vector<std::string> error_lines;  ///< the last lines of its standard error, raw
  std::vector<std::string>
      remarks;  ///< lower case, e.g. "it ignored the end of its input and SIGTERM"
};

class Channel {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  enum class Event : std::uint8_t {
    kLine,
    kDeadline,
    kEnd,          ///< it closed its output or ended; a last line without line feed is in `line`
    kLineTooLong,  ///< a bound was reached; nothing more can be read
    kTooMuch,
  };

  Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  virtual ~Channel() = default;

  /// A line feed is added. False when the server does not read any more.
  virtual bool send(std::string_view line) = 0;
  virtual Event receive(TimePoint deadline, std::string& line) = 0;
  /// Ends the server and everything that it started. Called once, last.
  virtual Farewell close() = 0;
};

/// Starts the server anew for each conversation.
class Connector {
 public:
  Connector() = default;
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;
  virtual ~Connector() = default;
  [[nodiscard]] virtual Result<std::unique_ptr<Channel>> connect() = 0;
};

}  // namespace merlon
