#include "attest/proto_json.h"

#include <algorithm>
#include <charconv>

#include "base/base64.h"

namespace merlon {
namespace {

/// `logIndex` as `log_index`.
std::string snake_case_of(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      out.push_back('_');
      out.push_back(static_cast<char>(c - 'A' + 'a'));
    } else {
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace

Result<ProtoMessage> ProtoMessage::root_of(const Document& document, std::string_view what) {
  ProtoMessage root(document, document.root(), what);
  if (document.empty() || !document.is(document.root(), NodeKind::kObject)) {
    return root.refuse("it is no object");
  }
  return root;
}

std::unexpected<Error> ProtoMessage::refuse_at(NodeId node, std::string_view why) const {
  Error error = make_error(ErrorCode::kFormat, "this is no ", what_, ": ", why);
  if (!document_->empty()) {
    error.where = document_->locate(node);
  }
  return std::unexpected(std::move(error));
}

std::unexpected<Error> ProtoMessage::refuse(std::string_view why) const {
  return refuse_at(node_, why);
}

Status ProtoMessage::allow_only(std::initializer_list<std::string_view> names) const {
  std::string scratch;
  for (const auto& [key, value] : document_->members(node_)) {
    const std::string_view name = document_->text(key, scratch);
    const bool known = std::ranges::any_of(names, [&](std::string_view allowed) {
      return name == allowed || name == snake_case_of(allowed);
    });
    if (!known) {
      return refuse_at(key, "it has a field that is not known");
    }
  }
  return {};
}

Result<NodeId> ProtoMessage::field(std::string_view name) const {
  const std::string snake = snake_case_of(name);
  NodeId found = kNoNode;
  std::string scratch;
  for (const auto& [key, value] : document_->members(node_)) {
    const std::string_view written = document_->text(key, scratch);
    if (written != name && written != snake) {
      continue;
    }
    if (found != kNoNode) {
      return refuse_at(key, "a field stands twice");
    }
    found = value;
  }
  return document_->is(found, NodeKind::kNull) ? kNoNode : found;
}

bool ProtoMessage::has(std::string_view name) const {
  const auto node = field(name);
  return node && *node != kNoNode;
}

Result<std::string> ProtoMessage::text(std::string_view name) const {
  MERLON_TRY(const NodeId node, field(name));
  if (node == kNoNode) {
    return std::string();
  }
  if (!document_->is(node, NodeKind::kString)) {
    return refuse_at(node, "`" + std::string(name) + "` must be a string");
  }
  return document_->text(node);
}

Result<std::string> ProtoMessage::decode(NodeId node, std::string_view name) const {
  if (!document_->is(node, NodeKind::kString)) {
    return refuse_at(node, "`" + std::string(name) + "` must be a string of base64");
  }
  auto bytes = from_base64(document_->text(node), Base64Alphabet::kEither);
  if (!bytes) {
    return refuse_at(node, "`" + std::string(name) + "` is not base64");
  }
  return *std::move(bytes);
}

Result<std::string> ProtoMessage::bytes(std::string_view name) const {
  MERLON_TRY(const NodeId node, field(name));
  return node == kNoNode ? Result<std::string>(std::string()) : decode(node, name);
}

Result<std::optional<std::int64_t>> ProtoMessage::integer(std::string_view name) const {
  MERLON_TRY(const NodeId node, field(name));
  if (node == kNoNode) {
    return std::optional<std::int64_t>();
  }
  const bool number =
      document_->is(node, NodeKind::kNumber) || document_->is(node, NodeKind::kString);
  const std::string text = number ? document_->text(node) : std::string();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return refuse_at(node, "`" + std::string(name) + "` must be a whole number of 64 bits");
  }
  return std::optional(value);
}

Result<std::optional<ProtoMessage>> ProtoMessage::message(std::string_view name) const {
  MERLON_TRY(const NodeId node, field(name));
  if (node == kNoNode) {
    return std::optional<ProtoMessage>();
  }
  if (!document_->is(node, NodeKind::kObject)) {
    return refuse_at(node, "`" + std::string(name) + "` must be an object");
  }
  return std::optional(ProtoMessage(*document_, node, what_));
}

Result<ProtoMessage> ProtoMessage::required(std::string_view name) const {
  MERLON_TRY(std::optional<ProtoMessage> found, message(name));
  if (!found) {
    return refuse("it has no `" + std::string(name) + "`");
  }
  return *std::move(found);
}

Result<std::vector<NodeId>> ProtoMessage::list(std::string_view name, std::size_t most) const {
  MERLON_TRY(const NodeId node, field(name));
  if (node == kNoNode) {
    return std::vector<NodeId>();
  }
  if (!document_->is(node, NodeKind::kArray)) {
    return refuse_at(node, "`" + std::string(name) + "` must be an array");
  }
  std::vector<NodeId> elements = document_->elements(node);
  if (elements.size() > most) {
    return fail(ErrorCode::kLimit, "`", name, "` has more than ", std::to_string(most),
                " elements");
  }
  return elements;
}

Result<std::vector<ProtoMessage>> ProtoMessage::messages(std::string_view name,
                                                         std::size_t most) const {
  MERLON_TRY(const std::vector<NodeId> nodes, list(name, most));
  std::vector<ProtoMessage> messages;
  for (const NodeId node : nodes) {
    if (!document_->is(node, NodeKind::kObject)) {
      return refuse_at(node, "`" + std::string(name) + "` must hold objects");
    }
    messages.push_back(ProtoMessage(*document_, node, what_));
  }
  return messages;
}

Result<std::vector<std::string>> ProtoMessage::bytes_list(std::string_view name,
                                                          std::size_t most) const {
  MERLON_TRY(const std::vector<NodeId> nodes, list(name, most));
  std::vector<std::string> all;
  for (const NodeId node : nodes) {
    MERLON_TRY(std::string bytes, decode(node, name));
    all.push_back(std::move(bytes));
  }
  return all;
}

}  // namespace merlon
