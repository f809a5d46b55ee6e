#pragma once
/// Reads a recording line by line.
///
///   MERLON_TRY(auto reader, RecordingReader::open(source, {}));
///   for (;;) {
///     auto line = reader.next();
///     if (!line) { ... an error with file:line:col; the next call goes on with the next line ... }
///     if (!*line) { break; }                       // the end
///     if (const auto* event = std::get_if<RecordedEvent>(&**line)) { ... }
///   }
///   if (!reader.complete()) { ... the session has no end line; reader.cut_off() says where ... }
///
/// A recording is as hostile as any file: everything is bounded, nothing recurses, unknown members
/// and kinds of lines are errors (what a decision depends on must not be skipped silently). What
/// can be wrong: docs/spec/recording.md#errors.
///
/// One object, one thread. Memory is that of one line beside the source.
#include <cstdint>
#include <memory>
#include <optional>

#include "base/location.h"
#include "base/result.h"
#include "base/source_text.h"
#include "mcp/recording.h"

namespace merlon {

/// docs/spec/recording.md#limits has the defaults.
struct RecordingLimits {
  std::uint64_t line_bytes{256ULL << 20};
  std::uint64_t lines{10'000'000};
  std::uint32_t depth{256};         ///< nesting of one line
  std::uint64_t nodes{10'000'000};  ///< keys and values of one line
};

class RecordingReader {
 public:
  /// Reads the header. Without a header that can be read there is no recording.
  [[nodiscard]] static Result<RecordingReader> open(std::shared_ptr<const SourceText> source,
                                                    const RecordingLimits& limits);

  [[nodiscard]] const RecordingHeader& header() const { return header_; }
  /// The next line; nothing at the end. After an error the next call reads the line after the bad
  /// one.
  [[nodiscard]] Result<std::optional<RecordedLine>> next();

  /// Place of a last line that stops in the middle, as a crash leaves it. It is no error and not
  /// read.
  [[nodiscard]] const std::optional<Location>& cut_off() const { return cut_off_; }
  /// True when the end line was read and agrees with what came before.
  [[nodiscard]] bool complete() const { return complete_; }
  /// 1-based number of the line that was read last.
  [[nodiscard]] std::uint64_t line() const { return line_; }

 private:
  RecordingReader(std::shared_ptr<const SourceText> source, const RecordingLimits& limits)
      : source_(std::move(source)), limits_(limits) {}

  struct Piece;
  [[nodiscard]] bool take(Piece& piece);
  [[nodiscard]] Result<Document> parse(const Piece& piece) const;
  [[nodiscard]] std::optional<RecordedLine> read_quickly(const Piece& piece) const;
  [[nodiscard]] Result<std::optional<RecordedLine>> take_pending();
  [[nodiscard]] Result<std::optional<RecordedLine>> count(RecordedLine line, const Piece& piece);
  [[nodiscard]] std::unexpected<Error> fail_at(const Piece& piece, Error error) const;
  [[nodiscard]] std::unexpected<Error> placed(const Piece& piece, Error error) const;

  std::shared_ptr<const SourceText> source_;
  RecordingLimits limits_;
  RecordingHeader header_;
  std::uint64_t at_{0};  ///< offset of the next line
  std::uint64_t line_{0};
  std::uint64_t sequence_{0};  ///< of the last event
  bool missed_{false};         ///< the line before could not be read: a gap is no news
  bool lossy_{false};          ///< something could not be read, or is not there
  bool ended_{false};
  bool complete_{false};
  std::uint64_t events_{0};
  std::uint64_t unreadable_{0};
  std::uint64_t reloads_{0};
  std::optional<Location> cut_off_;
  std::optional<RecordedLine> pending_;  ///< read, behind an error about what is not there
};

}  // namespace merlon
