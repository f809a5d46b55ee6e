#pragma once
/// Tickets and answers of the approval tests.
#include <string>
#include <vector>

#include "approval/open_tickets.h"
#include "base/digest/digest.h"
#include "mcp/message_codec.h"

namespace merlon::test {

inline constexpr std::int64_t kNowMs = 1'700'000'000'000;
inline constexpr std::uint64_t kProxyUser = 1000;

[[nodiscard]] inline Ticket open_ticket(Assurance least = Assurance::kSameUser,
                                        CategorySet categories = 0) {
  Ticket out;
  out.id = "0123abcd-1";
  out.nonce = std::string(32, 'a');
  out.call = sha256_hex("call");
  out.message = sha256_hex("message");
  out.least = least;
  out.categories = categories;
  out.user = kProxyUser;
  out.created_ms = kNowMs;
  out.expires_ms = kNowMs + 900'000;
  return out;
}

[[nodiscard]] inline PersonAnswer answer_to(const Ticket& ticket) {
  return {.ticket = ticket.id,
          .ticket_digest = sha256_hex(to_string(ticket)),
          .approves = true,
          .approver = "amelia",
          .created_ms = kNowMs + 1,
          .expires_ms = ticket.expires_ms,
          .uses = 1,
          .vary = {}};
}

[[nodiscard]] inline AnswerFile bare_file(const PersonAnswer& answer) {
  return parse_answer_file(to_string(answer) + "\n").value();
}

[[nodiscard]] inline SigningKey approver_key(char seed) {
  return make_signing_key("amelia", Ed25519PrivateKey::from_seed(std::string(32, seed)).value())
      .value();
}

[[nodiscard]] inline AnswerFile signed_file(const PersonAnswer& answer, const SigningKey& key) {
  DsseEnvelope envelope{.payload_type = std::string(kAnswerPayloadType),
                        .payload = to_string(answer),
                        .signatures = {}};
  static_cast<void>(sign_dsse(envelope, key));
  return parse_answer_file(to_string(envelope)).value();
}

inline constexpr AnswerCarrier kOwnFile{
    .way = AnswerCarrier::Way::kFile, .user = kProxyUser, .named = false, .own_user = kProxyUser};

[[nodiscard]] inline CallBinding binding_of(const std::string& arguments,
                                            const std::string& definition = "d") {
  const auto message = parse_message(
      R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":)" +
          arguments + "}}",
      Direction::kToServer, {});
  return CallBinding::of({.server = "s",
                          .launch = "l",
                          .item = "t",
                          .definition = definition,
                          .shown = definition},
                         message.value())
      .value();
}

}  // namespace merlon::test
