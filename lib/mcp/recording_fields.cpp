#include "mcp/recording_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/base64.h"
#include "base/text.h"

namespace merlon {
namespace {

std::unexpected<Error> at_place(const Document& document, NodeId node, Error error) {
  error.where = document.locate(node);
  return std::unexpected(std::move(error));
}

template <class Number>
bool parse_whole(std::string_view digits, Number& out) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return error == std::errc{} && end == digits.data() + digits.size();
}

}  // namespace

Result<std::string> recorded_text(const Document& document, NodeId node) {
  if (document.is(node, NodeKind::kString)) {
    return document.text(node);
  }
  constexpr std::array<std::string_view, 1> kNames{"base64"};
  MERLON_TRY(const RecordingFields fields, RecordingFields::read(document, node, kNames, "a text"));
  MERLON_TRY(const NodeId inside, fields.required("base64", NodeKind::kString, "a string"));
  auto bytes = from_base64(document.text(inside), Base64Alphabet::kStandard);
  if (!bytes) {
    return at_place(document, inside, make_error(ErrorCode::kFormat, "this is not base64"));
  }
  return *std::move(bytes);
}

Result<RecordingFields> RecordingFields::read(const Document& document, NodeId object,
                                              std::span<const std::string_view> names,
                                              std::string_view what) {
  RecordingFields out;
  out.document_ = &document;
  out.object_ = object;
  out.names_ = names;
  out.nodes_.assign(names.size(), kNoNode);
  if (!document.is(object, NodeKind::kObject)) {
    return at_place(document, object, make_error(ErrorCode::kFormat, what, " must be an object"));
  }
  std::string scratch;
  const NodeId end = document.node(object).next;
  for (NodeId key = object + 1; key < end; key = document.node(key + 1).next) {
    const std::string_view name = document.text(key, scratch);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      return at_place(document, key,
                      make_error(ErrorCode::kFormat, "unknown member `",
                                 escape_for_display(shorten(name, 40)), "` of ", what));
    }
    NodeId& slot = out.nodes_[static_cast<std::size_t>(found - names.begin())];
    if (slot != kNoNode) {
      return at_place(
          document, key,
          make_error(ErrorCode::kFormat, "member `", name, "` of ", what, " is there twice"));
    }
    slot = key + 1;
  }
  return out;
}

NodeId RecordingFields::node(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  return found == names_.end() ? kNoNode : nodes_[static_cast<std::size_t>(found - names_.begin())];
}

std::unexpected<Error> RecordingFields::complain_at(NodeId node, Error error) const {
  return at_place(*document_, node, std::move(error));
}

Result<NodeId> RecordingFields::required(std::string_view name, NodeKind kind,
                                         std::string_view kind_word) const {
  const NodeId found = node(name);
  if (found == kNoNode) {
    return complain(name, "member `", name, "` is missing");
  }
  if (!document_->is(found, kind)) {
    return complain(name, "`", name, "` must be ", kind_word);
  }
  return found;
}

Result<std::string> RecordingFields::text(std::string_view name) const {
  const NodeId found = node(name);
  if (found == kNoNode) {
    return complain(name, "member `", name, "` is missing");
  }
  return recorded_text(*document_, found);
}

Result<std::uint64_t> RecordingFields::number(std::string_view name) const {
  MERLON_TRY(const NodeId found, required(name, NodeKind::kNumber, "a whole number"));
  std::uint64_t out = 0;
  if (!parse_whole(document_->raw(found), out)) {
    return complain(name, "`", name, "` must be a whole number from 0 to 2^64-1");
  }
  return out;
}

Result<std::int64_t> RecordingFields::integer(std::string_view name) const {
  MERLON_TRY(const NodeId found, required(name, NodeKind::kNumber, "a whole number"));
  std::int64_t out = 0;
  if (!parse_whole(document_->raw(found), out)) {
    return complain(name, "`", name, "` must be a whole number from -2^63 to 2^63-1");
  }
  return out;
}

Result<bool> RecordingFields::boolean(std::string_view name) const {
  MERLON_TRY(const NodeId found, required(name, NodeKind::kBool, "true or false"));
  return document_->raw(found) == "true";
}

Result<std::size_t> RecordingFields::word(std::string_view name,
                                          std::span<const std::string_view> words) const {
  MERLON_TRY(const NodeId found, required(name, NodeKind::kString, "a string"));
  std::string scratch;
  const std::string_view word = document_->text(found, scratch);
  const auto at = std::find(words.begin(), words.end(), word);
  if (at == words.end()) {
    return complain(name, "`", name, "` must be one of ", join({words.begin(), words.end()}, ", "));
  }
  return static_cast<std::size_t>(at - words.begin());
}

Result<std::vector<NodeId>> RecordingFields::elements(std::string_view name) const {
  MERLON_TRY(const NodeId found, required(name, NodeKind::kArray, "a list"));
  return document_->elements(found);
}

Result<std::vector<std::string>> RecordingFields::texts(std::string_view name) const {
  MERLON_TRY(const std::vector<NodeId> nodes, elements(name));
  std::vector<std::string> out;
  out.reserve(nodes.size());
  for (const NodeId element : nodes) {
    MERLON_TRY(std::string text, recorded_text(*document_, element));
    out.push_back(std::move(text));
  }
  return out;
}

}  // namespace merlon
