#include <algorithm>
#include <ostream>
#include <utility>

#include "approval/person_answer.h"
#include "approvals_actions.h"
#include "base/digest/digest.h"
#include "base/files.h"
#include "base/text.h"
#include "exit_code.h"
#include "proof/key.h"

namespace merlon::cli {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::uint64_t kMostMinutes = 1440;

/// What the command line says about an approval.
struct ApprovalWords {
  std::string id;
  std::string name;
  std::uint64_t uses{0};     ///< 0: not said
  std::uint64_t minutes{0};  ///< 0: not said
  std::vector<std::string> vary;
  std::string grant;
  std::string ssh_signature;
  std::string format{"text"};

  void declare_reach(Options& options) {
    options.value("--next", uses, "COUNT",
                  "let so many calls pass; only as far as the policy allows it");
    options.value("--minutes", minutes, "COUNT", "for so long");
    options.value("--vary", vary, "POINTER", "an argument that may differ between these calls");
    options.value("--as", name, "NAME", "who approves ($USER)");
  }

  [[nodiscard]] Status check() const {
    if (uses > kMostGrantUses || minutes > kMostMinutes) {
      return fail(ErrorCode::kUsage, "`--next` is at most 1000, `--minutes` at most 1440");
    }
    if (!grant.empty() && (uses != 0 || minutes != 0 || !vary.empty() || !name.empty())) {
      return fail(ErrorCode::kUsage, "a grant that is made already says all that can be said");
    }
    if (grant.empty() && !ssh_signature.empty()) {
      return fail(ErrorCode::kUsage, "`--ssh-signature` goes with `--grant`");
    }
    if (minutes != 0 && uses < 2) {
      return fail(ErrorCode::kUsage,
                  "`--minutes` goes with `--next`: a single call has the "
                  "ticket's time");
    }
    return {};
  }

  [[nodiscard]] PersonAnswer answer(const Env& env, const Ticket& ticket, bool approves) const {
    const std::int64_t now = std::min(now_ms(env), ticket.expires_ms - 1);
    const std::int64_t expires =
        minutes == 0 ? ticket.expires_ms : now + (static_cast<std::int64_t>(minutes) * kMinuteMs);
    return {.ticket = ticket.id,
            .ticket_digest = sha256_hex(to_string(ticket)),
            .approves = approves,
            .approver = name.empty() ? approver_name(env) : shorten(name, 120),
            .created_ms = now,
            .expires_ms = expires,
            .uses = static_cast<std::uint32_t>(std::max<std::uint64_t>(uses, 1)),
            .vary = vary};
  }
};

/// The bytes of an answer that was made elsewhere.
Result<std::string> read_grant(const Env& env, const ApprovalWords& words) {
  MERLON_TRY(const auto file, env.files.read(words.grant, kMostAnswerBytes));
  std::string bytes(file->bytes());
  if (!words.ssh_signature.empty()) {
    MERLON_TRY(const auto signature, env.files.read(words.ssh_signature, kMostAnswerBytes));
    MERLON_TRY(const PersonAnswer answer, parse_person_answer(bytes));
    bytes = ssh_answer_file(to_string(answer), signature->bytes());
  }
  MERLON_TRY([[maybe_unused]] const AnswerFile read, parse_answer_file(bytes));
  return bytes;
}

int fail_answer(Env& env, const Error& error) {
  env.err << render(error);
  if (error.code == ErrorCode::kUsage) {
    return kUsageError;
  }
  return error.code == ErrorCode::kIo ? kEnvironment : kIncomplete;
}

int hand_in(Env& env, const TicketPlace& place, const ApprovalWords& words, bool approves) {
  if (const Status usable = words.check(); !usable) {
    return fail_answer(env, usable.error());
  }
  const auto ticket = place.ticket(env, words.id);
  if (!ticket) {
    return fail_answer(env, ticket.error());
  }
  auto bytes = words.grant.empty()
                   ? Result<std::string>(to_string(words.answer(env, *ticket, approves)) + "\n")
                   : read_grant(env, words);
  if (!bytes) {
    return fail_answer(env, bytes.error());
  }
  const auto outcome = place.answer(env, *ticket, *bytes);
  if (!outcome) {
    return fail_answer(env, outcome.error());
  }
  return show_outcome(env, *outcome, words.format);
}

/// A grant as a file: signed, or bare for a program that signs.
Result<std::string> grant_text(const PersonAnswer& answer, const std::string& key) {
  if (key.empty()) {
    return to_string(answer) + "\n";
  }
  MERLON_TRY(const SigningKey signer, load_signing_key(key, ""));
  DsseEnvelope envelope{.payload_type = std::string(kAnswerPayloadType),
                        .payload = to_string(answer),
                        .signatures = {}};
  MERLON_CHECK(sign_dsse(envelope, signer));
  return to_string(envelope);
}

}  // namespace

int approvals_approve(Env& env, std::span<const std::string> args) {
  TicketPlace place;
  ApprovalWords words;
  Options options("approvals approve", "let a call pass");
  options.describe(
      "Approves exactly what the ticket shows: server, definition of the tool and arguments. Says "
      "what the proxy makes of it. How far it is believed depends on the way it takes: this user's "
      "file (same-user), `--socket` (other-user), a grant signed by a key that the policy pins "
      "(remote-signed, hardware). Exit code: 0 taken, 1 refused, 3 when no proxy took it.");
  options.positional("TICKET", words.id, "number of the ticket", true);
  place.declare(options);
  words.declare_reach(options);
  options.value("--grant", words.grant, "FILE", "an answer that `sign` made");
  options.value("--ssh-signature", words.ssh_signature, "FILE",
                "what `ssh-keygen -Y sign -n merlon-approval` made of that file");
  options.choice("--format,-f", words.format, {"text", "json"}, "output format");
  options.example("merlon approvals approve 0123abcd-1", "this call, once");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  return hand_in(env, place, words, true);
}

int approvals_deny(Env& env, std::span<const std::string> args) {
  TicketPlace place;
  ApprovalWords words;
  Options options("approvals deny", "refuse a call");
  options.positional("TICKET", words.id, "number of the ticket", true);
  place.declare(options);
  options.value("--as", words.name, "NAME", "who denies ($USER)");
  options.choice("--format,-f", words.format, {"text", "json"}, "output format");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  return hand_in(env, place, words, false);
}

int approvals_sign(Env& env, std::span<const std::string> args) {
  ApprovalWords words;
  std::string key;
  std::string out;
  bool deny = false;
  Options options("approvals sign", "make a signed answer to a ticket's file");
  options.describe(
      "Reads the ticket's line (`approvals show --format json`, or what the policy's `notify` was "
      "told), shows it on standard error and writes the answer, signed by an Ed25519 key. Without "
      "`--key` it is not signed: for `ssh-keygen -Y sign -n merlon-approval`. To be run where the "
      "agent's user cannot read the key.");
  options.positional("FILE", words.id, "the ticket's line", true);
  options.value("--key,-k", key, "FILE", "private key in PEM (`merlon attest keygen`)");
  options.flag("--deny", deny, "refuse it");
  words.declare_reach(options);
  options.value("--out,-o", out, "FILE", "where to write it (standard output)");
  options.example("merlon approvals sign ticket.json --key amelia.pem --out grant.json",
                  "then, where the proxy runs: merlon approvals approve TICKET --grant grant.json");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto file = env.files.read(words.id, kMostTicketBytes + 1);
  const auto ticket =
      file ? parse_ticket((*file)->bytes()) : Result<Ticket>(std::unexpected(file.error()));
  if (!ticket) {
    return fail_answer(env, ticket.error());
  }
  if (const Status usable = words.check(); !usable) {
    return fail_answer(env, usable.error());
  }
  env.err << ticket_text(*ticket, now_ms(env));
  const auto text = grant_text(words.answer(env, *ticket, !deny), key);
  if (!text) {
    return fail_answer(env, text.error());
  }
  if (out.empty()) {
    env.out << *text;
    return kYes;
  }
  const Status written = write_file_atomically(out, *text, 0600);
  return written ? static_cast<int>(kYes) : fail_answer(env, written.error());
}

}  // namespace merlon::cli
