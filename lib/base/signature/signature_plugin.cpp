// The plug-in over OpenSSL's EVP. Uses nothing of ours but the interface; OpenSSL throws nothing.
#include <cstring>
#include <memory>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "base/signature/signature_interface.h"

namespace {

struct KeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyDeleter>;
using Context = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

/// The configuration file could name engines and providers, and an environment variable names the
/// file: neither has a say in what a signature is.
void prepare() {
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
}

int verify(EVP_PKEY* key, const EVP_MD* digest, MerlonBytes message, MerlonBytes signature) {
  const Context context(EVP_MD_CTX_new());
  if (context == nullptr ||
      EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) != 1) {
    ERR_clear_error();
    return kMerlonSignatureFailed;
  }
  const int answer =
      EVP_DigestVerify(context.get(), signature.data, signature.size, message.data, message.size);
  ERR_clear_error();
  return answer == 1 ? kMerlonSignatureYes : kMerlonSignatureNo;
}

int verify_ed25519(const std::uint8_t* bytes, MerlonBytes message, MerlonBytes signature) {
  prepare();
  const Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes, kMerlonEd25519Key));
  if (key == nullptr) {
    ERR_clear_error();
    return kMerlonSignatureFailed;
  }
  if (signature.size != kMerlonEd25519Signature) {
    return kMerlonSignatureNo;
  }
  return verify(key.get(), nullptr, message, signature);
}

Key private_key(const std::uint8_t* seed) {
  prepare();
  return Key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed, kMerlonEd25519Key));
}

int sign_ed25519(const std::uint8_t* seed, MerlonBytes message, std::uint8_t* signature) {
  const Key key = private_key(seed);
  const Context context(EVP_MD_CTX_new());
  std::size_t size = kMerlonEd25519Signature;
  const bool signed_it =
      key != nullptr && context != nullptr &&
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
      EVP_DigestSign(context.get(), signature, &size, message.data, message.size) == 1;
  ERR_clear_error();
  return signed_it && size == kMerlonEd25519Signature ? kMerlonSignatureYes
                                                      : kMerlonSignatureFailed;
}

int public_ed25519(const std::uint8_t* seed, std::uint8_t* out) {
  const Key key = private_key(seed);
  std::size_t size = kMerlonEd25519Key;
  const bool done = key != nullptr && EVP_PKEY_get_raw_public_key(key.get(), out, &size) == 1;
  ERR_clear_error();
  return done && size == kMerlonEd25519Key ? kMerlonSignatureYes : kMerlonSignatureFailed;
}

/// Nothing for bytes that are not exactly one SubjectPublicKeyInfo of a P-256 point.
Key p256_key(MerlonBytes bytes) {
  prepare();
  const unsigned char* at = bytes.data;
  Key key(d2i_PUBKEY(nullptr, &at, static_cast<long>(bytes.size)));
  if (key == nullptr || at != bytes.data + bytes.size ||
      EVP_PKEY_get_id(key.get()) != EVP_PKEY_EC) {
    return nullptr;
  }
  char group[32] = {};
  std::size_t length = 0;
  const bool is_p256 = EVP_PKEY_get_group_name(key.get(), &group[0], sizeof group, &length) == 1 &&
                       std::strcmp(&group[0], SN_X9_62_prime256v1) == 0;
  return is_p256 ? std::move(key) : nullptr;
}

int verify_p256(MerlonBytes bytes, MerlonBytes message, MerlonBytes signature) {
  const Key key = p256_key(bytes);
  if (key == nullptr) {
    ERR_clear_error();
    return kMerlonSignatureFailed;
  }
  return verify(key.get(), EVP_sha256(), message, signature);
}

int check_p256(MerlonBytes bytes) {
  const bool good = p256_key(bytes) != nullptr;
  ERR_clear_error();
  return good ? kMerlonSignatureYes : kMerlonSignatureNo;
}

int random_bytes(std::uint8_t* out, std::size_t size) {
  prepare();
  const bool done = size <= 1024 && RAND_priv_bytes(out, static_cast<int>(size)) == 1;
  ERR_clear_error();
  return done ? kMerlonSignatureYes : kMerlonSignatureFailed;
}

constexpr MerlonSignatureFunctions kFunctions{
    .version = kMerlonSignatureVersion,
    .verify_ed25519 = verify_ed25519,
    .sign_ed25519 = sign_ed25519,
    .public_ed25519 = public_ed25519,
    .verify_p256 = verify_p256,
    .check_p256 = check_p256,
    .random = random_bytes,
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const MerlonSignatureFunctions*
merlon_signature_functions() {
  return &kFunctions;
}
