#include "mcp/message_codec.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json/json_reader.h"
#include "base/text.h"
#include "mcp/method.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 6> kEnvelopeKeys{"jsonrpc", "id",     "method",
                                                        "params",  "result", "error"};

template <class... Parts>
std::unexpected<Error> protocol_error(const Document& document, NodeId node,
                                      const Parts&... parts) {
  Error error = make_error(ErrorCode::kProtocol, parts...);
  error.where = document.locate(node);
  return std::unexpected(std::move(error));
}

/// Keys that readers of JSON resolve in different ways: twice, or spelled with an escape.
Status check_envelope_keys(const Document& document, NodeId object, std::string_view where) {
  for (const auto& [key, value] : document.members(object)) {
    const std::uint8_t flags = document.node(key).flags;
    if ((flags & kNodeDuplicate) != 0) {
      return protocol_error(document, key, "a key of ", where, " is there twice");
    }
    if ((flags & kNodeEscaped) != 0) {
      return protocol_error(document, key, "a key of ", where, " is spelled with an escape");
    }
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

Status check_key_case(const Document& document, NodeId object, std::string_view where) {
  for (const auto& [key, value] : document.members(object)) {
    const std::string_view raw = document.raw(key);
    const std::string_view name = raw.substr(1, raw.size() - 2);
    for (const std::string_view deciding : kDecidingNames) {
      if (name != deciding && same_but_for_case(name, deciding)) {
        return protocol_error(document, key, "a key of ", where, " is `", deciding,
                              "` in another case");
      }
    }
  }
  return {};
}

bool is_envelope_key(std::string_view key) {
  return std::find(kEnvelopeKeys.begin(), kEnvelopeKeys.end(), key) != kEnvelopeKeys.end();
}

Status check_members(const Document& document) {
  for (const auto& [key, value] : document.members(document.root())) {
    const std::string name = document.text(key);
    if (!is_envelope_key(name)) {
      return protocol_error(document, key, "unknown member `", shorten(name, 40),
                            "` beside the members of JSON-RPC");
    }
  }
  return {};
}

/// An integer as JSON spells it without fraction or exponent: `2.0` and `2e0` are read as 2 by some
/// peers and refused by others.
bool is_plain_integer(std::string_view digits) {
  if (digits.starts_with('-')) {
    digits.remove_prefix(1);
  }
  return !digits.empty() && digits.size() <= 20 &&
         std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Status check_id(const Message& message) {
  const Document& document = message.document;
  if (message.id == kNoNode) {
    return {};
  }
  switch (document.kind(message.id)) {
    case NodeKind::kString:
      if (document.text(message.id).find("\xEF\xBF\xBD") != std::string::npos) {
        return protocol_error(document, message.id, "the id is not well-formed text");
      }
      return {};
    case NodeKind::kNumber:
      if (!is_plain_integer(document.raw(message.id))) {
        return protocol_error(document, message.id, "the id is a number but no plain integer");
      }
      return {};
    case NodeKind::kNull:
      if (message.kind == MessageKind::kError) {
        return {};
      }
      break;
    case NodeKind::kBool:
    case NodeKind::kArray:
    case NodeKind::kObject:
    case NodeKind::kKey: break;
  }
  return protocol_error(document, message.id, "the id must be a string or an integer");
}

Status read_kind(Message& message) {
  const Document& document = message.document;
  const bool has_method = document.find(document.root(), "method").has_value();
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

Status read_method(Message& message) {
  const Document& document = message.document;
  const auto method = document.find(document.root(), "method");
  if (!method) {
    return {};
  }
  if (!document.is(*method, NodeKind::kString)) {
    return protocol_error(document, *method, "`method` must be a string");
  }
  message.method = document.text(*method);
  const bool plain = std::all_of(message.method.begin(), message.method.end(),
                                 [](char c) { return c > 0x20 && c < 0x7F; });
  if (message.method.empty() || !plain) {
    return protocol_error(document, *method, "`method` must be printable ASCII without blanks");
  }
  if (message.params == kNoNode) {
    return {};
  }
  if (!document.is(message.params, NodeKind::kObject)) {
    return protocol_error(document, message.params, "`params` must be an object");
  }
  MERLON_CHECK(check_envelope_keys(document, message.params, "`params`"));
  return check_key_case(document, message.params, "`params`");
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
  return check_key_case(document, message.result, "`result`");
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
  if (bytes.find('\r') != std::string_view::npos && bytes.find('\r') + 1 != bytes.size()) {
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
  MERLON_CHECK(check_envelope_keys(document, document.root(), "the message"));
  MERLON_CHECK(check_members(document));
  if (document.string_or(document.find(document.root(), "jsonrpc"), "") != "2.0") {
    return protocol_error(document, document.root(), "`jsonrpc` must be \"2.0\"");
  }
  const auto member = [&document](std::string_view name) {
    return document.find(document.root(), name).value_or(kNoNode);
  };
  message.id = member("id");
  message.params = member("params");
  message.result = member("result");
  message.error = member("error");
  MERLON_CHECK(read_kind(message));
  MERLON_CHECK(check_id(message));
  MERLON_CHECK(read_method(message));
  MERLON_CHECK(check_id_is_there(message));
  MERLON_CHECK(check_result(message));
  return message;
}

}  // namespace merlon
