#include "replay/importer.h"

#include <utility>

#include "base/json/json_reader.h"
#include "mcp/message_codec.h"

namespace merlon {
namespace {

/// The proxy's own question, as live: ids of peers never look like it.
constexpr std::string_view kToolsQuestion = "merlon-import-tools";

/// Where an imported value stands, in the places of its file.
Error placed_in(const SourceText& source, std::uint64_t offset, Error error) {
  const std::uint64_t at = offset + error.where.offset;
  error.where = source.locate(at, error.where.length);
  return error;
}

Result<Document> parse_piece(const std::shared_ptr<const SourceText>& source, std::uint64_t offset,
                             std::string_view bytes, const Limits& limits) {
  auto view = std::make_shared<const SourceText>(source->name(), bytes, source);
  auto json = parse_json(std::move(view), JsonDialect::kStrict, limits);
  if (!json) {
    return std::unexpected(placed_in(*source, offset, std::move(json).error()));
  }
  return json;
}

struct TextLine {
  std::string_view bytes;
  std::uint64_t offset{0};
  std::uint64_t number{0};
};

/// Lines that are not blank.
class TextLines {
 public:
  explicit TextLines(std::string_view text) : text_(text) {}

  bool next(TextLine& line) {
    while (at_ < text_.size()) {
      const std::size_t end = std::min(text_.find('\n', at_), text_.size());
      line = {.bytes = text_.substr(at_, end - at_), .offset = at_, .number = ++number_};
      at_ = end + 1;
      if (line.bytes.find_first_not_of(" \t\r") != std::string_view::npos) {
        return true;
      }
    }
    return false;
  }

 private:
  std::string_view text_;
  std::size_t at_{0};
  std::uint64_t number_{0};
};

class ImportedSource final : public SessionSource {
 public:
  ImportedSource(std::shared_ptr<const SourceText> source, const ImporterKind& kind,
                 ImportedSession session, const ImportOptions& options)
      : source_(std::move(source)),
        kind_(kind),
        messages_(std::move(session.messages)),
        tools_(session.has_tool_list ? std::string() : options.tools) {
    header_.session = std::move(session.name);
    header_.server = std::move(session.server);
    asked_ = tools_.empty() ? 2 : 0;
  }

  [[nodiscard]] std::string_view format() const override { return kind_.name; }
  [[nodiscard]] std::vector<std::string> cannot_tell() const override {
    std::vector<std::string> out;
    for (const std::string_view gap : kind_.cannot_tell) {
      // Where the list is given, the gap is filled.
      if (tools_.empty() || gap.find("`--tools") == std::string_view::npos) {
        out.emplace_back(gap);
      }
    }
    return out;
  }
  [[nodiscard]] bool has_decisions() const override { return false; }
  [[nodiscard]] const RecordingHeader& header() const override { return header_; }
  [[nodiscard]] std::uint64_t line() const override { return line_; }
  [[nodiscard]] bool complete() const override { return true; }
  [[nodiscard]] std::optional<Location> cut_off() const override { return std::nullopt; }

  Result<std::optional<RecordedLine>> next() override {
    if (asked_ < 2) {
      return tool_list();
    }
    if (at_ >= messages_.size()) {
      return std::optional<RecordedLine>();
    }
    ImportedMessage& message = messages_[at_++];
    line_ = message.line;
    auto parsed = parse_message(std::move(message.json), message.direction, header_.limits);
    if (!parsed) {
      Error error = make_error(parsed.error().code, "no message: ", parsed.error().message);
      error.where = source_->locate(message.offset, 0);
      return std::unexpected(std::move(error));
    }
    return event(*std::move(parsed), message.time_ms, EventOrigin::kPeer);
  }

 private:
  std::optional<RecordedLine> event(Message message, std::int64_t time_ms, EventOrigin origin) {
    RecordedEvent out;
    out.event.sequence = ++sequence_;
    out.event.time_ms = time_ms;
    out.event.origin = origin;
    out.event.message = std::move(message);
    out.sending.action =
        origin == EventOrigin::kPeer ? RecordedAction::kForward : RecordedAction::kDrop;
    return std::optional<RecordedLine>(std::move(out));
  }

  /// The server's list, as if the proxy had asked for it.
  Result<std::optional<RecordedLine>> tool_list() {
    const bool question = asked_++ == 0;
    std::string text = R"({"jsonrpc":"2.0","id":")" + std::string(kToolsQuestion);
    text += question ? R"(","method":"tools/list"})" : "\",\"result\":" + tools_ + "}";
    const Direction direction = question ? Direction::kToServer : Direction::kToClient;
    MERLON_TRY(Message message, parse_message(std::move(text), direction, header_.limits));
    const std::int64_t time_ms = messages_.empty() ? 0 : messages_.front().time_ms;
    return event(std::move(message), time_ms, EventOrigin::kProxy);
  }

  std::shared_ptr<const SourceText> source_;
  const ImporterKind& kind_;
  RecordingHeader header_;
  std::vector<ImportedMessage> messages_;
  std::string tools_;
  int asked_{0};
  std::size_t at_{0};
  std::uint64_t sequence_{0};
  std::uint64_t line_{0};
};

/// The kind that the first value of the file looks like.
Result<const ImporterKind*> recognise(const std::shared_ptr<const SourceText>& source,
                                      const Limits& limits) {
  TextLine line;
  const bool any = TextLines(source->bytes()).next(line);
  const auto first = any ? parse_piece(source, line.offset, line.bytes, limits)
                         : Result<Document>(fail(ErrorCode::kFormat, "the file is empty"));
  // A value over several lines is no JSON lines.
  const auto whole = first ? Result<Document>(fail(ErrorCode::kFormat, "not needed"))
                           : parse_piece(source, 0, source->bytes(), limits);
  for (const ImporterKind& kind : importer_kinds()) {
    if ((first && kind.recognises(*first)) || (whole && kind.recognises(*whole))) {
      return &kind;
    }
  }
  Error error = make_error(ErrorCode::kFormat,
                           "this is neither a recording nor a file of another known format");
  error.hints.emplace_back("`--from` names the format; `merlon replay --help` lists them");
  error.where = source->locate(line.offset, 0);
  return std::unexpected(std::move(error));
}

void take_value(const SourceText& source, const ImportedValue& value, SessionImporter& importer,
                std::vector<Error>& errors) {
  if (Status taken = importer.take(value); !taken) {
    Error error = std::move(taken).error();
    error.where = source.locate(value.offset, 0);
    errors.push_back(std::move(error));
  }
}

}  // namespace

Result<ImportedFile> import_sessions(const std::shared_ptr<const SourceText>& source,
                                     const ImportOptions& options) {
  const ImporterKind* kind = options.kind;
  if (kind == nullptr) {
    MERLON_TRY(kind, recognise(source, options.limits));
  }
  const std::unique_ptr<SessionImporter> importer = kind->make();
  ImportedFile out;
  TextLine line;
  TextLines lines(source->bytes());
  // Whole values may also stand one a line.
  auto whole = kind->shape == ImportShape::kWhole
                   ? parse_piece(source, 0, source->bytes(), options.limits)
                   : Result<Document>(fail(ErrorCode::kFormat, "lines"));
  if (whole) {
    take_value(*source, {.json = *whole}, *importer, out.errors);
  }
  while (!whole && lines.next(line)) {
    const auto json = parse_piece(source, line.offset, line.bytes, options.limits);
    if (!json) {
      out.errors.push_back(json.error());
      continue;
    }
    take_value(*source, {.json = *json, .line = line.number, .offset = line.offset}, *importer,
               out.errors);
  }
  for (ImportedSession& session : importer->finish()) {
    out.sessions.push_back(
        std::make_unique<ImportedSource>(source, *kind, std::move(session), options));
  }
  return out;
}

}  // namespace merlon
