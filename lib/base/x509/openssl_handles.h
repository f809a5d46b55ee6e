#pragma once
/// What the sources of the x509 plug-in share: OpenSSL's objects as values that free themselves,
/// and the way to a sink. Only plug-in sources include this.
#include <cstdint>
#include <memory>

#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/x509/x509_interface.h"

namespace merlon_x509 {

struct OpensslDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
  void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
  void operator()(TS_RESP* response) const { TS_RESP_free(response); }
  void operator()(CMS_ContentInfo* cms) const { CMS_ContentInfo_free(cms); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
  void operator()(ASN1_OCTET_STRING* bytes) const { ASN1_OCTET_STRING_free(bytes); }
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(unsigned char* bytes) const { OPENSSL_free(bytes); }
};
template <class T>
using Owned = std::unique_ptr<T, OpensslDeleter>;
using CertificateStack = Owned<STACK_OF(X509)>;

/// No configuration file has a say in what is verified; what OpenSSL remembers of an error is
/// forgotten when a call ends.
class OpensslCall {
 public:
  OpensslCall() { OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr); }
  OpensslCall(const OpensslCall&) = delete;
  OpensslCall& operator=(const OpensslCall&) = delete;
  ~OpensslCall() { ERR_clear_error(); }
};

void put_bytes(MerlonX509Sink sink, int field, const void* data, std::size_t size);
void put_text(MerlonX509Sink sink, int field, const char* text);
void put_number(MerlonX509Sink sink, int field, std::int64_t value);
/// Nothing for a time that is none.
void put_time(MerlonX509Sink sink, int field, const ASN1_TIME* time);
void put_name(MerlonX509Sink sink, int field, const X509_NAME* name);
void put_digest(MerlonX509Sink sink, int field, const X509* certificate);
/// OpenSSL's last error, or `otherwise`.
void put_last_error(MerlonX509Sink sink, const char* otherwise);

/// Exactly one certificate; nothing for bytes that are none or go on.
Owned<X509> certificate_of(MerlonBytes der);
/// All of a chain from `first` on; nothing when one of them is no certificate.
CertificateStack stack_of(MerlonX509Chain chain, std::size_t first, std::size_t last);
/// A store that trusts these certificates, authorities or not, at this time and no other.
Owned<X509_STORE> store_of(MerlonX509Chain trusted, std::int64_t time, int purpose);
const EVP_MD* hash_of(int bits);

int read_certificate(MerlonBytes der, MerlonX509Sink sink);
int verify_chain(MerlonBytes leaf, MerlonX509Chain chain, std::int64_t time, MerlonX509Sink sink);
int key_algorithm(MerlonBytes bytes, MerlonX509Sink sink);
int verify_signature(MerlonBytes bytes, int hash_bits, int digested, MerlonBytes message,
                     MerlonBytes signature);
int digest(int hash_bits, MerlonBytes message, MerlonX509Sink sink);
int read_timestamp(MerlonBytes bytes, MerlonX509Sink sink);
int verify_timestamp(MerlonBytes bytes, MerlonX509Chain chain, MerlonX509Sink sink);
int verify_cms(MerlonBytes bytes, MerlonBytes content, MerlonX509Chain trusted, std::int64_t time,
               MerlonX509Sink sink);
int read_cms(MerlonBytes bytes, MerlonX509Sink sink);

}  // namespace merlon_x509
