#include "property/recorded_proxy.h"

#include <utility>

#include <doctest/doctest.h>

#include "policy/decision_codec.h"
#include "policy/recorded_session.h"
#include "support/memory_sink.h"

namespace merlon::test {

RecordedProxy::RecordedProxy(RecordingHeader header, std::shared_ptr<const CompiledPolicy> policy,
                             RecordingOptions options)
    : writer_(std::make_unique<MemorySink>(*bytes_), std::move(options)),
      interceptor_(std::move(policy), recorded_state(header), header.limits) {
  keep(writer_.begin(std::move(header)));
}

Received RecordedProxy::receive(std::string line, Direction direction, EventOrigin origin) {
  const std::string bytes = line;
  Received received = interceptor_.receive(std::move(line), direction, now_ms, origin);
  if (!received.event) {
    RecordedUnreadable unreadable;
    unreadable.time_ms = now_ms;
    unreadable.direction = direction;
    unreadable.bytes = bytes;
    unreadable.refusal = received.problem;
    const Interception refusal = interceptor_.finish(received);
    const RecordedSendingView sending = recorded_sending(refusal);
    unreadable.sending = {sending.action, sending.to, std::string(sending.bytes)};
    keep(writer_.unreadable(unreadable));
    decisions_.push_back({.decision = {}, .sending = refusal});
  }
  return received;
}

void RecordedProxy::finish(Received& received) {
  LiveDecision live;
  live.sending = interceptor_.finish(received);
  live.decision = decision_json(received.evaluation.decision);
  keep(writer_.event(*received.event, live.decision, recorded_sending(live.sending)));
  values_.push_back(received.evaluation.decision);
  decisions_.push_back(std::move(live));
}

void RecordedProxy::reload(const RecordedEngine& engine,
                           std::shared_ptr<const CompiledPolicy> policy) {
  interceptor_.use(std::move(policy));
  keep(writer_.reload({.time_ms = now_ms, .engine = engine}));
}

void RecordedProxy::end() {
  RecordingEnd end;
  end.time_ms = now_ms;
  end.exit_status = 0;
  keep(writer_.end(end));
}

void RecordedProxy::keep(const Status& status) {
  REQUIRE_MESSAGE(status.has_value(), (status ? std::string() : status.error().message));
}

}  // namespace merlon::test
