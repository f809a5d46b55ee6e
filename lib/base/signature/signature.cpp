#include "base/signature/signature.h"

#include <algorithm>

#include <string.h>

#include "base/plugin.h"
#include "base/signature/signature_interface.h"

namespace merlon {
namespace {

Result<const MerlonSignatureFunctions*> load_signature_functions() {
  auto symbol = load_plugin_symbol("signature", "merlon_signature_functions");
  if (!symbol) {
    return std::unexpected(std::move(symbol).error());
  }
  const auto get = reinterpret_cast<MerlonSignatureFunctionsGetter>(*symbol);
  const MerlonSignatureFunctions* functions = get();
  if (functions->version != kMerlonSignatureVersion) {
    return fail(ErrorCode::kUnsupported,
                "the plug-in `merlon_plugin_signature.so` is of another version");
  }
  return functions;
}

MerlonBytes to_plugin_bytes(std::string_view bytes) {
  // OpenSSL wants an address even for no bytes.
  static constexpr std::uint8_t kNothing = 0;
  return {.data = bytes.empty() ? &kNothing : reinterpret_cast<const std::uint8_t*>(bytes.data()),
          .size = bytes.size()};
}

const std::uint8_t* seed_bytes(const Ed25519PrivateKey& key) {
  return reinterpret_cast<const std::uint8_t*>(key.seed().data());
}

Result<bool> to_answer(int answer) {
  if (answer == kMerlonSignatureYes || answer == kMerlonSignatureNo) {
    return answer == kMerlonSignatureYes;
  }
  return fail(ErrorCode::kInternal, "OpenSSL could not verify a signature");
}

// SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING { 04 x y } }: one spelling.
constexpr std::array<std::uint8_t, 27> kP256Head{
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06,
    0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
constexpr std::size_t kP256Size = kP256Head.size() + 64;

bool looks_like_p256(std::string_view key) {
  return key.size() == kP256Size && key.starts_with(bytes_of(kP256Head));
}

std::unexpected<Error> not_p256() {
  return fail(ErrorCode::kFormat,
              "the key is no SubjectPublicKeyInfo of an uncompressed point of P-256");
}

// y of the points of small order whose encodings are below the prime; 0 and 1 and p-1 are told
// apart by their bytes. From "May the Fourth be with you" (the list of libsodium).
constexpr std::array<Ed25519PublicKey, 2> kSmallOrderY{{
    {0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4,
     0x89, 0xF2, 0xEF, 0x98, 0xF0, 0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6,
     0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05},
    {0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B,
     0x76, 0x0D, 0x10, 0x67, 0x0F, 0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39,
     0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A},
}};

/// All bytes between the first and the last are `value`.
bool middle_is(const Ed25519PublicKey& y, std::uint8_t value) {
  return std::all_of(y.begin() + 1, y.end() - 1, [&](std::uint8_t b) { return b == value; });
}

}  // namespace

void wipe(void* memory, std::size_t size) {
  ::explicit_bzero(memory, size);
}

Result<Ed25519PrivateKey> Ed25519PrivateKey::from_seed(std::string_view seed) {
  Ed25519PrivateKey key;
  if (seed.size() != key.seed_.size()) {
    return fail(ErrorCode::kFormat, "an Ed25519 private key has 32 bytes, not ",
                std::to_string(seed.size()));
  }
  std::copy_n(reinterpret_cast<const std::uint8_t*>(seed.data()), seed.size(), key.seed_.begin());
  return key;
}

Ed25519PrivateKey::Ed25519PrivateKey(Ed25519PrivateKey&& other) noexcept : seed_(other.seed_) {
  wipe(other.seed_.data(), other.seed_.size());
}

Ed25519PrivateKey& Ed25519PrivateKey::operator=(Ed25519PrivateKey&& other) noexcept {
  if (this != &other) {
    seed_ = other.seed_;
    wipe(other.seed_.data(), other.seed_.size());
  }
  return *this;
}

Ed25519PrivateKey::~Ed25519PrivateKey() {
  wipe(seed_.data(), seed_.size());
}

Result<Ed25519PrivateKey> generate_ed25519() {
  MERLON_TRY(const MerlonSignatureFunctions* functions, load_signature_functions());
  std::array<std::uint8_t, kMerlonEd25519Key> seed{};
  if (functions->random(seed.data(), seed.size()) != kMerlonSignatureYes) {
    return fail(ErrorCode::kInternal, "OpenSSL's random generator failed");
  }
  auto key = Ed25519PrivateKey::from_seed(bytes_of(seed));
  wipe(seed.data(), seed.size());
  return key;
}

Result<Ed25519PublicKey> public_key_of(const Ed25519PrivateKey& key) {
  MERLON_TRY(const MerlonSignatureFunctions* functions, load_signature_functions());
  Ed25519PublicKey out{};
  if (functions->public_ed25519(seed_bytes(key), out.data()) != kMerlonSignatureYes) {
    return fail(ErrorCode::kInternal, "OpenSSL could not derive a public key");
  }
  return out;
}

Result<Ed25519Signature> sign_ed25519(const Ed25519PrivateKey& key, std::string_view message) {
  MERLON_TRY(const MerlonSignatureFunctions* functions, load_signature_functions());
  Ed25519Signature out{};
  if (functions->sign_ed25519(seed_bytes(key), to_plugin_bytes(message), out.data()) !=
      kMerlonSignatureYes) {
    return fail(ErrorCode::kInternal, "OpenSSL could not sign");
  }
  return out;
}

Result<bool> verify_ed25519(const Ed25519PublicKey& key, std::string_view message,
                            std::string_view signature) {
  MERLON_TRY(const MerlonSignatureFunctions* functions, load_signature_functions());
  return to_answer(
      functions->verify_ed25519(key.data(), to_plugin_bytes(message), to_plugin_bytes(signature)));
}

bool is_sound_ed25519_key(const Ed25519PublicKey& key) {
  Ed25519PublicKey y = key;
  y.back() &= 0x7FU;  // the sign of x
  if (y.back() == 0x7F && middle_is(y, 0xFF) && y.front() >= 0xEC) {
    return false;  // p-1 is of order two, p and above have a shorter spelling
  }
  if (y.back() == 0 && middle_is(y, 0) && y.front() <= 1) {
    return false;
  }
  return std::ranges::find(kSmallOrderY, y) == kSmallOrderY.end();
}

Result<bool> verify_p256(std::string_view key, std::string_view message,
                         std::string_view signature) {
  if (!looks_like_p256(key)) {
    return not_p256();
  }
  MERLON_CHECK(check_p256_key(key));
  MERLON_TRY(const MerlonSignatureFunctions* functions, load_signature_functions());
  return to_answer(functions->verify_p256(to_plugin_bytes(key), to_plugin_bytes(message),
                                          to_plugin_bytes(signature)));
}

Status check_p256_key(std::string_view key) {
  if (!looks_like_p256(key)) {
    return not_p256();
  }
  MERLON_TRY(const MerlonSignatureFunctions* functions, load_signature_functions());
  if (functions->check_p256(to_plugin_bytes(key)) != kMerlonSignatureYes) {
    return not_p256();
  }
  return {};
}

}  // namespace merlon
