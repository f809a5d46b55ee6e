#pragma once
/// Decides a recorded session again: the same function as live, fed from a recording.
///
///   RecordedSession session(policy, reader.header());
///   ... for each RecordedEvent:      const ReplayedEvent again = session.play(std::move(event));
///   ... for each RecordedUnreadable: const Interception answer = session.play(line);
///   ... for each RecordedReload:     session.use(the policy of it);
///
/// Over a full recording and its own policies, `again.decision` is the recorded one, byte for byte
/// (tests/property/recording_test.cpp). Pure: no clock, file or network.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mcp/recording.h"
#include "mcp/recording_reader.h"
#include "mcp/recording_writer.h"
#include "policy/interceptor.h"

namespace merlon {

/// An interception as a recording has it. The bytes stay those of `what`.
[[nodiscard]] RecordedSendingView recorded_sending(const Interception& what);

/// The session as it was when the recording began.
[[nodiscard]] SessionState recorded_state(const RecordingHeader& header);

/// One event, decided again.
struct ReplayedEvent {
  std::uint64_t sequence{0};  ///< 0: an unreadable line
  Decision decision;          ///< of an event
  std::string decision_json;  ///< the same as bytes; empty for an unreadable line
  Interception sending;
  bool same_decision{true};  ///< the same bytes as recorded
  bool same_sending{true};   ///< the same action, receiver and bytes as recorded
  /// False: something was masked or lost, here or earlier in the session, so that a difference
  /// proves nothing.
  bool reproducible{true};
};

class RecordedSession {
 public:
  RecordedSession(std::shared_ptr<const CompiledPolicy> policy, const RecordingHeader& header);

  [[nodiscard]] const SessionState& state() const { return interceptor_.state(); }
  void use(std::shared_ptr<const CompiledPolicy> policy) { interceptor_.use(std::move(policy)); }

  [[nodiscard]] ReplayedEvent play(RecordedEvent event);
  [[nodiscard]] ReplayedEvent play(const RecordedUnreadable& line);
  /// A line of the recording could not be read: what comes may differ.
  void lose_line() { exact_ = false; }

 private:
  Interceptor interceptor_;
  bool exact_{true};  ///< the state is the recorded one
};

/// Makes a policy out of what a recording says that decided: of the header, then of each reload.
/// A replay against another policy answers with that one each time.
using RecordedPolicyMaker =
    std::function<Checked<std::shared_ptr<const CompiledPolicy>>(const RecordedEngine&)>;

struct ReplayedRecording {
  std::vector<ReplayedEvent> events;  ///< unreadable lines too, in the recorded order
  std::vector<Error> errors;          ///< lines that could not be read
  bool complete{false};               ///< RecordingReader::complete()
};

/// All of a recording. Errors when a policy cannot be made; lines that cannot be read are left out
/// and named.
[[nodiscard]] Checked<ReplayedRecording> replay_recording(RecordingReader& reader,
                                                          const RecordedPolicyMaker& make_policy);

}  // namespace merlon
