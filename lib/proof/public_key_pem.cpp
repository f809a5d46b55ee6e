#include "proof/public_key_pem.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/base64.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kMostPemBytes = 8192;
constexpr std::string_view kPublicBegin = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view kPublicEnd = "-----END PUBLIC KEY-----";
constexpr std::string_view kPublicNameField = "Key-Name: ";
constexpr std::size_t kMostOidBytes = 32;
// SubjectPublicKeyInfo { { id-Ed25519 }, BIT STRING of 32 bytes }, without the key.
constexpr std::array<std::uint8_t, 12> kEd25519Head{0x30, 0x2A, 0x30, 0x05, 0x06, 0x03,
                                                    0x2B, 0x65, 0x70, 0x03, 0x21, 0x00};
// { { id-ecPublicKey, prime256v1 }, ...: what check_p256_key() then looks at.
constexpr std::array<std::uint8_t, 23> kEcdsaHead{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86,
                                                  0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A,
                                                  0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};

std::unexpected<Error> no_public_key(std::string_view file, std::string_view why) {
  return fail(ErrorCode::kFormat, "`", file, "` holds no public key in PEM: ", why);
}

/// `1.2.840.113549.1.1.1` of the bytes of an object identifier; empty for what is none.
std::string dotted_oid(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > kMostOidBytes ||
      (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0) {
    return {};
  }
  std::string out;
  std::uint64_t value = 0;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (value > (UINT64_MAX >> 7U)) {
      return {};
    }
    value = (value << 7U) | (byte & 0x7FU);
    if ((byte & 0x80U) != 0) {
      continue;
    }
    if (out.empty()) {
      const std::uint64_t first = std::min<std::uint64_t>(value / 40, 2);
      out = std::to_string(first) + "." + std::to_string(value - 40 * first);
    } else {
      out.append(".").append(std::to_string(value));
    }
    value = 0;
  }
  return out;
}

/// The algorithm that a SubjectPublicKeyInfo names, for a message. Both SEQUENCE heads are skipped,
/// each of two to four bytes.
std::string algorithm_of(std::string_view der) {
  for (int depth = 0; depth < 2; ++depth) {
    if (der.size() < 2 || der.front() != '\x30') {
      return {};
    }
    const auto length = static_cast<unsigned char>(der[1]);
    const std::size_t head = length < 0x80U ? 2 : 2 + std::size_t{length & 0x7FU};
    if (head > 4 || head >= der.size()) {
      return {};
    }
    der.remove_prefix(head);
  }
  if (der.size() < 2 || der.front() != '\x06') {
    return {};
  }
  const auto size = static_cast<unsigned char>(der[1]);
  return size <= der.size() - 2 ? dotted_oid(der.substr(2, size)) : std::string();
}

std::string public_key_name(std::string_view head) {
  for (const std::string_view line : split(head, '\n')) {
    if (line.starts_with(kPublicNameField)) {
      return std::string(trim(line.substr(kPublicNameField.size())));
    }
  }
  return std::string(kUnnamedKey);
}

/// As a verifier key is written, which is then read: one place checks keys.
Result<VerifierKey> key_of_der(std::string_view der, const std::string& name,
                               std::string_view file) {
  if (der.starts_with(bytes_of(kEd25519Head))) {
    Ed25519PublicKey key{};
    const std::string_view raw = der.substr(kEd25519Head.size());
    if (raw.size() != key.size()) {
      return no_public_key(file, "an Ed25519 key has 32 bytes");
    }
    std::ranges::copy(raw, key.begin());
    return parse_verifier_key(to_string(make_verifier_key(name, key)));
  }
  if (der.starts_with(bytes_of(kEcdsaHead))) {
    MERLON_CHECK(check_p256_key(der));
    return make_verifier_key_p256(name, der);
  }
  const std::string algorithm = algorithm_of(der);
  if (algorithm.empty()) {
    return no_public_key(file, "it is no SubjectPublicKeyInfo");
  }
  return fail(ErrorCode::kUnsupported, "the public key `", file, "` has the algorithm ", algorithm,
              ", which is not known here");
}

}  // namespace

bool holds_public_key_pem(std::string_view text) {
  return text.find(kPublicBegin) != std::string_view::npos;
}

Result<VerifierKey> parse_public_key_pem(std::string_view text, std::string_view file) {
  if (text.size() > kMostPemBytes) {
    return fail(ErrorCode::kLimit, "the public key `", file, "` is larger than ",
                std::to_string(kMostPemBytes), " bytes");
  }
  const std::size_t begin = text.find(kPublicBegin);
  const std::size_t end = text.find(kPublicEnd);
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) {
    return no_public_key(file, "there is no BEGIN and END line");
  }
  if (text.find(kPublicBegin, begin + 1) != std::string_view::npos) {
    return no_public_key(file, "there are two keys in it");
  }
  const std::string name = public_key_name(text.substr(0, begin));
  if (!is_key_name(name)) {
    return no_public_key(file, "its name is too long or has a blank");
  }
  std::string digits;
  std::ranges::copy_if(text.substr(begin + kPublicBegin.size(), end - begin - kPublicBegin.size()),
                       std::back_inserter(digits), [](char c) { return c != '\n' && c != '\r'; });
  const auto der = from_base64(digits, Base64Alphabet::kStandard);
  if (!der) {
    return no_public_key(file, "it is not base64");
  }
  return key_of_der(*der, name, file);
}

}  // namespace merlon
