#pragma once
/// What a recording holds, as plain values: one session, with everything that its decisions depend
/// on. docs/spec/recording.md is the format's specification; recording_writer.h writes one,
/// recording_reader.h reads one, lib/policy/recorded_session.h decides it again.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "mcp/message_codec.h"
#include "model/event.h"

namespace merlon {

inline constexpr std::uint64_t kRecordingFormat = 1;

/// A file that a policy was made of. `name` is what the policy was read under: other files name it
/// by that, and errors show it.
struct RecordedFile {
  std::string name;
  std::string text;
  std::vector<std::string> aliases;  ///< other names that led to the same file
  friend bool operator==(const RecordedFile&, const RecordedFile&) = default;
};

struct RecordedPolicy {
  std::string name;
  std::uint64_t version{1};
  std::string digest;                ///< Policy::digest: what decisions carry
  std::string tenant;                ///< whose overrides were asked for; empty: nobody's
  std::vector<RecordedFile> files;   ///< the base first, the policy itself last
  std::vector<RecordedFile> system;  ///< the same of the system's minimum; empty: none
  friend bool operator==(const RecordedPolicy&, const RecordedPolicy&) = default;
};

/// What decides: everything that compile_policy() is given.
struct RecordedEngine {
  RecordedPolicy policy;
  std::string rules_version;        ///< of the rule pack
  std::string rules_digest;         ///< the same, 64 hex digits
  std::optional<std::string> pins;  ///< the text of the lock in force; nothing: none
  friend bool operator==(const RecordedEngine&, const RecordedEngine&) = default;
};

/// What a person says that the session is an example of. docs/spec/replay.md#labels
struct RecordedLabel {
  bool attack{false};                         ///< else benign
  std::vector<std::uint64_t> attacker_calls;  ///< sequences of the calls that the attacker wanted
  bool utility{false};                        ///< the user's task was done
  std::string cluster;                        ///< empty: the file
  friend bool operator==(const RecordedLabel&, const RecordedLabel&) = default;
};

struct RecordingHeader {
  std::string merlon;       ///< version of the program
  std::int64_t time_ms{0};  ///< since 1970-01-01T00:00:00Z
  std::string server;       ///< configured name
  std::string launch;       ///< digest of the launch command
  std::string session;      ///< these five as in SessionState
  std::string tenant;
  std::string identity;
  std::string user;
  std::string group;
  RecordedEngine engine;
  MessageLimits limits;  ///< what messages were read under
  bool full{false};      ///< nothing is masked
  std::optional<RecordedLabel> label;
  friend bool operator==(const RecordingHeader&, const RecordingHeader&) = default;
};

/// What happened with a message: policy/interceptor.h.
enum class RecordedAction : std::uint8_t { kForward, kRewrite, kAnswer, kDrop };
[[nodiscard]] std::string_view to_string(RecordedAction action);

/// What was sent in place of a message that was not forwarded as it came.
struct RecordedSending {
  RecordedAction action{RecordedAction::kDrop};
  Direction to{Direction::kToServer};  ///< where `bytes` went
  std::string bytes;                   ///< of kRewrite and kAnswer; else empty
  friend bool operator==(const RecordedSending&, const RecordedSending&) = default;
};

/// One message that was decided. Events stand in the order in which they happened.
struct RecordedEvent {
  Event event;           ///< with its facts: all that decide() wants
  std::string decision;  ///< decision_json(): one line
  RecordedSending sending;
  /// RFC 6901 pointers into the line (`/message/...`, `/facts/...`, `/decision/...`, `/sent/...`)
  /// of the texts in which something was masked; of a masked key the object that holds it.
  std::vector<std::string> masked;

  /// False when a decision about `event` may differ from the recorded one, because what it would be
  /// made of was masked.
  [[nodiscard]] bool reproducible() const { return masked.empty(); }
};

/// A line that was no message. It has no sequence number and changes no state.
struct RecordedUnreadable {
  std::int64_t time_ms{0};
  Direction direction{Direction::kToServer};
  /// The line without its line feed; nothing where it was too long to be kept.
  std::optional<std::string> bytes;
  std::uint64_t size{0};  ///< bytes that came
  Error refusal;          ///< code and message only
  RecordedSending sending;
  bool masked{false};
};

/// From here on, this decides.
struct RecordedReload {
  std::int64_t time_ms{0};
  RecordedEngine engine;
  friend bool operator==(const RecordedReload&, const RecordedReload&) = default;
};

enum class RecordingEndReason : std::uint8_t {
  kClientClosed,  ///< the client closed its side
  kServerClosed,  ///< the server exited, or closed its output
  kInterrupted,   ///< a signal
  kFailed,        ///< the proxy could not go on: `detail` says why
};
[[nodiscard]] std::string_view to_string(RecordingEndReason reason);

/// The last line of a session that ended in order.
struct RecordingEnd {
  std::int64_t time_ms{0};
  RecordingEndReason reason{RecordingEndReason::kClientClosed};
  std::string detail;              ///< one line; may be empty
  std::optional<int> exit_status;  ///< of the server, where it is known
  // Counted by the writer, held against what was read by the reader.
  std::uint64_t events{0};
  std::uint64_t unreadable{0};
  std::uint64_t reloads{0};
  friend bool operator==(const RecordingEnd&, const RecordingEnd&) = default;
};

using RecordedLine = std::variant<RecordedEvent, RecordedUnreadable, RecordedReload, RecordingEnd>;

/// The words of the format for enumerations, in the order of the enum: shared by writer and reader.
namespace recording_words {
[[nodiscard]] std::span<const std::string_view> directions();
[[nodiscard]] std::span<const std::string_view> origins();
[[nodiscard]] std::span<const std::string_view> actions();
[[nodiscard]] std::span<const std::string_view> needs();
[[nodiscard]] std::span<const std::string_view> fact_states();
[[nodiscard]] std::span<const std::string_view> assurances();
[[nodiscard]] std::span<const std::string_view> end_reasons();
}  // namespace recording_words

}  // namespace merlon
