#include "approval/open_tickets.h"

#include <algorithm>
#include <utility>

#include "base/digest/digest.h"

namespace merlon {

void OpenTickets::add(Ticket ticket, CallBinding binding) {
  std::string digest = sha256_hex(to_string(ticket));
  std::string id = ticket.id;
  entries_.insert_or_assign(std::move(id), Entry{.ticket = std::move(ticket),
                                                 .digest = std::move(digest),
                                                 .binding = std::move(binding),
                                                 .state = State::kOpen,
                                                 .answer = {},
                                                 .assurance = Assurance::kElicited,
                                                 .approver = "",
                                                 .left = 0});
}

const OpenTickets::Entry* OpenTickets::find(std::string_view id) const {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : &found->second;
}

const OpenTickets::Entry* OpenTickets::find(const CallBinding& binding) const {
  for (const auto& [id, entry] : entries_) {
    if (entry.binding.digest() == binding.digest()) {
      return &entry;
    }
  }
  return nullptr;
}

AnswerVerdict OpenTickets::answer(const AnswerFile& file, const AnswerCarrier& carrier,
                                  const ApprovalTerms& terms, std::int64_t now_ms) {
  const auto found = entries_.find(file.answer.ticket);
  if (found == entries_.end()) {
    const bool used = std::ranges::find(used_, file.answer.ticket_digest) != used_.end();
    return {.refusal = used ? AnswerRefusal::kReplayed : AnswerRefusal::kOtherTicket,
            .assurance = Assurance::kElicited,
            .approver = ""};
  }
  Entry& entry = found->second;
  if (entry.state != State::kOpen) {
    return {.refusal = AnswerRefusal::kReplayed, .assurance = Assurance::kElicited, .approver = ""};
  }
  AnswerVerdict verdict = judge_answer(
      file, carrier,
      {.terms = terms, .ticket = entry.ticket, .digest = entry.digest, .now_ms = now_ms});
  const bool pointers_lead = entry.binding.digest_without(file.answer.vary).has_value();
  if (verdict.refusal == AnswerRefusal::kNone && !pointers_lead) {
    verdict.refusal = AnswerRefusal::kNotRepeatable;
  }
  if (verdict.refusal == AnswerRefusal::kNone) {
    entry.state = file.answer.approves ? State::kApproved : State::kDenied;
    entry.answer = file.answer;
    entry.assurance = verdict.assurance;
    entry.approver = verdict.approver;
    entry.left = file.answer.uses;
  }
  return verdict;
}

bool OpenTickets::fits(const Entry& entry, const CallBinding& binding) {
  if (entry.binding.digest() == binding.digest()) {
    return true;
  }
  if (entry.answer.vary.empty()) {
    return false;
  }
  const auto granted = entry.binding.digest_without(entry.answer.vary);
  const auto wanted = binding.digest_without(entry.answer.vary);
  return granted && wanted && *granted == *wanted;
}

std::optional<OpenTickets::Use> OpenTickets::use(const CallBinding& binding, CategorySet categories,
                                                 const ApprovalTerms& terms, std::int64_t now_ms) {
  for (auto& [id, entry] : entries_) {
    const bool several = entry.answer.uses > 1;
    if (entry.state != State::kApproved || entry.left == 0 || now_ms >= entry.answer.expires_ms ||
        (several && categories != 0) || entry.assurance < terms.least(categories) ||
        !fits(entry, binding)) {
      continue;
    }
    --entry.left;
    Use out{.ticket = id,
            .assurance = entry.assurance,
            .approver = entry.approver,
            .last = entry.left == 0};
    if (out.last) {
      close(out.ticket);
    }
    return out;
  }
  return std::nullopt;
}

void OpenTickets::close(std::string_view id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    return;
  }
  used_.push_back(found->second.digest);
  if (used_.size() > kMostRemembered) {
    used_.pop_front();
  }
  entries_.erase(found);
}

std::vector<std::string> OpenTickets::expire(std::int64_t now_ms) {
  std::vector<std::string> out;
  for (const auto& [id, entry] : entries_) {
    const std::int64_t until =
        entry.state == State::kApproved ? entry.answer.expires_ms : entry.ticket.expires_ms;
    if (now_ms >= until) {
      out.push_back(id);
    }
  }
  for (const std::string& id : out) {
    close(id);
  }
  return out;
}

}  // namespace merlon
