// SSH public keys: the bytes of RFC 8709, RFC 5656 and PROTOCOL.u2f.
#include "proof/ssh_key.h"

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "base/digest/digest.h"
#include "base/signature/signature.h"
#include "base/text.h"
#include "proof/ssh_wire.h"

namespace merlon {
namespace {

struct SshTypeName {
  SshKeyType type{SshKeyType::kEd25519};
  std::string_view name;
};
constexpr std::array kSshTypes{
    SshTypeName{SshKeyType::kEd25519, "ssh-ed25519"},
    SshTypeName{SshKeyType::kSecurityEd25519, "sk-ssh-ed25519@openssh.com"},
    SshTypeName{SshKeyType::kP256, "ecdsa-sha2-nistp256"},
    SshTypeName{SshKeyType::kSecurityP256, "sk-ecdsa-sha2-nistp256@openssh.com"},
};

constexpr std::string_view kP256Curve = "nistp256";
constexpr std::size_t kP256Point = 65;  // 04, x, y
// SubjectPublicKeyInfo { id-ecPublicKey, prime256v1, BIT STRING of 65 bytes }, without the point.
constexpr std::array<std::uint8_t, 26> kP256Head{
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
    0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};

std::unexpected<Error> no_ssh_key(std::string_view why) {
  Error error = make_error(ErrorCode::kFormat, "this is no SSH public key: ", why);
  error.hints.emplace_back("one looks like `ssh-ed25519 AAAA... ann@example.com`");
  return std::unexpected(std::move(error));
}

Result<std::string> ed25519_material(std::string_view bytes) {
  Ed25519PublicKey key{};
  if (bytes.size() != key.size()) {
    return no_ssh_key("an Ed25519 key has 32 bytes");
  }
  std::copy(bytes.begin(), bytes.end(), key.begin());
  if (!is_sound_ed25519_key(key)) {
    return no_ssh_key("the point has a small order, or a second spelling");
  }
  return std::string(bytes);
}

Result<std::string> p256_material(std::string_view curve, std::string_view point) {
  if (curve != kP256Curve) {
    return fail(ErrorCode::kUnsupported, "the curve `", escape_for_display(shorten(curve, 64)),
                "` of an SSH key is not known");
  }
  if (point.size() != kP256Point || point.front() != '\x04') {
    return no_ssh_key("a P-256 key has an uncompressed point of 65 bytes");
  }
  std::string material(bytes_of(kP256Head));
  material.append(point);
  MERLON_CHECK(check_p256_key(material));
  return material;
}

bool is_p256(SshKeyType type) {
  return type == SshKeyType::kP256 || type == SshKeyType::kSecurityP256;
}

Result<std::string> read_material(SshKeyType type, SshWireReader& reader) {
  const auto first = reader.string();
  if (!first) {
    return no_ssh_key("it ends too early");
  }
  if (!is_p256(type)) {
    return ed25519_material(*first);
  }
  const auto point = reader.string();
  if (!point) {
    return no_ssh_key("it ends too early");
  }
  return p256_material(*first, *point);
}

}  // namespace

std::string_view to_string(SshKeyType type) {
  return std::ranges::find(kSshTypes, type, &SshTypeName::type)->name;
}

bool is_security_key(SshKeyType type) {
  return type == SshKeyType::kSecurityEd25519 || type == SshKeyType::kSecurityP256;
}

Result<SshKeyType> ssh_key_type(std::string_view name) {
  const auto* found = std::ranges::find(kSshTypes, name, &SshTypeName::name);
  if (found == kSshTypes.end()) {
    return fail(ErrorCode::kUnsupported, "the SSH algorithm `",
                escape_for_display(shorten(name, 64)), "` is not known here");
  }
  return found->type;
}

Result<SshPublicKey> read_ssh_key(std::string_view bytes) {
  if (bytes.size() > kMostSshKeyBytes) {
    return fail(ErrorCode::kLimit, "the SSH key has more than ", std::to_string(kMostSshKeyBytes),
                " bytes");
  }
  SshWireReader reader(bytes);
  const auto name = reader.string();
  if (!name) {
    return no_ssh_key("it ends too early");
  }
  SshPublicKey key;
  MERLON_TRY(key.type, ssh_key_type(*name));
  MERLON_TRY(key.material, read_material(key.type, reader));
  if (is_security_key(key.type)) {
    key.application = reader.string().value_or("");
  }
  if (!reader.at_end()) {
    return no_ssh_key("its parts do not fit its length");
  }
  return key;
}

std::string ssh_key_bytes(const SshPublicKey& key) {
  std::string bytes;
  append_ssh_string(bytes, to_string(key.type));
  if (is_p256(key.type)) {
    append_ssh_string(bytes, kP256Curve);
    append_ssh_string(bytes, std::string_view(key.material).substr(kP256Head.size()));
  } else {
    append_ssh_string(bytes, key.material);
  }
  if (is_security_key(key.type)) {
    append_ssh_string(bytes, key.application);
  }
  return bytes;
}

Result<SshPublicKey> parse_ssh_public_key(std::string_view line) {
  const std::string_view text = trim(line);
  if (text.size() > 2 * kMostSshKeyBytes) {
    return fail(ErrorCode::kLimit, "the SSH key has more than ",
                std::to_string(2 * kMostSshKeyBytes), " characters");
  }
  if (text.find_first_of("\r\n") != std::string_view::npos) {
    return no_ssh_key("it has more than one line");
  }
  const std::size_t blank = text.find_first_of(" \t");
  if (blank == std::string_view::npos) {
    return no_ssh_key("it has not two words");
  }
  const std::string_view name = text.substr(0, blank);
  const std::string_view rest = trim(text.substr(blank));
  MERLON_TRY(const SshKeyType type, ssh_key_type(name));
  const auto bytes =
      from_base64(rest.substr(0, rest.find_first_of(" \t")), Base64Alphabet::kStandard);
  if (!bytes) {
    return no_ssh_key("its second word is not base64");
  }
  MERLON_TRY(SshPublicKey key, read_ssh_key(*bytes));
  if (key.type != type) {
    return no_ssh_key("its first word and its bytes name two algorithms");
  }
  return key;
}

std::string to_string(const SshPublicKey& key) {
  return std::string(to_string(key.type)) + " " + to_base64(ssh_key_bytes(key));
}

std::string ssh_fingerprint(const SshPublicKey& key) {
  std::string text = to_base64(bytes_of(sha256(ssh_key_bytes(key))));
  while (text.ends_with('=')) {
    text.pop_back();
  }
  return "SHA256:" + text;
}

}  // namespace merlon
