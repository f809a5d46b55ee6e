#include "proxy/session_recorder.h"

#include <utility>

#include "policy/decision_codec.h"
#include "policy/recorded_session.h"

namespace merlon {

void SessionRecorder::happened(const Event& event, const Decision& decision,
                               const Interception& what) {
  if (records()) {
    note(writer_->event(event, decision_json(decision), recorded_sending(what)));
  }
}

void SessionRecorder::unreadable(std::int64_t time_ms, Direction direction,
                                 const std::string* bytes, std::uint64_t size, const Error& problem,
                                 const Interception& what) {
  if (!records()) {
    return;
  }
  const RecordedSendingView sending = recorded_sending(what);
  RecordedUnreadable line{
      .time_ms = time_ms,
      .direction = direction,
      .bytes = std::nullopt,
      .size = size,
      .refusal = problem,
      .sending = {.action = sending.action, .to = sending.to, .bytes = std::string(sending.bytes)}};
  if (bytes != nullptr) {
    line.bytes = *bytes;
  }
  note(writer_->unreadable(line));
}

void SessionRecorder::reloaded(std::int64_t time_ms, RecordedEngine engine) {
  if (records()) {
    note(writer_->reload({.time_ms = time_ms, .engine = std::move(engine)}));
  }
}

void SessionRecorder::ended(const RecordingEnd& end) {
  if (records()) {
    note(writer_->end(end));
  }
}

void SessionRecorder::note(const Status& status) {
  if (!status) {
    tell_("the recording ends here: " + status.error().message);
  }
}

}  // namespace merlon
