#include "mcp/message_codec.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json/json_reader.h"
#include "base/text.h"
#include "mcp/message_id.h"
#include "mcp/method.h"

namespace merlon {
namespace {

template <class... Parts>
std::unexpected<Error> protocol_error(const Document& document, NodeId node,
                                      const Parts&... parts) {
  Error error = make_error(ErrorCode::kProtocol, parts...);
  error.where = document.locate(node);
  return std::unexpected(std::move(error));
}

/// A key without its quotes, as it is spelled.
std::string_view spelled_key(const Document& document, NodeId key) {
  const std::string_view raw = document.raw(key);
  return raw.substr(1, raw.size() - 2);
}

/// Keys that readers of JSON resolve in different ways: twice, or spelled with an escape.
Status check_spelling(const Document& document, NodeId key, std::string_view where) {
  const std::uint8_t flags = document.node(key).flags;
  if ((flags & kNodeDuplicate) != 0) {
    return protocol_error(document, key, "a key of ", where, " is there twice");
  }
  if ((flags & kNodeEscaped) != 0) {
    return protocol_error(document, key, "a key of ", where, " is spelled with an escape");
  }
  return {};
}

/// Names that decide what a message does. Readers that ignore the case of keys (Go's encoding/json,
/// .NET's web defaults) would take another spelling for them.
constexpr std::array<std::string_view, 14> kDecidingNames{
    "name",     "arguments", "uri",     "_meta",   "cursor",    "requestId",
    "task",     "tools",     "prompts", "content", "resources", "resourceTemplates",
    "contents", "messages"};

char lower_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_but_for_case(std::string_view one, std::string_view other) {
  return one.size() == other.size() &&
         std::equal(one.begin(), one.end(), other.begin(),
                    [](char a, char b) { return lower_ascii(a) == lower_ascii(b); });
}

constexpr std::uint32_t length_bit(std::size_t length) {
  return length < 32 ? 1U << length : 0U;
}

/// A bit for each length that one of the names has: most keys have another one.
constexpr std::uint32_t kDecidingLengths = [] {
  std::uint32_t lengths = 0;
  for (const std::string_view name : kDecidingNames) {
    lengths |= length_bit(name.size());
  }
  return lengths;
}();

Status check_key_case(const Document& document, NodeId key, std::string_view where) {
  const std::string_view name = spelled_key(document, key);
  if ((kDecidingLengths & length_bit(name.size())) == 0) {
    return {};
  }
  for (const std::string_view deciding : kDecidingNames) {
    if (name == deciding) {
      return {};
    }
    if (same_but_for_case(name, deciding)) {
      return protocol_error(document, key, "a key of ", where, " is `", deciding,
                            "` in another case");
    }
  }
  return {};
}

using KeyCheck = Status (*)(const Document& document, NodeId key, std::string_view where);

Status check_keys(const Document& document, NodeId object, std::string_view where, KeyCheck check) {
  const NodeId end = document.node(object).next;
  for (NodeId key = object + 1; key < end; key = document.node(key).next) {
    MERLON_CHECK(check(document, key, where));
  }
  return {};
}

/// The members of the message, found in one walk over its keys.
struct Envelope {
  NodeId jsonrpc{kNoNode};
  NodeId method{kNoNode};
};

NodeId* place_of(std::string_view key, Message& message, Envelope& envelope) {
  struct Place {
    std::string_view key;
    NodeId* value;
  };
  const std::array<Place, 6> places{
      Place{"jsonrpc", &envelope.jsonrpc}, Place{"id", &message.id},
      Place{"method", &envelope.method},   Place{"params", &message.params},
      Place{"result", &message.result},    Place{"error", &message.error}};
  const auto* const found = std::ranges::find(places, key, &Place::key);
  return found == places.end() ? nullptr : found->value;
}

Result<Envelope> read_envelope(Message& message) {
  const Document& document = message.document;
  Envelope envelope;
  NodeId unknown = kNoNode;
  const NodeId end = document.node(document.root()).next;
  for (NodeId key = document.root() + 1; key < end; key = document.node(key).next) {
    MERLON_CHECK(check_spelling(document, key, "the message"));
    NodeId* const place = place_of(spelled_key(document, key), message, envelope);
    if (place != nullptr) {
      *place = key + 1;
    } else if (unknown == kNoNode) {
      unknown = key;
    }
  }
  if (unknown != kNoNode) {
    return protocol_error(document, unknown, "unknown member `",
                          shorten(document.text(unknown), 40), "` beside the members of JSON-RPC");
  }
  std::string scratch;
  if (!document.is(envelope.jsonrpc, NodeKind::kString) ||
      document.text(envelope.jsonrpc, scratch) != "2.0") {
    return protocol_error(document, document.root(), "`jsonrpc` must be \"2.0\"");
  }
  return envelope;
}

Status check_id(const Message& message) {
  const Document& document = message.document;
  if (message.id == kNoNode) {
    return {};
  }
  switch (id_form(document, message.id)) {
    case IdForm::kPlain: return {};
    case IdForm::kIllFormed:
      return protocol_error(document, message.id, "the id is not well-formed text");
    case IdForm::kNoInteger:
      return protocol_error(document, message.id, "the id is a number but no plain integer");
    case IdForm::kNull:
      if (message.kind == MessageKind::kError) {
        return {};
      }
      break;
    case IdForm::kNoId: break;
  }
  return protocol_error(document, message.id, "the id must be a string or an integer");
}

Status read_kind(Message& message, bool has_method) {
  const Document& document = message.document;
  const bool answers = message.result != kNoNode || message.error != kNoNode;
  if (has_method == answers) {
    return protocol_error(document, document.root(),
                          "a message must have either `method` or one of `result` and `error`");
  }
  if (message.result != kNoNode && message.error != kNoNode) {
    return protocol_error(document, message.error, "`error` stands beside `result`");
  }
  if (answers) {
    message.kind = message.error != kNoNode ? MessageKind::kError : MessageKind::kResult;
    if (message.id == kNoNode && message.kind == MessageKind::kResult) {
      return protocol_error(document, document.root(), "a result must have an id");
    }
    return {};
  }
  message.kind = message.id == kNoNode ? MessageKind::kNotification : MessageKind::kRequest;
  return {};
}

Status read_method(Message& message, NodeId method) {
  const Document& document = message.document;
  if (method == kNoNode) {
    return {};
  }
  if (!document.is(method, NodeKind::kString)) {
    return protocol_error(document, method, "`method` must be a string");
  }
  message.method = document.text(method);
  const bool plain = std::all_of(message.method.begin(), message.method.end(),
                                 [](char c) { return c > 0x20 && c < 0x7F; });
  if (message.method.empty() || !plain) {
    return protocol_error(document, method, "`method` must be printable ASCII without blanks");
  }
  if (message.params == kNoNode) {
    return {};
  }
  if (!document.is(message.params, NodeKind::kObject)) {
    return protocol_error(document, message.params, "`params` must be an object");
  }
  MERLON_CHECK(check_keys(document, message.params, "`params`", check_spelling));
  return check_keys(document, message.params, "`params`", check_key_case);
}

/// A request without an id is a notification to some and a request to others.
Status check_id_is_there(const Message& message) {
  const bool known_request = message.kind == MessageKind::kNotification &&
                             !message.method.starts_with("notifications/") &&
                             find_method(message.method) != nullptr;
  if (known_request) {
    return protocol_error(message.document, message.document.root(), "`",
                          shorten(message.method, 40), "` is a request and must have an id");
  }
  return {};
}

Status check_result(const Message& message) {
  const Document& document = message.document;
  if (message.result == kNoNode || !document.is(message.result, NodeKind::kObject)) {
    return {};
  }
  return check_keys(document, message.result, "`result`", check_key_case);
}

}  // namespace

Result<Message> parse_message(std::string bytes, Direction direction, const MessageLimits& limits) {
  return parse_message(SourceText::copy_of("message", std::move(bytes)), direction, limits);
}

Result<Message> parse_message(std::shared_ptr<const SourceText> source, Direction direction,
                              const MessageLimits& limits) {
  const std::string_view bytes = source->bytes();
  if (bytes.size() > limits.bytes) {
    return fail(ErrorCode::kLimit, "a message of ", std::to_string(bytes.size()),
                " bytes is above the limit of ", std::to_string(limits.bytes));
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    return fail(ErrorCode::kProtocol, "the message starts with a byte order mark");
  }
  const std::size_t carriage_return = bytes.find('\r');
  if (carriage_return != std::string_view::npos && carriage_return + 1 != bytes.size()) {
    return fail(ErrorCode::kProtocol, "the message holds a bare carriage return");
  }
  Limits json_limits;
  json_limits.json_depth = limits.depth;
  json_limits.json_nodes = limits.nodes;
  Message message;
  message.direction = direction;
  MERLON_TRY(message.document, parse_json(std::move(source), JsonDialect::kStrict, json_limits));
  const Document& document = message.document;
  if (!document.is(document.root(), NodeKind::kObject)) {
    return protocol_error(document, document.root(), "a message must be one JSON object");
  }
  MERLON_TRY(const Envelope envelope, read_envelope(message));
  MERLON_CHECK(read_kind(message, envelope.method != kNoNode));
  MERLON_CHECK(check_id(message));
  MERLON_CHECK(read_method(message, envelope.method));
  MERLON_CHECK(check_id_is_there(message));
  MERLON_CHECK(check_result(message));
  return message;
}

}  // namespace merlon
