// Everything of approval/ that reads bytes of strangers: tickets, grants in their three forms,
// outcomes. What is read has one spelling, and nothing that is read is approved without a key or a
// way that the policy names.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "approval/answer_verdict.h"
#include "approval/approval_store.h"
#include "approval/call_binding.h"
#include "base/digest/digest.h"
#include "fuzz/document_invariants.h"
#include "mcp/message_codec.h"

namespace {

void demand_approval(bool promise) {
  if (!promise) {
    std::abort();
  }
}

std::string without_end(const std::string& text) {
  return text.ends_with('\n') ? text.substr(0, text.size() - 1) : text;
}

void check_ticket(const std::string& text) {
  const auto ticket = merlon::parse_ticket(text);
  if (!ticket) {
    merlon::test::check_error(ticket.error());
    return;
  }
  demand_approval(merlon::to_string(*ticket) == without_end(text));
  demand_approval(merlon::is_ticket_id(ticket->id));
}

void check_answer(const std::string& text) {
  const auto file = merlon::parse_answer_file(text);
  if (!file) {
    merlon::test::check_error(file.error());
    return;
  }
  demand_approval(merlon::to_string(file->answer) == file->line);
  // Whatever it is: nobody pinned its key, and it came from another user.
  merlon::Ticket ticket;
  ticket.id = file->answer.ticket;
  ticket.expires_ms = file->answer.expires_ms;
  const merlon::ApprovalTerms terms;
  const merlon::AnswerVerdict verdict = merlon::judge_answer(
      *file, {.way = merlon::AnswerCarrier::Way::kFile, .user = 1, .named = true, .own_user = 2},
      {.terms = terms,
       .ticket = ticket,
       .digest = file->answer.ticket_digest,
       .now_ms = file->answer.created_ms});
  demand_approval(verdict.refusal != merlon::AnswerRefusal::kNone);
}

void check_binding(const std::string& text) {
  const auto message = merlon::parse_message(text, merlon::Direction::kToServer, {});
  if (!message) {
    return;
  }
  const auto binding = merlon::CallBinding::of({.server = "s"}, *message);
  if (binding) {
    demand_approval(merlon::is_hex_digest(binding->digest()));
    (void)binding->digest_without(std::vector<std::string>{"/path"});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_ticket(text);
  check_answer(text);
  check_binding(text);
  if (const auto outcome = merlon::parse_ticket_outcome(text)) {
    const auto again = merlon::parse_ticket_outcome(merlon::to_string(*outcome));
    demand_approval(again && *again == *outcome);
  }
  return 0;
}
