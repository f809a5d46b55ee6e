#include "base/x509/public_key.h"

#include <array>

#include "base/digest/digest.h"
#include "base/signature/signature.h"
#include "base/x509/x509_door.h"

namespace merlon {
namespace {

constexpr std::int64_t kLeastRsaBits = 2048;

struct KeyAlgorithmRow {
  std::string_view name;
  HashAlgorithm hash;
};
constexpr std::array kKeyAlgorithmRows{
    KeyAlgorithmRow{"P-256", HashAlgorithm::kSha256},
    KeyAlgorithmRow{"P-384", HashAlgorithm::kSha384},
    KeyAlgorithmRow{"P-521", HashAlgorithm::kSha512},
    KeyAlgorithmRow{"RSA", HashAlgorithm::kSha256},
    KeyAlgorithmRow{"Ed25519", HashAlgorithm::kNone},
};

}  // namespace

std::string_view to_string(HashAlgorithm hash) {
  switch (hash) {
    case HashAlgorithm::kNone: return "none";
    case HashAlgorithm::kSha256: return "sha256";
    case HashAlgorithm::kSha384: return "sha384";
    case HashAlgorithm::kSha512: return "sha512";
  }
  return "unknown";
}

int bits_of(HashAlgorithm hash) {
  switch (hash) {
    case HashAlgorithm::kNone: return 0;
    case HashAlgorithm::kSha256: return 256;
    case HashAlgorithm::kSha384: return 384;
    case HashAlgorithm::kSha512: return 512;
  }
  return 0;
}

Result<PublicKey> parse_public_key(std::string_view der) {
  MERLON_TRY(const MerlonX509Functions* functions, load_x509_functions());
  X509Fields fields;
  MERLON_TRY(const bool good,
             x509_answer(functions->key_algorithm(x509_bytes(der), fields.sink())));
  if (!good) {
    return fail(ErrorCode::kFormat, "these bytes are no SubjectPublicKeyInfo");
  }
  const std::string name = fields.text(kMerlonX509Reason);
  for (const KeyAlgorithmRow& row : kKeyAlgorithmRows) {
    if (row.name != name) {
      continue;
    }
    if (name == "RSA" && fields.number(kMerlonX509HashBits, 0) < kLeastRsaBits) {
      return fail(ErrorCode::kUnsupported, "an RSA key has fewer than 2048 bits");
    }
    return PublicKey{.der = std::string(der), .algorithm = name, .hash = row.hash};
  }
  return fail(ErrorCode::kUnsupported, "signatures of the algorithm `", name,
              "` cannot be verified here");
}

Result<bool> verify_message(const PublicKey& key, HashAlgorithm hash, std::string_view message,
                            std::string_view signature) {
  MERLON_TRY(const MerlonX509Functions* functions, load_x509_functions());
  return x509_answer(functions->verify(x509_bytes(key.der), bits_of(hash), 0, x509_bytes(message),
                                       x509_bytes(signature)));
}

Result<bool> verify_digest(const PublicKey& key, HashAlgorithm hash, std::string_view digest,
                           std::string_view signature) {
  if (key.hash == HashAlgorithm::kNone) {
    return fail(ErrorCode::kUnsupported, key.algorithm,
                " signs the file and not its digest: give the file");
  }
  MERLON_TRY(const MerlonX509Functions* functions, load_x509_functions());
  return x509_answer(functions->verify(x509_bytes(key.der), bits_of(hash), 1, x509_bytes(digest),
                                       x509_bytes(signature)));
}

Result<std::string> hash_bytes(HashAlgorithm hash, std::string_view bytes) {
  if (hash == HashAlgorithm::kSha256) {
    return std::string(bytes_of(sha256(bytes)));
  }
  MERLON_TRY(const MerlonX509Functions* functions, load_x509_functions());
  X509Fields fields;
  MERLON_TRY(const bool good,
             x509_answer(functions->digest(bits_of(hash), x509_bytes(bytes), fields.sink())));
  return good ? Result<std::string>(fields.text(kMerlonX509Digest))
              : Result<std::string>(fail(ErrorCode::kInternal, "OpenSSL could not make a digest"));
}

}  // namespace merlon
