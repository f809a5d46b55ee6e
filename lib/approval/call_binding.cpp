#include "approval/call_binding.h"

#include <vector>

#include "base/digest/digest.h"
#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "mcp/message_edit.h"
#include "proof/canonical_json.h"

namespace merlon {
namespace {

constexpr std::string_view kArguments = "/arguments";

/// A part of a message as a document of its own.
Result<Document> part_of(std::string text) {
  return parse_json(SourceText::copy_of("call", std::move(text)), JsonDialect::kStrict, Limits{});
}

/// The parameters without the token that says which progress is this call's.
Result<std::string> body_of(const Message& message) {
  const NodeId part = message.params != kNoNode   ? message.params
                      : message.result != kNoNode ? message.result
                                                  : message.error;
  if (part == kNoNode) {
    return std::string("null");
  }
  const Document& document = message.document;
  const auto meta = document.find(message.params, "_meta");
  const auto token = meta ? document.find(*meta, "progressToken") : std::nullopt;
  if (!token) {
    return canonical_json(document, part);
  }
  MERLON_TRY(const Document copy, part_of(std::string(document.raw(part))));
  const bool alone = document.members(*meta).size() == 1;
  const std::vector<Edit> edits{
      {.pointer = alone ? "/_meta" : "/_meta/progressToken", .remove = true, .json = ""}};
  MERLON_TRY(std::string rest, edit_message(copy, edits));
  MERLON_TRY(const Document edited, part_of(std::move(rest)));
  return canonical_json(edited, edited.root());
}

struct BindingPartsView {
  const CallSubject& subject;
  std::string_view method;
  Direction direction;
};

std::string binding_text(const BindingPartsView& parts, std::string_view body) {
  JsonWriter json;
  json.begin_object().field("merlon_approval_call", 1);
  json.field("server", parts.subject.server).field("launch", parts.subject.launch);
  json.field("direction", to_string(parts.direction)).field("method", parts.method);
  json.field("item", parts.subject.item).field("definition", parts.subject.definition);
  json.field("shown", parts.subject.shown).key("body").raw(body).end_object();
  return std::move(json).take();
}

}  // namespace

Result<CallBinding> CallBinding::of(CallSubject subject, const Message& message) {
  CallBinding out;
  out.subject_ = std::move(subject);
  out.method_ = message.method;
  out.direction_ = message.direction;
  MERLON_TRY(out.body_, body_of(message));
  out.digest_ = sha256_hex(binding_text(
      {.subject = out.subject_, .method = out.method_, .direction = out.direction_}, out.body_));
  if (out.body_.size() > kMostVaried) {
    out.body_ = std::string();
  }
  return out;
}

Result<std::string> CallBinding::digest_without(std::span<const std::string> vary) const {
  if (vary.empty()) {
    return digest_;
  }
  if (body_.empty()) {
    return fail(ErrorCode::kLimit, "the call is too long for a grant with arguments that vary");
  }
  std::vector<Edit> edits;
  for (const std::string& pointer : vary) {
    if (!pointer.starts_with('/')) {
      return fail(ErrorCode::kFormat, "`", pointer, "` does not lead to a part of the arguments");
    }
    edits.push_back(
        {.pointer = std::string(kArguments) + pointer, .remove = false, .json = "null"});
  }
  MERLON_TRY(const Document copy, part_of(body_));
  MERLON_TRY(std::string varied, edit_message(copy, edits));
  MERLON_TRY(const Document edited, part_of(std::move(varied)));
  MERLON_TRY(const std::string body, canonical_json(edited, edited.root()));
  return sha256_hex(
      binding_text({.subject = subject_, .method = method_, .direction = direction_}, body));
}

}  // namespace merlon
