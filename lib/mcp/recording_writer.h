#pragma once
/// Writes a recording, one line and one write for each thing that happened.
///
///   MERLON_TRY(auto sink, open_recording_file(path));
///   RecordingWriter writer(std::move(sink), {.masker = make_secret_masker()});   // redacted
///   RecordingWriter writer(std::move(sink), {.full = true});                     // --record-full
///   MERLON_CHECK(writer.begin(header));
///   ... after Interceptor::finish(received), before its bytes go anywhere:
///   MERLON_CHECK(writer.event(*received.event, decision_json(received.evaluation.decision),
///                             recorded(interception)));
///   ... a line that is no message:  writer.unreadable(...)
///   ... a new policy:               writer.reload({.time_ms = now, .engine = ...})
///   MERLON_CHECK(writer.end({.time_ms = now, .reason = RecordingEndReason::kClientClosed}));
///
/// What must hold so that `replay` comes to the same bytes: every event and every unreadable line
/// is written, in the order in which they happened (events in the order of `finish`), a reload
/// between the last event that the old policy decided and the first of the new one.
///
/// The first error of the sink ends the recording: it and every later call answer with it, and
/// nothing more is written, so that no line follows a half-written one. Whether the session goes on
/// then is the caller's (`fail closed`: it does not). Never throws. One object, one thread.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mcp/recording.h"
#include "mcp/recording_mask.h"
#include "mcp/recording_sink.h"

namespace merlon {

/// How much of results a redacted recording keeps. What offers definitions is always kept.
enum class RecordedResults : std::uint8_t { kFull, kDigest };

struct RecordingOptions {
  bool full{false};   ///< nothing is masked; becomes RecordingHeader::full
  TextMasker masker;  ///< needed unless `full`
  /// Of redacted recordings: empty: a random one. Tests hand one in.
  std::string key;
  RecordedResults results{RecordedResults::kFull};  ///< `full` keeps them anyway
  /// An unreadable line with more bytes is not kept; `full` keeps it anyway.
  std::uint64_t unreadable_bytes{64ULL << 10};
};

/// The bytes are not copied.
struct RecordedSendingView {
  RecordedAction action{RecordedAction::kDrop};
  Direction to{Direction::kToServer};
  std::string_view bytes;
};

class RecordingWriter {
 public:
  RecordingWriter(std::unique_ptr<RecordingSink> sink, RecordingOptions options);

  /// The header. First and once. `header.full` is set from the options.
  [[nodiscard]] Status begin(RecordingHeader header);
  /// `decision` is decision_json(). `sending.bytes` are looked at for kRewrite and kAnswer only.
  [[nodiscard]] Status event(const Event& event, std::string_view decision,
                             const RecordedSendingView& sending);
  /// `masked` and, where there are bytes, `size` are set by the writer.
  [[nodiscard]] Status unreadable(const RecordedUnreadable& line);
  [[nodiscard]] Status reload(const RecordedReload& reload);
  /// The counts are the writer's own.
  [[nodiscard]] Status end(const RecordingEnd& end);

  /// True once a line could not be written.
  [[nodiscard]] bool failed() const { return failure_.has_value(); }

 private:
  enum class Stage : std::uint8_t { kNew, kOpen, kEnded };

  [[nodiscard]] Status check_open() const;
  void start_line(std::string_view type);
  [[nodiscard]] Status finish_line();
  [[nodiscard]] Status write_line();
  void add_when(std::int64_t time_ms, Direction direction);
  void add_word(std::string_view name, std::string_view word);
  void add_message(const Event& event);
  void add_bytes(std::string_view name, std::string_view bytes);
  void add_encoded(std::string_view name, std::string_view bytes);
  /// `look`: whether it can hold a secret.
  void add_json(std::string_view name, std::string_view json, bool look);
  void add_sending(const RecordedSendingView& sending);
  [[nodiscard]] bool keeps_digest_only(const Message& message) const;
  [[nodiscard]] std::string without_result(const Message& message, const RecordingMask& mask);

  std::unique_ptr<RecordingSink> sink_;
  RecordingOptions options_;
  std::optional<RecordingMask> mask_;  ///< nothing: full
  Stage stage_{Stage::kNew};
  std::optional<Error> failure_;
  std::string line_;                 ///< one buffer for all lines
  std::vector<std::string> places_;  ///< masked ones of this line
  std::uint64_t events_{0};
  std::uint64_t unreadable_{0};
  std::uint64_t reloads_{0};
};

}  // namespace merlon
