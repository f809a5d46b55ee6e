#include "mcp/recording_reader.h"

#include <string>
#include <utility>

#include "base/json/json_reader.h"
#include "base/json/plain_json.h"
#include "base/text.h"
#include "mcp/recording_lines.h"

namespace merlon {
namespace {

constexpr std::uint64_t kLargestRecording = 0xFFFFFFF0ULL;  // what a SourceText can place
/// Of a longer line what is spent twice when it cannot be read quickly would be too much.
constexpr std::size_t kMostQuickBytes = 64 * std::size_t{1024};

/// What is read quickly is not counted: no line of so few bytes can be above these limits.
bool allows_quick_reading(std::string_view line, const RecordingLimits& limits) {
  return line.size() <= kMostQuickBytes && line.size() <= limits.line_bytes &&
         line.size() <= limits.nodes && limits.depth > kMostPlainDepth;
}

Limits json_limits_of(const RecordingLimits& limits) {
  Limits out;
  out.json_depth = limits.depth;
  out.json_nodes = limits.nodes;
  return out;
}

MessageLimits most_of(const RecordingLimits& limits) {
  return {.bytes = limits.line_bytes, .depth = limits.depth, .nodes = limits.nodes};
}

}  // namespace

/// One line where it lies.
struct RecordingReader::Piece {
  std::uint64_t begin{0};
  std::string_view text;  ///< without the line feed
  bool whole{false};      ///< there is a line feed
};

bool RecordingReader::take(Piece& piece) {
  const std::string_view bytes = source_->bytes();
  if (at_ >= bytes.size()) {
    return false;
  }
  const std::size_t end = bytes.find('\n', at_);
  piece.begin = at_;
  piece.whole = end != std::string_view::npos;
  piece.text = bytes.substr(at_, piece.whole ? end - at_ : std::string_view::npos);
  at_ += piece.text.size() + (piece.whole ? 1 : 0);
  ++line_;
  return true;
}

/// Places of errors are those of the line; without one the whole line is meant.
Result<Document> RecordingReader::parse(const Piece& piece) const {
  if (piece.text.size() > limits_.line_bytes) {
    return fail(ErrorCode::kLimit, "a line of ", std::to_string(piece.text.size()),
                " bytes is above the limit of ", std::to_string(limits_.line_bytes));
  }
  if (piece.text.empty()) {
    return fail(ErrorCode::kSyntax, "an empty line");
  }
  return parse_json(std::make_shared<const SourceText>(source_->name(), piece.text, source_),
                    JsonDialect::kStrict, json_limits_of(limits_));
}

std::unexpected<Error> RecordingReader::fail_at(const Piece& piece, Error error) const {
  error.where = source_->locate(piece.begin, piece.text.size());
  return std::unexpected(std::move(error));
}

/// From a place in the line to the same place in the file.
std::unexpected<Error> RecordingReader::placed(const Piece& piece, Error error) const {
  const bool known = !error.where.file.empty();
  error.where = known ? source_->locate(piece.begin + error.where.offset, error.where.length)
                      : source_->locate(piece.begin, piece.text.size());
  return std::unexpected(std::move(error));
}

Result<RecordingReader> RecordingReader::open(std::shared_ptr<const SourceText> source,
                                              const RecordingLimits& limits) {
  if (source->bytes().size() > kLargestRecording) {
    return fail(ErrorCode::kLimit, "`", source->name(), "` has more than 4 GiB");
  }
  RecordingReader out(std::move(source), limits);
  Piece piece;
  if (!out.take(piece)) {
    return out.fail_at(piece, make_error(ErrorCode::kFormat, "an empty file is no recording"));
  }
  const auto line = out.parse(piece);
  if (!line) {
    auto error = out.placed(piece, line.error());
    if (!piece.whole) {
      error.error().hints.emplace_back("the file stops within its first line");
    }
    return error;
  }
  auto header = read_recording_header(*line, most_of(limits));
  if (!header) {
    return out.placed(piece, std::move(header).error());
  }
  out.header_ = *std::move(header);
  return out;
}

/// An event as the writer spells nearly all of them. Two thirds of such a line are its decision,
/// which nobody looks into: it need only be JSON. Since `{a}` and `d` are JSON, `{a,"decision":d}`
/// is. Nothing for all other lines, which have to be read as a whole.
std::optional<RecordedLine> RecordingReader::read_quickly(const Piece& piece) const {
  constexpr std::string_view kMark = R"(,"decision":)";
  constexpr std::string_view kStart = R"({"type":"event",)";
  const std::string_view text = piece.text;
  if (!text.starts_with(kStart) || !text.ends_with('}') || !allows_quick_reading(text, limits_)) {
    return std::nullopt;
  }
  const std::size_t mark = text.find(kMark);
  if (mark == std::string_view::npos) {
    return std::nullopt;
  }
  const std::size_t begin = mark + kMark.size();
  const std::string_view decision = text.substr(begin, text.size() - 1 - begin);
  if (!is_plain_json_object(decision)) {
    return std::nullopt;
  }
  std::string rest(text.substr(0, mark));
  rest.push_back('}');
  const auto document = parse_json(SourceText::copy_of(source_->name(), std::move(rest)),
                                   JsonDialect::kStrict, json_limits_of(limits_));
  if (!document) {
    return std::nullopt;
  }
  auto line = read_recorded_event(*document, decision, header_.limits);
  return line ? std::optional(*std::move(line)) : std::nullopt;
}

Result<std::optional<RecordedLine>> RecordingReader::next() {
  if (pending_) {
    return take_pending();
  }
  Piece piece;
  if (!take(piece)) {
    return std::nullopt;
  }
  if (line_ > limits_.lines) {
    at_ = source_->bytes().size();
    return fail_at(piece, make_error(ErrorCode::kLimit, "more than ", std::to_string(limits_.lines),
                                     " lines"));
  }
  if (ended_) {
    complete_ = false;
    return fail_at(piece, make_error(ErrorCode::kFormat, "a line after the end of the session"));
  }
  if (auto event = read_quickly(piece)) {
    return count(*std::move(event), piece);
  }
  const auto document = parse(piece);
  if (!document) {
    if (!piece.whole && document.error().code == ErrorCode::kSyntax) {
      cut_off_ = source_->locate(piece.begin, piece.text.size());
      return std::nullopt;
    }
    missed_ = true;
    lossy_ = true;
    return placed(piece, document.error());
  }
  auto line = read_recorded_line(*document, header_.limits);
  if (!line) {
    missed_ = true;
    lossy_ = true;
    return placed(piece, std::move(line).error());
  }
  return count(*std::move(line), piece);
}

Result<std::optional<RecordedLine>> RecordingReader::take_pending() {
  std::optional<RecordedLine> out = std::move(pending_);
  pending_.reset();
  return out;
}

/// What the line says about the lines before it. A line that is out of place is not lost: the error
/// comes first, then the line.
Result<std::optional<RecordedLine>> RecordingReader::count(RecordedLine line, const Piece& piece) {
  std::optional<Error> wrong;
  if (const auto* const event = std::get_if<RecordedEvent>(&line)) {
    ++events_;
    if (event->event.sequence != sequence_ + 1 && !missed_) {
      wrong = make_error(ErrorCode::kFormat, "event ", std::to_string(event->event.sequence),
                         " follows event ", std::to_string(sequence_));
    }
    missed_ = false;
    sequence_ = event->event.sequence;
  } else if (std::holds_alternative<RecordedUnreadable>(line)) {
    ++unreadable_;
  } else if (std::holds_alternative<RecordedReload>(line)) {
    ++reloads_;
  } else if (const auto* const end = std::get_if<RecordingEnd>(&line)) {
    ended_ = true;
    const bool agrees =
        end->events == events_ && end->unreadable == unreadable_ && end->reloads == reloads_;
    complete_ = agrees && !lossy_;
    if (!agrees && !lossy_) {
      wrong =
          make_error(ErrorCode::kFormat, "the end counts ", counted(end->events, "event"), ", ",
                     counted(end->unreadable, "unreadable line"), " and ",
                     counted(end->reloads, "reload"), "; the file has ", std::to_string(events_),
                     ", ", std::to_string(unreadable_), " and ", std::to_string(reloads_));
    }
  }
  if (!wrong) {
    return std::optional<RecordedLine>(std::move(line));
  }
  lossy_ = true;
  pending_ = std::move(line);
  return fail_at(piece, *std::move(wrong));
}

}  // namespace merlon
