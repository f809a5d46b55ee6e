#include "approval/answer_verdict.h"

#include <array>

#include "base/text.h"
#include "proof/ssh_signature.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 14> kRefusalWords{
    "none",          "unreadable", "forged",         "other-ticket", "replayed",
    "expired",       "wrong-key",  "bad-signature",  "not-present",  "wrong-user",
    "low-assurance", "too-many",   "not-repeatable", "call-changed"};
constexpr std::int64_t kMinuteMs = 60'000;

AnswerVerdict refused(AnswerRefusal why) {
  return {.refusal = why, .assurance = Assurance::kElicited, .approver = ""};
}

AnswerVerdict judge_dsse(const DsseEnvelope& envelope, const ApprovalTerms& terms) {
  const auto verdict = verify_dsse(envelope, kAnswerPayloadType, terms.keys);
  if (!verdict || verdict->answer == DsseAnswer::kBadSignature) {
    return refused(AnswerRefusal::kBadSignature);
  }
  if (verdict->answer != DsseAnswer::kVerified || verdict->keys.empty()) {
    return refused(AnswerRefusal::kWrongKey);
  }
  return {.refusal = AnswerRefusal::kNone,
          .assurance = Assurance::kRemoteSigned,
          .approver = short_key(terms.keys[verdict->keys.front()])};
}

AnswerVerdict judge_ssh(const AnswerFile& file, const ApprovalTerms& terms) {
  const auto signature = parse_ssh_signature(file.ssh_signature);
  if (!signature) {
    return refused(AnswerRefusal::kBadSignature);
  }
  for (const SshPublicKey& key : terms.ssh_keys) {
    // `ssh-keygen -Y sign` signs the file that it is given, its line feed included.
    const auto verdict =
        verify_ssh_signature(*signature, file.line + "\n", kAnswerSshNamespace, key);
    if (!verdict) {
      return refused(AnswerRefusal::kBadSignature);
    }
    if (verdict->answer == SshAnswer::kOtherKey) {
      continue;
    }
    if (verdict->answer != SshAnswer::kVerified) {
      return refused(AnswerRefusal::kBadSignature);
    }
    if (verdict->security_key && !verdict->user_present) {
      return refused(AnswerRefusal::kNotPresent);
    }
    return {.refusal = AnswerRefusal::kNone,
            .assurance = verdict->security_key ? Assurance::kHardware : Assurance::kRemoteSigned,
            .approver = ssh_fingerprint(key)};
  }
  return refused(AnswerRefusal::kWrongKey);
}

/// Without a signature: the way that it came is all there is.
AnswerVerdict judge_bare(const AnswerFile& file, const AnswerCarrier& carrier) {
  AnswerVerdict out{.refusal = AnswerRefusal::kNone,
                    .assurance = Assurance::kElicited,
                    .approver = escape_for_display(file.answer.approver)};
  switch (carrier.way) {
    case AnswerCarrier::Way::kDialogue: return out;
    case AnswerCarrier::Way::kFile:
      out.assurance = Assurance::kSameUser;
      return carrier.user == carrier.own_user ? out : refused(AnswerRefusal::kForged);
    case AnswerCarrier::Way::kSocket:
      if (carrier.user == carrier.own_user) {
        out.assurance = Assurance::kSameUser;
        return out;
      }
      out.assurance = Assurance::kOtherUser;
      out.approver = "user " + std::to_string(carrier.user);
      return carrier.named ? out : refused(AnswerRefusal::kWrongUser);
  }
  return refused(AnswerRefusal::kForged);
}

AnswerVerdict judge_origin(const AnswerFile& file, const AnswerCarrier& carrier,
                           const ApprovalTerms& terms) {
  if (file.dsse) {
    return judge_dsse(*file.dsse, terms);
  }
  return file.ssh_signature.empty() ? judge_bare(file, carrier) : judge_ssh(file, terms);
}

/// What one grant may do.
AnswerRefusal judge_reach(const PersonAnswer& answer, const AnswerQuestion& question) {
  const std::int64_t now = question.now_ms;
  const bool single = answer.uses == 1;
  const std::int64_t longest = question.terms.most_minutes > 0 && !single
                                   ? now + (question.terms.most_minutes * kMinuteMs)
                                   : question.ticket.expires_ms;
  if (now >= answer.expires_ms || now >= question.ticket.expires_ms ||
      answer.created_ms >= answer.expires_ms) {
    return AnswerRefusal::kExpired;
  }
  if (answer.expires_ms > longest || answer.uses > question.terms.most_uses) {
    return AnswerRefusal::kTooMany;
  }
  if ((!single || !answer.vary.empty()) && question.ticket.categories != 0) {
    return AnswerRefusal::kNotRepeatable;
  }
  if (single && !answer.vary.empty()) {
    return AnswerRefusal::kNotRepeatable;
  }
  return AnswerRefusal::kNone;
}

}  // namespace

std::string_view to_string(AnswerRefusal refusal) {
  return kRefusalWords[static_cast<std::size_t>(refusal)];
}

AnswerVerdict judge_answer(const AnswerFile& file, const AnswerCarrier& carrier,
                           const AnswerQuestion& question) {
  const PersonAnswer& answer = file.answer;
  if (answer.ticket != question.ticket.id || answer.ticket_digest != question.digest) {
    return refused(AnswerRefusal::kOtherTicket);
  }
  AnswerVerdict out = judge_origin(file, carrier, question.terms);
  if (out.refusal != AnswerRefusal::kNone || !answer.approves) {
    return out;
  }
  if (const AnswerRefusal reach = judge_reach(answer, question); reach != AnswerRefusal::kNone) {
    return refused(reach);
  }
  // Said last: whoever reads it knows that all else was in order.
  return out.assurance < question.ticket.least ? refused(AnswerRefusal::kLowAssurance) : out;
}

}  // namespace merlon
