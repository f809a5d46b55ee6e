#include "mcp/recording_writer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/base64.h"
#include "base/json/json_writer.h"
#include "base/random.h"
#include "base/text.h"
#include "mcp/recording_text.h"

namespace merlon {
namespace {

/// Lines above this size do not keep the buffer at theirs.
constexpr std::size_t kKeptBuffer = 1U << 20U;
constexpr std::size_t kShortestMaskedPiece = 6;

/// What a result is known by that offers definitions, or answers `initialize`.
constexpr std::array<std::string_view, 6> kDefinitionMembers{
    "tools", "prompts", "resources", "resourceTemplates", "protocolVersion", "serverInfo"};

bool offers_definitions(const Message& message) {
  return std::any_of(kDefinitionMembers.begin(), kDefinitionMembers.end(),
                     [&message](std::string_view name) {
                       return message.document.find(message.result, name).has_value();
                     });
}

/// A quiet decision repeats nothing of its message.
bool may_quote(std::string_view decision) {
  return decision.find(R"("reasons":[{)") != std::string_view::npos ||
         decision.find(R"("needs":[)") != std::string_view::npos;
}

/// Bytes that need not be text: what is between bad bytes is looked at piece by piece.
std::optional<std::string> masked_bytes(const RecordingMask& mask, std::string_view bytes) {
  std::string out;
  bool masked = false;
  while (!bytes.empty()) {
    const std::size_t good = find_invalid_utf8(bytes).value_or(bytes.size());
    const std::string_view piece = bytes.substr(0, good);
    auto replaced = piece.size() < kShortestMaskedPiece ? std::nullopt : mask.apply({}, piece);
    masked = masked || replaced.has_value();
    out.append(replaced ? std::string_view(*replaced) : piece);
    bytes.remove_prefix(good);
    if (!bytes.empty()) {
      out.push_back(bytes.front());
      bytes.remove_prefix(1);
    }
  }
  return masked ? std::optional<std::string>(std::move(out)) : std::nullopt;
}

}  // namespace

RecordingWriter::RecordingWriter(std::unique_ptr<RecordingSink> sink, RecordingOptions options)
    : sink_(std::move(sink)), options_(std::move(options)) {}

Status RecordingWriter::begin(RecordingHeader header) {
  if (stage_ != Stage::kNew || failure_) {
    return fail(ErrorCode::kInternal, "a recording begins once");
  }
  if (!options_.full) {
    if (!options_.masker) {
      return fail(ErrorCode::kInternal, "a redacted recording needs a masker");
    }
    std::string key = std::move(options_.key);
    if (key.empty()) {
      MERLON_TRY(key, random_bytes(kRecordingKeyBytes));
    }
    mask_.emplace(options_.masker, std::move(key));
  }
  header.full = options_.full;
  stage_ = Stage::kOpen;
  line_ = recording_text::header_line(header);
  return write_line();
}

Status RecordingWriter::event(const Event& event, std::string_view decision,
                              const RecordedSendingView& sending) {
  MERLON_CHECK(check_open());
  start_line("event");
  line_ += ",\"sequence\":" + std::to_string(event.sequence);
  add_when(event.time_ms, event.message.direction);
  add_word("origin", recording_words::origins()[static_cast<std::size_t>(event.origin)]);
  add_word("action", to_string(sending.action));
  add_message(event);
  if (recording_text::has_facts(event.facts)) {
    add_json("facts", recording_text::facts_json(event.facts), true);
  }
  add_json("decision", decision, may_quote(decision));
  add_sending(sending);
  ++events_;
  return finish_line();
}

Status RecordingWriter::unreadable(const RecordedUnreadable& line) {
  MERLON_CHECK(check_open());
  start_line("unreadable");
  add_when(line.time_ms, line.direction);
  add_word("action", to_string(line.sending.action));
  const std::uint64_t size = line.bytes ? line.bytes->size() : line.size;
  line_ += ",\"size\":" + std::to_string(size);
  if (line.bytes && (options_.full || size <= options_.unreadable_bytes)) {
    add_encoded("bytes", *line.bytes);
  }
  JsonWriter refusal;
  refusal.begin_object().field("code", to_string(line.refusal.code)).key("message");
  recording_text::write_text(refusal, line.refusal.message);
  refusal.end_object();
  add_json("refusal", refusal.text(), true);
  add_sending({line.sending.action, line.sending.to, line.sending.bytes});
  ++unreadable_;
  return finish_line();
}

Status RecordingWriter::reload(const RecordedReload& reload) {
  MERLON_CHECK(check_open());
  JsonWriter json;
  json.begin_object().field("type", "policy").key("time_ms").number(reload.time_ms);
  recording_text::write_engine(json, reload.engine);
  json.end_object();
  line_ = std::move(json).take();
  ++reloads_;
  return write_line();
}

Status RecordingWriter::end(const RecordingEnd& end) {
  MERLON_CHECK(check_open());
  stage_ = Stage::kEnded;
  JsonWriter json;
  json.begin_object().field("type", "end").key("time_ms").number(end.time_ms);
  json.field("reason", to_string(end.reason));
  if (!end.detail.empty()) {
    json.key("detail");
    recording_text::write_text(json, end.detail);
  }
  if (end.exit_status) {
    json.field("exit_status", *end.exit_status);
  }
  json.field("events", events_).field("unreadable", unreadable_).field("reloads", reloads_);
  json.end_object();
  line_ = std::move(json).take();
  return write_line();
}

Status RecordingWriter::check_open() const {
  if (failure_) {
    return std::unexpected(*failure_);
  }
  if (stage_ != Stage::kOpen) {
    return fail(ErrorCode::kInternal, "the recording has not begun or has ended");
  }
  return {};
}

void RecordingWriter::start_line(std::string_view type) {
  line_.clear();
  places_.clear();
  line_.append("{\"type\":\"").append(type).append("\"");
}

void RecordingWriter::add_when(std::int64_t time_ms, Direction direction) {
  line_ += ",\"time_ms\":" + std::to_string(time_ms);
  add_word("direction", to_string(direction));
}

void RecordingWriter::add_word(std::string_view name, std::string_view word) {
  line_.append(",\"").append(name).append("\":\"").append(word).append("\"");
}

/// The bytes as they came: spelling, order and blanks inside the value are the peer's.
void RecordingWriter::add_message(const Event& event) {
  const Message& message = event.message;
  std::string_view bytes = message.bytes();
  std::optional<std::string> changed;
  if (mask_ && keeps_digest_only(message)) {
    changed = without_result(message, *mask_);
  } else if (mask_) {
    changed = mask_->apply(message.document, "/message", places_);
  }
  if (changed) {
    bytes = *changed;
  }
  add_bytes("message", bytes);
}

bool RecordingWriter::keeps_digest_only(const Message& message) const {
  return options_.results == RecordedResults::kDigest && message.kind == MessageKind::kResult &&
         !offers_definitions(message);
}

/// The mark of the whole result in its place; ids are looked at as ever.
std::string RecordingWriter::without_result(const Message& message, const RecordingMask& mask) {
  const Document& document = message.document;
  std::string text(message.bytes().substr(0, document.node(message.result).begin));
  text.append("{\"masked\":\"").append(mask.mark(document.raw(message.result))).append("\"}");
  text.append(message.bytes().substr(document.node(message.result).end));
  places_.emplace_back("/message/result");
  auto masked = mask.apply_to_json(text, "/message", places_);
  return masked ? *std::move(masked) : text;
}

/// A message: as JSON with the blanks around it beside it, or as base64 where a line cannot hold
/// it.
void RecordingWriter::add_bytes(std::string_view name, std::string_view bytes) {
  const recording_text::Blanks parts = recording_text::split_blanks(bytes);
  line_.append(",\"").append(name).append("\":");
  if (parts.json.empty() || parts.json.find('\n') != std::string_view::npos) {
    line_.append("\"").append(to_base64(bytes)).append("\"");
    return;
  }
  line_.append(parts.json);
  if (parts.before.empty() && parts.after.empty()) {
    return;
  }
  line_.append(",\"").append(name).append("_blanks\":[");
  append_json_string(line_, parts.before);
  line_.push_back(',');
  append_json_string(line_, parts.after);
  line_.push_back(']');
}

void RecordingWriter::add_json(std::string_view name, std::string_view json, bool look) {
  const auto masked =
      mask_ && look ? mask_->apply_to_json(json, "/" + std::string(name), places_) : std::nullopt;
  line_.append(",\"").append(name).append("\":");
  line_.append(masked ? std::string_view(*masked) : json);
}

void RecordingWriter::add_sending(const RecordedSendingView& sending) {
  if (sending.action != RecordedAction::kRewrite && sending.action != RecordedAction::kAnswer) {
    return;
  }
  add_word("to", to_string(sending.to));
  const auto document = recording_text::parse_view(sending.bytes);
  if (!document || !document->is(document->root(), NodeKind::kObject)) {
    add_encoded("sent", sending.bytes);
    return;
  }
  const auto masked = mask_ ? mask_->apply(*document, "/sent", places_) : std::nullopt;
  add_bytes("sent", masked ? std::string_view(*masked) : sending.bytes);
}

/// Bytes that need not be text.
void RecordingWriter::add_encoded(std::string_view name, std::string_view bytes) {
  const auto masked = mask_ ? masked_bytes(*mask_, bytes) : std::nullopt;
  if (masked) {
    places_.push_back("/" + std::string(name));
  }
  line_.append(",\"").append(name).append("\":\"");
  line_.append(to_base64(masked ? *masked : bytes)).append("\"");
}

Status RecordingWriter::finish_line() {
  if (!places_.empty()) {
    JsonWriter json;
    json.begin_array();
    for (const std::string& place : places_) {
      json.string(place);
    }
    json.end_array();
    line_.append(",\"masked\":").append(json.text());
  }
  line_.push_back('}');
  return write_line();
}

Status RecordingWriter::write_line() {
  line_.push_back('\n');
  Status written = sink_->append(line_);
  if (!written) {
    failure_ = written.error();
  }
  line_.clear();
  if (line_.capacity() > kKeptBuffer) {
    line_.shrink_to_fit();
  }
  return written;
}

}  // namespace merlon
