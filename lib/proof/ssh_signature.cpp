#include "proof/ssh_signature.h"

#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "base/digest/digest.h"
#include "base/digest/sha512.h"
#include "base/signature/signature.h"
#include "base/text.h"
#include "proof/ssh_wire.h"

namespace merlon {
namespace {

constexpr std::string_view kSshArmorBegin = "-----BEGIN SSH SIGNATURE-----";
constexpr std::string_view kSshArmorEnd = "-----END SSH SIGNATURE-----";
constexpr std::string_view kSshMagic = "SSHSIG";
constexpr std::uint32_t kSshVersion = 1;
constexpr std::size_t kMostScalarBytes = 33;  // 32 bytes and the zero before a set top bit
constexpr std::uint8_t kUserPresent = 0x01;
constexpr std::uint8_t kUserVerified = 0x04;

std::unexpected<Error> no_ssh_signature(std::string_view why) {
  return fail(ErrorCode::kFormat, "this is no SSH signature: ", why);
}

Result<std::string> open_armor(std::string_view armored) {
  if (armored.size() > kMostSshSignatureBytes) {
    return fail(ErrorCode::kLimit, "the SSH signature has more than ",
                std::to_string(kMostSshSignatureBytes), " bytes");
  }
  const std::string_view text = trim(armored);
  if (!text.starts_with(kSshArmorBegin) || !text.ends_with(kSshArmorEnd) ||
      text.size() < kSshArmorBegin.size() + kSshArmorEnd.size()) {
    return no_ssh_signature("it does not stand between its BEGIN and END lines");
  }
  const std::string_view body =
      text.substr(kSshArmorBegin.size(), text.size() - kSshArmorBegin.size() - kSshArmorEnd.size());
  if (!body.starts_with('\n') && !body.starts_with("\r\n")) {
    return no_ssh_signature("its BEGIN line goes on");
  }
  std::string digits;
  std::ranges::copy_if(body, std::back_inserter(digits),
                       [](char c) { return c != '\n' && c != '\r'; });
  auto bytes = from_base64(digits, Base64Alphabet::kStandard);
  if (!bytes) {
    return no_ssh_signature("it is not base64");
  }
  return *std::move(bytes);
}

/// A positive number of at most 32 bytes in its one spelling, whose bytes are those of a DER
/// INTEGER.
bool is_ssh_scalar(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > kMostScalarBytes) {
    return false;
  }
  const auto top = static_cast<unsigned char>(bytes.front());
  if (top == 0) {
    return bytes.size() > 1 && (static_cast<unsigned char>(bytes[1]) & 0x80U) != 0;
  }
  return (top & 0x80U) == 0 && bytes.size() < kMostScalarBytes;
}

void append_der_integer(std::string& out, std::string_view bytes) {
  out.push_back('\x02');
  out.push_back(static_cast<char>(bytes.size()));
  out.append(bytes);
}

/// `mpint r, mpint s` as the DER that ECDSA is verified with. At most 70 bytes, so that lengths
/// have one byte.
Result<std::string> ecdsa_der(std::string_view bytes) {
  SshWireReader reader(bytes);
  const auto r = reader.string();
  const auto s = reader.string();
  if (!r || !s || !reader.at_end() || !is_ssh_scalar(*r) || !is_ssh_scalar(*s)) {
    return no_ssh_signature("its ECDSA numbers are not two positive ones of at most 256 bits");
  }
  std::string numbers;
  append_der_integer(numbers, *r);
  append_der_integer(numbers, *s);
  std::string der = "\x30";
  der.push_back(static_cast<char>(numbers.size()));
  return der + numbers;
}

Result<SshHash> read_hash(std::string_view name) {
  for (const SshHash hash : {SshHash::kSha256, SshHash::kSha512}) {
    if (name == to_string(hash)) {
      return hash;
    }
  }
  return fail(ErrorCode::kUnsupported, "the digest `", escape_for_display(shorten(name, 64)),
              "` of an SSH signature is not known here");
}

Status read_signature_part(std::string_view bytes, SshSignature& out) {
  SshWireReader reader(bytes);
  const auto name = reader.string();
  const auto signature = reader.string();
  if (!name || !signature) {
    return no_ssh_signature("it ends too early");
  }
  MERLON_TRY(const SshKeyType type, ssh_key_type(*name));
  if (type != out.key.type) {
    return no_ssh_signature("it is of another type than its key");
  }
  if (is_security_key(type)) {
    const auto flags = reader.byte();
    const auto counter = reader.number();
    out.security = {.flags = flags.value_or(0), .counter = counter.value_or(0)};
  }
  if (!reader.at_end()) {
    return no_ssh_signature("its parts do not fit its length");
  }
  if (type == SshKeyType::kP256 || type == SshKeyType::kSecurityP256) {
    MERLON_TRY(out.bytes, ecdsa_der(*signature));
    return {};
  }
  if (signature->size() != std::tuple_size_v<Ed25519Signature>) {
    return no_ssh_signature("an Ed25519 signature has 64 bytes");
  }
  out.bytes = std::string(*signature);
  return {};
}

std::string message_digest(SshHash hash, std::string_view message) {
  return hash == SshHash::kSha512 ? std::string(bytes_of(sha512(message)))
                                  : std::string(bytes_of(sha256(message)));
}

/// What every SSH signature is over: the purpose stands before the digest of the message.
std::string signed_data(const SshSignature& signature, std::string_view message) {
  std::string out(kSshMagic);
  append_ssh_string(out, signature.name_space);
  append_ssh_string(out, signature.reserved);
  append_ssh_string(out, to_string(signature.hash));
  append_ssh_string(out, message_digest(signature.hash, message));
  return out;
}

/// What a security key signs in its place (PROTOCOL.u2f).
std::string security_data(const SshPublicKey& key, const SshSecurityData& security,
                          std::string_view data) {
  std::string out(bytes_of(sha256(key.application)));
  out.push_back(static_cast<char>(security.flags));
  append_ssh_number(out, security.counter);
  return out.append(bytes_of(sha256(data)));
}

Result<bool> verify_ssh_bytes(const SshPublicKey& key, std::string_view data,
                              std::string_view bytes) {
  if (key.type == SshKeyType::kP256 || key.type == SshKeyType::kSecurityP256) {
    return verify_p256(key.material, data, bytes);
  }
  Ed25519PublicKey raw{};
  if (key.material.size() != raw.size()) {
    return fail(ErrorCode::kInternal, "an SSH key without its bytes");
  }
  std::ranges::copy(key.material, raw.begin());
  return verify_ed25519(raw, data, bytes);
}

}  // namespace

std::string_view to_string(SshHash hash) {
  return hash == SshHash::kSha512 ? "sha512" : "sha256";
}

Result<SshSignature> parse_ssh_signature(std::string_view armored) {
  MERLON_TRY(const std::string bytes, open_armor(armored));
  if (!bytes.starts_with(kSshMagic)) {
    return no_ssh_signature("it does not begin with `SSHSIG`");
  }
  SshWireReader reader(std::string_view(bytes).substr(kSshMagic.size()));
  const auto version = reader.number();
  if (version && *version != kSshVersion) {
    return fail(ErrorCode::kUnsupported, "the version ", std::to_string(*version),
                " of SSH signatures is not known here");
  }
  const auto key = reader.string();
  const auto name_space = reader.string();
  const auto reserved = reader.string();
  const auto hash = reader.string();
  const auto signature = reader.string();
  if (!key || !name_space || !reserved || !hash || !signature || !reader.at_end()) {
    return no_ssh_signature("its parts do not fit its length");
  }
  if (name_space->empty()) {
    return no_ssh_signature("its namespace is empty");
  }
  SshSignature out{.name_space = std::string(*name_space), .reserved = std::string(*reserved)};
  MERLON_TRY(out.key, read_ssh_key(*key));
  MERLON_TRY(out.hash, read_hash(*hash));
  MERLON_CHECK(read_signature_part(*signature, out));
  return out;
}

Result<SshVerdict> verify_ssh_signature(const SshSignature& signature, std::string_view message,
                                        std::string_view expected_namespace,
                                        const SshPublicKey& pinned) {
  if (signature.key != pinned) {
    return SshVerdict{.answer = SshAnswer::kOtherKey,
                      .reason = "it was signed by " + ssh_fingerprint(signature.key) + ", not by " +
                                ssh_fingerprint(pinned)};
  }
  if (signature.name_space != expected_namespace) {
    return SshVerdict{.answer = SshAnswer::kOtherNamespace,
                      .reason = "it was signed for `" +
                                escape_for_display(shorten(signature.name_space, 64)) +
                                "`, not for `" + std::string(expected_namespace) + "`"};
  }
  std::string data = signed_data(signature, message);
  SshVerdict verdict;
  if (is_security_key(pinned.type)) {
    if (!signature.security) {
      return fail(ErrorCode::kInternal, "a signature of a security key without its data");
    }
    data = security_data(pinned, *signature.security, data);
  }
  MERLON_TRY(const bool good, verify_ssh_bytes(pinned, data, signature.bytes));
  if (!good) {
    verdict.reason = ssh_fingerprint(pinned) + " did not sign this";
    return verdict;
  }
  verdict.answer = SshAnswer::kVerified;
  if (signature.security) {
    verdict.security_key = true;
    verdict.user_present = (signature.security->flags & kUserPresent) != 0;
    verdict.user_verified = (signature.security->flags & kUserVerified) != 0;
    verdict.counter = signature.security->counter;
  }
  return verdict;
}

}  // namespace merlon
