#include "base/digest/leaf_digest.h"

#include <openssl/sha.h>

// Deprecated in OpenSSL 3.0 in favour of EVP; digest.h says why they are used all the same.
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

namespace merlon {

Sha256 sha256_prefixed(char first, std::string_view bytes) {
  Sha256 digest{};
  SHA256_CTX context{};
  SHA256_Init(&context);
  SHA256_Update(&context, &first, 1);
  SHA256_Update(&context, bytes.data(), bytes.size());
  SHA256_Final(digest.data(), &context);
  return digest;
}

}  // namespace merlon
