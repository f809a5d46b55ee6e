#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "answers.h"
#include "approval/answer_verdict.h"
#include "base/base64.h"
#include "base/digest/sha512.h"

namespace merlon {
namespace {

using test::answer_to;
using test::kNowMs;
using test::kOwnFile;
using test::open_ticket;

constexpr std::string_view kSecurityType = "sk-ssh-ed25519@openssh.com";

void add_number(std::string& out, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(number >> static_cast<unsigned>(shift)));
  }
}

void add_text(std::string& out, std::string_view text) {
  add_number(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

/// A security key in software: signs as PROTOCOL.u2f and PROTOCOL.sshsig say a token does.
struct SoftToken {
  char seed{'t'};
  std::uint8_t flags{1};  ///< 1: touched
  std::string purpose{kAnswerSshNamespace};

  [[nodiscard]] Ed25519PrivateKey secret() const {
    return Ed25519PrivateKey::from_seed(std::string(32, seed)).value();
  }
  [[nodiscard]] std::string key_bytes() const {
    std::string out;
    add_text(out, kSecurityType);
    add_text(out, bytes_of(public_key_of(secret()).value()));
    add_text(out, "ssh:");
    return out;
  }
  [[nodiscard]] SshPublicKey key() const {
    return parse_ssh_public_key(std::string(kSecurityType) + " " + to_base64(key_bytes())).value();
  }
  [[nodiscard]] std::string sign(std::string_view message) const {
    std::string data = "SSHSIG";
    add_text(data, purpose);
    add_text(data, "");
    add_text(data, "sha512");
    add_text(data, bytes_of(sha512(message)));
    std::string told(bytes_of(sha256("ssh:")));
    told.push_back(static_cast<char>(flags));
    add_number(told, 5);
    told.append(bytes_of(sha256(data)));
    std::string part;
    add_text(part, kSecurityType);
    add_text(part, bytes_of(sign_ed25519(secret(), told).value()));
    part.push_back(static_cast<char>(flags));
    add_number(part, 5);
    std::string out = "SSHSIG";
    add_number(out, 1);
    add_text(out, key_bytes());
    add_text(out, purpose);
    add_text(out, "");
    add_text(out, "sha512");
    add_text(out, part);
    return "-----BEGIN SSH SIGNATURE-----\n" + to_base64(out) + "\n-----END SSH SIGNATURE-----\n";
  }
};

struct SshDesk {
  Ticket ticket{open_ticket(Assurance::kHardware, kCategoryMoney)};
  ApprovalTerms terms;

  explicit SshDesk(const SoftToken& pinned) { terms.ssh_keys = {pinned.key()}; }

  [[nodiscard]] AnswerVerdict judge(const std::string& file) const {
    const auto read = parse_answer_file(file);
    REQUIRE(read.has_value());
    return judge_answer(*read, kOwnFile,
                        {.terms = terms,
                         .ticket = ticket,
                         .digest = sha256_hex(to_string(ticket)),
                         .now_ms = kNowMs + 1000});
  }
  [[nodiscard]] std::string line() const { return to_string(answer_to(ticket)); }
};

}  // namespace

TEST_CASE("SSH answer: a touched security key is hardware, and names the key") {
  const SoftToken token;
  const SshDesk desk(token);
  const AnswerVerdict verdict =
      desk.judge(ssh_answer_file(desk.line(), token.sign(desk.line() + "\n")));
  CHECK(verdict.refusal == AnswerRefusal::kNone);
  CHECK(verdict.assurance == Assurance::kHardware);
  CHECK(verdict.approver == ssh_fingerprint(token.key()));
}

TEST_CASE("SSH answer: a key that nobody touched approves nothing") {
  SoftToken token;
  const SshDesk desk(token);
  token.flags = 0;
  CHECK(desk.judge(ssh_answer_file(desk.line(), token.sign(desk.line() + "\n"))).refusal ==
        AnswerRefusal::kNotPresent);
  token.flags = 4;  // recognised, but not touched
  CHECK(desk.judge(ssh_answer_file(desk.line(), token.sign(desk.line() + "\n"))).refusal ==
        AnswerRefusal::kNotPresent);
}

TEST_CASE("SSH answer: another key, purpose or text is refused by name") {
  const SoftToken token;
  const SshDesk desk(token);
  SoftToken other;
  other.seed = 'o';
  CHECK(desk.judge(ssh_answer_file(desk.line(), other.sign(desk.line() + "\n"))).refusal ==
        AnswerRefusal::kWrongKey);
  SoftToken git;
  git.purpose = "git";
  CHECK(desk.judge(ssh_answer_file(desk.line(), git.sign(desk.line() + "\n"))).refusal ==
        AnswerRefusal::kBadSignature);
  PersonAnswer denial = answer_to(desk.ticket);
  denial.approves = false;
  CHECK(desk.judge(ssh_answer_file(desk.line(), token.sign(to_string(denial) + "\n"))).refusal ==
        AnswerRefusal::kBadSignature);
}

TEST_CASE("SSH answer: a line without a signature is no more than its file") {
  const SoftToken token;
  const SshDesk desk(token);
  CHECK(desk.judge(desk.line()).refusal == AnswerRefusal::kLowAssurance);
}

}  // namespace merlon
