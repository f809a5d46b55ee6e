#include "proof/key.h"

#include <algorithm>

#include "base/base64.h"
#include "base/digest/digest.h"
#include "base/signature/private_key_file.h"
#include "base/text.h"
#include "proof/checkpoint.h"

namespace merlon {
namespace {

constexpr std::size_t kMostKeyText = 1024;
constexpr std::size_t kMostKeyName = 256;
constexpr std::size_t kMostKeys = 1000;
constexpr std::string_view kPrivateMark = "PRIVATE+KEY+";

/// What else C2SP has given a number to; named so that an error can say what is missing.
std::string algorithm_name(std::uint8_t algorithm) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string name = "0x";
  name.push_back(kDigits[algorithm >> 4U]);
  name.push_back(kDigits[algorithm & 0x0FU]);
  switch (algorithm) {
    case 0x05: return name + " (RFC 6962 tree head)";
    case 0x06: return name + " (ML-DSA-44 cosignature)";
    case 0xFF: return name + " (experimental)";
    default: return name;
  }
}

KeyId first_bytes(const Sha256& digest) {
  return {digest[0], digest[1], digest[2], digest[3]};
}

KeyId key_id(std::string_view name, KeyAlgorithm algorithm, std::string_view material) {
  if (algorithm == KeyAlgorithm::kEcdsaP256) {
    return first_bytes(sha256(material));
  }
  std::string bytes(name);
  bytes.push_back('\n');
  bytes.push_back(static_cast<char>(algorithm));
  return first_bytes(sha256(bytes.append(material)));
}

std::unexpected<Error> bad_key(std::string_view why) {
  Error error = make_error(ErrorCode::kFormat, "this is no verifier key: ", why);
  error.hints.emplace_back(
      "a verifier key looks like `example.com/rules+1a2b3c4d+AbC...=`; `merlon attest keygen` "
      "prints one");
  return std::unexpected(std::move(error));
}

Status check_material(KeyAlgorithm algorithm, std::string_view material) {
  if (algorithm == KeyAlgorithm::kEcdsaP256) {
    return check_p256_key(material);
  }
  Ed25519PublicKey key{};
  if (material.size() != key.size()) {
    return bad_key("an Ed25519 key has 32 bytes");
  }
  std::copy(material.begin(), material.end(), key.begin());
  if (!is_sound_ed25519_key(key)) {
    return bad_key("the point has a small order, or a second spelling");
  }
  return {};
}

struct KeyParts {
  std::string_view name;
  std::string_view id;
  std::string_view data;
};

Result<KeyParts> split_key(std::string_view text) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (text.size() > kMostKeyText || second == std::string_view::npos) {
    return bad_key("it has not three parts with `+` between");
  }
  const KeyParts parts{.name = text.substr(0, first),
                       .id = text.substr(first + 1, second - first - 1),
                       .data = text.substr(second + 1)};
  if (!is_key_name(parts.name)) {
    return bad_key("its name is empty, too long or has a blank");
  }
  return parts;
}

/// Base 58 of Bitcoin. Quadratic, for keys only.
std::string to_base58(std::string_view bytes) {
  constexpr std::string_view kDigits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  std::vector<unsigned> digits;  // the last is the most significant
  for (const char c : bytes) {
    unsigned carry = static_cast<unsigned char>(c);
    for (unsigned& digit : digits) {
      carry += digit << 8U;
      digit = carry % 58;
      carry /= 58;
    }
    for (; carry > 0; carry /= 58) {
      digits.push_back(carry % 58);
    }
  }
  std::string out;
  for (const char c : bytes) {
    if (c != 0) {
      break;
    }
    out.push_back('1');
  }
  for (std::size_t at = digits.size(); at > 0; --at) {
    out.push_back(kDigits[digits[at - 1]]);
  }
  return out;
}

Ed25519PublicKey to_ed25519(std::string_view material) {
  Ed25519PublicKey key{};
  std::copy_n(material.begin(), std::min(material.size(), key.size()), key.begin());
  return key;
}

/// C2SP tlog-cosignature: eight bytes of time, then an Ed25519 signature over the time and the
/// text.
Result<bool> verify_cosignature(const VerifierKey& key, std::string_view text,
                                std::string_view signature) {
  const auto time = cosignature_time(signature);
  if (!time) {
    return false;
  }
  return verify_ed25519(to_ed25519(key.material), cosignature_message(*time, text),
                        signature.substr(sizeof(std::uint64_t)));
}

}  // namespace

std::string_view to_string(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::kEd25519: return "Ed25519";
    case KeyAlgorithm::kEcdsaP256: return "ECDSA P-256";
    case KeyAlgorithm::kCosignature: return "Ed25519 cosignature";
  }
  return "unknown";
}

std::string to_hex(const KeyId& id) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t byte : id) {
    out.push_back(kDigits[byte >> 4U]);
    out.push_back(kDigits[byte & 0x0FU]);
  }
  return out;
}

bool is_key_name(std::string_view name) {
  if (name.empty() || name.size() > kMostKeyName || find_invalid_utf8(name)) {
    return false;
  }
  for (std::size_t at = 0; at < name.size();) {
    const char32_t c = next_code_point(name, at);
    // Blanks of Unicode (White_Space) and what could not be shown as it is.
    const bool blank = c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
                       (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F || c == 0x3000;
    if (c == '+' || blank || needs_escape(c)) {
      return false;
    }
  }
  return true;
}

Result<VerifierKey> parse_verifier_key(std::string_view text) {
  if (text.starts_with(kPrivateMark)) {
    return bad_key("it is a private key, which must not be given here");
  }
  MERLON_TRY(const KeyParts parts, split_key(text));
  const auto data = from_base64(parts.data, Base64Alphabet::kStandard);
  if (!data || data->empty()) {
    return bad_key("its last part is not base64");
  }
  const auto algorithm = static_cast<std::uint8_t>(data->front());
  if (algorithm != static_cast<std::uint8_t>(KeyAlgorithm::kEd25519) &&
      algorithm != static_cast<std::uint8_t>(KeyAlgorithm::kEcdsaP256) &&
      algorithm != static_cast<std::uint8_t>(KeyAlgorithm::kCosignature)) {
    return fail(ErrorCode::kUnsupported, "the key `", parts.name, "` has the unknown algorithm ",
                algorithm_name(algorithm));
  }
  VerifierKey key{.name = std::string(parts.name),
                  .algorithm = static_cast<KeyAlgorithm>(algorithm),
                  .material = data->substr(1)};
  MERLON_CHECK(check_material(key.algorithm, key.material));
  key.id = key_id(key.name, key.algorithm, key.material);
  if (to_hex(key.id) != parts.id) {
    return bad_key("its digest does not fit its name and key");
  }
  return key;
}

Result<std::vector<VerifierKey>> parse_verifier_keys(std::string_view text, std::string_view file) {
  std::vector<VerifierKey> keys;
  std::uint32_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    const std::string_view word = trim(line);
    // `attest keygen` prints the did:key below the key that it is another spelling of.
    if (word.empty() || word.starts_with('#') || word.starts_with("did:key:")) {
      continue;
    }
    auto key = parse_verifier_key(word);
    if (!key) {
      Error error = std::move(key).error();
      error.where.file = std::string(file);
      error.where.line = number;
      error.where.column = 1;
      return std::unexpected(std::move(error));
    }
    if (keys.size() == kMostKeys) {
      return fail(ErrorCode::kLimit, "`", file, "` has more than ", std::to_string(kMostKeys),
                  " keys");
    }
    keys.push_back(*std::move(key));
  }
  return keys;
}

std::string to_string(const VerifierKey& key) {
  std::string data(1, static_cast<char>(key.algorithm));
  data += key.material;
  return key.name + "+" + to_hex(key.id) + "+" + to_base64(data);
}

std::string short_key(const VerifierKey& key) {
  return key.name + "+" + to_hex(key.id);
}

std::string did_key(const VerifierKey& key) {
  std::string bytes;
  switch (key.algorithm) {
    case KeyAlgorithm::kEd25519:
    case KeyAlgorithm::kCosignature: bytes = "\xED\x01" + key.material; break;
    case KeyAlgorithm::kEcdsaP256: {
      // The compressed point: the parity of y, then x.
      const std::string_view point =
          std::string_view(key.material).substr(key.material.size() - 64);
      bytes = "\x80\x24";
      bytes.push_back((static_cast<unsigned char>(point.back()) & 1U) != 0 ? '\x03' : '\x02');
      bytes += point.substr(0, 32);
      break;
    }
  }
  return "did:key:z" + to_base58(bytes);
}

VerifierKey make_verifier_key(std::string_view name, const Ed25519PublicKey& key) {
  VerifierKey out{.name = std::string(name),
                  .algorithm = KeyAlgorithm::kEd25519,
                  .material = std::string(bytes_of(key))};
  out.id = key_id(out.name, out.algorithm, out.material);
  return out;
}

VerifierKey make_verifier_key_p256(std::string_view name, std::string_view material) {
  VerifierKey out{.name = std::string(name),
                  .algorithm = KeyAlgorithm::kEcdsaP256,
                  .material = std::string(material)};
  out.id = key_id(out.name, out.algorithm, out.material);
  return out;
}

VerifierKey with_algorithm(VerifierKey key, KeyAlgorithm algorithm) {
  key.algorithm = algorithm;
  key.id = key_id(key.name, key.algorithm, key.material);
  return key;
}

Result<bool> verify_with(const VerifierKey& key, std::string_view message,
                         std::string_view signature) {
  switch (key.algorithm) {
    case KeyAlgorithm::kEd25519:
      return verify_ed25519(to_ed25519(key.material), message, signature);
    case KeyAlgorithm::kEcdsaP256: return verify_p256(key.material, message, signature);
    case KeyAlgorithm::kCosignature: return verify_cosignature(key, message, signature);
  }
  return fail(ErrorCode::kInternal, "a key of no algorithm");
}

Result<SigningKey> make_signing_key(std::string_view name, Ed25519PrivateKey key) {
  if (!is_key_name(name)) {
    Error error = make_error(ErrorCode::kUsage, "`", name, "` is no name of a key");
    error.hints.emplace_back("a name such as `example.com/rules`: no blanks, no `+`");
    return std::unexpected(std::move(error));
  }
  MERLON_TRY(const Ed25519PublicKey public_key, public_key_of(key));
  return SigningKey{.verifier = make_verifier_key(name, public_key), .key = std::move(key)};
}

Result<SigningKey> parse_signing_key(std::string_view text) {
  if (!text.starts_with(kPrivateMark)) {
    return fail(ErrorCode::kFormat, "this is no private key of a signed note");
  }
  MERLON_TRY(const KeyParts parts, split_key(text.substr(kPrivateMark.size())));
  auto data = from_base64(parts.data, Base64Alphabet::kStandard);
  if (!data || data->empty()) {
    return fail(ErrorCode::kFormat, "the private key is not base64");
  }
  const auto algorithm = static_cast<std::uint8_t>(data->front());
  auto seed = Ed25519PrivateKey::from_seed(std::string_view(*data).substr(1));
  wipe(data->data(), data->size());
  if (algorithm != static_cast<std::uint8_t>(KeyAlgorithm::kEd25519)) {
    return fail(ErrorCode::kUnsupported, "the private key `", parts.name,
                "` has the unknown algorithm ", algorithm_name(algorithm));
  }
  if (!seed) {
    return std::unexpected(std::move(seed).error());
  }
  MERLON_TRY(SigningKey key, make_signing_key(parts.name, *std::move(seed)));
  if (to_hex(key.verifier.id) != parts.id) {
    return fail(ErrorCode::kFormat, "the digest of the private key does not fit its name and key");
  }
  return key;
}

Result<SigningKey> load_signing_key(const std::string& path, std::string_view name) {
  MERLON_TRY(PrivateKeyFile file, load_private_key(path));
  if (name.empty() && file.name.empty()) {
    Error error = make_error(ErrorCode::kUsage, "the private key `", path, "` has no name");
    error.hints.emplace_back("say under which name it signs with `--key-name`");
    return std::unexpected(std::move(error));
  }
  const std::string chosen = name.empty() ? file.name : std::string(name);
  return make_signing_key(chosen, std::move(file.key));
}

}  // namespace merlon
