#pragma once
/// What happens in a guarded session, written down where a recording is wanted. A recording that
/// cannot go on is told once; the session goes on without it.
#include <functional>
#include <memory>
#include <string>

#include "mcp/recording_writer.h"
#include "policy/interceptor.h"

namespace merlon {

class SessionRecorder {
 public:
  /// `writer` is begun, or null: nothing is recorded. `tell` is for people.
  SessionRecorder(std::unique_ptr<RecordingWriter> writer,
                  std::function<void(const std::string&)> tell)
      : writer_(std::move(writer)), tell_(std::move(tell)) {}

  [[nodiscard]] bool records() const { return writer_ != nullptr && !writer_->failed(); }

  void happened(const Event& event, const Decision& decision, const Interception& what);
  /// `bytes`: null when the line was too long to be kept.
  void unreadable(std::int64_t time_ms, Direction direction, const std::string* bytes,
                  std::uint64_t size, const Error& problem, const Interception& what);
  void reloaded(std::int64_t time_ms, RecordedEngine engine);
  void ended(const RecordingEnd& end);

 private:
  void note(const Status& status);

  std::unique_ptr<RecordingWriter> writer_;
  std::function<void(const std::string&)> tell_;
};

}  // namespace merlon
