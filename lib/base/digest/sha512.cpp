#include "base/digest/sha512.h"

#include <openssl/sha.h>

// Deprecated in OpenSSL 3.0 in favour of EVP; digest.h says why they are used all the same.
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

namespace merlon {

Sha512 sha512(std::string_view bytes) {
  Sha512 digest{};
  SHA512_CTX context{};
  SHA512_Init(&context);
  SHA512_Update(&context, bytes.data(), bytes.size());
  SHA512_Final(digest.data(), &context);
  return digest;
}

}  // namespace merlon
