// Signatures under keys that certificates and logs name.
#include <cstring>

#include "base/x509/openssl_handles.h"

namespace merlon_x509 {
namespace {

Owned<EVP_PKEY> key_of(MerlonBytes bytes) {
  const unsigned char* at = bytes.data;
  Owned<EVP_PKEY> key(d2i_PUBKEY(nullptr, &at, static_cast<long>(bytes.size)));
  return at == bytes.data + bytes.size ? std::move(key) : nullptr;
}

const char* curve_name(EVP_PKEY* key) {
  char group[64] = {};
  std::size_t length = 0;
  if (EVP_PKEY_get_group_name(key, &group[0], sizeof group, &length) != 1) {
    return "EC";
  }
  const int nid = OBJ_txt2nid(&group[0]);
  const char* nist = EC_curve_nid2nist(nid);
  return nist != nullptr ? nist : "EC";
}

int verify_digest(EVP_PKEY* key, const EVP_MD* hash, MerlonBytes digest, MerlonBytes signature) {
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(key, nullptr));
  if (hash == nullptr || digest.size != static_cast<std::size_t>(EVP_MD_get_size(hash)) ||
      context == nullptr || EVP_PKEY_verify_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_signature_md(context.get(), hash) != 1) {
    return kMerlonSignatureFailed;
  }
  return EVP_PKEY_verify(context.get(), signature.data, signature.size, digest.data, digest.size) ==
                 1
             ? kMerlonSignatureYes
             : kMerlonSignatureNo;
}

}  // namespace

int key_algorithm(MerlonBytes bytes, MerlonX509Sink sink) {
  const OpensslCall call;
  const Owned<EVP_PKEY> key = key_of(bytes);
  if (key == nullptr) {
    return kMerlonSignatureNo;
  }
  const int id = EVP_PKEY_get_base_id(key.get());
  const char* name = id == EVP_PKEY_EC        ? curve_name(key.get())
                     : id == EVP_PKEY_ED25519 ? "Ed25519"
                     : id == EVP_PKEY_RSA     ? "RSA"
                                              : EVP_PKEY_get0_type_name(key.get());
  put_text(sink, kMerlonX509Reason, name != nullptr ? name : "unknown");
  put_number(sink, kMerlonX509HashBits, EVP_PKEY_get_bits(key.get()));
  return kMerlonSignatureYes;
}

int verify_signature(MerlonBytes bytes, int hash_bits, int digested, MerlonBytes message,
                     MerlonBytes signature) {
  const OpensslCall call;
  const Owned<EVP_PKEY> key = key_of(bytes);
  if (key == nullptr) {
    return kMerlonSignatureFailed;
  }
  const EVP_MD* hash = hash_of(hash_bits);
  if (digested != 0) {
    return verify_digest(key.get(), hash, message, signature);
  }
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  if (context == nullptr ||
      EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key.get()) != 1) {
    return kMerlonSignatureFailed;
  }
  return EVP_DigestVerify(context.get(), signature.data, signature.size, message.data,
                          message.size) == 1
             ? kMerlonSignatureYes
             : kMerlonSignatureNo;
}

int digest(int hash_bits, MerlonBytes message, MerlonX509Sink sink) {
  const OpensslCall call;
  unsigned char bytes[EVP_MAX_MD_SIZE] = {};
  unsigned int size = 0;
  const EVP_MD* hash = hash_of(hash_bits);
  if (hash == nullptr ||
      EVP_Digest(message.data, message.size, &bytes[0], &size, hash, nullptr) != 1) {
    return kMerlonSignatureFailed;
  }
  put_bytes(sink, kMerlonX509Digest, &bytes[0], size);
  return kMerlonSignatureYes;
}

}  // namespace merlon_x509
