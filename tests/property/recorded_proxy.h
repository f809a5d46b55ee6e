#pragma once
/// A proxy without wires: an Interceptor with a recording, for the property of recording_test.cpp.
/// Messages can wait for facts while others go on, as in the real one.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/recording_writer.h"
#include "policy/interceptor.h"
#include "policy/recorded_policy.h"

namespace merlon::test {

/// What the live session did with one line.
struct LiveDecision {
  std::string decision;  ///< decision_json(); empty for an unreadable line
  Interception sending;
};

class RecordedProxy {
 public:
  RecordedProxy(RecordingHeader header, std::shared_ptr<const CompiledPolicy> policy,
                RecordingOptions options);

  /// One line as it comes, judged once; nothing has happened yet.
  [[nodiscard]] Received receive(std::string line, Direction direction, EventOrigin origin);
  /// Judges anew with the facts that the event has now.
  void judge(Received& received) { interceptor_.judge(received); }
  /// It happens.
  void finish(Received& received);
  void reload(const RecordedEngine& engine, std::shared_ptr<const CompiledPolicy> policy);
  void end();

  [[nodiscard]] const SessionState& state() const { return interceptor_.state(); }
  [[nodiscard]] const std::string& recording() const { return *bytes_; }
  [[nodiscard]] const std::vector<LiveDecision>& decisions() const { return decisions_; }
  [[nodiscard]] const std::vector<Decision>& values() const { return values_; }

  std::int64_t now_ms{1'800'000'000'000};

 private:
  void keep(const Status& status);

  std::unique_ptr<std::string> bytes_{std::make_unique<std::string>()};
  RecordingWriter writer_;
  Interceptor interceptor_;
  std::vector<LiveDecision> decisions_;
  std::vector<Decision> values_;
};

}  // namespace merlon::test
