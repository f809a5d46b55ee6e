#include "base/yaml/yaml_reader.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <yaml.h>

#include "base/text.h"
#include "base/yaml/character_cursor.h"

namespace merlon {
namespace {

constexpr std::size_t kTagDirectiveLimit = 1000;

Error yaml_error_at(const SourceText& source, ErrorCode code, std::uint64_t offset,
                    std::uint64_t length, std::string message) {
  Error error{.code = code, .message = std::move(message), .where = {}, .hints = {}};
  error.where = source.locate(offset, length);
  return error;
}

class YamlParser {
 public:
  explicit YamlParser(std::string_view text) : ready_(yaml_parser_initialize(&parser_) != 0) {
    if (!ready_) {
      return;
    }
    // The library's type for bytes.
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    yaml_parser_set_input_string(&parser_, bytes, text.size());
  }
  YamlParser(const YamlParser&) = delete;
  YamlParser& operator=(const YamlParser&) = delete;
  ~YamlParser() {
    if (ready_) {
      yaml_parser_delete(&parser_);
    }
  }
  [[nodiscard]] bool next(yaml_event_t& event) {
    return ready_ && yaml_parser_parse(&parser_, &event) != 0;
  }
  [[nodiscard]] const yaml_parser_t& state() const { return parser_; }

 private:
  yaml_parser_t parser_{};
  bool ready_;
};

class YamlEvent {
 public:
  YamlEvent() = default;
  YamlEvent(const YamlEvent&) = delete;
  YamlEvent& operator=(const YamlEvent&) = delete;
  ~YamlEvent() { yaml_event_delete(&event_); }
  [[nodiscard]] yaml_event_t& raw() { return event_; }
  [[nodiscard]] const yaml_event_t* operator->() const { return &event_; }

 private:
  yaml_event_t event_{};
};

std::string_view view_of(const unsigned char* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

bool has_properties(const YamlEvent& event) {
  const auto either = [](const auto& part) {
    return part.anchor != nullptr || part.tag != nullptr;
  };
  if (event->type == YAML_SCALAR_EVENT) {
    return either(event->data.scalar);
  }
  if (event->type == YAML_SEQUENCE_START_EVENT) {
    return either(event->data.sequence_start);
  }
  return event->type == YAML_MAPPING_START_EVENT && either(event->data.mapping_start);
}

// Bytes of the anchor and tag that an event's range starts with, and of the blanks after them.
std::size_t properties_length(std::string_view raw) {
  std::size_t at = 0;
  while (at < raw.size() && (raw[at] == '&' || raw[at] == '!')) {
    at = raw.substr(at, 2) == "!<" ? raw.find('>', at) : raw.find_first_of(" \t\r\n,[]{}", at);
    at = raw.find_first_not_of("> \t\r\n", std::min(at, raw.size()));
    while (at < raw.size() && raw[at] == '#') {
      at = raw.find_first_not_of(" \t\r\n", std::min(raw.find('\n', at), raw.size()));
    }
  }
  return std::min(at, raw.size());
}

bool is_yaml_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_yaml_digit(text[at])) {
    ++at;
  }
  return at;
}

// The numbers of JSON, with an optional sign of either kind and leading zeros as YAML allows.
bool looks_like_number(std::string_view text) {
  std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const std::size_t digits = at;
  at = skip_digits(text, at);
  if (at == digits) {
    return false;
  }
  if (at < text.size() && text[at] == '.') {
    at = skip_digits(text, at + 1);
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) {
      ++at;
    }
    const std::size_t exponent = at;
    at = skip_digits(text, at);
    if (at == exponent) {
      return false;
    }
  }
  return at == text.size();
}

NodeKind kind_of_plain(std::string_view text) {
  const auto any_of = [&](std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
  };
  if (any_of({"", "~", "null", "Null", "NULL"})) {
    return NodeKind::kNull;
  }
  if (any_of({"true", "True", "TRUE", "false", "False", "FALSE"})) {
    return NodeKind::kBool;
  }
  return looks_like_number(text) ? NodeKind::kNumber : NodeKind::kString;
}

struct ByteRange {
  std::uint32_t begin;
  std::uint32_t end;
};

/// Builds the tape of one document after the other from the library's events.
class YamlTape {
 public:
  YamlTape(std::shared_ptr<const SourceText> source, std::string_view part, const Limits& limits)
      : source_(std::move(source)),
        limits_(limits),
        base_(static_cast<std::uint32_t>(part.data() - source_->bytes().data())),
        cursor_(part),
        parser_(part) {}

  Result<std::vector<Document>> read() {
    for (;;) {
      YamlEvent event;
      if (!parser_.next(event.raw())) {
        return std::unexpected(library_error());
      }
      if (event->type == YAML_STREAM_END_EVENT) {
        return std::move(documents_);
      }
      MERLON_CHECK(take(event));
    }
  }

 private:
  struct Frame {
    NodeId container{kNoNode};
    NodeId key{kNoNode};  ///< of an object: the member whose value is expected
    std::uint32_t count{0};
    bool merging{false};         ///< the value of `<<` is expected, or this is its list
    std::vector<NodeId> merges;  ///< objects to merge when this object closes
    std::unordered_set<std::string> seen;
  };

  std::unexpected<Error> fail_at(ErrorCode code, ByteRange range, std::string message) const {
    return std::unexpected(
        yaml_error_at(*source_, code, range.begin, range.end - range.begin, std::move(message)));
  }

  Error library_error() {
    const yaml_parser_t& state = parser_.state();
    std::string message(state.problem == nullptr ? "out of memory" : state.problem);
    if (state.context != nullptr) {
      message.append(" (").append(state.context).append(")");
    }
    const bool reader = state.error == YAML_READER_ERROR;
    const std::uint64_t offset =
        base_ + (reader ? state.problem_offset : cursor_.byte_of(state.problem_mark.index));
    return yaml_error_at(*source_, ErrorCode::kSyntax, offset, 1, std::move(message));
  }

  ByteRange range_of(const YamlEvent& event) {
    const std::uint32_t begin = base_ + cursor_.byte_of(event->start_mark.index);
    const std::uint32_t end = std::max(begin, base_ + cursor_.byte_of(event->end_mark.index));
    if (!has_properties(event)) {
      return {begin, end};
    }
    const std::string_view raw = source_->bytes().substr(begin, end - begin);
    return {begin + static_cast<std::uint32_t>(properties_length(raw)), end};
  }

  Document& document() { return documents_.back(); }

  Status take(const YamlEvent& event) {
    switch (event->type) {
      case YAML_DOCUMENT_START_EVENT:
        documents_.emplace_back(source_);
        anchors_.clear();
        return {};
      case YAML_ALIAS_EVENT: return take_alias(range_of(event), view_of(event->data.alias.anchor));
      case YAML_SCALAR_EVENT: return take_scalar(event);
      case YAML_SEQUENCE_START_EVENT:
        return open(NodeKind::kArray, range_of(event), view_of(event->data.sequence_start.anchor));
      case YAML_MAPPING_START_EVENT:
        return open(NodeKind::kObject, range_of(event), view_of(event->data.mapping_start.anchor));
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT: return close(range_of(event));
      case YAML_NO_EVENT:
      case YAML_STREAM_START_EVENT:
      case YAML_STREAM_END_EVENT:
      case YAML_DOCUMENT_END_EVENT: return {};
    }
    return {};
  }

  [[nodiscard]] bool expects_key() const {
    return !stack_.empty() && stack_.back().key == kNoNode &&
           documents_.back().is(stack_.back().container, NodeKind::kObject);
  }
  // Where the next value hangs: the open member, the open list, or nowhere.
  [[nodiscard]] NodeId parent() const {
    if (stack_.empty()) {
      return kNoNode;
    }
    return stack_.back().key != kNoNode ? stack_.back().key : stack_.back().container;
  }
  [[nodiscard]] std::uint32_t take_index() {
    return stack_.empty() || stack_.back().key != kNoNode ? 0 : stack_.back().count++;
  }

  Status spend(std::uint64_t nodes, ByteRange range) {
    nodes_ += nodes;
    if (nodes_ <= limits_.yaml_nodes) {
      return {};
    }
    return fail_at(
        ErrorCode::kLimit, range,
        "more than " + std::to_string(limits_.yaml_nodes) + " keys and values, aliases expanded");
  }

  Status add(NodeKind kind, ByteRange range, NodeId under, std::uint32_t index) {
    MERLON_CHECK(spend(1, range));
    last_ = document().add(kind, range.begin, range.end, under, 0);
    document().set_index(last_, index);
    return {};
  }

  void remember(std::string_view anchor, NodeId id) {
    if (!anchor.empty()) {
      anchors_.insert_or_assign(std::string(anchor), id);
    }
  }

  Status open(NodeKind kind, ByteRange range, std::string_view anchor) {
    if (expects_key()) {
      return fail_at(ErrorCode::kSyntax, range, "a key must be a scalar here");
    }
    if (stack_.size() >= limits_.json_depth) {
      return fail_at(ErrorCode::kLimit, range,
                     "nested deeper than " + std::to_string(limits_.json_depth) + " levels");
    }
    const bool list = kind == NodeKind::kArray && !stack_.empty() && stack_.back().merging;
    MERLON_CHECK(add(kind, range, parent(), take_index()));
    remember(anchor, last_);
    stack_.emplace_back();
    stack_.back().container = last_;
    stack_.back().merging = list;
    return {};
  }

  Status close(ByteRange range) {
    MERLON_CHECK(merge(range));
    const NodeId container = stack_.back().container;
    // The end of a block collection is found at the next token: leave out the blanks between.
    const std::uint32_t begin = document().node(container).begin;
    const std::string_view body = source_->bytes().substr(begin, range.end - begin);
    const std::size_t last = body.find_last_not_of(" \t\r\n");
    document().close(container, last == std::string_view::npos
                                    ? range.end
                                    : begin + static_cast<std::uint32_t>(last) + 1);
    stack_.pop_back();
    if (document().is(container, NodeKind::kObject)) {
      offer_merge(container);
    }
    finish_value();
    return {};
  }

  void finish_value() {
    if (stack_.empty() || stack_.back().key == kNoNode) {
      return;
    }
    document().close(stack_.back().key, document().node(stack_.back().key).end);
    stack_.back().key = kNoNode;
    stack_.back().merging = false;
  }

  // An object that is the value of `<<`, or in its list, is merged into the object around when that
  // closes.
  void offer_merge(NodeId object) {
    if (stack_.empty() || !stack_.back().merging) {
      return;
    }
    const bool list = stack_.back().key == kNoNode;
    Frame& target = list ? stack_[stack_.size() - 2] : stack_.back();
    target.merges.push_back(object);
  }

  Status merge(ByteRange range) {
    const std::vector<NodeId> sources = std::move(stack_.back().merges);
    for (const NodeId source : sources) {
      const NodeId end = document().node(source).next;
      for (NodeId key = source + 1; key < end; key = document().node(key).next) {
        MERLON_CHECK(spend(1, range));
        Frame& frame = stack_.back();
        if (!frame.seen.insert(document().text(key)).second) {
          continue;
        }
        MERLON_CHECK(copy(key, frame.container, frame.count++, range));
      }
    }
    return {};
  }

  // Both bounds are checked before anything is made: a copy may be as large as the document.
  Status copy(NodeId from, NodeId under, std::uint32_t index, ByteRange range) {
    const NodeId end = document().node(from).next;
    MERLON_CHECK(spend(end - from, range));
    for (NodeId id = from; id < end; ++id) {
      const Node& node = document().node(id);
      if (node.kind == NodeKind::kString || node.kind == NodeKind::kKey) {
        copied_bytes_ += node.end - node.begin;
      }
    }
    if (copied_bytes_ > limits_.toml_bytes) {
      return fail_at(
          ErrorCode::kLimit, range,
          "aliases expand to more than " + std::to_string(limits_.toml_bytes) + " bytes of text");
    }
    last_ = document().copy_subtree(from, under, index);
    return {};
  }

  Status take_alias(ByteRange range, std::string_view name) {
    const auto found = anchors_.find(std::string(name));
    if (found == anchors_.end()) {
      return fail_at(ErrorCode::kSyntax, range, "unknown alias `*" + std::string(name) + "`");
    }
    const NodeId target = found->second;
    for (const Frame& frame : stack_) {
      if (frame.container == target) {
        return fail_at(ErrorCode::kSyntax, range,
                       "alias `*" + std::string(name) + "` inside its own anchor");
      }
    }
    if (expects_key()) {
      if (document().is(target, NodeKind::kObject) || document().is(target, NodeKind::kArray)) {
        return fail_at(ErrorCode::kSyntax, range, "a key must be a scalar here");
      }
      return add_key(range, document().text(target), false);
    }
    if (document().is(target, NodeKind::kKey)) {
      const Node key = document().node(target);
      MERLON_CHECK(add(NodeKind::kString, {key.begin, key.end}, parent(), take_index()));
      keep_text(last_, document().text(target));
      finish_value();
      return {};
    }
    if (stack_.empty() || !stack_.back().merging || !document().is(target, NodeKind::kObject)) {
      MERLON_CHECK(copy(target, parent(), take_index(), range));
      finish_value();
      return {};
    }
    MERLON_CHECK(add(NodeKind::kString, range, parent(), take_index()));
    document().store_text(last_, "*" + std::string(name));
    offer_merge(target);
    finish_value();
    return {};
  }

  Status add_key(ByteRange range, std::string text, bool merging) {
    Frame& frame = stack_.back();
    MERLON_CHECK(add(NodeKind::kKey, range, frame.container, frame.count++));
    keep_text(last_, text);
    if (!frame.seen.insert(std::move(text)).second && !merging) {
      document().add_flags(last_, kNodeDuplicate);
    }
    frame.key = last_;
    frame.merging = merging;
    return {};
  }

  Status take_scalar(const YamlEvent& event) {
    const auto& scalar = event->data.scalar;
    // NUL bytes may stand in a value (`"\0"`), so its length counts.
    std::string text(reinterpret_cast<const char*>(scalar.value), scalar.length);
    const bool block =
        scalar.style == YAML_LITERAL_SCALAR_STYLE || scalar.style == YAML_FOLDED_SCALAR_STYLE;
    const ByteRange range = block ? content_of_block(range_of(event)) : range_of(event);
    const bool plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (expects_key()) {
      const bool merging = plain && text == "<<";
      MERLON_CHECK(add_key(range, std::move(text), merging));
      remember(view_of(scalar.anchor), last_);
      return {};
    }
    const bool string = !plain || view_of(scalar.tag) == YAML_STR_TAG;
    const NodeKind kind = string ? NodeKind::kString : kind_of_plain(text);
    MERLON_CHECK(add(kind, range, parent(), take_index()));
    remember(view_of(scalar.anchor), last_);
    if (kind == NodeKind::kString) {
      keep_text(last_, text);
    }
    if (kind == NodeKind::kBool) {
      document().store_text(last_, to_lower_ascii(text));
    }
    finish_value();
    return {};
  }

  // From the first character of the content: the library's range starts at `|` or `>`.
  [[nodiscard]] ByteRange content_of_block(ByteRange range) const {
    const std::string_view body = source_->bytes().substr(range.begin, range.end - range.begin);
    const std::size_t header_end = body.find('\n');
    if (header_end == std::string_view::npos) {
      return range;
    }
    const std::size_t first = body.find_first_not_of(" \t\r\n", header_end);
    if (first == std::string_view::npos) {
      return range;
    }
    const std::size_t last = body.find_last_not_of(" \t\r\n");
    return {range.begin + static_cast<std::uint32_t>(first),
            range.begin + static_cast<std::uint32_t>(last) + 1};
  }

  // Text that stands in quotes as it is, or with the escapes that JSON has too, is read from the
  // source: exact places.
  void keep_text(NodeId id, const std::string& decoded) {
    const std::string_view raw = document().raw(id);
    const bool quoted =
        raw.size() >= 2 && (raw.front() == '"' || raw.front() == '\'') && raw.back() == raw.front();
    if (quoted && raw.substr(1, raw.size() - 2) == decoded) {
      return;
    }
    if (quoted && raw.front() == '"' && raw.find('\\') != std::string_view::npos) {
      document().add_flags(id, kNodeEscaped);
      std::string scratch;
      if (document().text(id, scratch) == decoded) {
        return;
      }
    }
    document().store_text(id, decoded);
  }

  std::shared_ptr<const SourceText> source_;
  const Limits& limits_;
  std::uint32_t base_;
  CharacterCursor cursor_;
  YamlParser parser_;
  std::vector<Document> documents_;
  std::vector<Frame> stack_;
  std::unordered_map<std::string, NodeId> anchors_;
  std::uint64_t nodes_{0};
  std::uint64_t copied_bytes_{0};
  NodeId last_{kNoNode};
};

Status check_yaml_input(const SourceText& source, std::string_view text, const Limits& limits) {
  const auto base = static_cast<std::size_t>(text.data() - source.bytes().data());
  if (text.size() > limits.toml_bytes) {
    return std::unexpected(yaml_error_at(
        source, ErrorCode::kLimit, base, 0,
        "more than " + std::to_string(limits.toml_bytes) + " bytes of YAML in one file"));
  }
  if (const auto bad = find_invalid_utf8(text)) {
    const auto byte = std::to_string(static_cast<unsigned char>(text[*bad]));
    return std::unexpected(yaml_error_at(source, ErrorCode::kSyntax, base + *bad, 1,
                                         "byte " + byte + " is not valid UTF-8 here"));
  }
  std::size_t directives = 0;
  for (std::size_t at = text.find("%TAG"); at != std::string_view::npos;
       at = text.find("%TAG", at + 4)) {
    if (++directives > kTagDirectiveLimit) {
      return std::unexpected(
          yaml_error_at(source, ErrorCode::kLimit, base + at, 4,
                        "more than " + std::to_string(kTagDirectiveLimit) + " %TAG directives"));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<Document>> parse_yaml(std::shared_ptr<const SourceText> source,
                                         const Limits& limits) {
  const std::size_t length = source->bytes().size();
  return parse_yaml_part(std::move(source), 0, length, limits);
}

Result<std::vector<Document>> parse_yaml_part(std::shared_ptr<const SourceText> source,
                                              std::size_t begin, std::size_t length,
                                              const Limits& limits) {
  const std::string_view part = source->bytes().substr(begin, length);
  MERLON_CHECK(check_yaml_input(*source, part, limits));
  return YamlTape(std::move(source), part, limits).read();
}

}  // namespace merlon
