#include "proxy/approval_dialogue.h"

#include <algorithm>

#include "base/json/json_writer.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kDialogueSummary = 1024;

std::string question_text(const Ticket& ticket) {
  std::string text = "Allow `" + escape_for_display(shorten(ticket.item, 120)) + "` of `" +
                     escape_for_display(shorten(ticket.server, 120)) + "`? (ticket " + ticket.id +
                     ") ";
  if (!ticket.reasons.empty()) {
    text += shorten(ticket.reasons.front().message, 240) + ". ";
  }
  return text + "Arguments: " + shorten(ticket.summary, kDialogueSummary);
}

}  // namespace

void ApprovalDialogue::hear(const Message& message) {
  if (message.method != "initialize" || message.direction != Direction::kToServer) {
    return;
  }
  const Document& document = message.document;
  const auto capabilities = document.find(message.params, "capabilities");
  const auto elicitation = document.find(capabilities, "elicitation");
  // An empty object means forms; with members, forms must be one of them.
  has_forms_ =
      elicitation && document.is(*elicitation, NodeKind::kObject) &&
      (document.members(*elicitation).empty() || document.find(*elicitation, "form").has_value());
}

std::string ApprovalDialogue::ask(const Ticket& ticket) {
  std::string id = prefix_ + std::to_string(++last_);
  JsonWriter json;
  json.begin_object().field("jsonrpc", "2.0").field("id", id).field("method", "elicitation/create");
  json.key("params").begin_object().field("message", question_text(ticket));
  json.key("requestedSchema").begin_object().field("type", "object");
  json.key("properties").begin_object().key("approve").begin_object();
  json.field("type", "boolean").field("title", "Approve this call").field("default", false);
  json.end_object().end_object();
  json.key("required").begin_array().string("approve").end_array();
  json.end_object().end_object().end_object();
  open_.emplace(std::move(id), ticket.id);
  return std::move(json).take();
}

std::optional<std::string> ApprovalDialogue::withdraw(std::string_view ticket) {
  const auto found =
      std::ranges::find_if(open_, [ticket](const auto& entry) { return entry.second == ticket; });
  if (found == open_.end()) {
    return std::nullopt;
  }
  JsonWriter json;
  json.begin_object().field("jsonrpc", "2.0").field("method", "notifications/cancelled");
  json.key("params").begin_object().field("requestId", found->first);
  json.field("reason", "it was answered elsewhere, or its time is over");
  json.end_object().end_object();
  open_.erase(found);
  return std::move(json).take();
}

std::optional<ApprovalDialogue::Reply> ApprovalDialogue::take(const Message& message) {
  if (!message.method.empty() || !message.document.is(message.id, NodeKind::kString)) {
    return std::nullopt;
  }
  const Document& document = message.document;
  const std::string id = document.text(message.id);
  if (!id.starts_with(prefix_)) {
    return std::nullopt;
  }
  const auto found = open_.find(id);
  if (found == open_.end()) {
    return Reply{};
  }
  const auto content = document.find(message.result, "content");
  Reply out{
      .ticket = found->second,
      .approves = message.kind == MessageKind::kResult &&
                  document.string_or(document.find(message.result, "action"), "") == "accept" &&
                  document.is_true(document.find(content, "approve"))};
  open_.erase(found);
  return out;
}

}  // namespace merlon
